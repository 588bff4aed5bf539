"""A page is fetched when asked for, once, and never from a private network."""

import ipaddress
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
import respx

from index.errors import FetchError
from index.ingest import fetching
from index.ingest.fetching import FOLDER, fetch
from index.readers.files import read_file
from index.readers.sidecar import read_sidecar
from tests.helpers import one_story as story

PUBLIC = "93.184.215.14"
ADDRESS = "https://gazette.example/quarn?id=1#top"
NAMES = {
    "gazette.example": [PUBLIC],
    "inside.example": ["10.0.0.7"],
    "both.example": [PUBLIC, "169.254.169.254"],
    "localhost": ["127.0.0.1"],
    "127.0.0.1": ["127.0.0.1"],
    "192.168.1.1": ["192.168.1.1"],
}


def resolve(host: str, port: int) -> Sequence[str]:
    if host not in NAMES:
        raise OSError("unknown")
    return NAMES[host]


def refusal(address: str, home: Path) -> str:
    with pytest.raises(FetchError) as caught:
        fetch(address, home, resolve)
    return caught.value.user_message


@respx.mock
def test_a_page_is_fetched_and_kept_with_its_address(tmp_path: Path) -> None:
    robots = respx.get(f"https://{PUBLIC}/robots.txt").respond(404)
    page = respx.get(f"https://{PUBLIC}/quarn?id=1").respond(content=story.as_html())
    path = fetch(ADDRESS, tmp_path, resolve)
    assert (robots.call_count, page.call_count) == (1, 1)
    assert page.calls[0].request.headers["host"] == "gazette.example"
    assert page.calls[0].request.extensions["sni_hostname"] == "gazette.example"
    assert path.parent == tmp_path / FOLDER
    assert path.suffix == ".html"
    assert story.BODY.split("\n")[0] in read_file(path)[0].text
    assert read_sidecar(path.parent)[path.name].url == "https://gazette.example/quarn?id=1"
    assert fetch(ADDRESS, tmp_path, resolve) == path  # again: the same file


@respx.mock
def test_a_feed_and_a_page_lie_side_by_side(tmp_path: Path) -> None:
    respx.get(f"https://{PUBLIC}/robots.txt").respond(200, text="User-agent: *\nDisallow: /x")
    respx.get(f"https://{PUBLIC}/feed").respond(content=story.as_rss())
    respx.get(f"https://{PUBLIC}/page").respond(content=story.as_html())
    feed = fetch("https://gazette.example/feed", tmp_path, resolve)
    page = fetch("https://gazette.example/page", tmp_path, resolve)
    assert feed.suffix == ".xml"
    assert read_sidecar(tmp_path / FOLDER).keys() == {feed.name, page.name}


@respx.mock
@pytest.mark.parametrize(
    ("robots", "why"),
    [
        (httpx.Response(200, text="User-agent: *\nDisallow: /quarn"), "asks programs not to"),
        (httpx.Response(200, text="User-agent: pressmark\nDisallow: /"), "asks programs not to"),
        (httpx.Response(503), "cannot be read (503)"),
    ],
)
def test_what_a_site_asks_is_heeded(tmp_path: Path, robots: httpx.Response, why: str) -> None:
    respx.get(f"https://{PUBLIC}/robots.txt").mock(return_value=robots)
    page = respx.get(f"https://{PUBLIC}/quarn").respond(content=story.as_html())
    assert why in refusal("https://gazette.example/quarn", tmp_path)
    assert page.call_count == 0


@pytest.mark.parametrize(
    "address", ["http://inside.example/", "http://both.example/", "http://192.168.1.1/admin"]
)
def test_private_networks_are_refused(tmp_path: Path, address: str) -> None:
    with respx.mock(assert_all_called=False) as router:
        assert "private network" in refusal(address, tmp_path)
        assert router.calls.call_count == 0


@respx.mock
def test_a_page_elsewhere_does_not_lead_to_this_machine(tmp_path: Path) -> None:
    respx.get(f"https://{PUBLIC}/robots.txt").respond(404)
    respx.get(f"https://{PUBLIC}/a").respond(302, headers={"Location": "http://127.0.0.1:8080/b"})
    assert "private network" in refusal("https://gazette.example/a", tmp_path)


@respx.mock
def test_this_machine_is_asked_if_that_is_what_was_typed(tmp_path: Path) -> None:
    respx.get("http://127.0.0.1:8080/robots.txt").respond(404)
    respx.get("http://127.0.0.1:8080/a").respond(301, headers={"Location": "/b"})
    respx.get("http://127.0.0.1:8080/b").respond(content=story.as_html())
    path = fetch("http://localhost:8080/a", tmp_path, resolve)
    assert read_sidecar(path.parent)[path.name].url == "http://localhost:8080/b"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ftp://gazette.example/", "no web address"),
        ("gazette.example/a", "no web address"),
        ("https://me:secret@gazette.example/", "password"),
        ("https://nowhere.example/", "no such host"),
        ("http://[::1", "no web address"),
    ],
)
def test_what_is_no_address_is_refused(tmp_path: Path, address: str, why: str) -> None:
    assert why in refusal(address, tmp_path)


@respx.mock
def test_bounds_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    respx.get(f"https://{PUBLIC}/robots.txt").respond(404)
    page = respx.get(f"https://{PUBLIC}/a")
    page.respond(content=b"x" * 2_000_000)
    monkeypatch.setattr(fetching, "MAX_FILE_BYTES", 2**20)
    assert "larger than 1 MiB" in refusal("https://gazette.example/a", tmp_path)
    page.respond(302, headers={"Location": "/a"})
    assert "on and on" in refusal("https://gazette.example/a", tmp_path)
    page.respond(404)
    assert "answers 404" in refusal("https://gazette.example/a", tmp_path)
    page.respond(content=b"\x89PNG\r\n")
    assert "picture" in refusal("https://gazette.example/a", tmp_path)
    page.mock(side_effect=httpx.ReadTimeout("it takes too long"))
    assert "too long" in refusal("https://gazette.example/a", tmp_path)
    assert not (tmp_path / FOLDER).exists()


@pytest.mark.parametrize(
    ("ip", "is_public"),
    [
        (PUBLIC, True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True), ("10.1.2.3", False),
        ("100.64.0.1", False), ("224.0.0.1", False), ("0.0.0.1", False), ("::", False),
        ("fe80::1", False), ("::ffff:10.0.0.1", False), ("2002:0a00:0001::", False),
        ("64:ff9b::7f00:1", False), ("64:ff9b::5db8:d70e", True),
    ],
)  # fmt: skip
def test_addresses_wrapped_in_others_are_seen_through(ip: str, is_public: bool) -> None:
    assert fetching._is_public(ipaddress.ip_address(ip)) is is_public
