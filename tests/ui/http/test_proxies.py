"""A proxy of the environment that cannot be used stops neither the page nor the server."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest

from tests.helpers.serving import running_server
from ui.http.proxies import without_proxies

SOCKS = "socks5://127.0.0.1:9"


@pytest.mark.slow
def test_the_page_is_served_under_a_socks_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", SOCKS)
    monkeypatch.setenv("https_proxy", SOCKS)
    with running_server(tmp_path / "home") as server, httpx.Client(trust_env=False) as client:
        assert "gradio" in client.get(server.url).text


def test_the_proxies_are_hidden_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", SOCKS)
    monkeypatch.setenv("NO_PROXY", "a.example")
    with without_proxies():
        assert "ALL_PROXY" not in os.environ
        assert os.environ["NO_PROXY"] == "a.example"
    assert os.environ["ALL_PROXY"] == SOCKS
