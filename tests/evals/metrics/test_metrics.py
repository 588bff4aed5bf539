"""Each metric agrees with another implementation, or with the definition spelt out by hand."""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB

from evals.metrics import binary as metrics_binary
from evals.metrics import citations as metrics_citations
from evals.metrics import ranking as metrics_ranking
from evals.metrics import selective as metrics_selective
from evals.metrics.intervals import interval, mean, paired_difference, percentile_95, ratio
from evals.metrics.question_only import FOLDS, _folds, _words, question_only_scores
from evals.metrics.text import contains, exact_match, normalise, token_f1, word_count
from index.article import Span

RNG = np.random.default_rng(7)


def random_case(size: int = 60, levels: int = 8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, decisions and scores with ties."""
    actual = RNG.integers(0, 2, size).astype(float)
    actual[:2] = (0, 1)
    scores = RNG.integers(0, levels, size) / levels
    return actual, (scores > 0.4).astype(float), scores


@pytest.mark.parametrize("round_", range(20))
def test_classification_agrees_with_scikit_learn(round_: int) -> None:
    actual, decided, scores = random_case()
    pairs = {
        metrics_binary.precision: sk.precision_score,
        metrics_binary.recall: sk.recall_score,
        metrics_binary.f1: sk.f1_score,
        metrics_binary.balanced_accuracy: sk.balanced_accuracy_score,
    }
    for ours, theirs in pairs.items():
        assert ours(actual, decided) == pytest.approx(theirs(actual, decided)), ours
    macro = sk.f1_score(actual, decided, average="macro")
    assert metrics_binary.macro_f1(actual, decided) == pytest.approx(macro)
    assert metrics_binary.auroc(actual, scores) == pytest.approx(sk.roc_auc_score(actual, scores))


def test_rows_are_computed_as_if_alone() -> None:
    cases = [random_case() for _ in range(5)]
    actual, decided, scores = (np.stack(column) for column in zip(*cases, strict=True))
    for statistic, second in (
        (metrics_binary.precision, decided),
        (metrics_binary.macro_f1, decided),
        (metrics_binary.auroc, scores),
        (metrics_selective.area_under_risk_coverage, scores),
        (metrics_selective.expected_calibration_error, scores),
    ):
        together = statistic(actual, second)
        alone = [float(statistic(a, s)) for a, s in zip(actual, second, strict=True)]
        assert together == pytest.approx(alone), statistic


def test_what_is_not_defined_is_nan() -> None:
    ones, zeros = np.ones(3), np.zeros(3)
    assert math.isnan(metrics_binary.precision(ones, zeros))
    assert math.isnan(metrics_binary.recall(zeros, ones))
    assert math.isnan(metrics_binary.auroc(ones, ones))


DOCUMENTS = list("abcdefghijklmnop")
RANKINGS = st.tuples(st.permutations(DOCUMENTS), st.sampled_from(DOCUMENTS))


@given(st.lists(RANKINGS, min_size=2, max_size=5))
def test_ranking_agrees_with_scikit_learn(cases: list[tuple[list[str], str]]) -> None:
    truth = [DOCUMENTS.index(wanted) for _, wanted in cases]
    scores = [[-float(ranked.index(doc)) for doc in DOCUMENTS] for ranked, _ in cases]
    labels = list(range(len(DOCUMENTS)))
    for k in (1, 5, 10):
        ours = [metrics_ranking.hit_at(ranked, {wanted}, k) for ranked, wanted in cases]
        theirs = sk.top_k_accuracy_score(truth, scores, k=k, labels=labels)
        assert np.mean(ours) == pytest.approx(theirs)
    ours = [metrics_ranking.reciprocal_rank(r, {w}, len(DOCUMENTS)) for r, w in cases]
    one_hot = np.eye(len(DOCUMENTS), dtype=int)[truth]
    theirs = sk.label_ranking_average_precision_score(one_hot, scores)
    assert np.mean(ours) == pytest.approx(theirs)


@given(
    st.lists(
        st.tuples(
            st.permutations(DOCUMENTS),
            st.integers(0, len(DOCUMENTS)),
            st.sets(st.sampled_from(DOCUMENTS), min_size=1),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_ranking_agrees_with_ir_measures(cases: list[tuple[list[str], int, set[str]]]) -> None:
    # On Linux on ARM it is not installed: trec_eval, which it runs, has no wheel there.
    ir = pytest.importorskip("ir_measures")
    judged, retrieved = [], []
    # Several right documents, and lists that end before the right ones come.
    for number, (order, length, wanted) in enumerate(cases):
        judged += [ir.Qrel(f"q{number}", doc, 1) for doc in sorted(wanted)]
        retrieved += [
            ir.ScoredDoc(f"q{number}", doc, float(-rank)) for rank, doc in enumerate(order[:length])
        ]
    measures = (
        (ir.Success @ 1, metrics_ranking.hit_at, 1),
        (ir.Success @ 5, metrics_ranking.hit_at, 5),
        (ir.Success @ 10, metrics_ranking.hit_at, 10),
        (ir.RR @ 10, metrics_ranking.reciprocal_rank, 10),
    )
    for measure, ours, k in measures:
        theirs = {
            found.query_id: found.value for found in ir.iter_calc([measure], judged, retrieved)
        }
        assert len(theirs) == len(cases)
        for number, (order, length, wanted) in enumerate(cases):
            assert ours(order[:length], wanted, k) == pytest.approx(theirs[f"q{number}"]), measure


@given(st.permutations(DOCUMENTS), st.sets(st.sampled_from(DOCUMENTS), min_size=1))
def test_several_right_documents_count_by_the_first(ranked: list[str], wanted: set[str]) -> None:
    first = min(ranked.index(doc) for doc in wanted) + 1
    assert metrics_ranking.reciprocal_rank(ranked, wanted, 10) == (1 / first if first <= 10 else 0)
    assert bool(metrics_ranking.hit_at(ranked, wanted, 5)) == (first <= 5)


def test_passages_ranked_become_articles_ranked() -> None:
    assert metrics_ranking.distinct(["b", "a", "b", "c", "a"]) == ["b", "a", "c"]


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 10)), min_size=1, max_size=40),
)
def test_risk_coverage_by_its_definition(answers: list[tuple[bool, int]]) -> None:
    right = np.array([float(r) for r, _ in answers])
    confidence = np.array([c / 10 for _, c in answers])
    # Ties in every order have this mean: by brute force over the expected error of each rank.
    by_level: dict[int, list[float]] = {}
    for is_right, level in answers:
        by_level.setdefault(level, []).append(1.0 - is_right)
    errors = [
        sum(by_level[level]) / len(by_level[level])
        for level in sorted(by_level, reverse=True)
        for _ in by_level[level]
    ]
    risks = [sum(errors[: n + 1]) / (n + 1) for n in range(len(errors))]
    curve = metrics_selective.risk_coverage(right, confidence, asked=2 * len(errors))
    assert [risk for _, risk in curve] == pytest.approx(risks)
    assert curve[-1] == pytest.approx((0.5, 1 - right.mean()))
    area = metrics_selective.area_under_risk_coverage(right, confidence)
    assert area == pytest.approx(np.mean(risks))


@pytest.mark.parametrize("round_", range(5))
def test_calibration_agrees_with_scikit_learn(round_: int) -> None:
    right = RNG.integers(0, 2, 200).astype(float)
    confidence = RNG.uniform(0, 1, 200)
    accuracy, mean_confidence = calibration_curve(right, confidence, n_bins=10)
    bins = metrics_selective.calibration(right, confidence)
    assert [found.accuracy for found in bins] == pytest.approx(accuracy)
    assert [found.confidence for found in bins] == pytest.approx(mean_confidence)
    gaps = [found.count / 200 * abs(found.accuracy - found.confidence) for found in bins]
    error = metrics_selective.expected_calibration_error(right, confidence)
    assert error == pytest.approx(sum(gaps))


def test_full_confidence_falls_into_the_last_bin() -> None:
    (only,) = metrics_selective.calibration(np.ones(3), np.ones(3))
    assert (only.confidence, only.accuracy, only.count) == (1.0, 1.0, 3)


def squad_normalised(text: str) -> str:
    """SQuAD's rules for ASCII, in another order of steps than ours."""
    words = re.split(r"\s+", text.lower().translate(str.maketrans("", "", string.punctuation)))
    kept = re.sub(r"\b(a|an|the)\b", " ", " ".join(words))
    return " ".join(kept.split())


ASCII = st.text(
    alphabet=string.ascii_letters + string.digits + string.punctuation + " \n", max_size=60
)


@given(ASCII)
def test_normal_form_is_squads_on_ascii(text: str) -> None:
    assert normalise(text) == squad_normalised(text)


@given(ASCII, st.lists(ASCII, min_size=1, max_size=3))
def test_token_f1_agrees_with_scikit_learns_f1(text: str, answers: list[str]) -> None:
    def one(answer: str) -> float:
        ours, theirs = squad_normalised(text).split(), squad_normalised(answer).split()
        if not ours or not theirs:
            return float(ours == theirs)
        pool = Counter(ours) | Counter(theirs)
        rows = [
            (number < Counter(theirs)[word], number < Counter(ours)[word])
            for word, count in pool.items()
            for number in range(count)
        ]
        wanted, given_ = zip(*rows, strict=True)
        return float(sk.f1_score(wanted, given_, zero_division=0.0))

    assert token_f1(text, answers) == pytest.approx(max(map(one, answers)))
    assert exact_match(text, answers) == any(
        squad_normalised(text) == squad_normalised(answer) for answer in answers
    )


def test_answers_in_other_alphabets() -> None:
    assert contains("Лукашенко помиловал «31 гражданина» Украины.", ["31 гражданина"])
    assert exact_match("«Белавиа»", ["Белавиа"]) == 1.0
    assert token_f1("31 гражданин Украины", ["гражданин Украины"]) == pytest.approx(0.8)
    assert normalise("The “Café”") == normalise("the cafe\u0301")


def test_contains_means_whole_words() -> None:
    assert contains("It was 131 people", ["31"]) == 0.0
    assert contains("They freed 31, he said", ["31"]) == 1.0
    assert contains("Anything at all", ["the", "…"]) == 0.0


def test_words_are_counted_as_people_count_them() -> None:
    assert word_count(["He said: “don’t”", "2.4 million — twice"]) == 6


def test_evidence_recall_follows_the_gold_rule() -> None:
    assert metrics_ranking.evidence_recall([False, True, True], "any") == 1.0
    assert metrics_ranking.evidence_recall([False, True, True], "all") == pytest.approx(2 / 3)


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50), st.integers(0, 50))
def test_half_of_a_quote_is_enough(start: int, length: int, other: int, size: int) -> None:
    gold, part = Span(start, start + length), Span(other, other + size)
    shared = len(set(range(start, start + length)) & set(range(other, other + size)))
    assert metrics_ranking.is_covered(part, [gold]) == (2 * shared >= length)


