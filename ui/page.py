"""The chat page: Gradio components and their wiring.

Texts of articles and models reach the page as escaped HTML (`ui.render`), only ever as the
*value* of a `gr.HTML`. Its ``html_template`` is evaluated as JavaScript and stays Gradio's own.
State lives in the browser; the server keeps none between two requests.
"""

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.events import api

from rag.assembly import Pressmark
from rag.contract import MAX_QUESTION_CHARS
from ui.conversation import (
    Examples,
    answer_turn,
    as_markdown,
    foot_html,
    kept_turns,
    open_source,
    respond,
    turns_to_keep,
    welcome_html,
    with_problem,
)
from ui.page_assets import asset, browser_secret, page_options
from ui.render import TurnView, conversation_html
from ui.render_source import placeholder_html

__all__ = ["build_page", "page_options"]

STORAGE_KEY = "pressmark-conversation"
MAX_QUEUED = 32
AT_ONCE = 4
_STOPPED = "Stopped before there was an answer."
_EMPTY = "Type a question about the articles first."
_LEFT = "This page was left before there was an answer. Ask again to get one."
_NO_SOURCE = "Click a number in an answer to read the very words here."
_TITLE = (
    '<div class="pm-brand"><h1>Pressmark</h1>'
    "<p>Answers from your articles, every sentence with its source</p></div>"
)


Updates = tuple[object, object, object]


def build_page(pressmark: Pressmark) -> gr.Blocks:
    """The page over an open Pressmark; mount it with `page_options`."""
    blocks = gr.Blocks(title="Pressmark", analytics_enabled=False, fill_width=True)
    with blocks:
        _Page(pressmark, blocks)
        api(
            _ask_endpoint(pressmark),
            api_name="ask",
            concurrency_limit=AT_ONCE,
            concurrency_id="answers",
        )
    blocks.queue(max_size=MAX_QUEUED, default_concurrency_limit=AT_ONCE, api_open=False)
    return blocks


def _ask_endpoint(pressmark: Pressmark) -> Callable[..., dict[str, Any]]:
    def ask(question: str, as_of: str | None = None, mode: str = "auto") -> dict[str, Any]:
        """Answer a question about the indexed articles: the object of ``POST /v1/answer``.

        Args:
            question: in words.
            as_of: the day on which it is asked, ``2020-08-10``; articles dated later are not used.
            mode: ``auto``, ``extractive`` or ``generative``.
        """
        outcome = respond(pressmark, {"question": question, "as_of": as_of or None, "mode": mode})
        if isinstance(outcome, str):
            raise gr.Error(outcome, print_exception=False)
        return outcome.model_dump(mode="json")

    return ask


