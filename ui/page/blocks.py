"""The chat page: its components, and the endpoints that programs may call.

Texts of articles and models reach the page through templates that escape (`ui.page.html.markup`),
only ever as the *value* of a `gr.HTML`. Its ``html_template`` is evaluated as JavaScript and stays
Gradio's own.
Conversations live in the browser; the server keeps none between two requests.
"""

from typing import Any

import gradio as gr

from rag.pressmark import Pressmark
from ui.page.articles import ArticlesTab
from ui.page.assets import page_options
from ui.page.endpoints import add_endpoints
from ui.page.frame import foot_html
from ui.page.html.markup import rendered
from ui.page.html.sources import placeholder_html
from ui.page.models import PanelModel
from ui.page.talk import AT_ONCE, Talk

__all__ = ["build_page", "page_options"]

MAX_QUEUED = 32
_HOUR_S = 3600
_NO_SOURCE = "Click a number in an answer to read the very words here."


def build_page(pressmark: Pressmark) -> gr.Blocks:
    """Build the page over an open Pressmark; mount it with `page_options`."""
    blocks = gr.Blocks(
        title="Pressmark",
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(_HOUR_S, _HOUR_S),  # files that somebody sent and never took in
    )
    models = PanelModel(pressmark)
    with blocks:
        clock = gr.Timer(1.0, active=False)
        with gr.Row(elem_id="pm-top"):
            _html(rendered("title"))
            _html(rendered("menu"), elem_id="pm-menu")
            if models.is_offered:
                _html(rendered("model"), elem_id="pm-model")
            fresh = gr.Button("New conversation", size="sm", elem_id="pm-clear", scale=0)
        with gr.Row(elem_id="pm-desk", equal_height=True):
            with gr.Column(elem_id="pm-talk", scale=6, min_width=320), gr.Tabs(elem_id="pm-tabs"):
                with gr.Tab("Ask", id="ask", elem_id="pm-ask"):
                    talk = Talk(pressmark, fresh, models)
                with gr.Tab("Articles", id="articles", elem_id="pm-articles"):
                    articles = ArticlesTab(pressmark, clock)
            with gr.Column(elem_id="pm-shelf", scale=5, min_width=320):
                sources = articles.build_sources()
                _html(placeholder_html("The source", _NO_SOURCE), elem_id="pm-source")
        foot = _html("", elem_id="pm-foot")

        def foot_words() -> str:
            return foot_html(pressmark, articles.indexing.words())

        articles.wire(sources, talk.greeted, talk.refreshed, foot_words, [foot, *talk.refreshes])
        first: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        blocks.load(foot_words, None, foot, **first)
        greeted = blocks.load(talk.greeted, None, talk.refreshes, **first)
        greeted.then(talk.refreshed, None, talk.refreshes, **first)
        blocks.load(articles.loaded, None, articles.loads, **first)
        add_endpoints(pressmark)
    blocks.queue(max_size=MAX_QUEUED, default_concurrency_limit=AT_ONCE, api_open=False)
    return blocks


def _html(value: str, elem_id: str | None = None) -> gr.HTML:
    return gr.HTML(value, elem_id=elem_id, js_on_load=None, apply_default_css=False)
