"""The conversation on the page: asking, answering, stopping, and what the script may ask for."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from rag.contract import MAX_QUESTION_CHARS
from rag.pressmark import Pressmark
from ui.page.answering import STOPPED, Answering, page_request
from ui.page.assets import asset
from ui.page.frame import Examples, welcome_html
from ui.page.html.answers import TurnView, turn_html
from ui.page.html.markup import rendered
from ui.page.models import PanelModel
from ui.page.scripted import server_functions
from ui.page.seals import Seals
from ui.page.worded import WordedBlocks, html
from ui.page.wording.catalogues import _, later
from ui.page.wording.days import number

AT_ONCE = 32
"""Answers in progress; most wait for a model. `rag.pipeline` limits what costs time here."""
_SCRIPTS = (
    *("wording.js", "page.js", "reading.js", "talk.js", "again.js", "saving.js", "notes.js"),
    *("model.js", "manners.js"),
)
_ASK = later("Ask")
_STOP = later("Stop")
_QUESTION = later("Question")
_PLACEHOLDER = later("Ask about the articles")
# Somebody may ask before the page's script has run.
_WHEN_READY = """async (question) => {
  while (!window.pressmark) await new Promise((resolve) => setTimeout(resolve, 50));
  return [question, pressmark.%s];
}"""
_EMPTY = later("Type a question about the articles first.")
_TOO_LONG = later(
    "The question has %(count)s characters, and %(most)s are the most. It was not asked: "
    "shorten it."
)

Update = tuple[object, ...]


class Talk:
    """The components of the conversation and the events between them."""

    def __init__(
        self, pressmark: Pressmark, fresh: gr.Button, models: PanelModel, blocks: WordedBlocks
    ) -> None:
        """Build it inside the caller's ``with``.

        Args:
            pressmark: what answers.
            fresh: the button that begins a new conversation.
            models: the model of the page's panel, for conversations that use it.
            blocks: which this is built in.
        """
        self._blocks = blocks
        self._pressmark = pressmark
        self._models = models
        self._examples = Examples(pressmark)
        self._seals = Seals(pressmark.library, pressmark.settings.home)
        self._answering: dict[str, Answering] = {}
        self._request = gr.JSON(visible=False)
        with gr.Column(elem_id="pm-conversation"):
            self._welcome = html("", "pm-welcome")
            self._turns = gr.HTML(
                rendered("kept"),
                elem_id="pm-turns",
                js_on_load="".join(map(asset, _SCRIPTS)),
                server_functions=server_functions(pressmark, self._seals, models),
                apply_default_css=False,
            )
            self._live = html("", "pm-live")
        self._build_asking()
        self._wire(fresh)
        self.refreshes = [self._welcome]

    def refreshed(self) -> Update:
        """Give what depends on the articles: the welcome, with questions that they answer."""
        articles = self._pressmark.library.counts().articles
        examples = self._examples.questions() if articles else []
        return (welcome_html(articles, examples),)

    def greeted(self) -> Update:
        """Give the welcome at once; finding questions that get an answer takes a moment."""
        articles = self._pressmark.library.counts().articles
        return (welcome_html(articles, self._examples.known()),)

    def _build_asking(self) -> None:
        self._blocks.show("scope", "pm-scope")
        self._question = gr.Textbox(
            elem_id="pm-question",
            show_label=False,
            label=_QUESTION,
            placeholder=_PLACEHOLDER,
            lines=1,
            max_lines=8,
            submit_btn=_ASK,
            autofocus=True,
            container=False,
        )
        self._blocks.word(
            self._question, label=_QUESTION, placeholder=_PLACEHOLDER, submit_btn=_ASK
        )

    def _wire(self, fresh: gr.Button) -> None:
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        shown = [self._live, self._question, self._request]
        typed = self._question.submit(
            self._begin,
            [self._question, self._request],
            shown,
            js=_WHEN_READY % "ask(question)",
            queue=False,
            **private,
        )
        picked = self._turns.select(
            self._begin,
            [self._question, self._request],
            shown,
            js=_WHEN_READY % "askExample()",
            queue=False,
            **private,
        )
        answering = [
            begun.then(
                self._answer,
                [self._request],
                [self._live, self._question],
                trigger_mode="multiple",  # a job that was just cancelled may still count as running
                concurrency_limit=AT_ONCE,
                concurrency_id="answers",
                **private,
            )
            for begun in (typed, picked)
        ]
        ended = [self._live, self._question]
        self._question.stop(self._stop, [self._request], ended, cancels=answering, **private)
        left: dict[str, Any] = {"cancels": answering, "queue": False, **private}
        fresh.click(
            self._leave, [self._request], ended,
            js="(request) => [pressmark.fresh(request)]", **left,
        )  # fmt: skip
        self._turns.clear(self._leave, [self._request], ended, **left)

    def _begin(self, question: str | None, sent: object) -> Update:
        """Show the question at once; the answer comes in a second step."""
        request = page_request(sent)
        if not request.question.strip():
            problem = request.wrong or _(_EMPTY)
            return turn_html(TurnView(question="", problem=problem)), gr.skip(), None
        if len(request.question) > MAX_QUESTION_CHARS:  # what was typed stays in its place
            counts = {"count": number(len(request.question)), "most": number(MAX_QUESTION_CHARS)}
            return turn_html(TurnView(question="", problem=_(_TOO_LONG) % counts)), gr.skip(), None
        return turn_html(TurnView(id=request.turn, question=request.question)), _busy(), sent

    def _answer(self, sent: object) -> Iterator[Update]:
        request = page_request(sent)
        if not request.question.strip():  # there is no question
            yield (
                gr.skip(),
                gr.skip(),
            )  # Gradio takes a generator without a value for one of empty values
            return
        asked = self._models.pressmark() if request.written else self._pressmark
        answering = Answering(asked, request)
        self._answering[request.turn] = answering
        try:
            for turn in answering:
                ended = gr.skip() if turn.pending else _ready()
                yield turn_html(self._seals.sealed(turn)), ended
        finally:
            self._answering.pop(request.turn, None)

    def _stop(self, sent: object) -> Update:
        request = page_request(sent)
        answering = self._answering.get(request.turn)
        if answering is None:  # it waits for its turn
            turn = TurnView(id=request.turn, question=request.question, problem=_(STOPPED))
        else:
            turn = self._seals.sealed(answering.stop())
        return turn_html(turn), _ready()

    def _leave(self, sent: object) -> Update:
        self._stop(sent)
        return "", _ready()


def _busy() -> object:
    return gr.Textbox(value="", submit_btn=False, stop_btn=_(_STOP))


def _ready() -> object:
    return gr.Textbox(submit_btn=_(_ASK), stop_btn=False)
