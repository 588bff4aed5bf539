"""Translated paragraphs (XQuAD, train portion): questions and claims across languages."""

import random
import re
from collections.abc import Callable, Iterator

from evals.training.passages import crop
from evals.training.sources import Sources, Span

Asked = tuple[str, str, list[Span]]
_SENTENCE = re.compile(r"(?<=[.!?。！？؟])[\"»”')\]]*\s*(?=\S)")
_SHORTEST = 20
_OURS = ("en", "ru")
"""The languages of the suites, drawn more often than others."""


def by_question(sources: Sources) -> dict[str, dict[str, Asked]]:
    """Read question, paragraph and answers by question and language."""
    found: dict[str, dict[str, Asked]] = {}
    for row in sources.reading("xquad_others_train"):
        key = row["id"].rsplit("-", 1)[0]
        spans = [(a["start"], a["start"] + len(a["text"])) for a in row["answers"]]
        found.setdefault(key, {})[row["lang"]] = (row["question"], row["context"], spans)
    for language in _OURS:
        corpus, queries = sources.suite(f"xquad_{language}")
        for query in queries:
            if not query["gold"]:
                continue
            gold, answer = query["gold"][0], query["answers"][0]
            text = corpus[gold["doc_id"]]
            at = text.find(answer, max(text.find(gold["quote"]), 0))
            if at >= 0:
                spans = [(at, at + len(answer))]
                asked = (query["question"], text, spans)
                found.setdefault(_key(query["id"]), {})[language] = asked
    return found


def _key(identity: str) -> str:
    """A question's id without the language at its end."""
    return identity.removesuffix("-ru").removesuffix("-en")


def _language(languages: list[str], share: float, rng: random.Random) -> str:
    """Draw a language, one of the suites' in at least that share of cases."""
    ours = [language for language in languages if language in _OURS]
    return rng.choice(ours or languages) if rng.random() < share else rng.choice(languages)


def cross_language(
    sources: Sources, count: int, limit: Callable[[str], int], rng: random.Random
) -> Iterator[tuple[str, str, tuple[Span, ...]]]:
    """Make questions in one language on the paragraph in another; some on another paragraph.

    Args:
        sources: of the data.
        count: how many to draw; a few of them drop out.
        limit: characters of a passage in a language.
        rng: source of chance.
    """
    questions = by_question(sources)
    keys = [key for key, languages in questions.items() if len(languages) > 2]
    for _ in range(count):
        asked = questions[rng.choice(keys)]
        one, other = (_language(list(asked), share, rng) for share in (0.5, 0.6))
        question, room = asked[one][0], limit(other)
        passage, spans = crop(asked[other][1], asked[other][2], room, rng)
        if rng.random() < 0.15:
            strange = questions[rng.choice(keys)]
            text = strange.get(other, next(iter(strange.values())))[1]
            passage, spans = crop(text, [], room, rng)
            if strange is asked:
                continue
        yield question, passage, tuple(spans)


def parallel_sentences(sources: Sources) -> list[dict[str, list[str]]]:
    """Cut each paragraph into sentences, by language."""
    found: dict[str, dict[str, str]] = {}
    for row in sources.reading("xquad_others_train"):
        found.setdefault(row["id"].rsplit("-", 1)[0], {})[row["lang"]] = row["context"]
    for language in _OURS:
        corpus, queries = sources.suite(f"xquad_{language}")
        for query in queries:
            if query["gold"]:
                text = corpus[query["gold"][0]["doc_id"]]
                found.setdefault(_key(query["id"]), {})[language] = text
    # Several questions share a paragraph.
    distinct = {
        texts["en"]: {language: split(text) for language, text in texts.items()}
        for texts in found.values()
        if "en" in texts and len(texts) > 2
    }
    return list(distinct.values())


def split(text: str) -> list[str]:
    """Cut sentences by their marks alone: the same cuts in every translation."""
    found, at = [], 0
    for match in _SENTENCE.finditer(text):
        if match.end() - at > _SHORTEST:
            found.append(text[at : match.end()].strip())
            at = match.end()
    rest = text[at:].strip()
    return [*found, rest] if rest else found
