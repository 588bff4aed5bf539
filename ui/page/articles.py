"""The articles on the page: the list, taking files in, and taking them out again."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import LocalContext

from index.errors import InputError, PressmarkError
from index.ingest.roots import WHAT_IS_AWAY
from index.ingest.scan import root_label
from index.readers.disk import MAX_FILE_BYTES
from rag.pressmark import Pressmark
from ui.http.keys import NO_WRITE_KEY, ROLE, Role, accepted_keys
from ui.http.middleware import is_loopback
from ui.http.uploads import Uploads
from ui.page.adding import Adding
from ui.page.assets import asset
from ui.page.html.articles import folders_html, ledger_html, report_html
from ui.page.html.markup import rendered
from ui.page.indexing import Indexing, Work
from ui.page.library import LibraryPanel
from ui.page.worded import WordedBlocks, html
from ui.page.wording.catalogues import _, later
from ui.page.wording.from_elsewhere import told

_ORDERS = [
    (later("Best match first"), "relevance"),
    (later("Newest first"), "newest"),
    (later("Oldest first"), "oldest"),
    (later("Title"), "title"),
    (later("Publisher"), "publisher"),
    (later("File"), "file"),
]
Update = tuple[object, ...]


class ArticlesTab:
    """The components of the tab and the events between them.

    Attributes:
        indexing: the run in progress, if any.
        loads: the components that `loaded` fills.
    """

    def __init__(self, pressmark: Pressmark, clock: gr.Timer, blocks: WordedBlocks) -> None:
        """Build it inside the caller's ``with``.

        Args:
            pressmark: whose articles they are.
            clock: ticks during indexing; outside the tab, which nobody may open.
            blocks: which this is built in.
        """
        self._blocks = blocks
        self.indexing = Indexing()
        self._pressmark = pressmark
        self._uploads = Uploads(pressmark.settings.home)
        self._manage = is_loopback(pressmark.settings.host)
        self._adding = Adding(pressmark, self.indexing, self._check_allowed)
        self._drop = gr.HTML(
            _adding(),
            elem_id="pm-drop",
            visible=self._manage,
            js_on_load=asset("wording.js") + asset("adding.js"),
            server_functions=self._adding.functions(),
            apply_default_css=False,
        )
        blocks.fill(self._drop, _adding)
        self._report = html("" if self._manage else rendered("read_only"), "pm-report")
        self._list = gr.HTML(
            elem_id="pm-catalogue", js_on_load=asset("ledger.js"), apply_default_css=False
        )
        self._timer = clock
        self.loads = [self._report, self._list, self._timer]

    def build_sources(self) -> gr.HTML:
        """Build the list of sources inside the caller's ``with``."""
        panel = LibraryPanel(self._pressmark, self._manage)
        sources = gr.HTML(
            _library(),
            elem_id="pm-library",
            js_on_load=asset("wording.js") + asset("library.js"),
            server_functions=panel.functions(),
            apply_default_css=False,
        )
        self._blocks.fill(sources, _library)
        return sources

    def wire(
        self,
        sources: gr.HTML,
        greeted: Callable[[], Update],
        refreshed: Callable[[], Update],
        foot: Callable[[], str],
        outputs: Sequence[Any],
    ) -> None:
        """Connect the events.

        Args:
            sources: the list of them, from which uploaded ones are removed.
            greeted: gives everything else that depends on the articles and is there at once.
            refreshed: gives the same with what takes a moment to find.
            foot: gives the line at the foot, which shows the progress of indexing.
            outputs: the component of the foot, then those that both fill.
        """
        self._greeted, self._foot, self._others = greeted, foot, len(outputs) - 1
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        changing: dict[str, Any] = {
            "concurrency_limit": 2,
            "concurrency_id": "articles",
            **private,
        }
        changed = [self._report, self._list, self._timer, *outputs]
        for ended in (
            self._drop.input(self._tick, None, changed, queue=False, **private),
            self._list.select(self._act, None, changed, **changing),
            sources.select(self._act, None, changed, **changing),
            self._timer.tick(self._tick, None, changed, queue=False, **private),
        ):
            ended.then(
                lambda: [gr.skip()] * self._others if self.indexing.running else refreshed(),
                None,
                list(outputs[1:]),
                **private,
            )

    def loaded(self) -> Update:
        """Give what the tab shows at first."""
        report = self._progress_html() if self._manage else rendered("read_only")
        return report, self._listed(), self._ticking()

    def _ticking(self) -> object:
        """Tick for tabs that watch a run; each stops its clock when it sees the end."""
        return gr.Timer(active=self.indexing.running)

    def _progress_html(self) -> str:
        return rendered("working", words=self.indexing.words())

    def _listed(self) -> str:
        """The folders and the refused files."""
        library = self._pressmark.library
        files = {root.path: library.files(root.path) for root in library.roots()}
        uploads = root_label(self._uploads.folder) if self._manage else None
        files.pop(uploads or "", None)
        return folders_html(
            ((path, len(held)) for path, held in files.items()), self._manage
        ) + ledger_html(library.ledger(), uploads)

    # Changes

    def _act(self, event: gr.EventData) -> Iterator[Update]:
        try:
            self._check_allowed()
            work = self._work_of(event._data)
        except PressmarkError as error:
            yield self._ended(told(error.user_message))
            return
        yield from self._followed(work)

    def _work_of(self, asked: Any) -> Work:
        """Do what a button of the list asks for."""
        act, ident = (
            (asked.get("act"), str(asked.get("id"))) if isinstance(asked, dict) else ("", "")
        )
        library, folder = self._pressmark.library, root_label(self._uploads.folder)
        known = {root.path for root in library.roots()} - {folder}
        if act == "remove":
            mine = [name for root, name in library.places(ident) if root == folder]
            return self._without(mine)
        if act == "discard":
            return self._without([ident])
        if ident not in known:
            raise InputError(_("This folder is no longer indexed."))
        if act == "forget":
            return lambda _progress: self._pressmark.remove(Path(ident))
        return lambda progress: self._pressmark.index([Path(ident)], progress, WHAT_IS_AWAY)

    def _without(self, names: Sequence[str]) -> Work:
        for name in names:
            self._uploads.remove(name)
        return self._index_uploads

    def _index_uploads(self, progress: Callable[..., None]) -> Any:
        return self._pressmark.index([self._uploads.folder], progress)

    def _check_allowed(self) -> None:
        if not self._manage:
            raise InputError(_("You can add and remove articles on the server's own machine only."))
        if accepted_keys(self._pressmark.settings) and _role_of_caller() is not Role.WRITE:
            raise InputError(_(NO_WRITE_KEY))

    def _followed(self, work: Work) -> Iterator[Update]:
        """Give updates during the work, and its result."""
        for outcome in self.indexing.follow(work):
            yield self._under_way() if outcome is None else self._ended(outcome)

    def _under_way(self) -> Update:
        skipped = [gr.skip() for _other in range(self._others)]
        return self._progress_html(), gr.skip(), self._ticking(), self._foot(), *skipped

    def _ended(self, outcome: Any) -> Update:
        return report_html(outcome), *self._renewed()

    def _renewed(self) -> Update:
        return self._listed(), self._ticking(), self._foot(), *self._greeted()

    def _tick(self) -> Update:
        """Give what a watching tab shows: the progress of a run, and then what it changed."""
        return self._under_way() if self.indexing.running else ("", *self._renewed())


def _adding() -> str:
    return rendered("adding", file_mb=MAX_FILE_BYTES // 2**20)


def _library() -> str:
    return rendered("library", orders=_ORDERS)


def _role_of_caller() -> Role | None:
    """What the key of the request in hand lets its owner do."""
    request = LocalContext.request.get(None)
    # Gradio wraps the request of an event, and not that of a function which a script calls.
    scope = getattr(getattr(request, "request", request), "scope", {})
    role: Role | None = scope.get(ROLE)
    return role
