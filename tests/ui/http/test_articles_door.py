"""Articles over HTTP: searched, listed, added and removed, and who may do it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers import one_story
from ui.app import create_app
from ui.http.keys import ROLE, Role
from ui.page.articles import ArticlesTab

pytest_plugins = ["tests.helpers.fixtures_seeds"]

BASE = "http://127.0.0.1:7860"
READER, WRITER = "a-key-that-reads-only", "a-key-that-writes-too"
STORY = "The mayor opened the bridge on Monday. Hundreds of people came to see it, the city said."
OTHER = "A storm took the roof of the old market hall away. Nobody was hurt, the police said."


def client_of(pressmark: Pressmark) -> TestClient:
    app = create_app(pressmark, page=False)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def seeds(seeds_pressmark: Pressmark) -> Iterator[TestClient]:
    with client_of(seeds_pressmark) as found:
        yield found


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A library of its own that may be written to."""
    home = tmp_path_factory.mktemp("given") / "home"
    with (
        Pressmark.open(Settings(home=home), write=True) as pressmark,
        client_of(pressmark) as client,
    ):
        yield client


def assert_problem(response: Any, status: int, words: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]


def listed(client: TestClient, **query: Any) -> list[str]:
    return [
        article["article_id"]
        for article in client.get("/v1/articles", params=query).json()["articles"]
    ]


# Searching and listing


def test_what_is_found_is_at_its_place_in_the_source(seeds: TestClient) -> None:
    found = seeds.get("/v1/search", params={"q": "Russians detained Belarus"}).json()
    assert found["total"] == len(found["results"]) > 0
    for result in found["results"]:
        text = seeds.get(f"/v1/sources/{result['article']['source']['id']}").json()["text"]
        assert result["excerpts"]
        for excerpt in result["excerpts"]:
            assert text[excerpt["start"] : excerpt["end"]] == excerpt["text"]
            for place in excerpt["highlights"]:
                assert excerpt["start"] <= place["start"] < place["end"] <= excerpt["end"]
    assert sum(c["articles"] for c in found["counts"]["publishers"]) <= found["total"]


def test_found_articles_come_in_pages_with_filters(seeds: TestClient) -> None:
    every = seeds.get("/v1/search", params={"q": "Belarus", "order": "newest"}).json()
    pages = [
        seeds.get("/v1/search", params={"q": "Belarus", "order": "newest", "limit": 1, "offset": n})
        for n in range(every["total"])
    ]
    assert [page.json()["results"][0] for page in pages] == every["results"]
    tass = seeds.get("/v1/search", params={"q": "Belarus", "publisher": "tass"}).json()
    assert {r["article"]["publisher"] for r in tass["results"]} == {"TASS"}
    nothing = seeds.get("/v1/search", params={"q": "borscht recipe"}).json()
    assert (nothing["total"], nothing["results"]) == (0, [])
    assert nothing["counts"] == {"publishers": [], "languages": [], "years": []}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=" + "x" * 401, "q"),
        ("q=a&limit=0", "limit"),
        ("q=a&limit=101", "limit"),
        ("q=a&offset=-1", "offset"),
        ("q=a&order=loud", "order"),
        ("q=a&from=yesterday", "from"),
        ("q=a&from=2020-02-01&to=2020-01-01", "earlier"),
        ("q=%00", "NUL"),
    ],
)
def test_searches_that_cannot_be_are_refused(seeds: TestClient, query: str, words: str) -> None:
    assert_problem(seeds.get(f"/v1/search?{query}"), 422, words)


def test_the_list_is_filtered_ordered_and_read_one_by_one(seeds: TestClient) -> None:
    every = seeds.get("/v1/articles").json()
    newest = seeds.get("/v1/articles", params={"order": "newest"}).json()["articles"]
    days = [article["published_at"] for article in newest if article["published_at"]]
    assert days == sorted(days, reverse=True)
    assert {a["article_id"] for a in newest} == {a["article_id"] for a in every["articles"]}
    tass = seeds.get("/v1/articles", params={"publisher": "TASS"}).json()
    assert 0 < tass["total"] < every["total"]
    assert seeds.get("/v1/articles", params={"q": "tass"}).json()["total"] >= tass["total"]
    assert listed(seeds, **{"from": "1990-01-01", "to": "1990-01-02"}) == []
    assert_problem(seeds.get("/v1/articles?from=2021-01-01&to=2020-01-01"), 422, "earlier")
    one = every["articles"][0]
    assert seeds.get(f"/v1/articles/{one['article_id']}").json() == one
    assert_problem(seeds.get("/v1/articles/nope"), 404, "no article")


