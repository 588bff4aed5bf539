"""Pressmark inside other LlamaIndex programs: a retriever and a query engine.

Both call the same functions as everything else; the verifier checks the query engine's answers.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from index.article import Article, ScoredPassage, SearchFilters
from rag.contract import answer_response
from rag.pressmark import Pressmark
from rag.types import Answer, Citation, Mode, Question


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
        metadata={
            "article_id": article.article_id,
            "source_id": article.source_id,
            "title": article.title,
            "publisher": article.publisher,
            "published_at": article.published and article.published.isoformat(),
        },
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
