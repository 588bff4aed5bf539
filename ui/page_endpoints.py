"""What programs may call by name on the page, with `gradio_client` or any other."""

from typing import Any

import gradio as gr
from gradio.events import api

from rag.assembly import Pressmark
from ui.conversation import respond
from ui.page_talk import AT_ONCE


def add_endpoints(pressmark: Pressmark) -> None:
    """Add the named endpoints to the Blocks that the caller is in."""

    def ask(
        question: str,
        as_of: str | None = None,
        mode: str = "auto",
        publishers: list[str] | None = None,
        published_from: str | None = None,
        published_to: str | None = None,
    ) -> dict[str, Any]:
        """Answer a question about the indexed articles: the object of ``POST /v1/answer``.

        Args:
            question: in words.
            as_of: the day on which it is asked, ``2020-08-10``; articles dated later are not used.
            mode: ``auto``, ``extractive`` or ``generative``.
            publishers: the only ones to use; none given uses all.
            published_from: the first day of publication to use, ``2020-08-10``.
            published_to: the last day of publication to use.
        """
        filters = {
            "publishers": publishers or [],
            "published_from": published_from or None,
            "published_to": published_to or None,
        }
        body = {"question": question, "as_of": as_of or None, "mode": mode, "filters": filters}
        outcome = respond(pressmark, body)
        if isinstance(outcome, str):
            raise gr.Error(outcome, print_exception=False)
        return outcome.model_dump(mode="json")

    api(ask, api_name="ask", concurrency_limit=AT_ONCE, concurrency_id="answers")
