"""The HTTP API: proven citations through HTTP, every bad input, limits and headers."""

from __future__ import annotations

import hashlib
import html
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from index.errors import FilterError, LibraryBusyError, LibraryFormatError, PressmarkError
from rag.contract import AnswerResponse
from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.doubles import library_double
from tests.helpers.serving import ROOT, SEEDS, RunningServer
from ui.app import create_app
from ui.http.admission import AnswerGate
from ui.http.inbound import MAX_DEPTH, MalformedJsonError, parse_json
from ui.http.middleware import MIB, SECURITY_HEADERS, is_loopback
from ui.page.html.docs import docs_html

pytest_plugins = ["tests.helpers.fixtures_seeds"]

BASE = "http://127.0.0.1:7860"
JSON = {"content-type": "application/json"}
QUERIES = ROOT / "evals" / "suites" / "seeds" / "queries.jsonl"
QUESTIONS = [json.loads(line)["question"] for line in QUERIES.read_text("utf-8").splitlines()]


def client_of(pressmark: Any, **options: Any) -> TestClient:
    app = create_app(cast(Pressmark, pressmark), page=False, **options)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def double(answer: Any = None, host: str = "127.0.0.1") -> SimpleNamespace:
    """As much of a Pressmark as the API needs, with an empty library."""
    return SimpleNamespace(
        settings=Settings(home=Path("nowhere"), host=host),
        library=library_double(),
        answer=answer,
        observers=[],
    )


def raising(error: Exception) -> Any:
    def answer(question: object) -> object:
        raise error

    return answer


@pytest.fixture(scope="module")
def client(seeds_pressmark: Pressmark) -> Iterator[TestClient]:
    with client_of(seeds_pressmark) as found:
        yield found


@pytest.fixture
def bare() -> Iterator[TestClient]:
    """For requests that the server must refuse before any question."""
    with client_of(double(raising(AssertionError("was asked")))) as found:
        yield found


