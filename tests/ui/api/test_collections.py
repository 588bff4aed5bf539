"""Collections through the API, and the filters that a question may bring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rag.pressmark import Pressmark
from rag.settings import Settings
from ui.app import create_app

FERRY = (
    "Ferry sinks off Tallinn\n\nTALLINN, 3 May 2021 - The ferry sank with 12 cars, said police.\n"
)
CLERK = (
    "Паром затонув\n\nТАЛЛІНН, 4 травня 2021 - Паром затонув із 14 автомобілями, каже поліція.\n"
)
QUESTION = "How many cars did the ferry sink with?"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("news")
    (folder / "ferry.txt").write_text(FERRY)
    (folder / "clerk.txt").write_text(CLERK)
    with Pressmark.open(Settings(home=home), write=True) as pressmark:
        pressmark.index([Path(folder)])
        app = create_app(pressmark, page=False)
        with TestClient(app, base_url="http://127.0.0.1:7860") as found:
            yield found


def listed(client: TestClient, **query: str) -> dict[str, str]:
    found = client.get("/v1/articles", params=query).json()["articles"]
    return {one["source"]["name"]: one["article_id"] for one in found}


def ask(client: TestClient, **filters: Any) -> Any:
    return client.post("/v1/answer", json={"question": QUESTION, "filters": filters})


def cited(client: TestClient, **filters: Any) -> set[str]:
    answer = ask(client, **filters).json()
    closest = answer["abstention"]["closest"] if answer["abstention"] else []
    return {citation["source"]["name"] for citation in [*answer["citations"], *closest]}


def test_a_question_is_asked_of_a_collection(client: TestClient) -> None:
    ids = listed(client)
    made = client.post("/v1/collections", json={"name": "Ukraine", "articles": [ids["clerk.txt"]]})

    assert made.status_code == 201
    (kept,) = client.get("/v1/collections").json()["collections"]
    assert kept == made.json()
    assert (kept["name"], kept["articles"], kept["gone"]) == ("Ukraine", [ids["clerk.txt"]], 0)
    assert cited(client) >= {"ferry.txt"}
    for name in ("Ukraine", "UKRAINE", kept["id"]):
        assert cited(client, collections=[name]) <= {"clerk.txt"}
        assert list(listed(client, collection=name)) == ["clerk.txt"]
    found = client.get("/v1/search", params={"q": "ferry", "collection": "Ukraine"}).json()
    assert found["total"] == 0

    address = f"/v1/collections/{kept['id']}"
    out = client.delete(f"{address}/articles/{ids['clerk.txt']}")
    assert out.json()["articles"] == []
    assert ask(client, collections=["Ukraine"]).json()["status"] == "abstained"
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404
    assert set(listed(client)) == {"clerk.txt", "ferry.txt"}


def test_a_question_is_asked_of_chosen_articles_and_languages(client: TestClient) -> None:
    ids = listed(client)

    assert cited(client, articles=[ids["ferry.txt"]]) == {"ferry.txt"}
    assert cited(client, languages=["uk"]) <= {"clerk.txt"}
    assert cited(client, articles=["unknown"]) == set()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"filters": {"published_from": "2021-05-04", "published_to": "2021-05-03"}}, "filters"),
        ({"filters": {"published_from": "2021-02-30"}}, "filters.published_from"),
        ({"filters": {"published_to": "yesterday"}}, "filters.published_to"),
        ({"as_of": "2021-05-03", "filters": {"published_from": "2021-05-04"}}, "filters"),
        ({"as_of": "03.05.2021"}, "as_of"),
        ({"filters": {"collections": ["nowhere"]}}, ""),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_filters_that_cannot_be_kept_are_refused(
    client: TestClient, sent: dict[str, Any], field: str, stream: bool
) -> None:
    refused = client.post("/v1/answer", json={"question": QUESTION, "stream": stream, **sent})

    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert problem["detail"]
    if field:
        assert problem["errors"][0]["field"].startswith(field)


@pytest.mark.parametrize("address", ["/v1/search?q=ferry&", "/v1/articles?"])
def test_lists_refuse_the_same(client: TestClient, address: str) -> None:
    for wrong in ("from=2021-05-04&to=2021-05-03", "from=2021-02-30", "collection=nowhere"):
        assert client.get(address + wrong).status_code == 422


def test_a_collection_needs_a_name_and_articles_that_are_there(client: TestClient) -> None:
    sent: dict[str, Any]
    for sent in ({"name": ""}, {"name": "  "}, {"name": "x" * 101}, {"articles": []}):
        assert client.post("/v1/collections", json=sent).status_code == 422
    unknown = client.post("/v1/collections", json={"name": "x", "articles": ["unknown"]})
    assert unknown.status_code == 422
    assert "unknown" in unknown.json()["detail"]
    assert client.get("/v1/collections").json() == {"collections": []}