def test_gold_hits() -> None:
    first_of_two = [[True, False], [False, False]]
    assert metrics_citations.gold_hit(first_of_two, "any") == (1.0, 1.0)
    assert metrics_citations.gold_hit(first_of_two, "all") == (0.0, 1.0)
    assert metrics_citations.gold_hit([[False, True], [True, False]], "all") == (1.0, 1.0)
    assert metrics_citations.gold_hit([[False], [True]], "any") == (1.0, 0.0)
    assert metrics_citations.gold_hit([], "all") == (0.0, 0.0)


def judged(claim: str, references: Sequence[str]) -> bool:
    """A claim is supported when the references hold all its words."""
    return set(claim.split()) <= set(" ".join(references).split())


def test_alce_on_its_papers_cases() -> None:
    # Two citations that only together support the claim: both are needed.
    together = ("a b", ["a", "b"])
    # The second adds nothing: it supports nothing alone and can be left out.
    padded = ("a b", ["a b", "c"])
    # Either supports the claim alone: neither is irrelevant.
    twice = ("a", ["a x", "a y"])
    unsupported = ("a b", ["a", "c"])
    uncited: tuple[str, list[str]] = ("a", [])
    recall, precision = metrics_citations.citation_recall, metrics_citations.citation_precision
    assert recall([together, padded, twice, unsupported, uncited], judged) == pytest.approx(3 / 5)
    assert precision([together], judged) == 1.0
    assert precision([padded], judged) == 0.5
    assert precision([twice], judged) == 1.0
    assert precision([unsupported], judged) == 0.0
    assert precision([uncited], judged) is None