def post(client: TestClient, body: bytes | str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/v1/answer", content=body, headers={**JSON, **named})


def assert_problem(response: Any, status: int, *words: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    for header, value in SECURITY_HEADERS.items():
        assert response.headers[header] == value
    problem: dict[str, Any] = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["type"].startswith("urn:pressmark:problem:")
    for word in words:
        assert word in problem["detail"]
    assert "Traceback" not in response.text
    return problem


# Answers


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_citation_of_the_seeds_suite_is_in_its_file(
    client: TestClient, question: str
) -> None:
    response = client.post("/v1/answer", json={"question": question})
    assert response.status_code == 200, response.text
    answer = response.json()
    AnswerResponse.model_validate(answer)
    assert response.headers["cache-control"] == "no-store"
    shown = answer["citations"] + (answer["abstention"] or {"closest": []})["closest"]
    for citation in shown:
        data = (SEEDS / citation["source"]["name"]).read_bytes()
        text = data.decode("utf-8")
        start, end = citation["start"], citation["end"]
        assert text[start:end] == citation["quote"] != ""
        assert text[:start].endswith(citation["prefix"])
        assert text[end:].startswith(citation["suffix"])
        assert hashlib.sha256(data).hexdigest() == citation["source"]["sha256"]
    for claim in answer["claims"]:
        assert claim["citations"]
        assert set(claim["citations"]) <= {c["marker"] for c in answer["citations"]}
    assert (answer["status"] == "abstained") == (answer["abstention"] is not None)
    assert bool(answer["claims"]) == (answer["status"] == "answered")


def test_emoji_alone_is_a_question_that_is_declined(client: TestClient) -> None:
    answer = client.post("/v1/answer", json={"question": "🦊🦊🦊"}).json()
    assert answer["status"] == "abstained"
    assert answer["citations"] == []


def test_filters_and_as_of_are_obeyed(client: TestClient) -> None:
    body = {"question": QUESTIONS[0], "filters": {"publishers": ["Nobody's Gazette"]}}
    assert client.post("/v1/answer", json=body).json()["status"] == "abstained"
    early = {"question": QUESTIONS[0], "as_of": "1999-01-01"}
    for citation in client.post("/v1/answer", json=early).json()["citations"]:
        assert citation["published_at"] is None


def test_articles_are_listed_in_pages(client: TestClient) -> None:
    everything = client.get("/v1/articles").json()
    assert everything["total"] == len(everything["articles"]) >= 5
    assert everything["index_version"]
    assert everything["refused"] == []
    files = everything["files"]
    assert files["seen"] == files["taken"] + files["refused"] + files["duplicates"] >= 5
    assert all(article["passages"] > 0 for article in everything["articles"])
    second = client.get("/v1/articles", params={"limit": 1, "offset": 1}).json()
    assert second["articles"] == everything["articles"][1:2]
    assert client.get("/v1/articles", params={"offset": 10**9}).json()["articles"] == []


def test_a_source_has_its_text_and_spans(client: TestClient) -> None:
    for article in client.get("/v1/articles").json()["articles"]:
        source = client.get(f"/v1/sources/{article['source']['id']}").json()
        assert source["text"] == (SEEDS / source["name"]).read_bytes().decode("utf-8")
        found = next(a for a in source["articles"] if a["article_id"] == article["article_id"])
        assert any(span["kind"] == "body" for span in found["spans"])
        assert all(0 <= s["start"] <= s["end"] <= len(source["text"]) for s in found["spans"])


def test_health_and_readiness(client: TestClient, bare: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "up"
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready"
    assert ready["passages"] > 0
    assert bare.get("/healthz").status_code == 200
    empty = bare.get("/readyz")
    assert_problem(empty, 503, "pressmark index FOLDER")
    assert int(empty.headers["retry-after"]) > 0


# Bad input


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "line 1"),
        (b"not json", "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        ('{"question": "é"}'.encode("latin-1"), "not UTF-8"),
        (b'{"question": "a\x00b"}', "not JSON"),
        (rb'{"question": "a\u0000b"}', "NUL"),
        (rb'{"question": "\ud800"}', "lone surrogate"),
        (rb'{"\udfff": 1}', "lone surrogate"),
        (b'{"question": NaN}', "NaN"),
        (b'{"question": -Infinity}', "Infinity"),
        (b'{"question": "a", "question": "b"}', "same member twice"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "nested"),
        (b"[" * 200_000, "nested"),
        (b'{"a":' * 100_000, "nested"),
        (b"1" * 10_000, "digits"),
    ],
)
def test_what_is_no_json_is_refused(bare: TestClient, body: bytes, words: str) -> None:
    assert_problem(post(bare, body), 400, words)


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"question": ""}, "question", "is empty"),
        ({"question": " \n\t "}, "question", "is empty"),
        ({}, "question", "required"),
        ({"question": None}, "question", "string"),
        ({"question": 7}, "question", "string"),
        ({"question": "x" * 100_000}, "question", "4,000"),
        ({"question": "a", "mode": "psychic"}, "mode", "extractive"),
        ({"question": "a", "colour": "red"}, "colour", "not a field"),
        ({"question": "a", "as_of": "yesterday"}, "as_of", "2020-08-10"),
        ({"question": "a", "as_of": [1]}, "as_of", "date"),
        ({"question": "a", "filters": []}, "filters", "object"),
        ({"question": "a", "filters": {"publishers": "x"}}, "filters.publishers", "list"),
        ({"question": "a", "filters": {"published_to": "x"}}, "filters.published_to", "date"),
        ({"question": "a", "history": [{"answer": "b"}]}, "history[0].question", "required"),
        ({"question": "a", "history": [{"question": "b"}] * 51}, "history", "50"),
        ({"question": "a", "stream": "loud"}, "stream", "true or false"),
    ],
)
def test_fields_that_cannot_be_used_are_named(
    bare: TestClient, body: dict[str, Any], field: str, words: str
) -> None:
    problem = assert_problem(post(bare, json.dumps(body)), 422, field, words)
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize("body", ["", "[]", '"words"', "null", "12"])
def test_a_body_that_is_no_object_is_refused(bare: TestClient, body: str) -> None:
    assert_problem(post(bare, body), 422, "body")


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": "application/x-www-form-urlencoded"},
        {"content_type": "application/json; charset=latin-1"},
        {"content_encoding": "gzip"},
    ],
)
def test_other_media_types_are_refused(bare: TestClient, headers: dict[str, str]) -> None:
    assert_problem(post(bare, '{"question": "a"}', **headers), 415)


