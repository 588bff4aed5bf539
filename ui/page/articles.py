"""The articles on the page: the list, taking files in, and taking them out again."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import LocalContext

from index.errors import InputError, PressmarkError
from index.ingest.roots import WHAT_IS_AWAY
from index.ingest.scan import root_label
from index.library.catalogue import ORDERS, selected
from index.readers.disk import MAX_FILE_BYTES
from rag.pressmark import Pressmark
from ui.http.keys import NO_WRITE_KEY, ROLE, Role, accepted_keys
from ui.http.middleware import UPLOAD_BODY_LIMIT, is_loopback
from ui.http.uploads import MAX_FILES, TakenIn, Uploads
from ui.page.assets import asset
from ui.page.conversation import open_article
from ui.page.html.articles import articles_html, folders_html, ledger_html, report_html
from ui.page.html.markup import rendered
from ui.page.indexing import Indexing, Work

AT_A_TIME = 50
_OPENING = 300
_ORDERS = [
    ("Newest first", "newest"),
    ("Oldest first", "oldest"),
    ("Title", "title"),
    ("Publisher", "publisher"),
    ("File", "file"),
]
Update = tuple[object, ...]


class ArticlesTab:
    """The components of the tab and the events between them.

    Attributes:
        indexing: the run in progress, if any.
        loads: the components that `loaded` fills.
    """

    def __init__(self, pressmark: Pressmark, clock: gr.Timer) -> None:
        """Build it inside the caller's ``with``.

        Args:
            pressmark: whose articles they are.
            clock: ticks during indexing; outside the tab, which nobody may open.
        """
        self.indexing = Indexing()
        self._pressmark = pressmark
        self._uploads = Uploads(pressmark.settings.home)
        self._manage = is_loopback(pressmark.settings.host)
        self._file = gr.File(
            file_count="multiple",
            label="Add articles",
            show_label=False,
            elem_id="pm-drop",
            height="8rem",
            visible=self._manage,
        )
        drop = rendered(
            "drop",
            file_mb=MAX_FILE_BYTES // 2**20,
            files=MAX_FILES,
            total_mb=UPLOAD_BODY_LIMIT // 2**20,
        )
        gr.HTML(drop, visible=self._manage, js_on_load=None, apply_default_css=False)
        self._report = _html("" if self._manage else rendered("read_only"), "pm-report")
        with gr.Row(elem_id="pm-find"):
            self._search = gr.Textbox(
                label="Search", placeholder="Title, publisher, date or file", min_width=180, scale=3
            )
            self._order = gr.Dropdown(_ORDERS, value=ORDERS[0], label="Order", min_width=170)
            self._warned = gr.Checkbox(label="Doubtful dates only", min_width=130)
        self._shown = gr.Number(AT_A_TIME, visible=False, precision=0)
        self._list = gr.HTML(
            elem_id="pm-catalogue",
            js_on_load=asset("articles.js"),
            server_functions=[_article_opener(pressmark)],
            apply_default_css=False,
        )
        self._timer = clock
        self._query = [self._search, self._order, self._warned, self._shown]
        self.loads = [self._report, self._list, self._timer]

    def wire(
        self, refreshed: Callable[[], Update], foot: Callable[[], str], outputs: Sequence[Any]
    ) -> None:
        """Connect the events.

        Args:
            refreshed: gives everything else that depends on the articles.
            foot: gives the line at the foot, which shows the progress of indexing.
            outputs: the component of the foot, then those that `refreshed` fills.
        """
        self._refreshed, self._foot, self._others = refreshed, foot, len(outputs) - 1
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        listing: dict[str, Any] = {"trigger_mode": "always_last", "queue": False, **private}
        for asked in (self._search.change, self._order.input, self._warned.input):
            asked(self._found_anew, self._query[:3], [self._list, self._shown], **listing)
        self._list.input(self._more, self._query, [self._list, self._shown], **listing)

        changing: dict[str, Any] = {
            "concurrency_limit": 2,
            "concurrency_id": "articles",
            **private,
        }
        changed = [self._report, self._list, self._timer, *outputs]
        self._file.upload(
            self._take_in, [self._file, *self._query], [self._file, *changed],
            **changing,
        )  # fmt: skip
        self._list.select(self._act, self._query, changed, **changing)
        self._timer.tick(self._tick, self._query, changed, queue=False, **private)

    def loaded(self) -> Update:
        """Give what the tab shows at first."""
        report = self._progress_html() if self._manage else rendered("read_only")
        return report, self._listed("", ORDERS[0], False, AT_A_TIME), self._ticking()

    def _ticking(self) -> object:
        """Tick for tabs that watch a run; each stops its clock when it sees the end."""
        return gr.Timer(active=self.indexing.running)

    def _progress_html(self) -> str:
        return rendered("working", words=self.indexing.words())

    # The list

    def _listed(self, search: str | None, order: str, warned: bool, shown: float | None) -> str:
        library = self._pressmark.library
        entries = library.catalogue()
        found = selected(entries, (search or "")[:200], order, warned)
        ids = [entry.article_id for entry in found[: int(shown or AT_A_TIME)]]
        openings = _openings(self._pressmark, ids)
        files = {root.path: library.files(root.path) for root in library.roots()}
        uploads = root_label(self._uploads.folder) if self._manage else None
        here = files.pop(uploads, {}) if uploads else {}
        removable = {file.source_id for file in here.values() if file.source_id}
        return (
            articles_html(found, len(entries), openings, removable)
            + folders_html(((path, len(held)) for path, held in files.items()), self._manage)
            + ledger_html(library.ledger(), uploads)
        )

    def _found_anew(self, search: str, order: str, warned: bool) -> Update:
        return self._listed(search, order, warned, AT_A_TIME), AT_A_TIME

    def _more(self, search: str, order: str, warned: bool, shown: float) -> Update:
        more = int(shown or 0) + AT_A_TIME
        return self._listed(search, order, warned, more), more

    # Changes

    def _take_in(self, files: list[str] | None, *query: Any) -> Iterator[Update]:
        try:
            self._check_allowed()
            sent = self._uploads.take_in(files or [])
        except PressmarkError as error:
            yield None, *self._ended(error.user_message, query)
            return
        for update in self._followed(self._index_uploads, query, sent):
            yield None, *update

    def _act(
        self, search: str, order: str, warned: bool, shown: float, event: gr.EventData
    ) -> Iterator[Update]:
        query = (search, order, warned, shown)
        try:
            self._check_allowed()
            work = self._work_of(event._data)
        except PressmarkError as error:
            yield self._ended(error.user_message, query)
            return
        yield from self._followed(work, query)

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
            raise InputError("This folder is no longer indexed.")
        if act == "forget":
            return lambda _: self._pressmark.remove(Path(ident))
        return lambda progress: self._pressmark.index([Path(ident)], progress, WHAT_IS_AWAY)

    def _without(self, names: Sequence[str]) -> Work:
        for name in names:
            self._uploads.remove(name)
        return self._index_uploads

    def _index_uploads(self, progress: Callable[..., None]) -> Any:
        return self._pressmark.index([self._uploads.folder], progress)

    def _check_allowed(self) -> None:
        if not self._manage:
            raise InputError("You can add and remove articles on the server's own machine only.")
        if accepted_keys(self._pressmark.settings) and _role_of_caller() is not Role.WRITE:
            raise InputError(NO_WRITE_KEY)

    def _followed(
        self, work: Work, query: Sequence[Any], sent: TakenIn | None = None
    ) -> Iterator[Update]:
        """Give updates during the work, and its result."""
        for outcome in self.indexing.follow(work):
            yield self._under_way() if outcome is None else self._ended(outcome, query, sent)

    def _under_way(self) -> Update:
        skipped = [gr.skip() for _ in range(self._others)]
        return self._progress_html(), gr.skip(), gr.skip(), self._foot(), *skipped

    def _ended(self, outcome: Any, query: Sequence[Any], sent: TakenIn | None = None) -> Update:
        return report_html(outcome, sent), *self._renewed(query)

    def _renewed(self, query: Sequence[Any]) -> Update:
        return self._listed(*query), self._ticking(), self._foot(), *self._refreshed()

    def _tick(self, *query: Any) -> Update:
        """Give what a watching tab shows: the progress of a run, and then what it changed."""
        return self._under_way() if self.indexing.running else ("", *self._renewed(query))


def _role_of_caller() -> Role | None:
    """What the key of the request in hand lets its owner do."""
    request = LocalContext.request.get(None)
    scope = getattr(getattr(request, "request", None), "scope", {})
    role: Role | None = scope.get(ROLE)
    return role


def _openings(pressmark: Pressmark, article_ids: Sequence[str]) -> dict[str, str]:
    """Get the first words of each article's body."""
    articles = pressmark.library.articles(article_ids)
    sources = pressmark.library.sources(article.source_id for article in articles.values())
    return {
        ident: sources[article.source_id].text[article.body[0].start :][:_OPENING]
        if article.body and article.source_id in sources
        else ""
        for ident, article in articles.items()
    }


def _article_opener(pressmark: Pressmark) -> Callable[..., str]:
    def show_article(article_id: Any) -> str:
        return open_article(pressmark, article_id)

    return show_article


def _html(value: str, elem_id: str) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, js_on_load=None, apply_default_css=False)