def test_offsets_count_code_points_of_the_real_text() -> None:
    text = "Да — «нет» 🙂 да"
    start = text.index("«")
    assert metrics_citations.offsets_valid(text, Span(start, start + 5), "«нет»")
    assert not metrics_citations.offsets_valid(text, Span(start + 1, start + 6), "«нет»")
    assert not metrics_citations.offsets_valid(None, Span(0, 1), "Д")


def test_question_only_scores_agree_with_scikit_learns_naive_bayes() -> None:
    questions = [f"{a} {b} {c}" for a in ("who", "what", "when") for b in "xyz" for c in "uvw"]
    labels = [("who" in q) != ("z" in q) for q in questions]
    ours = question_only_scores(questions, labels, seed=3)
    assert sk.roc_auc_score(labels, ours) > 0.5
    vectorizer = CountVectorizer(token_pattern=r"\w+")
    folds = np.array(_folds([_words(q) for q in questions], 3))
    for fold in range(FOLDS):
        learn, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        model = MultinomialNB(fit_prior=False)
        model.fit(
            vectorizer.fit_transform([questions[i] for i in learn]), [labels[i] for i in learn]
        )
        log = model.predict_log_proba(vectorizer.transform([questions[i] for i in test]))
        assert [ours[i] for i in test] == pytest.approx(log[:, 1] - log[:, 0])