# Adding and removing


def test_texts_are_added_found_and_removed(own: TestClient) -> None:
    article = {
        "text": STORY,
        "title": "A bridge is opened",
        "publisher": "The Daily Bridge",
        "published_at": "2020-08-10",
        "url": "https://example.org/bridge",
    }
    body = {"articles": [article, {"text": OTHER, "name": "../../storm"}, {"text": "  \n"}]}
    response = own.post("/v1/articles", json=body)
    assert response.status_code == 201, response.text
    added = response.json()
    assert [file["status"] for file in added["files"]] == ["added", "added", "refused"]
    assert added["files"][2]["reason"]
    assert [file["stored"] for file in added["files"][:2]] == [
        "A bridge is opened.json",
        "storm.txt",
    ]
    (bridge,), (storm,) = (file["articles"] for file in added["files"][:2])
    told = own.get(f"/v1/articles/{bridge}").json()
    assert (told["title"], told["publisher"]) == ("A bridge is opened", "The Daily Bridge")
    assert (told["published_at"], told["url"]) == ("2020-08-10", "https://example.org/bridge")
    assert own.get("/v1/articles").json()["refused"][0]["file"] == "article.txt"

    answer = own.post("/v1/answer", json={"question": "When did the mayor open the bridge?"})
    assert "Monday" in answer.json()["answer"]
    assert [r["article"]["article_id"] for r in own.get("/v1/search?q=bridge").json()["results"]]

    again = own.post("/v1/articles", json={"articles": [article]}).json()
    assert again["files"][0]["status"] == "unchanged"
    assert again["files"][0]["articles"] == [bridge]
    assert again["index_version"] == added["index_version"]

    gone = own.delete(f"/v1/articles/{bridge}")
    assert gone.status_code == 200, gone.text
    assert gone.json()["removed"] == [bridge]
    assert listed(own) == [storm]
    assert own.get("/v1/search?q=bridge").json()["total"] == 0
    assert_problem(own.delete(f"/v1/articles/{bridge}"), 404, "no article")


def test_files_are_added_with_what_became_of_each(own: TestClient, tmp_path: Path) -> None:
    week = one_story.zipped({"mon.txt": STORY + " It was Monday.", "tue.txt": OTHER + " Tuesday."})
    records = [{"title": f"Story {n}", "body": f"{STORY} It was day {n}."} for n in (1, 2)]
    files = [
        ("file", ("week.zip", week)),
        ("file", ("both.json", json.dumps(records).encode())),
        ("file", ("copy.txt", (OTHER + " Tuesday.").encode())),
        ("file", ("articles.toml", b"x = 1")),
        ("file", ("empty.txt", b"")),
        ("file", ("big.txt", b"x" * (20 * 2**20 + 1))),
    ]
    response = own.post("/v1/articles", files=files)
    assert response.status_code == 201, response.text
    became = {(f["stored"] or f["name"]): f for f in response.json()["files"]}
    assert became["week - mon.txt"]["status"] == "added"
    assert became["copy.txt"]["status"] == "copy"
    assert "describes the articles" in became["articles.toml"]["reason"]
    assert became["empty.txt"]["status"] == "refused"
    assert "20 MiB" in became["big.txt"]["reason"]
    two = became["both.json"]["articles"]
    assert len(two) == 2

    assert_problem(own.delete(f"/v1/articles/{two[0]}"), 409, "whole_file=true")
    gone = own.delete(f"/v1/articles/{two[0]}", params={"whole_file": "true"})
    assert sorted(gone.json()["removed"]) == sorted(two)


