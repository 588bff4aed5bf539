"""The word that opens an answer to a yes/no question."""

from rag.deciding import denied_words
from rag.types import Citation, ProposedCitation
from rag.verification.judge import open_judge
from rag.verification.verifier import prove_quotes
from tests.helpers.evidence import make_evidence

DENIAL = "Anna Berg, the mayor, denied that the bridge had been sold to a bank."
ASKED = "Has the bridge been sold to a bank?"


def cited(*sentences: str) -> Citation:
    """The first sentence of an article, cited."""
    item = make_evidence(*sentences)
    (found,) = prove_quotes([ProposedCitation(1, sentences[0])], [item])
    return found


def test_who_denies_what_is_asked_is_named() -> None:
    assert denied_words(ASKED, cited(DENIAL), open_judge()) == ("Denied by Anna Berg.",)


def test_a_denial_of_something_else_decides_nothing() -> None:
    asked = "Were the trams late on Friday?"
    assert denied_words(asked, cited(DENIAL), open_judge()) == ()


def test_what_is_said_without_a_denial_is_none() -> None:
    said = "Anna Berg, the mayor, said that the bridge had been sold to a bank."
    assert denied_words(ASKED, cited(said), open_judge()) == ()


def test_a_denial_within_somebodys_quotation_is_not_the_speakers() -> None:
    said = '"The bank denied that it had bought the bridge," said Anna Berg.'
    assert denied_words(ASKED, cited(said), open_judge()) == ()


def test_without_a_judge_nothing_is_said() -> None:
    assert denied_words(ASKED, cited(DENIAL), None) == ()
