"""Search by words on the library's own PostgreSQL server, for those who want no copy of the words.

A row for each passage holds its words as a ``tsvector``, stemmed by the dictionaries of the
article's language, with the title, the keys of names and the beginnings of words under weights of
their own. PostgreSQL ranks by cover density and knows no rarity, so each word is ranked by itself
and counts by how rare it is. The stamp is a row: whoever may write brings the table up to date, in
the transaction that changes the stamp.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from sqlalchemy import Connection, select, text

from index.article import PassageHit
from index.errors import IndexStoreError
from index.language.folding import STOP_WORDS, STOP_WORDS_DIGEST, beginnings, fold
from index.language.name_keys import name_keys
from index.language.tokens import tokens
from index.library.engines.base import Database
from index.library.rows import is_storable
from index.library.tables import PassageRow, articles
from index.search.ranking import Row, ranked

RETRIEVER: Final = "lexical"
_FORMAT: Final = f"postgres 1 {STOP_WORDS_DIGEST}"
# Stems Latin words as English and all others as Russian does, as the index of Tantivy.
_ANY_LANGUAGE: Final = "russian"
_WORD = re.compile(r"\d+(?:[.:]\d+)+|\w+")
_LONGEST_WORD: Final = 64
_STOP: Final = frozenset(STOP_WORDS)
# Of names, beginnings of words, titles and texts, as PostgreSQL orders its weights.
_WEIGHTS: Final = "{0.5, 0.75, 0.5, 1.0}"
# Divide by the logarithm of the length, then bring into [0, 1), as repeated words count ever less.
_NORMAL: Final = 1 | 32
_POSITIONS: Final = 16
_AT_ONCE: Final = 500
_QUERY_CHARACTERS: Final = 20_000
_QUERY_TERMS: Final = 64

_MADE = (
    'CREATE TABLE IF NOT EXISTS words (passage_id text COLLATE "C" PRIMARY KEY, '
    'article_id text COLLATE "C" NOT NULL, config text NOT NULL, found tsvector NOT NULL)',
    "CREATE INDEX IF NOT EXISTS words_found ON words USING gin (found)",
    "CREATE INDEX IF NOT EXISTS words_by_article ON words (article_id)",
    "CREATE TABLE IF NOT EXISTS words_stamp (version text NOT NULL, format text NOT NULL, "
    "passages bigint NOT NULL, configs text[] NOT NULL)",
)
_PUT = text(
    "INSERT INTO words (passage_id, article_id, config, found) SELECT p, a, c, "
    "setweight(to_tsvector(CAST(c AS regconfig), t), 'B') || "
    "setweight(to_tsvector(CAST(c AS regconfig), b), 'A') || CAST(k AS tsvector) "
    "FROM unnest(CAST(:passages AS text[]), CAST(:articles AS text[]), CAST(:configs AS text[]), "
    "CAST(:titles AS text[]), CAST(:bodies AS text[]), CAST(:keys AS text[])) u (p, a, c, t, b, k) "
    "ON CONFLICT (passage_id) DO UPDATE SET article_id = excluded.article_id, "
    "config = excluded.config, found = excluded.found"
)
_DROP = text("DELETE FROM words WHERE passage_id = ANY(CAST(:gone AS text[]))")
_STAMP = text(
    "INSERT INTO words_stamp SELECT :version, :format, count(*), "
    "coalesce(array_agg(DISTINCT config), '{}') FROM words"
)
_LEXEMES = text(
    "SELECT DISTINCT lexeme FROM unnest(CAST(:configs AS text[])) c, "
    "LATERAL unnest(to_tsvector(CAST(c AS regconfig), :text))"
)
_COUNTS = text(
    "SELECT t, (SELECT count(*) FROM words WHERE found @@ CAST(t AS tsquery)) "
    "FROM unnest(CAST(:terms AS text[])) t"
)
_RANKED = """
WITH terms AS MATERIALIZED (
  SELECT CAST(t AS tsquery) t, rarity
  FROM unnest(CAST(:terms AS text[]), CAST(:rarities AS float8[])) u (t, rarity)
)
SELECT passage_id, article_id, (
  SELECT sum(rarity * ts_rank_cd(CAST(:weights AS float4[]), found, t, :normal)) FROM terms
) score
FROM words WHERE found @@ CAST(:any AS tsquery) {within}
ORDER BY score DESC, passage_id LIMIT :k
"""
_WITHIN: Final = "AND article_id = ANY(CAST(:allowed AS text[]))"


class PostgresWords:
    """The words of one library's passages, beside it on its server."""

    is_shared = True

    def __init__(self, database: Database) -> None:
        """Read and write nothing yet.

        Args:
            database: of the library, on PostgreSQL.
        """
        self._database = database

    @property
    def version(self) -> str | None:
        """The library version that the table holds, or None if there is none to rely on."""
        with self._database.reading() as connection:
            stamp = _stamp(connection)
        return None if stamp is None else str(stamp.version)

    def ids(self) -> frozenset[str]:
        """The ids of the passages that it holds.

        Raises:
            IndexStoreError: there is no table.
        """
        with self._database.reading() as connection:
            _stamp_of(connection)
            return frozenset(connection.scalars(text("SELECT passage_id FROM words")))

    def open(self) -> None:
        """Look whether it is there.

        Raises:
            IndexStoreError: it is not; whoever may write builds it.
        """
        with self._database.reading() as connection:
            _stamp_of(connection)

    def rebuild(self, rows: Iterable[PassageRow], version: str) -> None:
        """Rebuild it from all passages; others see the former one until it is whole."""
        with self._database.counting() as connection:
            for statement in _MADE:
                connection.execute(text(statement))
            connection.execute(text("DELETE FROM words"))
            self._write(connection, rows)
            _put_stamp(connection, version)

    def update(self, add: Sequence[PassageRow], remove: Iterable[str], version: str) -> None:
        """Bring it to a later version: first remove, then add or replace.

        Raises:
            IndexStoreError: there is no table.
        """
        with self._database.counting() as connection:
            _stamp_of(connection)
            connection.execute(_DROP, {"gone": _stored(frozenset(remove))})
            self._write(connection, add)
            _put_stamp(connection, version)

    def move_to_memory(self) -> bool:
        """Nothing is in a folder."""
        return False

    def close(self) -> None:
        """Hold nothing, and so free nothing."""

    def search(self, text: str, k: int, allowed: frozenset[str] | None) -> list[PassageHit]:
        """Find the k passages that hold the rarest words of a text most often.

        Args:
            text: anything; nothing in it is an operator.
            k: how many at most.
            allowed: ids of the only articles to search; None searches all.

        Raises:
            IndexStoreError: there is no table.
        """
        if k < 1 or (allowed is not None and not allowed):
            return []
        asked = text[:_QUERY_CHARACTERS]
        with self._database.reading() as connection:
            stamp = _stamp_of(connection)
            terms = [*_lexemes(connection, stamp.configs, asked), *_keys(asked)]
            rarities = _rarest(connection, terms, stamp.passages)
            return ranked(_best(connection, rarities, k, allowed), k, RETRIEVER)

    def find(self, text: str, allowed: frozenset[str] | None) -> list[PassageHit]:
        """The passages, with one of the words, of every article that has all of the words.

        Args:
            text: anything; nothing in it is an operator, and stop words are left out.
            allowed: ids of the only articles to search; None searches all.

        Raises:
            IndexStoreError: there is no table.
        """
        with self._database.reading() as connection:
            stamp = _stamp_of(connection)
            words = _words(connection, stamp.configs, text[:_QUERY_CHARACTERS])
            having = allowed
            for word in words:
                having = _having(connection, word, having)
            if not words or not having:
                return []
            rarities = _rarest(connection, [t for word in words for t in word], stamp.passages)
            found = _best(connection, rarities, stamp.passages, having)
            return ranked(found, len(found), RETRIEVER)

    def _write(self, connection: Connection, rows: Iterable[PassageRow]) -> None:
        known = {*connection.scalars(text("SELECT cfgname FROM pg_ts_config"))}
        waiting = iter(rows)
        while batch := list(islice(waiting, _AT_ONCE)):
            languages = _languages(connection, {row.article_id for row in batch})
            configs = [_config(languages.get(row.article_id), known) for row in batch]
            connection.execute(_PUT, _columns(batch, configs))


