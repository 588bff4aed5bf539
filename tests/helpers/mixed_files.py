"""A folder of files of every format, each with a story of its own, made from the one story's forms.

python -m tests.helpers.mixed_files FOLDER [--files 1000] [--seed 7]
"""

import argparse
import importlib.util
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Final

_STORY: Final = "tests.helpers.one_story"
_SHARES: Final = {
    "html": 8, "txt": 4, "pdf": 2, "docx": 2, "eml": 1, "md": 1, "rtf": 1, "odt": 1, "mhtml": 1,
    "json": 1, "jsonl": 1, "csv": 1, "xlsx": 1, "rss": 1, "atom": 1, "epub": 1, "nitf": 1,
    "newsml": 1, "ninjs": 1, "warc": 1, "zip": 1,
}  # fmt: skip
"""How many of 33 files are of a format."""
_SUFFIX: Final = {"nitf": "xml", "newsml": "xml", "ninjs": "json", "atom": "xml", "rss": "xml"}
_FORMS: Final = {"jsonl": "as_json_lines"}
_PLACES: Final = "Quarn Torv Dalm Kessin Vik Ostby Holm Storvik Lomsund Sarby Aldun Berka".split()
_NAMES: Final = "Ilse Tamm, Piet Solheim, Ola Berg, Ria Moss, Karl Brink, Ada Lund, Bo Vell".split(
    ", "
)
_THINGS: Final = "lighthouse bridge ferry mill school quay tram library museum dam".split()
_SENTENCES: Final = (
    "The {thing} at {place} will be {verb} in {month}, the board decided by {n} votes to {m}.",
    "{name}, who has looked after the {thing} for {n} years, said that “nobody had asked before”.",
    "Repairs cost €{n},{m}00, of which the town of {place} pays half and the province the rest.",
    "“We waited for this since school,” said {name}. “Now the {thing} is ours, stairs and all.”",
    "A letter of {month} {n}, seen by the paper, says that {name} had warned the harbour of it.",
    "Nobody was hurt, though {n} people were inside when it happened, according to {name}.",
    "In {place}, {m} kilometres away, the same plan was turned down in {month} after a long night.",
    "The {thing} had been closed for {n} years; the last to leave it was {name}, then a child.",
)
_VERBS: Final = "lit again/closed/sold/painted/moved/rebuilt/opened".split("/")
_MONTHS: Final = "January March April May September October December".split()


def stories(count: int, seed: int) -> Iterator[ModuleType]:
    """Copies of the module of the one story, each with words of its own.

    The generators of a copy tell what stands in the copy; each is the former with other words.
    """
    chance = random.Random(seed)
    spec = importlib.util.find_spec(_STORY)
    assert spec is not None
    assert spec.loader is not None
    told = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(told)
    for number in range(count):
        day = date(2020, 1, 1) + timedelta(days=chance.randrange(1500))
        paragraphs = tuple(_paragraph(chance) for _ in range(chance.randint(3, 24)))
        told.__dict__.update(
            TITLE=_sentence(chance)[:60].rsplit(" ", 1)[0] + f" ({number})",
            PUBLISHER=f"The {chance.choice(_PLACES)} Gazette",
            DATE=day,
            WRITTEN_DATE=f"{day.day} {day:%B %Y}",
            RFC_DATE=f"{day:%a, %d %b %Y} 07:30:00 +0000",
            URL=f"https://gazette.example/{number}",
            PARAGRAPHS=paragraphs,
            BODY="\n\n".join(paragraphs),
        )
        yield told


def write_mixed(folder: Path, count: int, seed: int) -> None:
    """Write so many files into a folder."""
    formats = [name for name, share in _SHARES.items() for _ in range(share)]
    random.Random(seed).shuffle(formats)
    for number, told in enumerate(stories(count, seed)):
        name = formats[number % len(formats)]
        path = folder / f"{number // 100:02}" / f"{number:05}-{name}.{_SUFFIX.get(name, name)}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_written(told, name))


def _written(told: ModuleType, name: str) -> bytes:
    plain = f"{told.TITLE}\n\n{told.WRITTEN_DATE}\n\n{told.BODY}\n"
    if name == "txt":
        return plain.encode()
    if name == "md":
        return f"# {plain}".encode()
    if name == "zip":
        packed: bytes = told.zipped({"a/story.txt": plain})
        return packed
    if name == "pdf":
        return _pages(told)
    form: Callable[[], bytes] = getattr(told, _FORMS.get(name, f"as_{name}"))
    return form()


def _pages(told: ModuleType) -> bytes:
    """A PDF of as many pages as the story needs."""
    lines = [(told.TITLE, 16), (told.WRITTEN_DATE, 10)]
    pages: list[bytes] = []
    for paragraph in told.PARAGRAPHS:
        lines += told._wrapped(paragraph)
        if len(lines) > 40:
            pages.append(told._pdf_page(lines, len(pages) + 1))
            lines = []
    if lines:
        pages.append(told._pdf_page(lines, len(pages) + 1))
    made: bytes = told.pdf_file(pages)
    return made


def _paragraph(chance: random.Random) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(1, 4)))


def _sentence(chance: random.Random) -> str:
    return chance.choice(_SENTENCES).format(
        thing=chance.choice(_THINGS),
        place=chance.choice(_PLACES),
        name=chance.choice(_NAMES),
        verb=chance.choice(_VERBS),
        month=chance.choice(_MONTHS),
        n=chance.randint(2, 99),
        m=chance.randint(2, 9),
    )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("folder", type=Path)
    asked.add_argument("--files", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=7)
    options = asked.parse_args()
    write_mixed(options.folder, options.files, options.seed)
