"""Pressmark inside people's own LlamaIndex programs: a retriever and a query engine.

Both call the same functions as everything else; the query engine's answers are verified.
"""

from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.answer import Citation, Question
from rag.assembly import Pressmark
from rag.contract import answer_response


class PressmarkRetriever(BaseRetriever):
    """Ranked passages as LlamaIndex nodes; offsets are those of the source.

    Args:
        pressmark: an open library.
        similarity_top_k: passages to return.
    """

    def __init__(self, pressmark: Pressmark, similarity_top_k: int = 10) -> None:
        self._pressmark = pressmark
        self._top_k = similarity_top_k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._pressmark.search(Question(query_bundle.query_str), self._top_k)
        articles = self._pressmark.library.articles([s.passage.article_id for s in found])
        nodes = []
        for scored in found:
            passage, article = scored.passage, articles[scored.passage.article_id]
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
                    "published_at": article.published_at,
                },
            )
            nodes.append(NodeWithScore(node=node, score=scored.score))
        return nodes


class PressmarkQueryEngine(BaseQueryEngine):
    """Verified answers through LlamaIndex's query interface.

    The response's text has the markers, ``source_nodes`` are the cited quotes in marker order,
    and ``metadata["answer"]`` is the whole answer contract.
    """

    def __init__(self, pressmark: Pressmark) -> None:
        self._pressmark = pressmark
        super().__init__(callback_manager=CallbackManager([]))

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self._pressmark.answer(Question(query_bundle.query_str))
        contract: dict[str, Any] = answer_response(answer).model_dump(mode="json")
        return Response(
            response=answer.text,
            source_nodes=[_node(citation) for citation in answer.citations],
            metadata={"answer": contract},
        )

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return self._query(query_bundle)


def _node(citation: Citation) -> NodeWithScore:
    node = TextNode(
        text=citation.quote,
        start_char_idx=citation.start,
        end_char_idx=citation.end,
        metadata={
            "marker": citation.marker,
            "source_id": citation.source.source_id,
            "source_name": citation.source.name,
            "publisher": citation.article.publisher,
            "published_at": citation.article.published_at,
        },
    )
    return NodeWithScore(node=node, score=1.0)
