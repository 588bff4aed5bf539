"""Where text becomes HTML: the page's templates, and the one place that escapes.

Everything that comes from an article, a file name, a model or a browser is hostile. Templates show
it with ``{{ … }}``, which passes it through `escape`: nobody has to think of it, and nobody can
forget it. In a template it stands in a ``<bdi>`` or a ``dir=auto`` element, so that control
characters for text direction cannot reach beyond it. An attribute cannot isolate, so the filter
``label`` leaves them out.
"""

import json

import markupsafe
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from index.visible import well_formed
from rag.attribution import attribution as copied_attribution
from ui.exports.addresses import deep_address
from ui.exports.exchange import one_line, origin, place, remarks, shown_citations
from ui.exports.formats import SHOWN_AS
from ui.page.wording.catalogues import LANGUAGES, _, language, ngettext
from ui.page.wording.days import attribution, date_phrase, day_words, number
from ui.page.wording.from_elsewhere import told

# Special not in HTML but in Handlebars and in JavaScript template literals, which Gradio uses for
# its own templates. Article text never goes there. If somebody ever sends it there by mistake, it
# is still inert.
_INERT = {"$": "&#36;", "`": "&#96;", "{": "&#123;", "}": "&#125;", "\\": "&#92;"}
_NO_CONTROLS = dict.fromkeys(
    (*range(0x20), 0x7F, 0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    " ",
)
_MAX_LABEL_CHARS = 160


def escape(value: object) -> Markup:
    """Make HTML that shows exactly the characters of the value and does nothing.

    Half a surrogate pair, as a file's name may hold, is not a character: U+FFFD takes its place.
    The output of a template's macro is HTML already and stays as it is.

    Raises:
        TypeError: the value is None, which a template should have checked.
    """
    if isinstance(value, Markup):
        return value
    if value is None:
        raise TypeError("a template shows a value that is None")
    html = str(markupsafe.escape(well_formed(str(value))))
    for character, reference in _INERT.items():  # several times as quick as str.translate
        html = html.replace(character, reference)
    return Markup(html)  # noqa: S704 (escaped on the line above)


def label(text: str) -> str:
    """Prepare text for a tooltip or label: drop controls, because attributes cannot isolate."""
    return text.translate(_NO_CONTROLS)


def shortened(text: str, limit: int = _MAX_LABEL_CHARS) -> str:
    """Shorten a text to its beginning, cut between words, on one line."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[:limit].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def rendered(template: str, **values: object) -> str:
    """Render a template of this package.

    Args:
        template: its file's name, without ``.html.jinja``.
        values: what it shows; a missing one is an error.
    """
    return _ENVIRONMENT.get_template(f"{template}.html.jinja").render(values)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("ui.page.html"),
        autoescape=True,
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"save_formats": tuple(SHOWN_AS.items()), "_": _, "ngettext": ngettext}
    environment.globals |= {"languages": LANGUAGES, "language": language}
    environment.filters |= {
        "attribution": attribution,
        "attribution_of_copies": copied_attribution,
        "citations": shown_citations,
        "date_phrase": date_phrase,
        "day_words": day_words,
        "deep_address": deep_address,
        "json": json.dumps,
        "label": label,
        "number": number,
        "one_line": one_line,
        "origin": origin,
        "place": place,
        "remarks": remarks,
        "shortened": shortened,
        "told": told,
    }
    return environment


_ENVIRONMENT = _environment()