def test_huge_bodies_are_refused_with_and_without_a_length(bare: TestClient) -> None:
    body = b'{"question": "' + b"x" * (2 * MIB) + b'"}'
    refused = post(bare, body)
    assert_problem(refused, 413, "1 MiB")
    assert refused.headers["connection"] == "close"

    def chunks() -> Iterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    assert_problem(bare.post("/v1/answer", content=chunks(), headers=JSON), 413, "1 MiB")


def test_a_caller_that_sends_too_much_gets_to_read_why(seeds_server: RunningServer) -> None:
    """Over a real connection, with a client that reads nothing before it has sent everything."""
    body = b'{"question": "' + b"x" * (9 * MIB) + b'"}'
    for content in (body, (body[n : n + MIB] for n in range(0, len(body), MIB))):
        refused = httpx.post(f"{seeds_server.url}/v1/answer", content=content, headers=JSON)
        assert refused.status_code == 413


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/v1/articles?publishers=TASS", "publishers: is not a parameter"),
        ("/v1/search?q=a&published_from=2020-01-01", "published_from: is not a parameter"),
        ("/v1/feedback?page=2", "it takes limit, offset"),
        ("/v1/articles?offset=99999999999999999999", "offset"),
        (f"/v1/search?q={'x' * 401}", "q: is longer than 400 characters"),
    ],
)
def test_a_parameter_that_nothing_heeds_is_refused(
    bare: TestClient, address: str, words: str
) -> None:
    assert_problem(bare.get(address), 422, words)


def test_openais_clients_may_add_parameters_of_their_own(bare: TestClient) -> None:
    assert bare.get("/v1/models?api-version=2024-10-21").status_code == 200


def test_the_largest_body_allowed_is_read(bare: TestClient) -> None:
    body = b'{"question": "' + b"x" * (MIB - 16) + b'"}'
    assert len(body) == MIB
    assert_problem(post(bare, body), 422, "4,000")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://127.0.0.1:7860.evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
    ],
)
def test_pages_of_other_sites_are_refused(bare: TestClient, headers: dict[str, str]) -> None:
    assert_problem(post(bare, '{"question": "a"}', **headers), 403, "other sites")


def test_our_own_page_may_ask(client: TestClient) -> None:
    response = post(client, '{"question": "a"}', origin=BASE, sec_fetch_site="same-origin")
    assert response.status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "", "[::1", "192.0.2.1"]
)
def test_other_host_names_are_refused(bare: TestClient, host: str) -> None:
    assert_problem(bare.get("/v1/articles", headers={"host": host}), 403, "localhost")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:80", "[::1]:7860"])
def test_this_machine_by_any_name_is_served(bare: TestClient, host: str) -> None:
    assert bare.get("/healthz", headers={"host": host}).status_code == 200


def test_other_host_names_are_served_when_the_network_is_let_in() -> None:
    with client_of(double(host="0.0.0.0")) as open_client:  # noqa: S104
        assert open_client.get("/healthz", headers={"host": "desk.example"}).status_code == 200
    assert not is_loopback("0.0.0.0")  # noqa: S104
    assert is_loopback("::1")
    assert is_loopback("127.8.9.1")


# Methods and addresses


@pytest.mark.parametrize("path", ["/v1/articles", "/healthz", "/docs", "/openapi.json"])
def test_head_works_wherever_get_does(bare: TestClient, path: str) -> None:
    head, get = bare.head(path), bare.get(path)
    assert head.status_code == get.status_code == 200
    assert head.headers["content-type"] == get.headers["content-type"]


def test_methods_that_are_not_there_are_named(bare: TestClient) -> None:
    for method in ("GET", "HEAD", "PUT", "BREW"):
        refused = bare.request(method, "/v1/answer")
        assert refused.status_code == 405
        assert refused.headers["allow"] == "OPTIONS, POST"
    assert_problem(bare.delete("/v1/articles"), 405, "GET")
    assert_problem(bare.put("/healthz"), 405)