def test_equal_questions_never_teach_each_other() -> None:
    questions = ["same words", "Same words?"] * 20
    labels = [True, True, False, False] * 10
    assert set(question_only_scores(questions, labels)) == {0.0}


def test_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    covers = 0
    for _ in range(200):
        found = interval(mean, [RNG.binomial(1, 0.3, 150).astype(float)], resamples=300)
        assert found.low is not None
        assert found.high is not None
        covers += found.low <= 0.3 <= found.high
    assert 180 <= covers <= 200


def test_interval_is_the_same_every_time() -> None:
    column = RNG.uniform(0, 1, 50)
    assert interval(percentile_95, [column]) == interval(percentile_95, [column])
    assert interval(mean, [np.array([])]).value is None
    undefined = interval(metrics_binary.auroc, [np.ones(4), np.ones(4)])
    assert (undefined.value, undefined.low) == (None, None)


def test_pairing_sees_what_separate_intervals_do_not() -> None:
    before = RNG.binomial(1, 0.5, 200).astype(float)
    after = np.maximum(before, (RNG.uniform(0, 1, 200) < 0.06).astype(float))
    found = paired_difference(mean, [before], [after])
    assert found.value == pytest.approx(after.mean() - before.mean())
    assert found.low is not None
    assert found.low >= 0.0
    single = interval(mean, [after])
    assert single.low is not None
    assert single.low < before.mean()


def test_false_claims_that_pass_are_the_fallout() -> None:
    actual, decided, _ = random_case()
    true_negative, false_positive, _, _ = sk.confusion_matrix(actual, decided).ravel()
    expected = false_positive / (false_positive + true_negative)
    assert metrics_binary.fallout(actual, decided) == pytest.approx(expected)


def test_right_answers_near_eighty_per_cent() -> None:
    right = np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    confidence = np.array([0.75, 0.80, 0.85, 0.86, 0.74])
    assert metrics_selective.right_near_80(right, confidence) == pytest.approx(2 / 3)
    assert math.isnan(metrics_selective.right_near_80(right[3:], confidence[3:]))


@pytest.mark.parametrize("round_", range(20))
def test_refusals_that_a_threshold_could_reach(round_: int) -> None:
    unanswerable, _, confidence = random_case()
    best = 0.0
    for edge in [*np.unique(confidence), 2.0]:
        refused = confidence < edge
        if refused[unanswerable == 0].mean() <= metrics_selective.FALSE_REFUSALS:
            best = max(best, refused[unanswerable == 1].mean())
    found = metrics_selective.refusal_recall_at_10(unanswerable, confidence)
    assert found == pytest.approx(best)


def test_words_by_quotes() -> None:
    assert ratio(np.array([30.0, 12.0]), np.array([2.0, 1.0])) == pytest.approx(14)


def test_characters_that_are_words_by_themselves() -> None:
    assert normalise("他有三台。") == "他 有 三 台"
    assert contains("他有三台。", ["三台"]) == 1.0
    assert token_f1("三台", ["三"]) == pytest.approx(2 / 3)
