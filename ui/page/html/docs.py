"""``/docs``: the OpenAPI document as one page that fetches nothing."""

from collections.abc import Mapping
from typing import Any

from ui.page.html.markup import rendered


def docs_html(openapi: Mapping[str, Any]) -> str:
    """Render the page, with everything from the document escaped.

    Args:
        openapi: the OpenAPI document.
    """
    return rendered("docs", openapi=openapi)
