"""Cut articles into passages: whole sentences, about 100 to 180 tokens.

Passages tile the body without overlap and never reach across a span that is not body. Dynamic
programming chooses the cuts for the whole body at once, so that no scrap is left at its end. The
offsets are ours, counted from the sentences; nothing searches for text again.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from llama_index.core.node_parser import NodeParser
from llama_index.core.node_parser.node_utils import build_nodes_from_splits
from llama_index.core.schema import BaseNode, Document, MetadataMode, TextNode
from pydantic import Field

from index.article import Article, Passage, Source, Span
from index.articles.cleaning import clean
from index.language.model_tokens import count_tokens
from index.language.sentences import split_sentences
from index.readers.metadata import SourceMetadata

# Of cleaning and cutting together: raise it if the same file gives other spans than before, so that
# older libraries are cut again.
PIPELINE_VERSION = "5"
MIN_TOKENS = 100
MAX_TOKENS = 180
# Several sentences never make a longer passage; one sentence alone may.
CEILING_TOKENS = 256
_MAX_SENTENCES = 40
_INSIDE_PARAGRAPH = 0.15
_EACH_PASSAGE = 0.02
_LINE_BREAKS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")

Cut = tuple[Span, tuple[Span, ...]]


def cut_article(article: Article, source: Source) -> tuple[Passage, ...]:
    """Cut the body of an article into passages, in order.

    Args:
        article: marked by `index.articles.cleaning.clean`.
        source: the source that holds it.
    """
    cuts = cut_spans(source.text, article.body, article.language)
    return tuple(
        Passage(
            passage_id=f"{source.source_id}:{span.start}-{span.end}",
            article_id=article.article_id,
            source_id=source.source_id,
            start=span.start,
            end=span.end,
            text=source.text[span.start : span.end],
            sentences=sentences,
        )
        for span, sentences in cuts
    )


def cut_spans(text: str, spans: Sequence[Span], language: str | None = None) -> list[Cut]:
    """Cut stretches of a text into passages, each on its own.

    Returns:
        for each passage its span and the spans of its sentences, in order.
    """
    found: list[Cut] = []
    for span in spans:
        sentences = split_sentences(text, span.start, span.end, language)
        tokens = count_tokens([text[s.start : s.end] for s in sentences])
        ends_paragraph = [
            not _LINE_BREAKS.isdisjoint(text[before.end : after.start])
            for before, after in pairwise(sentences)
        ]
        begin = 0
        for end in _best_cuts(tokens, [*ends_paragraph, True]):
            group = tuple(sentences[begin:end])
            found.append((Span(group[0].start, group[-1].end), group))
            begin = end
    return found


class ArticlePassageParser(NodeParser):
    """A LlamaIndex node parser whose offsets are exact: ``doc.text[start:end] == node.text``.

    The nodes leave out page furniture, headlines and datelines. The parser tells several articles
    in one document apart, and no node reaches across.
    """

    mark_boilerplate: bool = Field(
        default=True, description="Leave page furniture out; if False, cut the whole text."
    )
    language: str | None = Field(
        default=None, description="ISO 639-1 code of the documents; None tells it from the text."
    )

    @classmethod
    def class_name(cls) -> str:
        """The name under which LlamaIndex stores the parser."""
        return "ArticlePassageParser"

    def _parse_nodes(
        self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any
    ) -> list[BaseNode]:
        parsed: list[BaseNode] = []
        for node in nodes:
            text = node.get_content(metadata_mode=MetadataMode.NONE)
            cuts = self._cut(node, text)
            pieces = [text[span.start : span.end] for span, _ in cuts]
            shift = _offset_of(node)
            made = build_nodes_from_splits(pieces, node, id_func=self.id_func)
            for new, (span, _) in zip(made, cuts, strict=True):
                new.start_char_idx = shift + span.start
                new.end_char_idx = shift + span.end
            parsed.extend(made)
        return parsed

    def _postprocess_parsed_nodes(
        self, nodes: list[BaseNode], parent_doc_map: dict[str, Document]
    ) -> list[BaseNode]:
        # LlamaIndex sets relationships and metadata here. It also searches for each node's text and
        # overwrites its offsets, wrongly if a text occurs twice, so we put ours back.
        ours = [
            (node.start_char_idx, node.end_char_idx) if isinstance(node, TextNode) else None
            for node in nodes
        ]
        done = super()._postprocess_parsed_nodes(nodes, parent_doc_map)
        for node, offsets in zip(done, ours, strict=True):
            if isinstance(node, TextNode) and offsets:
                node.start_char_idx, node.end_char_idx = offsets
        return done

    def _cut(self, node: BaseNode, text: str) -> list[Cut]:
        if not self.mark_boilerplate or not isinstance(node, Document):
            return cut_spans(text, [Span(0, len(text))], self.language)
        title = node.metadata.get("title")
        known = SourceMetadata(title=title if isinstance(title, str) else None)
        source = Source(node.node_id, node.node_id, text, "", "text/plain")
        cuts: list[Cut] = []
        for article in clean(source, known):
            cuts.extend(cut_spans(text, article.body, self.language or article.language))
        return cuts


def _offset_of(node: BaseNode) -> int:
    """Find the beginning of a node that is itself a piece of a document.

    LlamaIndex names the document, not the piece, as the source of the nodes made from it.
    """
    is_piece = isinstance(node, TextNode) and node.source_node is not None
    return (node.start_char_idx or 0) if is_piece and isinstance(node, TextNode) else 0


def _best_cuts(tokens: Sequence[int], ends_paragraph: Sequence[bool]) -> list[int]:
    """Choose the sentences after which passages end, so that the whole costs least."""
    best: list[float] = [0.0]
    came_from: list[int] = [0]
    for end in range(1, len(tokens) + 1):
        border = _EACH_PASSAGE + (0.0 if ends_paragraph[end - 1] else _INSIDE_PARAGRAPH)
        cheapest, origin, size = float("inf"), end - 1, 0
        for begin in range(end - 1, max(end - 1 - _MAX_SENTENCES, -1), -1):
            size += tokens[begin]
            if size > CEILING_TOKENS and begin < end - 1:
                break
            cost = best[begin] + _size_cost(size) + border
            if cost < cheapest:
                cheapest, origin = cost, begin
        best.append(cheapest)
        came_from.append(origin)
    ends: list[int] = []
    end = len(tokens)
    while end:
        ends.append(end)
        end = came_from[end]
    return ends[::-1]


def _size_cost(size: int) -> float:
    """Price a passage: nothing within the aim; a scrap costs more than a slight excess."""
    if size < MIN_TOKENS:
        return 1.5 * float((MIN_TOKENS - size) / MIN_TOKENS) ** 2
    if size > MAX_TOKENS:
        return float((size - MAX_TOKENS) / 60) ** 2
    return 0.0
