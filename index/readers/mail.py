"""Read a message, whichever format holds it."""

from index.readers.base import Read, Story, compose, paragraphs_of
from index.readers.markup import html_paragraphs
from index.readers.metadata import said

_BASIS = "markup"


def read_mail(subject: object, sent: object, plain: str | None, page: str | None) -> Read:
    """Make an article of a message: its subject is the headline, its day of sending the date.

    The sender is a person or a list, not a publisher. If a message has both text and HTML, we take
    the text, as its writer's program wrapped it.

    Raises:
        UnreadableFileError: there is no text in it.
    """
    paragraphs = paragraphs_of(plain or "") or html_paragraphs(page or "")
    title = subject if paragraphs else None
    return compose([Story(paragraphs, said(_BASIS, title=title, published=sent))])
