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
from ui.page.html.sources import placeholder_html
from ui.page.models import PanelModel
from ui.page.talk import AT_ONCE, Talk
from ui.page.worded import WordedBlocks, html
from ui.page.wording.catalogues import _, later

__all__ = ["build_page", "page_options"]

MAX_QUEUED = 32
_HOUR_S = 3600
_ASK = later("Ask")
_ARTICLES = later("Articles")
_FRESH = later("New conversation")
_SOURCE = later("The source")
_NO_SOURCE = later("Click a number in an answer to read the very words here.")


def build_page(pressmark: Pressmark) -> gr.Blocks:
    """Build the page over an open Pressmark; mount it with `page_options`."""
    blocks = WordedBlocks(
        title="Pressmark",
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(_HOUR_S, _HOUR_S),  # files that somebody sent and never took in
    )
    models = PanelModel(pressmark)
    with blocks:
        clock = gr.Timer(1.0, active=False)
        with gr.Row(elem_id="pm-top"):
            blocks.show("title")
            blocks.show("menu", "pm-menu")
            if models.is_offered:
                blocks.show("model", "pm-model")
            fresh = gr.Button(_FRESH, size="sm", elem_id="pm-clear", scale=0)
            blocks.word(fresh, value=_FRESH)
            blocks.show("help", "pm-help")
        with gr.Row(elem_id="pm-desk", equal_height=True):
            with gr.Column(elem_id="pm-talk", scale=6, min_width=320), gr.Tabs(elem_id="pm-tabs"):
                with gr.Tab(_ASK, id="ask", elem_id="pm-ask") as asking:
                    talk = Talk(pressmark, fresh, models, blocks)
                with gr.Tab(_ARTICLES, id="articles", elem_id="pm-articles") as reading:
                    articles = ArticlesTab(pressmark, clock, blocks)
                blocks.word(asking, label=_ASK)
                blocks.word(reading, label=_ARTICLES)
            with gr.Column(elem_id="pm-shelf", scale=5, min_width=320):
                sources = articles.build_sources()
                shelf = html(placeholder_html(_SOURCE, _NO_SOURCE), "pm-source")
                blocks.fill(shelf, lambda: placeholder_html(_(_SOURCE), _(_NO_SOURCE)))
        foot = html("", "pm-foot")

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