class _Page:
    """The components of one page and what happens between them."""

    def __init__(self, pressmark: Pressmark, blocks: gr.Blocks) -> None:
        self.pressmark = pressmark
        self.examples = Examples(pressmark)
        self.saved = gr.BrowserState(
            [], storage_key=STORAGE_KEY, secret=browser_secret(pressmark.settings.home)
        )
        with gr.Row(elem_id="pm-top"):
            gr.HTML(_TITLE, js_on_load=None, apply_default_css=False)
            self.clear = gr.Button("New conversation", size="sm", elem_id="pm-clear", scale=0)
        with gr.Row(elem_id="pm-desk", equal_height=True):
            with gr.Column(elem_id="pm-talk", scale=6, min_width=320):
                self._build_talk()
            with gr.Column(elem_id="pm-shelf", scale=5, min_width=320):
                gr.HTML(
                    placeholder_html("The source", _NO_SOURCE),
                    elem_id="pm-source",
                    js_on_load=None,
                    apply_default_css=False,
                )
        self.foot = gr.HTML(elem_id="pm-foot", js_on_load=None, apply_default_css=False)
        self._wire(blocks)

    def _build_talk(self) -> None:
        self.conversation = gr.HTML(
            elem_id="pm-conversation",
            js_on_load=asset("page.js"),
            server_functions=[_opener(self.pressmark), _copier()],
            apply_default_css=False,
        )
        self.question = gr.Textbox(
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
        with gr.Accordion("Filters", open=False, elem_id="pm-filters"):
            self.publishers = gr.Dropdown(
                [], multiselect=True, label="Publishers", info="None chosen: all of them"
            )
            with gr.Row():
                days = [
                    gr.DateTime(include_time=False, type="string", label=label, min_width=140)
                    for label in ("Published from", "Published to", "As of")
                ]
        self.wishes = [self.publishers, *days]

    def _wire(self, blocks: gr.Blocks) -> None:
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        shown = [self.conversation, self.saved, self.question]
        typed = self.question.submit(
            self._begin, [self.question, self.saved], shown, queue=False, **private
        )
        picked = self.conversation.select(
            self._begin_example, [self.saved], shown, queue=False, **private
        )
        answering = [
            begun.then(
                self._answer,
                [self.saved, *self.wishes],
                shown,
                concurrency_limit=AT_ONCE,
                concurrency_id="answers",
                **private,
            )
            for begun in (typed, picked)
        ]
        self.question.stop(self._stop, [self.saved], shown, cancels=answering, **private)
        self.clear.click(self._clear, None, shown, cancels=answering, **private)
        blocks.load(
            self._load, [self.saved], [self.conversation, self.foot, self.publishers], **private
        )

    def _load(self, saved: object) -> tuple[object, object, object]:
        publishers = list(self.pressmark.library.publishers())
        return (
            self._show(with_problem(kept_turns(saved), _LEFT)),
            foot_html(self.pressmark),
            gr.Dropdown(choices=publishers),
        )

    def _show(self, turns: list[TurnView]) -> str:
        if turns:
            return conversation_html(turns)
        articles = self.pressmark.library.counts().articles
        return welcome_html(articles, self.examples.questions() if articles else [])

    def _begin(self, question: str | None, saved: object) -> Updates:
        """Shows the question at once; the answer comes in a second step."""
        turns, asked = kept_turns(saved), (question or "").strip()
        if not asked:
            hint = TurnView(question="", problem=_EMPTY)
            return self._show([*turns, hint]), gr.skip(), gr.skip()
        turns.append(TurnView(question=asked))
        return self._show(turns), turns_to_keep(turns), _busy()

    def _begin_example(self, event: gr.EventData, saved: object) -> Updates:
        return self._begin(str(event._data.get("question", "")), saved)

    def _answer(
        self,
        saved: object,
        publishers: list[str] | None,
        published_from: str | None,
        published_to: str | None,
        as_of: str | None,
    ) -> Updates:
        turns = kept_turns(saved)
        if not turns or not turns[-1].pending:  # nothing was asked
            return gr.skip(), gr.skip(), gr.skip()
        body = {
            "question": turns.pop().question,
            "as_of": as_of or None,
            "filters": {
                "publishers": publishers or [],
                "published_from": published_from or None,
                "published_to": published_to or None,
            },
        }
        turns.append(answer_turn(self.pressmark, body, turns))
        return self._show(turns), turns_to_keep(turns), _ready()

    def _stop(self, saved: object) -> Updates:
        turns = with_problem(kept_turns(saved), _STOPPED)
        return self._show(turns), turns_to_keep(turns), _ready()

    def _clear(self) -> Updates:
        return self._show([]), [], _ready()


def _busy() -> object:
    return gr.Textbox(value="", submit_btn=False, stop_btn="Stop")


def _ready() -> object:
    return gr.Textbox(submit_btn="Ask", stop_btn=False)


def _opener(pressmark: Pressmark) -> Callable[[Any], str]:
    # A function of its own: Gradio marks it with an attribute, which a method refuses.
    def open_citation(clicked: Any) -> str:
        return open_source(pressmark, clicked)

    return open_citation


def _copier() -> Callable[[Any], str]:
    def to_markdown(response: Any) -> str:
        return as_markdown(response)

    return to_markdown
