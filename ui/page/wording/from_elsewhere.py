"""Words that the page is given by the layers below it, and that never change: theirs are English.

What they put together of several sentences is said sentence by sentence; a sentence with a name or
a number of theirs in it stays as it is.
"""

import re
from typing import Final

from ui.page.wording.catalogues import _, later

WORDS: Final = (
    later("Nothing leaves this machine"),
    later("The articles do not say."),
    later("Their wording matches the question too little."),
    later("The closest passages do not answer the question."),
    later("The closest passages do not say who."),
    later("The closest passages do not say whom."),
    later("The closest passages do not say when."),
    later("The closest passages do not say where."),
    later("The closest passages do not say why."),
    later("The closest passages do not say how many."),
    later("The closest passages do not say how much."),
    later("The closest passages do not say how long."),
    later("The closest passages do not say how often."),
    later("The closest passages do not say how old."),
    later("The closest passages do not say how far."),
    later("No article matches the question and its filters."),
    later("The articles do not mention this topic."),
    later("The model found no answer in the articles."),
    later("No sentence that the language model wrote is supported by the articles."),
    later(
        "The articles hold instructions to language models, so they are quoted and no model reads "
        "them."
    ),
    later("The question has no words to look for."),
    later("Web page"),
    later("Web Annotations"),
    later("sidecar"),
    later("dateline"),
    later("page stamp"),
    later("markup"),
    later("none"),
    later("withdrawn"),
    later("killed"),
    later("corrected"),
    later("published"),
    later("modified"),
    later("page"),
    later(
        "This key may ask and read. Articles are added and removed with a key of "
        "PRESSMARK_API_WRITE_KEYS."
    ),
    later("there is no text in it"),
    later("the file is empty, or holds only white space"),
    later("the file is binary, not text"),
    later("the PDF is encrypted; save it without a password"),
    later("its fonts do not say which letters they show; have OCR put a text layer in"),
    later("no article text was found in it"),
    later("no permission to read the file"),
    later("the archive is empty"),
    later("this kind of office file is not read; save it as PDF or text"),
    later("it is a Word file of before 2007; save it as .docx"),
    later("it cannot be read"),
)
_BETWEEN = re.compile(r"(?<=[.!?]) +")


def told(words: str) -> str:
    """The words in the reader's language, as far as they are such words."""
    whole = _(words)
    if whole != words:
        return whole
    return " ".join(map(_, _BETWEEN.split(words)))
