"""What is read of a message, whichever format it is kept in."""

from index.readers.base import Read, Story, compose, one_line, paragraphs_of, stated_day
from index.readers.markup import html_paragraphs
from index.readers.metadata import said

_BASIS = "markup"


def read_mail(subject: object, sent: object, plain: str | None, page: str | None) -> Read:
    """A message as an article: its subject is the headline, the day it was sent its date.

    The sender is a person or a list, not a publisher. Of the text and the HTML of one message the
    text is taken, as its writer's program wrapped it.

    Raises:
        UnreadableFileError: there is no text in it.
    """
    paragraphs = paragraphs_of(plain or "") or html_paragraphs(page or "")
    title = one_line(subject) if paragraphs else None
    return compose([Story(paragraphs, said(_BASIS, title=title, published=stated_day(sent)))])