def test_options_names_the_methods_and_grants_nothing(bare: TestClient) -> None:
    preflight = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    response = bare.options("/v1/answer", headers=preflight)
    assert response.status_code == 204
    assert response.headers["allow"] == "OPTIONS, POST"
    assert not [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/answers", "/v1/sources", "/v1/articles/", "/nowhere", "/docs/x"]
)
def test_unknown_addresses_are_problems(bare: TestClient, path: str) -> None:
    assert_problem(bare.get(path, follow_redirects=False), 404)


@pytest.mark.parametrize("name", ["nope", "%00", "%ed%a0%80", "..%2f..%2fetc%2fpasswd", "💥"])
def test_unknown_sources_are_problems(client: TestClient, name: str) -> None:
    assert_problem(client.get(f"/v1/sources/{name}"), 404)


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=1001", "offset=-1"])
def test_pages_that_cannot_be_are_refused(bare: TestClient, query: str) -> None:
    field = query.partition("=")[0]
    assert_problem(bare.get(f"/v1/articles?{query}"), 422, field)


# Failures and overload


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (FilterError("--from is later than --to."), 422),
        (LibraryBusyError("Another process is writing."), 503),
        (LibraryFormatError("Made by another version."), 500),
    ],
)
def test_our_errors_keep_their_policy(error: PressmarkError, status: int) -> None:
    with client_of(double(raising(error))) as failing:
        response = post(failing, '{"question": "a"}')
    assert_problem(response, status, error.user_message)
    assert ("retry-after" in response.headers) == error.retryable


def test_unexpected_errors_show_an_id_that_the_log_has(caplog: pytest.LogCaptureFixture) -> None:
    with client_of(double(raising(ZeroDivisionError("secret detail")))) as failing:
        response = post(failing, '{"question": "a"}')
    problem = assert_problem(response, 500)
    assert "secret" not in response.text
    assert "ZeroDivision" not in response.text
    assert problem["error_id"] in caplog.text
    assert "secret detail" in caplog.text


def test_too_many_questions_are_turned_away() -> None:
    begun, finish = threading.Semaphore(0), threading.Event()

    def slow(question: object) -> object:
        begun.release()
        finish.wait(30)
        raise FilterError("done")

    with (
        client_of(double(slow), gate=AnswerGate(at_once=1, waiting=1)) as busy,
        ThreadPoolExecutor(3) as threads,
    ):
        ask = '{"question": "a"}'
        asked = [threads.submit(post, busy, ask) for _ in range(3)]
        assert begun.acquire(timeout=30)
        turned_away = next(as_completed(asked, timeout=30)).result()
        assert_problem(turned_away, 503, "ask again")
        assert int(turned_away.headers["retry-after"]) > 0
        finish.set()
        assert sorted(one.result(30).status_code for one in asked) == [422, 422, 503]
        assert post(busy, ask).status_code == 422, "places are given back"


# The description


def test_docs_fetch_nothing_and_name_every_endpoint(client: TestClient) -> None:
    page = client.get("/docs").text
    shown = html.unescape(page)
    for address in ("/v1/answer", "/v1/articles", "/v1/sources/{source_id}", "/healthz", "/readyz"):
        assert address in shown
    assert "://" not in page
    assert "<script" not in page
    assert "src=" not in page


def test_docs_escape_what_they_show() -> None:
    page = docs_html(
        {
            "info": {"title": "<script>alert(1)</script>", "version": "1"},
            "paths": {},
            "components": {"schemas": {'"><img src=x>': {"description": "<b>"}}},
        }
    )
    assert "<script>" not in page
    assert "<img" not in page
    assert "<b>" not in page


def test_openapi_describes_problems(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    answer = document["paths"]["/v1/answer"]["post"]
    assert "application/problem+json" in answer["responses"]["422"]["content"]
    assert {"Problem", "FieldProblem", "AnswerRequest"} <= set(document["components"]["schemas"])
    assert "HTTPValidationError" not in json.dumps(document)


# Reading JSON strictly

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES, st.booleans())
def test_json_is_read_as_it_was_written(value: object, ascii_only: bool) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = parse_json(data)
    except MalformedJsonError:
        return
    assert value == json.loads(data.decode("utf-8-sig"))
