"""New articles are compared with all others, so that a story counts once wherever it ran."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from index.article import Article
from index.articles.likeness import PERMUTATIONS, Sketch, Story, alike, relation, sketch
from index.library.library import Library
from index.library.tables import Link

_BATCH = 200
_LONGEST = 2_000
"""Sentences of an article that are compared; a book among the articles must not hold up a run."""


def link_stories(library: Library) -> bool:
    """Compare the articles that are new with all others; what was compared before stays.

    Returns:
        whether any were linked.
    """
    # Two processes that compare at once would each miss what the other has brought.
    with library.database.in_turn("linking"):
        return _link_waiting(library)


def _link_waiting(library: Library) -> bool:
    waiting = library.uncompared()
    if not waiting:
        return False
    known = library.sketches()
    names = list(known)
    kept = np.frombuffer(b"".join(known.values()), dtype="<u4").reshape(-1, PERMUTATIONS)
    any_linked = False
    for start in range(0, len(waiting), _BATCH):
        fresh = list(_stories(library, waiting[start : start + _BATCH]))
        made = [sketch(story.runs) for story in fresh]
        kept, names = np.vstack((kept, *made)), [*names, *(story.article_id for story in fresh)]
        links = list(_links(library, fresh, made, names, kept))
        rows = {s.article_id: m.astype("<u4").tobytes() for s, m in zip(fresh, made, strict=True)}
        with library.writing() as writer:
            writer.put_stories(rows, links)
        any_linked = any_linked or bool(links)
    return any_linked


def _links(
    library: Library,
    fresh: list[Story],
    made: list[Sketch],
    names: list[str],
    kept: NDArray[np.uint32],
) -> Iterator[Link]:
    """What each new article is to those before it."""
    here = {story.article_id: story for story in fresh}
    known = len(names) - len(fresh)
    for number, (story, its) in enumerate(zip(fresh, made, strict=True)):
        near = [names[place] for place in alike(its, kept[: known + number])]
        old = {found.article_id: found for found in _stories(library, set(near) - here.keys())}
        for name in near:
            match relation(story, here.get(name) or old[name]):
                case "copy":
                    first, second = sorted((name, story.article_id))
                    yield Link(first, second, "copy")
                case "later":
                    yield Link(story.article_id, name, "later")
                case "earlier":
                    yield Link(name, story.article_id, "later")


def _stories(library: Library, names: Iterable[str]) -> Iterator[Story]:
    for name, article in library.articles(names).items():
        yield as_story(
            article,
            [
                sentence
                for passage in library.article_passages(name)
                for sentence in passage.sentence_texts()
            ],
        )


def as_story(article: Article, sentences: Iterable[str]) -> Story:
    """An article as it is compared with others."""
    return Story(
        article.article_id,
        article.title,
        article.publisher,
        article.published,
        tuple(sentences)[:_LONGEST],
        any(notice.kind == "corrected" for notice in article.notices),
    )
