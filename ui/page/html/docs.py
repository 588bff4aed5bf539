"""``/docs``: the OpenAPI document as one page that fetches nothing."""

from collections.abc import Mapping
from typing import Any

from ui.page.html.markup import rendered


def docs_html(openapi: Mapping[str, Any]) -> str:
    """The page; everything from the document is escaped.

    Args:
        openapi: the OpenAPI document.
    """
    return rendered("docs", openapi=openapi)
