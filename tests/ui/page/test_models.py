"""The page's language model: its key stays at home, goes to its own address, and is never shown."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from index.library.library import Library
from rag.contract import UsageModel
from rag.llm.spending import count
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.types import Usage
from tests.helpers.answers import response
from tests.helpers.openai_server import openai_server, says
from ui.page.html.answers import TurnView, turn_html
from ui.page.models import FILE, PanelModel

KEY = "sk-secret-of-this-test"
TYPED = {"base_url": "http://127.0.0.1:9/v1", "model": "small", "key": KEY}


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[PanelModel]:
    with Library.open(tmp_path) as library:
        settings = Settings(_env_file=None, home=tmp_path)
        made = PanelModel(cast(Pressmark, SimpleNamespace(settings=settings, library=library)))
        yield made
        made.close()


def call(panel: PanelModel, name: str, sent: Any = None) -> Any:
    (function,) = [found for found in panel.functions() if found.__name__ == name]
    return function(sent)


def test_a_key_is_kept_for_its_owner_and_never_shown(panel: PanelModel, tmp_path: Path) -> None:
    saved = call(panel, "save_model", TYPED)
    state = call(panel, "model_state")

    assert saved["says"].startswith("Saved")
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert KEY in (tmp_path / FILE).read_text()
    assert KEY not in json.dumps([saved, state])
    assert (state["base_url"], state["model"], state["has_key"]) == (
        TYPED["base_url"], "small", True,
    )  # fmt: skip


def test_a_kept_key_goes_to_its_own_address_only(panel: PanelModel) -> None:
    with openai_server(says("yes")) as (url, requests), openai_server(says("yes")) as (other, seen):
        call(panel, "save_model", {"base_url": url, "model": "small", "key": KEY})
        for address in (url, other):
            told = call(panel, "test_model", {"base_url": address, "model": "small", "key": ""})
            assert told["says"].startswith("It answered")

    assert requests[0]["headers"]["Authorization"] == f"Bearer {KEY}"
    assert "Authorization" not in seen[0]["headers"]


def test_what_cannot_be_used_is_told_and_not_kept(panel: PanelModel, tmp_path: Path) -> None:
    for typed in (
        None, {}, {**TYPED, "base_url": "nowhere"}, {**TYPED, "model": " "},
        {**TYPED, "key": "ключ"}, {**TYPED, "prompt_price": -1}, {**TYPED, "model": "x" * 201},
    ):  # fmt: skip
        assert call(panel, "save_model", typed)["problem"]
    assert not (tmp_path / FILE).exists()
    assert call(panel, "model_state") == {"today": ""}


def test_a_forgotten_model_leaves_nothing(panel: PanelModel, tmp_path: Path) -> None:
    call(panel, "save_model", TYPED)
    call(panel, "forget_model")

    assert not (tmp_path / FILE).exists()
    assert panel.choice() is None


def test_a_file_that_is_damaged_is_no_model(panel: PanelModel, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{broken")

    assert call(panel, "model_state") == {"today": ""}


def test_over_a_network_there_is_no_panel(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, home=tmp_path, host="0.0.0.0")  # noqa: S104
    panel = PanelModel(cast(Pressmark, SimpleNamespace(settings=settings)))
    (tmp_path / FILE).write_text(json.dumps(TYPED))

    assert not panel.is_offered
    assert panel.choice() is None
    assert call(panel, "model_state") == {}
    for name in ("list_models", "test_model", "save_model"):
        assert "own machine" in call(panel, name, TYPED)["problem"]


def test_what_an_answer_costs_is_shown() -> None:
    usage = UsageModel(prompt_tokens=1_200, completion_tokens=100, cost=0.0032)
    shown = turn_html(TurnView(question="How many?", response=response(usage=usage)))

    assert "1,200 tokens read, 100 written, cost 0.0032" in shown
    assert "tokens read" not in turn_html(TurnView(question="How many?", response=response()))


def test_the_panel_says_what_the_day_cost(panel: PanelModel, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, home=tmp_path)
    state = call(panel, "save_model", {**TYPED, "prompt_price": 2, "completion_price": 8})
    assert state["today"] == ""
    choice = panel.choice()
    assert choice is not None
    with Library.open(tmp_path) as library:
        for _ in range(2):
            count(Usage(1_200, 100), choice.settings(settings), library.notes)
    said = "Today, small: 2 answers, 2,400 tokens read, 200 written, cost 0.0064"

    assert call(panel, "model_state")["today"] == said
    # The account is of all models, so it stays when this one is forgotten.
    assert call(panel, "forget_model")["today"] == said
