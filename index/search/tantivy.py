"""Search by words: the passages in Tantivy, scored by BM25, in a folder or in memory.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009).
"""

from collections.abc import Iterable, Sequence
from functools import partial
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from tantivy import (
    Document,
    Filter,
    Index,
    Occur,
    Query,
    Schema,
    SchemaBuilder,
    TextAnalyzer,
    TextAnalyzerBuilder,
    Tokenizer,
)

from index.article import PassageHit
from index.errors import IndexStoreError
from index.language.folding import STOP_WORDS, STOP_WORDS_DIGEST, beginnings, fold
from index.language.name_keys import name_keys
from index.language.stems import stemming
from index.language.tokens import tokens
from index.library.rows import is_storable
from index.library.tables import PassageRow
from index.search.cache import DerivedStore, translated
from index.search.ranking import Row, best, best_allowed, ranked
from index.search.stamp import Stamp

RETRIEVER = "lexical"

_FORMAT = f"tantivy 6 {STOP_WORDS_DIGEST}"
_ANALYSER = "news"
# A number with its fraction, a time or a date in figures is one word.
_WORD = r"\d+(?:[.:]\d+)+|\w+"
_LONGEST_WORD = 64
_TITLE_WEIGHT = 0.5
# A name in the same spelling counts in the body already.
_NAME_WEIGHT = 0.5
# So does a word in the same form.
_BEGINNING_WEIGHT = 0.75
_HEAP_BYTES = 64_000_000
# A question of any length costs no more than this.
_QUERY_CHARACTERS = 20_000
_QUERY_TERMS = 64
_TERMS_WEIGHED = 512
# Filtering by article inside Tantivy takes 3 µs an article; beyond, filtering the best is quicker.
_FILTER_INSIDE = 100
_FILTER_OUTSIDE = 3_200
_EVERYTHING = 2**31

_Key = tuple[str, str, float]
"""Field, key, and what it counts beside a word."""
_Word = list[tuple[str, str]]
"""The fields and terms under any of which one word is found."""


