"""Endpoints of the page that programs may call by name, with `gradio_client` or any other."""

from typing import Any

import gradio as gr
from gradio.events import api

from index.library.catalogue import ORDERS, selected
from rag.pressmark import Pressmark
from ui.http.articles import article_models
from ui.page.answering import respond
from ui.page.library import having
from ui.page.talk import AT_ONCE
from ui.page.wishes import Wishes


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
            as_of: the day on which you ask, ``2020-08-10``; articles dated later are not used.
            mode: ``auto``, ``extractive`` or ``generative``.
            publishers: the only ones to use; none uses all.
            published_from: the first day of publication to use, ``2020-08-10``.
            published_to: the last day of publication to use.
        """
        wishes = Wishes(
            publishers=publishers,
            published_from=published_from,
            published_to=published_to,
            as_of=as_of,
        )
        outcome = respond(pressmark, {"question": question, "mode": mode, **wishes.body()})
        if isinstance(outcome, str):
            raise gr.Error(outcome, print_exception=False)
        return outcome.model_dump(mode="json")

    def articles(search: str = "", order: str = "newest", limit: int = 100) -> list[dict[str, Any]]:
        """List the indexed articles: the objects of ``GET /v1/articles``.

        Args:
            search: words of the text, title, publisher, file name or date; none finds all.
            order: ``newest``, ``oldest``, ``title``, ``publisher`` or ``file``.
            limit: how many at most.
        """
        if order not in ORDERS:
            raise gr.Error(f"order must be one of {', '.join(ORDERS)}", print_exception=False)
        entries = pressmark.library.catalogue()
        hits = having(pressmark, search[:200], entries)
        wanted = None if hits is None else frozenset(hits)
        found = [
            entry.article_id
            for entry in selected(entries, "", order)
            if wanted is None or entry.article_id in wanted
        ]
        listed = article_models(pressmark.library, found[: max(0, limit)])
        return [one.model_dump(mode="json") for one in listed]

    api(ask, api_name="ask", concurrency_limit=AT_ONCE, concurrency_id="answers")
    api(articles, api_name="articles")
