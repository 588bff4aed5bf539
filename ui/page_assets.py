"""How the page looks, and the key that conversations kept in a browser are encrypted with."""

import os
import secrets
from importlib.resources import files
from pathlib import Path
from typing import Any

import gradio as gr

SECRET_NAME = "page-secret"  # noqa: S105  a file's name
_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
_MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]
# Gradio puts its own class before every selector of the CSS it is given, so that no rule there
# reaches the root element.
_HEAD = (
    "<style>@media (min-width: 2500px) { html { font-size: 20px !important; } } "
    "@media (min-width: 3400px) { html { font-size: 27px !important; } }</style>"
)


def page_options() -> dict[str, Any]:
    """How the page looks: what `gradio.mount_gradio_app` takes beside the blocks."""
    # Plain strings: a font by any other type may be fetched from another host.
    theme = gr.themes.Base(
        primary_hue="red",
        neutral_hue="stone",
        font=_FONTS,
        font_mono=_MONO,
        radius_size="md",
    )
    return {"theme": theme, "css": asset("page.css"), "head": _HEAD, "run_history": False}


def browser_secret(home: Path) -> str | None:
    """The key that kept conversations are encrypted with, made once; None where it cannot be."""
    path = home / SECRET_NAME
    try:
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(32))
        return path.read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def asset(name: str) -> str:
    """A file of the page, from the installed package."""
    return (files("ui") / name).read_text(encoding="utf-8")