def _stamp(connection: Connection) -> Any:
    """The stamp's row; None without one, or with one of another format."""
    if connection.scalar(text("SELECT to_regclass('words_stamp')")) is None:
        return None
    row = connection.execute(text("SELECT * FROM words_stamp")).first()
    return row if row is not None and row.format == _FORMAT else None


def _stamp_of(connection: Connection) -> Any:
    stamp = _stamp(connection)
    if stamp is None:
        raise IndexStoreError(
            "The library's server has no index of words yet. Whichever process may write builds it."
        )
    return stamp


def _put_stamp(connection: Connection, version: str) -> None:
    connection.execute(text("DELETE FROM words_stamp"))
    connection.execute(_STAMP, {"version": version, "format": _FORMAT})


def _languages(connection: Connection, ids: set[str]) -> dict[str, str | None]:
    query = select(articles.c.article_id, articles.c.language)
    rows = connection.execute(query.where(articles.c.article_id.in_(sorted(ids))))
    return {row.article_id: row.language for row in rows}


def _config(language: str | None, known: set[str]) -> str:
    """The name of the dictionaries of a language, which PostgreSQL names in English."""
    try:
        name = Locale.parse(language or "").english_name
    except (UnknownLocaleError, ValueError, TypeError):
        return _ANY_LANGUAGE
    found = (name or "").lower()
    return found if found in known and found != "english" else _ANY_LANGUAGE