class LexicalIndex(DerivedStore[Index]):
    """The words of a library's passages and of the titles above them."""

    _vendor = "Tantivy"
    _name = "word index"

    def __init__(self, path: Path | None) -> None:
        """Open nothing yet.

        Args:
            path: folder of its own; None keeps everything in memory.
        """
        unsealed = frozenset({".tantivy-writer.lock", ".tantivy-meta.lock"})
        name = f"{_FORMAT} {installed('tantivy')}"
        super().__init__(path, None if path is None else Stamp(path, name, unsealed))
        self._analyser = _analyser()
        self._schema = _schema()

    def ids(self) -> frozenset[str]:
        """As `DerivedStore.ids`."""
        index = self._in_use()
        with translated("Tantivy", "listing its passages"):
            searcher = index.searcher()
            rows = _fetch(searcher, Query.all_query(), max(searcher.num_docs, 1))
        if len(rows) != len({row[0] for row in rows}):
            raise IndexStoreError("Tantivy holds a passage twice. It is rebuilt from the library.")
        return frozenset(row[0] for row in rows)

    def search(self, text: str, k: int, allowed: frozenset[str] | None) -> list[PassageHit]:
        """Find the k passages that hold the rarest words of a text most often.

        Args:
            text: anything; nothing in it is an operator.
            k: how many at most.
            allowed: ids of the only articles to search; None searches all.

        Raises:
            IndexStoreError: it is not open or damaged.
        """
        if k < 1 or (allowed is not None and not allowed):
            return []
        index = self._whole()
        with translated("Tantivy", "searching"):
            searcher = index.searcher()
            terms = self._rarest(searcher, self._terms(text))
            keys = self._known_keys(searcher, text)
            if not (terms or keys) or not searcher.num_docs:
                return []
            query = self._query(terms, keys)
            if allowed is not None and len(allowed) > _FILTER_INSIDE:
                found = best_allowed(partial(_fetch, searcher, query), k, allowed, _FILTER_OUTSIDE)
                if found is not None:
                    return ranked(found, k, RETRIEVER)
            if allowed is not None:
                query = self._within(query, allowed)
            return ranked(best(partial(_fetch, searcher, query), k, _EVERYTHING), k, RETRIEVER)

    def find(self, text: str, allowed: frozenset[str] | None) -> list[PassageHit]:
        """The passages, with one of the words, of every article that has all of the words.

        An article has a word if its title or any of its passages has it, in any form; a name
        that is written with a capital, under any spelling.

        Args:
            text: anything; nothing in it is an operator, and stop words are left out.
            allowed: ids of the only articles to search; None searches all.

        Raises:
            IndexStoreError: it is not open or damaged.
        """
        index = self._whole()
        with translated("Tantivy", "searching"):
            searcher = index.searcher()
            words = self._words(text)
            words.sort(key=lambda word: sum(searcher.doc_freq(*found) for found in word))
            having = allowed
            for word in words:
                having = self._having(searcher, self._any_of(word), having)
            if not words or not having:
                return []
            query = self._any_of([found for word in words for found in word])
            found = self._all_within(searcher, query, having)
            return ranked(found, len(found), RETRIEVER)

    def _words(self, text: str) -> list[_Word]:
        """The words of a text but for stop words, each with the terms it is found by."""
        words: list[_Word] = []
        for token in tokens(text[:_QUERY_CHARACTERS])[:_QUERY_TERMS]:
            terms = self._analyser.analyze(fold(token.text))
            word = [(field, term) for term in terms for field in ("body", "title")]
            if token.name_key and word:
                word += [("names", key) for key in name_keys(token.text)]
            if word and word not in words:
                words.append(word)
        return words

    def _any_of(self, word: _Word) -> Query:
        weights = {"body": 1.0, "title": _TITLE_WEIGHT, "names": _NAME_WEIGHT}
        clauses = [
            (
                Occur.Should,
                Query.boost_query(
                    Query.term_query(self._schema, field, term, "freq"), weights[field]
                ),
            )
            for field, term in word
        ]
        return Query.boolean_query(clauses)

    def _having(self, searcher: Any, query: Query, within: frozenset[str] | None) -> frozenset[str]:
        """The articles that a query finds, of some or of all."""
        return frozenset(article for _, _, article in self._all_within(searcher, query, within))

    def _all_within(
        self, searcher: Any, query: Query, within: frozenset[str] | None
    ) -> Sequence[Row]:
        if within is not None and len(within) <= _FILTER_INSIDE:
            query = self._within(query, within)
        rows = _fetch(searcher, query, max(searcher.num_docs, 1))
        return rows if within is None else [row for row in rows if row[2] in within]

    def _terms(self, text: str) -> list[str]:
        words = self._analyser.analyze(fold(text[:_QUERY_CHARACTERS]))
        return list(dict.fromkeys(words))[:_TERMS_WEIGHED]

    def _rarest(self, searcher: Any, terms: list[str]) -> list[str]:
        """Pick the rarest of the terms that occur at all."""
        counts = {
            term: searcher.doc_freq("body", term) + searcher.doc_freq("title", term)
            for term in terms
        }
        present = [term for term in terms if counts[term]]
        return sorted(present, key=lambda term: counts[term])[:_QUERY_TERMS]

    def _known_keys(self, searcher: Any, text: str) -> list[_Key]:
        """Find names under any spelling, and beginnings of words, that occur."""
        asked = text[:_QUERY_CHARACTERS]
        keys: list[_Key] = [("names", key, _NAME_WEIGHT) for key in name_keys(asked)]
        starts = dict.fromkeys(beginnings(asked))
        keys += [("beginnings", start, _BEGINNING_WEIGHT) for start in starts]
        return [key for key in keys[:_QUERY_TERMS] if searcher.doc_freq(*key[:2])]

    def _query(self, terms: list[str], keys: list[_Key]) -> Query:
        schema = self._schema
        clauses: list[tuple[Occur, Query]] = []
        for term in terms:
            in_title = Query.term_query(schema, "title", term, "freq")
            clauses.append((Occur.Should, Query.term_query(schema, "body", term, "freq")))
            clauses.append((Occur.Should, Query.boost_query(in_title, _TITLE_WEIGHT)))
        for field, key, weight in keys:
            found = Query.term_query(schema, field, key, "freq")
            clauses.append((Occur.Should, Query.boost_query(found, weight)))
        return Query.boolean_query(clauses)

    def _within(self, query: Query, allowed: frozenset[str]) -> Query:
        """Restrict a query to some articles, with the same scores."""
        articles = sorted(filter(is_storable, allowed))
        here = Query.term_set_query(self._schema, "article_id", articles)
        return Query.boolean_query(
            [(Occur.Must, query), (Occur.Must, Query.const_score_query(here, 0.0))]
        )

    def _connect(self, anew: bool = False) -> Index:
        with translated("Tantivy", "opening its folder"):
            path = None if self._path is None else str(self._path)
            index = Index(self._schema, path=path)  # makes an empty one if there is none
            index.register_tokenizer(_ANALYSER, self._analyser)
            # Otherwise a separate thread watches the folder for commits.
            index.config_reader("manual")
            return index

    def _write(self, opened: Index, rows: Iterable[PassageRow], gone: Iterable[str]) -> None:
        with translated("Tantivy", "writing"):
            # One thread, so that the same rows always make the same index. The lock of a killed
            # process belongs to the operating system and went with it.
            writer = opened.writer(heap_size=_HEAP_BYTES, num_threads=1)
            for passage_id in gone:
                writer.delete_documents_by_term("passage_id", passage_id)
            for row in rows:
                writer.add_document(
                    Document(
                        passage_id=row.passage_id,
                        article_id=row.article_id,
                        title=fold(row.title or ""),
                        body=fold(row.text),
                        names=" ".join(name_keys(f"{row.title or ''}\n{row.text}")),
                        beginnings=" ".join(beginnings(row.text)),
                    )
                )
            writer.commit()
            writer.wait_merging_threads()

    def _probe(self, opened: Index) -> None:
        with translated("Tantivy", "opening what it wrote"):
            opened.reload()
            _fetch(opened.searcher(), Query.all_query(), 1)

    def _release(self, opened: Index | None) -> None:
        """As `DerivedStore._release`; nothing to do: who drops it frees it."""


def _fetch(searcher: Any, query: Query, n: int) -> list[Row]:
    """Fetch the best n passages that a query finds."""
    found: list[Row] = []
    for score, address in searcher.search(query, n, count=False).hits:
        document = searcher.doc(address)
        found.append((document.get_first("passage_id"), score, document.get_first("article_id")))
    return found


def _analyser() -> TextAnalyzer:
    """Analyse words: lower case, no accents, stemmed; each stemmer leaves other scripts alone."""
    words = TextAnalyzerBuilder(Tokenizer.regex(_WORD)).filter(Filter.remove_long(_LONGEST_WORD))
    lower = words.filter(Filter.lowercase())
    return stemming(lower.filter(Filter.custom_stopword(list(STOP_WORDS))))


def _schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("article_id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "body"):
        builder.add_text_field(name, tokenizer_name=_ANALYSER, index_option="freq")
    for name in ("names", "beginnings"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()
