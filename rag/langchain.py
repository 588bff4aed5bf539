"""Pressmark inside LangChain programs: a retriever. It needs the package langchain-core."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from rag.pressmark import Pressmark
from rag.types import Question


class PressmarkRetriever(BaseRetriever):
    """Ranked passages as LangChain documents; ``start`` and ``end`` are offsets of the source.

    Attributes:
        pressmark: an open library.
        k: passages to return.
    """

    pressmark: Pressmark
    k: int = 10

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = self.pressmark.search(Question(query.strip()), self.k)
        articles = self.pressmark.library.articles([hit.passage.article_id for hit in found])
        return [
            Document(
                hit.passage.text,
                id=hit.passage.passage_id,
                metadata={
                    **articles[hit.passage.article_id].reference,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "score": hit.score,
                },
            )
            for hit in found
        ]
