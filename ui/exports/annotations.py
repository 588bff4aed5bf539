"""Citations as W3C Web Annotations (https://www.w3.org/TR/annotation-model/), one a citation.

The first target is the text in the library, by quote and by position; where the article has an
address on the web, the second is the page there, by quote alone, for its text has other offsets.
"""

import json
import uuid
from collections.abc import Sequence

from rag.contract import CitationModel
from ui.exports.addresses import web_address
from ui.exports.exchange import Exchange, every_citation

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
SOURCE = "urn:pressmark:source:"
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "urn:pressmark")


def web_annotations(exchanges: Sequence[Exchange]) -> str:
    """The citations as an annotation collection, in JSON-LD."""
    items = [_annotation(exchange, citation) for exchange, citation in every_citation(exchanges)]
    collection = {
        "@context": CONTEXT,
        "id": _named(json.dumps(items)),
        "type": "AnnotationCollection",
        "label": exchanges[0].question if exchanges else "",
        "total": len(items),
        "first": {
            "id": _named(json.dumps(items) + "page"),
            "type": "AnnotationPage",
            "startIndex": 0,
            "items": items,
        },
    }
    return json.dumps(collection, ensure_ascii=False, indent=2)


def _annotation(exchange: Exchange, citation: CitationModel) -> dict[str, object]:
    sentences = [c.text for c in exchange.response.claims if citation.marker in c.citations]
    place = f"{citation.source.id} {citation.start} {citation.end} {exchange.question}"
    return {
        "id": _named(place),
        "type": "Annotation",
        "motivation": "describing",
        "body": [
            {"type": "TextualBody", "purpose": purpose, "format": "text/plain", "value": text}
            for purpose, text in [
                ("questioning", exchange.question),
                *(("describing", sentence) for sentence in sentences),
            ]
        ],
        "target": _targets(citation),
    }


def _targets(citation: CitationModel) -> list[dict[str, object]]:
    quote = {
        "type": "TextQuoteSelector",
        "exact": citation.quote,
        "prefix": citation.prefix,
        "suffix": citation.suffix,
    }
    position = {"type": "TextPositionSelector", "start": citation.start, "end": citation.end}
    here = SOURCE + citation.source.id
    targets: list[dict[str, object]] = [
        {"type": "SpecificResource", "source": here, "selector": [quote, position]}
    ]
    if address := web_address(citation.url):
        targets.append({"type": "SpecificResource", "source": address, "selector": quote})
    return targets


def _named(text: str) -> str:
    return uuid.uuid5(_NAMES, text.encode("utf-8", "replace").decode()).urn
