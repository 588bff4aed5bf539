"""Pressmark inside other LlamaIndex programs: a retriever, a query engine, a node postprocessor.

They call the same functions as everything else; the verifier checks the query engine's answers.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.article import Article, Passage, ScoredPassage, SearchFilters, Source, Span
from index.days import Day, day_of_iso
from index.language.identify import tell_language
from index.language.sentences import split_sentences
from rag.contract import answer_response
from rag.evidence.instructions import withhold
from rag.pressmark import Pressmark, taught_reader
from rag.reading.reader import UNREAD, ReadSentence
from rag.types import Answer, Citation, Evidence, Mode, Question


@dataclass(frozen=True, slots=True)
class Asking:
    """What goes with every question from LlamaIndex, for which a query is only a string.

    Attributes:
        as_of: the day on which questions are asked.
        filters: the restrictions of the search.
        mode: how to make answers.
    """

    as_of: date | None = None
    filters: SearchFilters = field(default_factory=SearchFilters)
    mode: Mode = "auto"

    def question(self, query: QueryBundle) -> Question:
        """Make a question of the query."""
        return Question(query.query_str.strip(), self.as_of, self.filters, mode=self.mode)


class PressmarkRetriever(BaseRetriever):
    """Ranked passages as LlamaIndex nodes; offsets are those of the source.

    Args:
        pressmark: an open library.
        similarity_top_k: passages to return.
        asking: what goes with every question.
    """

    def __init__(
        self, pressmark: Pressmark, similarity_top_k: int = 10, asking: Asking | None = None
    ) -> None:
        self._pressmark = pressmark
        self._top_k = similarity_top_k
        self._asking = asking or Asking()
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._pressmark.search(self._asking.question(query_bundle), self._top_k)
        articles = self._pressmark.library.articles([s.passage.article_id for s in found])
        return [_passage_node(scored, articles[scored.passage.article_id]) for scored in found]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _passage_node(scored: ScoredPassage, article: Article) -> NodeWithScore:
    passage = scored.passage
    node = TextNode(
        id_=passage.passage_id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=dict(article.reference),
    )
    return NodeWithScore(node=node, score=scored.score)


class PressmarkQueryEngine(BaseQueryEngine):
    """Verified answers through LlamaIndex's query interface.

    The response's text has the markers, ``source_nodes`` are the cited quotes in marker order,
    and ``metadata["answer"]`` is the whole answer contract.

    Args:
        pressmark: an open library.
        asking: what goes with every question.
    """

    def __init__(self, pressmark: Pressmark, asking: Asking | None = None) -> None:
        self._pressmark = pressmark
        self._asking = asking or Asking()
        super().__init__(callback_manager=CallbackManager([]))

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return _response(self._pressmark.answer(self._asking.question(query_bundle)))

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return _response(await self._pressmark.aanswer(self._asking.question(query_bundle)))


def _response(answer: Answer) -> Response:
    contract: dict[str, Any] = answer_response(answer).model_dump(mode="json")
    return Response(
        response=answer.text,
        source_nodes=[_node(citation) for citation in answer.citations],
        metadata={"answer": contract},
    )


def _node(citation: Citation) -> NodeWithScore:
    published = citation.article.published
    node = TextNode(
        text=citation.quote,
        start_char_idx=citation.start,
        end_char_idx=citation.end,
        metadata={
            "marker": citation.marker,
            "source_id": citation.source.source_id,
            "source_name": citation.source.name,
            "publisher": citation.article.publisher,
            "published_at": published and published.isoformat(),
            "page": citation.page,
        },
    )
    return NodeWithScore(node=node, score=1.0)


class PressmarkReranker(BaseNodePostprocessor):
    """Reads what any retriever has found, and puts first what answers the question.

    It is the reader that Pressmark quotes with: it reads each node's text with the question. Texts
    need not be of a library. A node that answers has the best words in its metadata, as
    ``answer``, ``answer_start`` and ``answer_end`` (offsets in the node's text). Sentences that
    give orders to language models are left out. The score of a node is above 0 if an answer in it
    is likelier than none.

    Attributes:
        top_n: nodes to keep.
        only_answering: whether to leave out nodes with a score of 0 or less.
    """

    top_n: int = 5
    only_answering: bool = False

    @classmethod
    def class_name(cls) -> str:
        """Its name in LlamaIndex."""
        return "PressmarkReranker"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        reader = taught_reader()
        if query_bundle is None or reader is None or not nodes:
            return nodes[: self.top_n]
        question = query_bundle.query_str.strip()
        found = withhold([_evidence(n, node) for n, node in enumerate(nodes)], question).evidence
        read: dict[int, list[_ReadPiece]] = {}
        for item, sentences in zip(found, reader.read(question, found), strict=True):
            read.setdefault(item.marker, []).append((item, sentences))
        scored = [_read_node(nodes[at], pieces) for at, pieces in read.items()]
        best = sorted(scored, key=lambda node: -(node.score or 0.0))
        return [n for n in best if not self.only_answering or (n.score or 0.0) > 0][: self.top_n]


_ReadPiece = tuple[Evidence, list[ReadSentence]]
_ANSWER = ("answer", "answer_start", "answer_end")


def _read_node(node: NodeWithScore, pieces: Sequence[_ReadPiece]) -> NodeWithScore:
    """The node with its score, its best words, and nothing that was to be left out."""
    text, best, words = "", UNREAD, None
    for item, sentences in pieces:
        text += "\n" if text else ""
        for sentence in sentences:
            if sentence.score > best:
                best, words = sentence.score, None
                if sentence.words:
                    moved = len(text) - item.passage.start
                    words = Span(sentence.words.start + moved, sentence.words.end + moved)
        text += item.passage.text
    said = dict(node.node.metadata)
    if best > 0 and words:
        said |= {"answer": text[words.start : words.end]}
        said |= {"answer_start": words.start, "answer_end": words.end}
    hidden = [*node.node.excluded_llm_metadata_keys, *_ANSWER]
    changes = {"metadata": said, "excluded_llm_metadata_keys": list(dict.fromkeys(hidden))}
    copy = node.node.model_copy(update=changes)
    if text != node.node.get_content():
        copy.set_content(text)
    return NodeWithScore(node=copy, score=float(best))


def _evidence(marker: int, node: NodeWithScore) -> Evidence:
    """A node's text as evidence, with what its metadata say of it."""
    text, said = node.node.get_content(), node.node.metadata
    language = tell_language(text)
    sentences = tuple(split_sentences(text, 0, len(text), language))
    named = [said.get(name) for name in ("title", "publisher")]
    title, publisher = (name if isinstance(name, str) else None for name in named)
    return Evidence(
        marker,
        Passage(node.node_id, node.node_id, node.node_id, 0, len(text), text, sentences),
        Article(node.node_id, node.node_id, title, publisher, _day(said), "metadata", language, ()),
        Source(node.node_id, node.node_id, text, "", "text/plain"),
        node.score or 0.0,
    )


def _day(said: dict[str, Any]) -> date | None:
    """The day that metadata give; None if they give none with its year."""
    try:
        day: Day = day_of_iso(str(said.get("published_at") or ""))
    except ValueError:
        return None
    return day if isinstance(day, date) else None
