"""What a language model was used: tokens, their cost, and the account of the day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from index.errors import LibraryBusyError
from index.library.library import Library
from index.library.notes import DayUsage, Notes
from rag import Pressmark, Question, Settings
from rag.llm.spending import cost_of, count, spent_today, usage_words
from rag.types import Usage
from tests.helpers.openai_server import openai_server, says

pytest_plugins = ["tests.helpers.fixtures_seeds"]

ASKED = "How many Russian citizens were detained on July 29?"
TRUE = "Minsk announced that 33 Russian citizens were detained in Belarus on July 29. [1]"


def priced(read: float | None, written: float | None, **more: Any) -> Settings:
    return Settings(_env_file=None, llm_prompt_price=read, llm_completion_price=written, **more)


@pytest.mark.parametrize(
    ("prices", "cost"), [((None, None), None), ((2.0, 8.0), 0.0032), ((2.0, None), 0.0024)]
)
def test_tokens_cost_what_the_prices_say(
    prices: tuple[float | None, float | None], cost: float | None
) -> None:
    found = cost_of(Usage(1_200, 100), priced(*prices))
    assert found == (pytest.approx(cost) if cost is not None else None)
    assert cost_of(Usage(), priced(*prices)) is None


@pytest.mark.parametrize("price", ["-1", "nan", "inf", "2 EUR", "1e9"])
def test_a_price_that_is_none_is_refused(price: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSMARK_LLM_PROMPT_PRICE", price)
    with pytest.raises(ValidationError):
        Settings(_env_file=None)


def test_each_model_has_its_account(tmp_path: Path) -> None:
    dear = priced(2, 8, llm_model="dear")
    named = priced(None, None, llm="vendor.llm:Model?api_key=secret")
    with Library.open(tmp_path) as library:
        assert spent_today(dear, library.notes) == []
        for settings in (dear, dear, named):
            count(Usage(1_200, 100), settings, library.notes)
        count(Usage(), dear, library.notes)
        assert spent_today(priced(None, None), library.notes) == [
            "Today, Model: 1 answer, 1,200 tokens read, 100 written",
            "Today, dear: 2 answers, 2,400 tokens read, 200 written, cost 0.0064",
        ]


def test_a_library_that_cannot_be_written_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Notes, __: DayUsage) -> None:
        raise LibraryBusyError("busy")

    monkeypatch.setattr(Notes, "add_usage", refuse)
    with Library.open(tmp_path) as library:
        count(Usage(1, 1), priced(2, 8), library.notes)


def test_whatever_asks_is_counted_once(seeds_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSMARK_LLM_PROMPT_PRICE", "100")
    monkeypatch.setenv("PRESSMARK_LLM_COMPLETION_PRICE", "1000")
    with openai_server(says(TRUE)) as (url, _):
        settings = Settings(home=seeds_home, llm_base_url=url, llm_model="counted")
        with Pressmark.open(settings) as pressmark:
            written = pressmark.answer(ASKED)
            quoted = pressmark.answer(Question(ASKED, mode="extractive"))
            *_, streamed = pressmark.stream(
                Question("Who is the Kremlin's spokesman?", mode="extractive")
            )
            said = spent_today(settings, pressmark.library.notes)
    assert written.cost == pytest.approx(0.021)
    assert quoted.cost is None
    assert streamed.cost is None  # type: ignore[union-attr]
    assert "Today, counted: 1 answer, 120 tokens read, 9 written, cost 0.0210" in said


def test_nothing_is_said_of_no_tokens() -> None:
    assert usage_words(0, 0, None) == ""
