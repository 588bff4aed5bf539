"""How the page looks."""

from importlib.resources import files
from typing import Any

import gradio as gr

from ui.page.html.markup import rendered

_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
_STYLES = ("page.css", "answers.css", "articles.css", "library.css", "print.css")
_MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def page_options() -> dict[str, Any]:
    """Options for `gradio.mount_gradio_app` that give the page its looks."""
    # Plain strings: the page may fetch a font of any other type from another host.
    theme = gr.themes.Base(
        primary_hue="red",
        neutral_hue="stone",
        font=_FONTS,
        font_mono=_MONO,
        radius_size="md",
    )
    return {
        "theme": theme,
        "css": "".join(map(asset, _STYLES)),
        "head": rendered("head"),
        "run_history": False,
    }


def asset(name: str) -> str:
    """Read a file of the page from the installed package."""
    return (files("ui.page") / "static" / name).read_text(encoding="utf-8")
