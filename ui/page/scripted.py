"""What the page's script may ask for, each by one value; whatever it sends is outside data."""

from collections.abc import Callable
from typing import Any

from index.errors import PressmarkError
from rag.pressmark import Pressmark
from ui.http.middleware import is_loopback
from ui.page.conversation import exported_file, kept_turns, open_source, taken_along
from ui.page.further import Further
from ui.page.html.answers import conversation_html, turn_html
from ui.page.models import PanelModel
from ui.page.noting import noting
from ui.page.seals import Seals
from ui.page.shared import SharedAnswers
from ui.page.worded import page_words
from ui.page.wording.catalogues import _, later
from ui.page.wording.from_elsewhere import told

Function = Callable[[Any], Any]
_HERE = later("The link works in browsers on this machine only, until you remove it.")
_THERE = later(
    "The link works for everybody who reaches this server and has a key to it, until you remove it."
)


def server_functions(pressmark: Pressmark, seals: Seals, models: PanelModel) -> list[Function]:
    """All of them; the script calls each by its name.

    Args:
        pressmark: what answers.
        seals: that say whether an answer that comes back was given here.
        models: the model of the page's panel.
    """
    return [
        *_reading(pressmark, seals),
        *_linking(pressmark, seals),
        *Further(pressmark).functions(),
        *noting(pressmark, seals),
        *models.functions(),
    ]


def _reading(pressmark: Pressmark, seals: Seals) -> list[Function]:
    def open_citation(clicked: Any) -> str:
        return open_source(pressmark, clicked)

    def take_along(wanted: Any) -> str:
        return taken_along(wanted)

    def export_file(wanted: Any) -> dict[str, str]:
        return exported_file(wanted)

    def browser_key(nothing: Any) -> str:
        return seals.browser_key

    def show_turns(kept: Any) -> str:
        return conversation_html(kept_turns(kept))

    return [open_citation, take_along, export_file, browser_key, show_turns, page_words]


def _linking(pressmark: Pressmark, seals: Seals) -> list[Function]:
    shared = SharedAnswers(pressmark.library)
    shared.take_over(pressmark.settings.home)
    works_for = _HERE if is_loopback(pressmark.settings.host) else _THERE

    def share(kept: Any) -> dict[str, str]:
        turns = kept_turns([kept])
        if not turns or not seals.fits(turns[0]):
            return {"problem": _("Only an answer that this server gave can be linked to.")}
        try:
            return shared.add(turns[0]).model_dump() | {"works": _(works_for)}
        except PressmarkError as error:
            return {"problem": told(error.user_message)}

    def unshare(link: Any) -> bool:
        return shared.remove(link)

    def shared_answer(ident: Any) -> str:
        turn = shared.turn(ident)
        return turn_html(seals.sealed(turn)) if turn else ""

    return [share, unshare, shared_answer]
