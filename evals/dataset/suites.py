"""Reading eval suites, strictly, with messages that name file, line and field.

A suite is a folder with ``corpus.jsonl`` and ``queries.jsonl`` (plain or .gz), a folder with a
``suite.toml`` that names a corpus folder of files and a queries file, a folder with
``claims.jsonl``, or one with ``pages.jsonl`` and HTML files. docs/evals.md describes the format.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.dataset.items import ClaimItem, Document, Gold, Origin, PageItem, Query, Suite
from evals.dataset.lines import ClaimLine, DocumentLine, PageLine, Problem, QueryLine, read_lines
from evals.dataset.page_files import PageFileError, find_page, read_page
from index.errors import SuiteError, UnreadableFileError
from index.readers.files import read_file
from index.readers.sidecar import SIDECAR_NAME

SUITE_FILE = "suite.toml"
_BOM = "\ufeff"
NamedT = TypeVar("NamedT", ClaimLine, DocumentLine, PageLine, QueryLine)


class _SuiteFile(BaseModel):
    """``suite.toml``."""

    model_config = ConfigDict(strict=True, extra="forbid")

    name: str
    corpus: str
    queries: str
    title: str | None = None
    description: str | None = None
    licence: str | None = None


def load_suite(path: Path) -> Suite:
    """Read a suite and check it; lines that break the format are left out and reported.

    Args:
        path: the suite's folder, or its ``suite.toml``.

    Raises:
        SuiteError: there is no suite, or nothing in it is usable.
    """
    folder = path.parent if path.name == SUITE_FILE else path
    if not folder.is_dir():
        raise SuiteError(f"There is no suite at {path}.")
    if (folder / SUITE_FILE).is_file():
        return _suite_of_files(folder)
    claims, queries = (_data_file(folder, stem) for stem in ("claims", "queries"))
    corpus = _data_file(folder, "corpus")
    if queries and corpus:
        return _suite_of_lines(folder, corpus, queries)
    if claims:
        return _suite_of_claims(folder, claims)
    if pages := _data_file(folder, "pages"):
        return _suite_of_pages(folder, pages)
    raise SuiteError(
        f"{folder} is not a suite: it has no questions, claims or pages. It needs {SUITE_FILE}, "
        "or corpus.jsonl and queries.jsonl, or claims.jsonl, or pages.jsonl (each may be "
        "compressed as .jsonl.gz). "
        "See docs/evals.md."
    )


def _data_file(folder: Path, stem: str) -> Path | None:
    found = [path for end in ("jsonl", "jsonl.gz") if (path := folder / f"{stem}.{end}").is_file()]
    if len(found) > 1:
        raise SuiteError(f"{folder} has {found[0].name} and {found[1].name}; keep one of them.")
    return found[0] if found else None


def _hash(files: Iterable[tuple[str, Path]]) -> str:
    """Hash the lines that ``sha256sum`` prints for the files, in order of name (SHA-256)."""
    listing = "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in sorted(files)
    )
    return hashlib.sha256(listing.encode()).hexdigest()


def _new_lines(
    path: Path, model: type[NamedT], problems: list[Problem], known: Mapping[str, object]
) -> Iterator[tuple[int, NamedT]]:
    """Read the valid lines of a file, without those that repeat an id."""
    for number, line in read_lines(path, model, problems):
        if line.id in known:
            problems.append(Problem(path.name, number, "id", f"{line.id!r} is there already"))
        else:
            yield number, line


def _suite_of_claims(folder: Path, path: Path) -> Suite:
    problems: list[Problem] = []
    claims: dict[str, ClaimItem] = {}
    for _, line in _new_lines(path, ClaimLine, problems, claims):
        claims[line.id] = ClaimItem(
            id=line.id,
            claim=line.claim,
            references=tuple(line.references),
            supported=bool(line.label),
            type=line.type or line.src or "claim",
            portion=line.portion,
            origin=_origin(line),
        )
    _require(claims, path, problems)
    return Suite(
        name=folder.resolve().name,
        title=folder.resolve().name,
        folder=folder,
        data_hash=_hash([(path.name, path)]),
        claims=tuple(claims.values()),
        problems=tuple(problems),
    )


def _origin(line: ClaimLine) -> Origin | None:
    """What the line says about the article of its references, or None if nothing."""
    found = Origin(line.before, line.title, line.publisher, line.published_at)
    return found if found != Origin() else None


def _suite_of_pages(folder: Path, path: Path) -> Suite:
    problems: list[Problem] = []
    pages: dict[str, PageItem] = {}
    for number, line in _new_lines(path, PageLine, problems, pages):
        try:
            file = find_page(folder, line.html_file)
            read_page(file)
        except PageFileError as error:
            problems.append(Problem(path.name, number, "html_file", str(error)))
            continue
        pages[line.id] = PageItem(
            id=line.id,
            html_file=line.html_file,
            path=file,
            text=line.text.lstrip(_BOM),
            type=line.type,
            portion=line.portion,
        )
    _require(pages, path, problems)
    root = folder.resolve()
    files = {page.path.relative_to(root).as_posix(): page.path for page in pages.values()}
    return Suite(
        name=root.name,
        title=root.name,
        folder=folder,
        data_hash=_hash([(path.name, path), *files.items()]),
        pages=tuple(pages.values()),
        problems=tuple(problems),
    )


def _suite_of_lines(folder: Path, corpus: Path, queries: Path) -> Suite:
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    for _, line in _new_lines(corpus, DocumentLine, problems, documents):
        documents[line.id] = Document(
            doc_id=line.id,
            text=line.text.lstrip(_BOM),
            title=line.title,
            publisher=line.publisher,
            published=line.published_at,
            url=line.url,
            lang=line.lang,
        )
    _require(documents, corpus, problems)
    return Suite(
        name=folder.resolve().name,
        title=folder.resolve().name,
        folder=folder,
        data_hash=_hash([(path.name, path) for path in (corpus, queries)]),
        documents=documents,
        queries=_read_queries(queries, documents, problems),
        problems=tuple(problems),
    )


def _suite_of_files(folder: Path) -> Suite:
    setup = _read_setup(folder / SUITE_FILE)
    corpus, queries = (folder / setup.corpus).resolve(), folder / setup.queries
    if not corpus.is_dir():
        raise SuiteError(f"{SUITE_FILE}, field corpus: {corpus} is not a folder.")
    if not queries.is_file():
        raise SuiteError(f"{SUITE_FILE}, field queries: {queries} is not a file.")
    paths = {
        path.relative_to(corpus).as_posix(): path
        for path in sorted(corpus.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    documents = _read_documents(paths)
    if not documents:
        raise SuiteError(f"{SUITE_FILE}, field corpus: {corpus} holds no article.")
    problems: list[Problem] = []
    return Suite(
        name=setup.name,
        title=setup.title or setup.name,
        folder=folder,
        data_hash=_hash([*paths.items(), (queries.name, queries)]),
        documents=documents,
        corpus_folder=corpus,
        queries=_read_queries(queries, documents, problems),
        problems=tuple(problems),
    )


def _read_setup(path: Path) -> _SuiteFile:
    try:
        return _SuiteFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SuiteError(f"{path} is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field_name = ".".join(str(part) for part in first["loc"])
        raise SuiteError(f"{path}, field {field_name}: {first['msg'].lower()}.") from error


def _read_documents(paths: Mapping[str, Path]) -> dict[str, Document]:
    """Find the files that are readable as articles; the others are not part of the corpus."""
    documents = {}
    for name, path in paths.items():
        if path.name == SIDECAR_NAME:
            continue
        try:
            source, _ = read_file(path)
        except UnreadableFileError:
            continue
        documents[name] = Document(doc_id=name, text=source.text)
    return documents


def _require(found: Mapping[str, object], path: Path, problems: list[Problem]) -> None:
    if not found:
        reason = str(problems[0]) if problems else "it is empty"
        raise SuiteError(f"{path} has no valid line: {reason}.")


def _read_queries(
    path: Path, documents: Mapping[str, Document], problems: list[Problem]
) -> tuple[Query, ...]:
    queries: dict[str, Query] = {}
    for number, line in _new_lines(path, QueryLine, problems, queries):
        if wrong := _wrong_reference(line, documents):
            problems.append(Problem(path.name, number, *wrong))
            continue
        queries[line.id] = _query(line)
    _require(queries, path, problems)
    return tuple(queries.values())


def _wrong_reference(line: QueryLine, documents: Mapping[str, Document]) -> tuple[str, str] | None:
    """Find the field that does not fit the corpus, and why."""
    for place, doc_id in enumerate(line.context or ()):
        if doc_id not in documents:
            return f"context.{place}", f"the corpus has no document {doc_id!r}"
    for place, gold in enumerate(line.gold):
        document = documents.get(gold.doc_id)
        if document is None:
            return f"gold.{place}.doc_id", f"the corpus has no document {gold.doc_id!r}"
        if gold.quote and gold.quote.lstrip(_BOM) not in document.text:
            return f"gold.{place}.quote", f"does not stand word for word in {gold.doc_id!r}"
    return None


def _query(line: QueryLine) -> Query:
    return Query(
        id=line.id,
        question=line.question,
        answerable=line.answerable,
        answers=tuple(line.answers),
        gold=tuple(
            Gold(gold.doc_id, gold.quote.lstrip(_BOM) if gold.quote else None) for gold in line.gold
        ),
        gold_rule=line.gold_rule,
        type=line.type,
        date=line.date,
        context=tuple(line.context) if line.context is not None else None,
        portion=line.portion,
        fake_answers=tuple(line.fake_answers or ()),
        attack=line.attack,
        markers=tuple(line.markers or ()),
        forbid=tuple(line.forbid) if line.forbid is not None else None,
        history=tuple((turn.question, turn.answer) for turn in line.history or ()),
    )
