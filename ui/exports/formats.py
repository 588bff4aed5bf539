"""The names of the formats in which answers are taken along.

They stand apart from what makes the formats, so that the command line can name them in its help
without importing any of it; `ui.page.exporting` makes them.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ExportFormat(StrEnum):
    """The formats, as they are asked for."""

    MARKDOWN = "markdown"
    HTML = "html"
    DOCX = "docx"
    JSON = "json"
    ANNOTATIONS = "annotations"
    CSL = "csl"
    BIBTEX = "bibtex"
    RIS = "ris"


SHOWN_AS: Final[Mapping[ExportFormat, str]] = MappingProxyType(
    {
        ExportFormat.DOCX: "Word",
        ExportFormat.MARKDOWN: "Markdown",
        ExportFormat.HTML: "Web page",
        ExportFormat.JSON: "JSON",
        ExportFormat.BIBTEX: "BibTeX",
        ExportFormat.RIS: "RIS",
        ExportFormat.CSL: "CSL-JSON",
        ExportFormat.ANNOTATIONS: "Web Annotations",
    }
)
"""How the page names them, in the order in which it offers them."""
