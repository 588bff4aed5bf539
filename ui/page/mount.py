"""The page, mounted at ``/`` of the API's app."""

import os
import shutil

import gradio
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from index.readers.disk import MAX_FILE_BYTES
from rag.pressmark import Pressmark
from ui.http.middleware import is_loopback
from ui.http.problems import on_http_error, problem_response
from ui.http.uploads import Uploads
from ui.page.blocks import build_page, page_options
from ui.page.originals import PATH, original_response
from ui.page.wording.catalogues import _
from ui.page.wording.negotiation import Speaking


def mount_page(app: FastAPI, pressmark: Pressmark, worker: int | None = None) -> None:
    """Build the page and mount it below all of the API's routes.

    Args:
        app: the API, complete.
        pressmark: what the page asks.
        worker: this process's number, if several serve the page.
    """
    _keep_uploads_at_home(pressmark, worker)
    app.add_middleware(Speaking)

    def original(request: Request) -> Response:
        return original_response(pressmark, request)

    app.router.routes.append(Route(PATH, original, methods=["GET"], include_in_schema=False))
    if not is_loopback(pressmark.settings.host):
        for path in ("/gradio_api/upload", "/gradio_api/upload/"):
            app.router.routes.append(Route(path, _no_uploads, include_in_schema=False))
    blocks = build_page(pressmark)
    gradio.mount_gradio_app(
        app,
        blocks,
        path="/",
        footer_links=[],
        max_file_size=MAX_FILE_BYTES,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        pwa=False,
        **page_options(),
    )
    mounted = [r.app for r in app.routes if isinstance(r, Mount) and isinstance(r.app, FastAPI)]
    for status in (404, 405):
        mounted[-1].add_exception_handler(status, on_http_error)


def _no_uploads(request: Request) -> Response:
    return problem_response(403, _("You can add articles on the server's own machine only."))


def _keep_uploads_at_home(pressmark: Pressmark, worker: int | None) -> None:
    """Receive files in the home folder, which is this user's, and forget those of last time.

    Gradio's own place for them is a folder below /tmp that all users of a machine share.
    """
    in_transit = Uploads(pressmark.settings.home).in_transit
    if worker is not None:
        in_transit /= f"worker-{worker}"
    shutil.rmtree(in_transit, ignore_errors=True)
    os.environ["GRADIO_TEMP_DIR"] = str(in_transit)
