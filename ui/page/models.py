"""The language model that is set in the page: kept in the home folder, used where it is asked for.

A key is kept for its address alone, in a file that only this user may read, and is never sent to
the browser again. The panel is there only while the server listens on its own machine: whoever
sets an address makes this machine speak to it.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from index.errors import PressmarkError
from rag.contract import Text
from rag.leaving import what_leaves
from rag.llm.addresses import endpoint
from rag.llm.client import ChatModel, open_chat_model
from rag.llm.spending import spent_today
from rag.llm.trying import listed_models, of_one_token, probe_model
from rag.pressmark import Pressmark
from rag.settings import Price, Settings
from ui.http.inbound import field_errors
from ui.http.middleware import is_loopback
from ui.page.wording.catalogues import _, later, ngettext
from ui.page.wording.from_elsewhere import told

FILE = "page-model.json"
_NOT_HERE = later("The model is set on the server's own machine only.")
_NO_NAME = later("Name a model first; “List models” says which there are.")
_NO_LIST = later("The server lists no models; type the name of one.")


class ModelChoice(BaseModel):
    """A model at an OpenAI-compatible address; prices are of a million tokens."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())

    base_url: Annotated[Text, Field(min_length=1, max_length=500)]
    model: Annotated[Text, Field(max_length=200)] = ""
    key: Annotated[Text, Field(max_length=500)] = ""
    prompt_price: Price = None
    completion_price: Price = None

    def settings(self, of: Settings) -> Settings:
        """The settings with this model in the place of the one that they name."""
        key = SecretStr(self.key) if self.key else None
        changes = {
            "llm": None,
            "llm_base_url": self.base_url,
            "llm_model": self.model or "none",
            "llm_api_key": key,
            "openai_base_url": None,
            "llm_prompt_price": self.prompt_price,
            "llm_completion_price": self.completion_price,
        }
        return of.model_copy(update=changes)


class PanelModel:
    """The model of one page's panel; safe from several threads."""

    def __init__(self, pressmark: Pressmark) -> None:
        """Open nothing yet.

        Args:
            pressmark: whose library is asked, and whose home folder keeps the choice.
        """
        self._pressmark = pressmark
        self._path = pressmark.settings.home / FILE
        self._lock = threading.Lock()
        self._opened: tuple[ModelChoice, ChatModel | None] | None = None

    @property
    def is_offered(self) -> bool:
        """Whether the page has the panel."""
        return is_loopback(self._pressmark.settings.host)

    def choice(self) -> ModelChoice | None:
        """The model that is set; None if there is none."""
        if not self.is_offered:
            return None
        try:
            return ModelChoice.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            return None

    def pressmark(self) -> Pressmark:
        """What answers with the model that is set; as without it where none is."""
        choice = self.choice()
        if choice is None:
            return self._pressmark
        settings = choice.settings(self._pressmark.settings)
        with self._lock:
            if self._opened is None or self._opened[0] != choice:
                self._close()
                self._opened = choice, open_chat_model(settings)
            return self._pressmark.with_model(self._opened[1], settings)

    def close(self) -> None:
        """End calls to the model and release its connections."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._opened and self._opened[1]:
            self._opened[1].close()
        self._opened = None

    def functions(self) -> list[Callable[[Any], Any]]:
        """What the page's script may ask for, each by its name."""

        def model_state(nothing: Any) -> dict[str, Any]:
            return self._state()

        def list_models(sent: Any) -> dict[str, Any]:
            return self._told(sent, self._listed)

        def test_model(sent: Any) -> dict[str, Any]:
            return self._told(sent, self._tested)

        def save_model(sent: Any) -> dict[str, Any]:
            return self._told(sent, self._saved)

        def forget_model(nothing: Any) -> dict[str, Any]:
            if self.is_offered:
                self._path.unlink(missing_ok=True)
            self.close()
            return self._state() | {"says": _("Forgotten, with its key.")}

        return [model_state, list_models, test_model, save_model, forget_model]

    def _state(self) -> dict[str, Any]:
        """What the panel shows; never the key."""
        if not self.is_offered:
            return {}
        choice, settings = self.choice(), self._pressmark.settings
        if choice is not None:
            settings = choice.settings(settings)
        state = {"today": "; ".join(spent_today(settings, self._pressmark.library.notes))}
        if choice is None:
            return state
        shown = choice.model_dump(exclude={"key"}) | {"has_key": bool(choice.key)}
        return shown | state | {"leaves": f"{told(what_leaves(settings))}."}

    def _told(self, sent: Any, act: Callable[[ModelChoice], dict[str, Any]]) -> dict[str, Any]:
        """What comes of an act on what was typed, or in words why nothing does."""
        if not self.is_offered:
            return {"problem": _(_NOT_HERE)}
        try:
            return act(self._completed(ModelChoice.model_validate(sent)))
        except ValidationError as error:
            found = field_errors(error.errors())[0]
            named = {"field": found.field.replace("_", " "), "what": found.detail}
            return {"problem": _("The %(field)s %(what)s.") % named}
        except PressmarkError as error:
            return {"problem": told(error.user_message)}
        except OSError as error:
            return {"problem": _("The model cannot be kept: %(why)s.") % {"why": error.strerror}}

    def _completed(self, typed: ModelChoice) -> ModelChoice:
        """What was typed, with the key that is kept for this very address if none was."""
        kept = self.choice()
        if typed.key or kept is None or not kept.key:
            return typed
        here, there = (endpoint(c.settings(self._pressmark.settings)) for c in (typed, kept))
        is_same = (here.place, here.is_tls) == (there.place, there.is_tls)
        return typed.model_copy(update={"key": kept.key}) if is_same else typed

    def _listed(self, typed: ModelChoice) -> dict[str, Any]:
        found = listed_models(typed.settings(self._pressmark.settings))
        models = ngettext("%(count)s model", "%(count)s models", len(found))
        says = models % {"count": len(found)} if found else _(_NO_LIST)
        return {"models": found, "says": says}

    def _tested(self, typed: ModelChoice) -> dict[str, Any]:
        if not typed.model.strip():
            return {"problem": _(_NO_NAME)}
        settings = of_one_token(typed.settings(self._pressmark.settings))
        seconds = probe_model(open_chat_model(settings), settings.llm_timeout_s)
        return {"says": _("It answered in %(seconds)s s.") % {"seconds": f"{seconds:.1f}"}}

    def _saved(self, typed: ModelChoice) -> dict[str, Any]:
        if not typed.model.strip():
            return {"problem": _(_NO_NAME)}
        endpoint(typed.settings(self._pressmark.settings))  # an address that cannot be is told now
        _write_private(self._path, typed.model_dump_json())
        self.close()
        return self._state() | {"says": _("Saved. Tick below to use it in this conversation.")}


def _write_private(path: Path, text: str) -> None:
    """Write a file that only this user may read, whole or not at all."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
