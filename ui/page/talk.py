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

AT_ONCE = 4
_SCRIPTS = ("page.js", "reading.js", "talk.js", "saving.js", "notes.js", "model.js")
# Somebody may ask before the page's script has run.
_WHEN_READY = """async (question) => {
  while (!window.pressmark) await new Promise((resolve) => setTimeout(resolve, 50));
  return [question, pressmark.%s];
}"""
_EMPTY = "Type a question about the articles first."

Update = tuple[object, ...]


class Talk:
    """The components of the conversation and the events between them."""

    def __init__(self, pressmark: Pressmark, fresh: gr.Button, models: PanelModel) -> None:
        """Build it inside the caller's ``with``.

        Args:
            pressmark: what answers.
            fresh: the button that begins a new conversation.
            models: the model of the page's panel, for conversations that use it.
        """
        self._pressmark = pressmark
        self._models = models
        self._examples = Examples(pressmark)
        self._seals = Seals(pressmark.settings.home)
        self._answering: dict[str, Answering] = {}
        self._request = gr.JSON(visible=False)
        with gr.Column(elem_id="pm-conversation"):
            self._welcome = _html("", "pm-welcome")
            self._turns = gr.HTML(
                rendered("kept"),
                elem_id="pm-turns",
                js_on_load="".join(map(asset, _SCRIPTS)),
                server_functions=server_functions(pressmark, self._seals, models),
                apply_default_css=False,
            )
            self._live = _html("", "pm-live")
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
        _html(rendered("scope"), "pm-scope")
        self._question = gr.Textbox(
            elem_id="pm-question",
            show_label=False,
            label="Question",
            placeholder="Ask about the articles",
            lines=1,
            max_lines=8,
            max_length=MAX_QUESTION_CHARS,
            submit_btn="Ask",
            autofocus=True,
            container=False,
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
            problem = request.wrong or _EMPTY
            return turn_html(TurnView(question="", problem=problem)), gr.skip(), None
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
            turn = TurnView(id=request.turn, question=request.question, problem=STOPPED)
        else:
            turn = self._seals.sealed(answering.stop())
        return turn_html(turn), _ready()

    def _leave(self, sent: object) -> Update:
        self._stop(sent)
        return "", _ready()


def _busy() -> object:
    return gr.Textbox(value="", submit_btn=False, stop_btn="Stop")


def _ready() -> object:
    return gr.Textbox(submit_btn="Ask", stop_btn=False)


def _html(value: str, elem_id: str) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, js_on_load=None, apply_default_css=False)