def _columns(rows: Sequence[PassageRow], configs: Sequence[str]) -> dict[str, list[str]]:
    return {
        "passages": [row.passage_id for row in rows],
        "articles": [row.article_id for row in rows],
        "configs": list(configs),
        "titles": [_plain(row.title or "") for row in rows],
        "bodies": [_plain(row.text) for row in rows],
        "keys": [
            _vector(name_keys(f"{row.title or ''}\n{row.text}"), "n", "D")
            + _vector(beginnings(row.text), "b", "C")
            for row in rows
        ],
    }


def _plain(words: str) -> str:
    """The words of a text alone, so that PostgreSQL sees no address and no markup in them."""
    found = _WORD.findall(fold(words).replace("\0", " ").lower().translate(_WITHOUT_MARKS))
    return " ".join(w for w in found if w not in _STOP and len(w) <= _LONGEST_WORD)


def _vector(keys: Iterable[str], kind: str, weight: str) -> str:
    """Keys in the way PostgreSQL writes a ``tsvector``; their kind keeps them from being words."""
    counted = Counter(keys)
    return "".join(
        f"{_quoted(f'{kind}:{key}')}:"
        + ",".join(f"{n}{weight}" for n in range(1, min(times, _POSITIONS) + 1))
        + " "
        for key, times in counted.items()
    )


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _lexemes(connection: Connection, configs: Sequence[str], words: str) -> list[str]:
    """The terms of a text's words, in each language of the library."""
    given = {"configs": list(configs), "text": _plain(words)}
    return [_quoted(lexeme) for lexeme in connection.scalars(_LEXEMES, given)]


def _keys(words: str) -> list[str]:
    keys = [f"n:{key}" for key in name_keys(words)] + [f"b:{key}" for key in beginnings(words)]
    return [_quoted(key) for key in dict.fromkeys(keys)][:_QUERY_TERMS]


def _rarest(connection: Connection, terms: Iterable[str], passages: int) -> dict[str, float]:
    """How much each of the rarest terms that occur counts, as in BM25."""
    counts = connection.execute(_COUNTS, {"terms": list(dict.fromkeys(terms))})
    present = sorted((n, term) for term, n in counts if n)
    return {
        term: math.log(1 + (max(passages - n, 0) + 0.5) / (n + 0.5))
        for n, term in present[: 2 * _QUERY_TERMS]
    }


def _best(
    connection: Connection, rarities: Mapping[str, float], k: int, allowed: frozenset[str] | None
) -> list[Row]:
    if not rarities:
        return []
    given: dict[str, Any] = {
        "terms": list(rarities),
        "rarities": list(rarities.values()),
        "any": " | ".join(rarities),
        "weights": _WEIGHTS,
        "normal": _NORMAL,
        "k": k,
    }
    if allowed is not None:
        given["allowed"] = _stored(allowed)
    query = text(_RANKED.format(within="" if allowed is None else _WITHIN))
    return [(row.passage_id, row.score, row.article_id) for row in connection.execute(query, given)]


def _words(connection: Connection, configs: Sequence[str], asked: str) -> list[list[str]]:
    """The words of a text but for stop words, each with the terms it is found by."""
    words: list[list[str]] = []
    for token in tokens(asked)[:_QUERY_TERMS]:
        word = _lexemes(connection, configs, token.text)
        if token.name_key and word:
            word += [_quoted(f"n:{key}") for key in name_keys(token.text)]
        if word and word not in words:
            words.append(word)
    return words


def _having(
    connection: Connection, word: list[str], within: frozenset[str] | None
) -> frozenset[str]:
    """The articles that have a word, of some or of all."""
    query = "SELECT DISTINCT article_id FROM words WHERE found @@ CAST(:any AS tsquery) "
    given: dict[str, Any] = {"any": " | ".join(word)}
    if within is not None:
        query += _WITHIN
        given["allowed"] = _stored(within)
    return frozenset(connection.scalars(text(query), given))


def _stored(ids: frozenset[str]) -> list[str]:
    return sorted(name for name in ids if is_storable(name) and "\0" not in name)


def _without_marks() -> Iterator[tuple[int, str]]:
    """Latin letters with marks, and the letters they are written with."""
    for code in range(0xC0, 0x250):
        name = unicodedata.name(chr(code), "")
        if found := re.fullmatch(r"LATIN SMALL LETTER (?:DOTLESS )?([A-Z])(?: WITH .*)?", name):
            yield code, found[1].lower()


_WITHOUT_MARKS: Final = dict(_without_marks())
