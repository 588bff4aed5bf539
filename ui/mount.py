"""The page, mounted at ``/`` of the API's app."""

import gradio
from fastapi import FastAPI
from starlette.routing import Mount

from rag.assembly import Pressmark
from ui.middleware import UPLOAD_BODY_LIMIT
from ui.page import build_page, page_options
from ui.problems import on_http_error


def mount_page(app: FastAPI, pressmark: Pressmark) -> None:
    """Build the page and mount it below all of the API's routes.

    Args:
        app: the API, complete.
        pressmark: what the page asks.
    """
    blocks = build_page(pressmark)
    gradio.mount_gradio_app(
        app,
        blocks,
        path="/",
        footer_links=[],
        max_file_size=UPLOAD_BODY_LIMIT,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        pwa=False,
        **page_options(),
    )
    mounted = [r.app for r in app.routes if isinstance(r, Mount) and isinstance(r.app, FastAPI)]
    for status in (404, 405):
        mounted[-1].add_exception_handler(status, on_http_error)
