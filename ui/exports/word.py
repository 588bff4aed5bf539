"""An answer or a conversation as a Word document (DOCX), by python-docx."""

from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as DocumentType
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from rag.attribution import quoted
from rag.contract import CitationModel
from ui.exports.addresses import deep_address
from ui.exports.exchange import Exchange, one_line, origin, place, remarks, shown_citations

_SMALL = Pt(9)


def word_document(exchanges: Sequence[Exchange]) -> bytes:
    """Each question as a heading, its answer, and where every word is from."""
    document = Document()
    document.core_properties.author = "Pressmark"
    document.core_properties.comments = ""
    document.core_properties.title = one_line(exchanges[0].question)[:255] if exchanges else ""
    for exchange in exchanges:
        _add_exchange(document, exchange)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _add_exchange(document: DocumentType, exchange: Exchange) -> None:
    response = exchange.response
    document.add_heading(one_line(exchange.question), level=1)
    if response.question_understood:
        _add_small(document, f"Understood as: {one_line(response.question_understood)}")
    if response.abstention:
        document.add_paragraph(one_line(response.abstention.reason))
    for claim in response.claims:
        paragraph = document.add_paragraph(one_line(claim.text))
        marks = "".join(f" [{marker}]" for marker in claim.citations)
        paragraph.add_run(marks).font.superscript = True
    if response.fallback:
        _add_small(document, one_line(response.fallback))
    if exchange.note.strip():
        _add_small(document, f"My note: {one_line(exchange.note)}")
    citations = shown_citations(response)
    if citations:
        heading = "Closest passages, not an answer" if response.abstention else "Sources"
        document.add_heading(heading, level=2)
    for citation in citations:
        _add_citation(document, citation)


def _add_citation(document: DocumentType, citation: CitationModel) -> None:
    paragraph = document.add_paragraph(f"[{citation.marker}] {origin(citation)}: ")
    paragraph.add_run(quoted(one_line(citation.quote))).italic = True
    if address := deep_address(citation):
        paragraph.add_run(" ")
        _add_link(paragraph, address, one_line(citation.url or address))
    _add_small(document, "; ".join([place(citation), *remarks(citation)]))


def _add_small(document: DocumentType, text: str) -> None:
    document.add_paragraph().add_run(text).font.size = _SMALL


def _add_link(paragraph: Paragraph, address: str, shown: str) -> None:
    """A link, for which python-docx has no call of its own."""
    relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    run = paragraph.add_run(shown)
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)