def test_an_article_of_a_folder_is_not_removed(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "mine.txt").write_text(STORY, "utf-8")
    with Pressmark.open(Settings(home=tmp_path / "home"), write=True) as pressmark:
        pressmark.index([folder])
        (ident,) = pressmark.library.articles()
        with client_of(pressmark) as client:
            assert_problem(client.delete(f"/v1/articles/{ident}"), 409, "pressmark index")
            # Given once more, it is there twice, and stays as long as the folder has it.
            added = client.post("/v1/articles", json={"articles": [{"text": STORY}]}).json()
            assert added["files"][0]["status"] == "copy"
            assert added["total"] == 1
            assert_problem(client.delete(f"/v1/articles/{ident}"), 409, "folder")
    assert (folder / "mine.txt").exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "articles"),
        ({"articles": []}, "articles"),
        ({"articles": [{"text": ""}]}, "articles[0].text"),
        ({"articles": [{"text": "x", "colour": "red"}]}, "not a field"),
        ({"articles": [{"text": "x", "published_at": "soon"}]}, "date"),
        ({"articles": [{"text": "x", "url": "javascript:alert(1)"}]}, "url"),
    ],
)
def test_texts_that_cannot_be_used_are_named(own: TestClient, body: Any, words: str) -> None:
    assert_problem(own.post("/v1/articles", json=body), 422, words)


def test_other_bodies_are_refused(own: TestClient) -> None:
    assert_problem(own.post("/v1/articles", content=b"x"), 415, "multipart/form-data")
    form = {"content-type": "multipart/form-data; boundary=x"}
    assert_problem(own.post("/v1/articles", content=b"--x", headers=form), 422, "Nothing was sent")
    bare = {"content-type": "multipart/form-data"}
    assert_problem(own.post("/v1/articles", content=b"--x", headers=bare), 400, "form")
    foreign = {"origin": "http://evil.example"}
    files = [("file", ("a.txt", STORY.encode()))]
    assert_problem(own.post("/v1/articles", files=files, headers=foreign), 403, "other sites")
    assert_problem(own.post("/v1/articles", json=[]), 422, "object")


# Who may


def test_a_key_that_reads_does_not_write(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", api_keys=READER, api_write_keys=WRITER)
    reads = {"Authorization": f"Bearer {READER}"}
    writes = {"Authorization": f"Bearer {WRITER}"}
    body = {"articles": [{"text": STORY}]}
    with Pressmark.open(settings, write=True) as pressmark, client_of(pressmark) as client:
        assert client.post("/v1/articles", json=body).status_code == 401
        refused = client.post("/v1/articles", json=body, headers=reads)
        assert_problem(refused, 403, "PRESSMARK_API_WRITE_KEYS")
        added = client.post("/v1/articles", json=body, headers=writes)
        assert added.status_code == 201
        (ident,) = added.json()["files"][0]["articles"]
        asked = {"question": "Who opened the bridge?"}
        for key in (reads, writes):
            assert client.post("/v1/answer", json=asked, headers=key).status_code == 200
            assert client.get("/v1/search?q=bridge", headers=key).json()["total"] == 1
        assert_problem(client.delete(f"/v1/articles/{ident}", headers=reads), 403, "may ask")
        assert client.delete(f"/v1/articles/{ident}", headers=writes).status_code == 200


def test_without_keys_only_this_machine_writes(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", host="0.0.0.0")  # noqa: S104
    with Pressmark.open(settings, write=True) as pressmark, client_of(pressmark) as client:
        response = client.post("/v1/articles", json={"articles": [{"text": STORY}]})
        assert_problem(response, 403, "own machine")


def test_the_page_heeds_the_key_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradio.context import LocalContext

    from index.errors import InputError

    settings = Settings(api_keys=READER, api_write_keys=WRITER)
    tab = cast(
        ArticlesTab, SimpleNamespace(_manage=True, _pressmark=SimpleNamespace(settings=settings))
    )
    for role, may in ((Role.READ, False), (None, False), (Role.WRITE, True)):
        scope = {ROLE: role}
        token = LocalContext.request.set(
            cast(Any, SimpleNamespace(request=SimpleNamespace(scope=scope)))
        )
        try:
            if may:
                ArticlesTab._check_allowed(tab)
            else:
                with pytest.raises(InputError, match="PRESSMARK_API_WRITE_KEYS"):
                    ArticlesTab._check_allowed(tab)
        finally:
            LocalContext.request.reset(token)
