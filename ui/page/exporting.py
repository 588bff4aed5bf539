"""Every format in which answers are taken along, by name.

The page, the API and the command line offer the same. PDF is not among them: a browser prints the
HTML, which is made for it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from ui.exports.annotations import web_annotations
from ui.exports.bibtex import bibtex
from ui.exports.exchange import Exchange, Exchanges, one_line
from ui.exports.formats import ExportFormat
from ui.exports.markdown import markdown
from ui.exports.references import csl_json
from ui.exports.ris import ris
from ui.page.html.copies import conversation_document

_MAX_NAME_CHARS = 60
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was made.

    Attributes:
        name: what to save it as; no folder, and no character that a disk refuses.
        media_type: as HTTP names it.
        data: its bytes; text is UTF-8.
    """

    name: str
    media_type: str
    data: bytes

    @property
    def is_text(self) -> bool:
        """Whether a terminal can show it."""
        return self.media_type != _DOCX


@dataclass(frozen=True, slots=True)
class _Kind:
    ending: str
    media_type: str
    make: Callable[[Sequence[Exchange], date], str | bytes]


def _word(exchanges: Sequence[Exchange], _: date) -> bytes:
    from ui.exports.word import word_document  # python-docx is not needed to start

    return word_document(exchanges)


def _json(exchanges: Sequence[Exchange]) -> str:
    return Exchanges(exchanges=list(exchanges)).model_dump_json(indent=2)


_KINDS: Mapping[ExportFormat, _Kind] = {
    ExportFormat.MARKDOWN: _Kind("md", "text/markdown", lambda given, _: markdown(given)),
    ExportFormat.HTML: _Kind("html", "text/html", lambda given, _: conversation_document(given)),
    ExportFormat.DOCX: _Kind("docx", _DOCX, _word),
    ExportFormat.JSON: _Kind("json", "application/json", lambda given, _: _json(given)),
    ExportFormat.ANNOTATIONS: _Kind(
        "annotations.jsonld", "application/ld+json", lambda given, _: web_annotations(given)
    ),
    ExportFormat.CSL: _Kind("csl.json", "application/vnd.citationstyles.csl+json", csl_json),
    ExportFormat.BIBTEX: _Kind("bib", "application/x-bibtex", bibtex),
    ExportFormat.RIS: _Kind("ris", "application/x-research-info-systems", ris),
}


def exported(
    exchanges: Sequence[Exchange], form: ExportFormat, today: date | None = None
) -> Exported:
    """A conversation in one of the formats.

    Args:
        exchanges: the questions with their answers, oldest first.
        form: the format.
        today: the day on which addresses are said to have been seen.
    """
    kind = _KINDS[form]
    made = kind.make(exchanges, today or datetime.now(UTC).date())
    data = made if isinstance(made, bytes) else made.encode("utf-8", "replace")
    return Exported(f"{_stem(exchanges)}.{kind.ending}", kind.media_type, data)


def _stem(exchanges: Sequence[Exchange]) -> str:
    """The first question as a file's name: letters and digits of any script, and hyphens."""
    words = unicodedata.normalize("NFC", one_line(exchanges[0].question)) if exchanges else ""
    plain = re.sub(r"[\W_]+", "-", words).strip("-")
    return plain[:_MAX_NAME_CHARS].rstrip("-") or "answer"
