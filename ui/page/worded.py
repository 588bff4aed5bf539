"""Gradio's Blocks, with words in the language of whoever loads the page.

Gradio builds a page once and gives it to everybody. Here a component's words are put in when the
page is asked for, so that nobody sees it change its language; and an event is answered in the
language of the request that it came with, which may have waited in a queue.
"""

from collections.abc import Callable
from copy import copy
from typing import Any

import gradio as gr

from ui.http.rates import caller_of, calling
from ui.page.html.markup import rendered
from ui.page.wording.catalogues import _, speaking, words_for_scripts
from ui.page.wording.negotiation import language_of

Words = Callable[[], dict[str, Any]]


class WordedBlocks(gr.Blocks):
    """Blocks that know the words of their components; see `word`, `fill` and `show`."""

    def __init__(self, **options: Any) -> None:
        self._words: dict[int, Words] = {}
        super().__init__(**options)

    def word(self, component: Any, **words: str) -> None:
        """Give a component its words, in English; marked with `later` where they stand.

        Args:
            component: of these blocks.
            words: by the name of the component's property.
        """
        self._words[component._id] = lambda: {name: _(said) for name, said in words.items()}

    def fill(self, component: Any, value: Callable[[], str]) -> None:
        """Give a component its value, made anew in the language of each reader."""
        self._words[component._id] = lambda: {"value": value()}

    def show(self, template: str, elem_id: str | None = None, **values: Any) -> gr.HTML:
        """Add HTML from a template that is rendered in each reader's language."""
        shown = html(rendered(template, **values), elem_id)
        self.fill(shown, lambda: rendered(template, **values))
        return shown

    @property
    def config(self) -> Any:
        """What Gradio gives to a browser: the components, in the language of this request."""
        if not self._words or "components" not in self._config:
            return self._config
        components = [self._worded(component) for component in self._config["components"]]
        return {**self._config, "components": components}

    @config.setter
    def config(self, made: Any) -> None:
        self._config = made

    def _worded(self, component: dict[str, Any]) -> dict[str, Any]:
        words = self._words.get(component["id"])
        if words is None:
            return component
        changed = copy(component)
        changed["props"] = {**component["props"], **words()}
        return changed

    async def process_api(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Answer an event, in the language of its request."""
        request = options.get("request")
        if not isinstance(request, gr.Request) or request.request is None:
            return await super().process_api(*args, **options)
        asking = calling(caller_of(request.request.scope))
        with speaking(language_of(request.request.headers)), asking:
            return await super().process_api(*args, **options)


def page_words(nothing: Any) -> dict[str, object]:
    """What scripts ask for to speak the reader's language; each component that has one gives it."""
    return words_for_scripts()


def html(value: str, elem_id: str | None = None) -> gr.HTML:
    """Add HTML that runs no script of its own."""
    return gr.HTML(value, elem_id=elem_id, js_on_load=None, apply_default_css=False)
