"""The panel for the language model, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.helpers.browsing import GOOD, OpenPage, Served, ask
from tests.helpers.openai_server import openai_server, says

pytestmark = pytest.mark.browser
pytest_plugins = ["tests.helpers.fixtures_page"]

KEY = "sk-secret-of-this-test"


def test_a_model_of_the_panel_writes_where_it_is_used(served: Served, open_page: OpenPage) -> None:
    page = open_page()
    with openai_server(says("Belarus detained 33 Russians [1].")) as (url, requests):
        page.get_by_text("Model", exact=True).first.click()
        page.get_by_label("Address (OpenAI-compatible)").fill(url)
        page.locator("[data-field=model]").fill("test-model")
        page.get_by_label("Key, if it wants one").fill(KEY)
        page.get_by_label("Price of a million tokens read").fill("2")
        page.get_by_role("button", name="Test", exact=True).click()
        expect(page.locator(".pm-model-says")).to_contain_text("It answered")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".pm-model-says")).to_contain_text("Saved")
        assert page.locator("[data-field=key]").input_value() == ""
        page.keyboard.press("Escape")
        asked_before = len(requests)

        answer = ask(page, GOOD)
        assert answer["mode"] == "extractive"
        assert len(requests) == asked_before

        page.get_by_text("Model", exact=True).first.click()
        page.get_by_label("Use for this conversation").check()
        page.keyboard.press("Escape")
        ask(page, "How many Russians were detained in Belarus?")
        assert len(requests) > asked_before
        assert requests[-1]["headers"]["Authorization"] == f"Bearer {KEY}"
        expect(page.get_by_text("tokens read").last).to_be_visible()

        page.get_by_text("Model", exact=True).first.click()
        expect(page.locator(".pm-model-today")).to_contain_text("Today, test-model: 1 answer")
        page.get_by_role("button", name="Forget", exact=True).click()
        expect(page.locator(".pm-model-says")).to_contain_text("Forgotten")
    assert KEY not in page.content()
    assert not (served.pressmark.settings.home / "page-model.json").exists()
