"""How far to trust the verifier: planted errors it rejects, true sentences it lets pass."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.adversarial.planted import Planted, Reading, plant
from evals.dataset.items import Suite
from index.article import Article, MarkedSpan, Passage, Source, Span, SpanKind
from index.language.sentences import split_sentences
from rag.types import Draft, DraftClaim, Evidence, ProposedCitation
from rag.verification.judge import open_judge
from rag.verification.verifier import verify

TRUE = "true sentence"
PARAPHRASE = "paraphrase"

_HEADING = re.compile(r"\n+")


@dataclass(frozen=True, slots=True)
class Trial:
    """A claim put to the verifier with one passage.

    Attributes:
        kind: of the planted error, `TRUE` or `PARAPHRASE`.
        rejected: whether the verifier keeps it from the reader.
        reason: for the rejection, or what stands beside the claim.
    """

    kind: str
    claim: str
    passage: tuple[str, ...]
    rejected: bool
    support: str
    reason: str


def sentences_of(text: str) -> tuple[str, ...]:
    """Split a text into sentences."""
    return tuple(text[s.start : s.end] for s in split_sentences(text, 0, len(text)))


def evidence_of(sentences: Sequence[str], reading: Reading) -> Evidence:
    """Make a passage of the sentences, in an article with the title and date of another."""
    text = " ".join(sentences)
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    source = Source("trial", "trial.txt", text, "", "text/plain")
    whole = Span(0, len(text))
    article = Article(
        article_id="trial-1",
        source_id="trial",
        title=reading.title,
        publisher=None,
        published=reading.published,
        date_basis="sidecar" if reading.published else "none",
        language="en",
        spans=(MarkedSpan(SpanKind.BODY, whole),),
    )
    passage = Passage("trial:0", "trial-1", "trial", 0, len(text), text, tuple(spans))
    return Evidence(1, passage, article, source, 1.0)


def try_claim(kind: str, claim: str, sentences: Sequence[str], reading: Reading) -> Trial:
    """Put one claim that cites one passage to the verifier."""
    draft = Draft((DraftClaim(claim, (ProposedCitation(1),)),), "generative", 0.5)
    outcome = verify(draft, [evidence_of(sentences, reading)], open_judge())
    if outcome.rejected:
        reason = outcome.rejected[0].reason
        return Trial(kind, claim, tuple(sentences), True, "none", reason)
    kept = outcome.claims[0]
    return Trial(kind, claim, tuple(sentences), False, kept.support, "; ".join(kept.reasons))


def try_planted(planted: Iterable[Planted]) -> list[Trial]:
    """Put planted errors to the verifier."""
    return [try_claim(p.kind, p.claim, p.passage, p.reading) for p in planted]


def try_originals(planted: Iterable[Planted]) -> list[Trial]:
    """Put the same sentences to the verifier as they were before."""
    return [
        try_claim(TRUE, p.original, p.passage, p.reading)
        for p in planted
        if p.original in p.passage
    ]


def put_to_the_test(articles: Sequence[Reading], per_kind: int, seed: int) -> list[Trial]:
    """Plant errors, and put them and their true twins to the verifier."""
    planted = plant(articles, per_kind, seed)
    return [*try_planted(planted), *try_originals(planted)]


def paraphrases(suite: Suite, portion: str | None) -> list[tuple[str, Reading]]:
    """Gather the sentences of people's answers, each with the article's gold sentences."""
    found: list[tuple[str, Reading]] = []
    for query in suite.queries:
        gold = tuple(dict.fromkeys(g.quote for g in query.gold if g.quote))
        if not query.answerable or not gold or (portion and query.portion != portion):
            continue
        document = suite.documents[query.gold[0].doc_id]
        reading = Reading(document.doc_id, gold, title=document.title)
        for answer in query.answers:
            found += [(s, reading) for s in sentences_of(answer.strip()) if len(s.split()) > 3]
    return list(dict.fromkeys(found))


def try_paraphrases(suite: Suite, portion: str | None) -> list[Trial]:
    """Put people's answers, sentence by sentence, to the verifier."""
    return [
        try_claim(PARAPHRASE, claim, reading.sentences, reading)
        for claim, reading in paraphrases(suite, portion)
    ]


def readings(suite: Suite, portion: str | None) -> list[Reading]:
    """Gather the articles of a suite that questions of a portion are about."""
    wanted = {
        gold.doc_id
        for query in suite.queries
        if portion is None or query.portion == portion
        for gold in query.gold
    }
    found = []
    for doc_id in sorted(wanted & set(suite.documents)):
        document = suite.documents[doc_id]
        paragraphs = _HEADING.split(document.text)
        sentences = tuple(s for p in paragraphs for s in sentences_of(p))
        found.append(Reading(doc_id, sentences, document.published, document.title))
    return found


@dataclass(frozen=True, slots=True)
class Tally:
    """How many trials of a kind the verifier rejected, with a 95 % interval (Wilson 1927)."""

    kind: str
    trials: int
    rejected: int

    @property
    def share(self) -> float:
        """The share rejected."""
        return self.rejected / self.trials if self.trials else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The interval of the share, if the trials are independent."""
        if not self.trials:
            return 0.0, 1.0
        z2 = 1.96**2
        middle = (self.rejected + z2 / 2) / (self.trials + z2)
        spread = self.share * (1 - self.share) / self.trials + z2 / (4 * self.trials**2)
        half = 1.96 * spread**0.5 / (1 + z2 / self.trials)
        return max(0.0, middle - half), min(1.0, middle + half)


def tallies(trials: Sequence[Trial]) -> list[Tally]:
    """Count for each kind, in order of first appearance."""
    count, rejected = Counter(t.kind for t in trials), Counter(t.kind for t in trials if t.rejected)
    return [Tally(kind, number, rejected[kind]) for kind, number in count.items()]


def total(found: Sequence[Tally], kind: str) -> Tally:
    """Count several kinds together."""
    return Tally(kind, sum(t.trials for t in found), sum(t.rejected for t in found))
