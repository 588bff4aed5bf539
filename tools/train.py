"""Train reader, judge or retriever in an environment of its own: what `make train` runs.

It is the only environment with torch. This makes it in .venv-train from requirements-train.txt, and
again if that file changes; nothing that runs, tests or checks Pressmark uses it. This file needs
only the standard library.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-train"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements-train.txt"
STAMP = VENV / "pressmark-train"


def main(arguments: list[str]) -> None:
    """Make the environment, unless it is there, and become the training.

    Args:
        arguments: for ``python -m evals.training``.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not STAMP.exists() or STAMP.read_text(encoding="utf-8") != wanted:
        make_environment()
        STAMP.write_text(wanted, encoding="utf-8")
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "evals.training", *(arguments or ["--help"])])  # noqa: S606


def make_environment() -> None:
    """Make .venv-train and install what the training needs."""
    print(f"Making {VENV.name} (torch is some 200 MB and more, the first time only) …", flush=True)
    if VENV.exists():
        if not (VENV / "pyvenv.cfg").exists():
            raise SystemExit(f"{VENV} is not a virtual environment: move it away.")
        shutil.rmtree(VENV)
    # If .venv's own Python started us, we mean the Python that made it.
    base = getattr(sys, "_base_executable", None) or sys.executable
    # A user's own PIP_USER must not reach into the environment.
    settings = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    pip = [str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check"]
    try:
        subprocess.run([base, "-I", "-m", "venv", str(VENV)], check=True)
        subprocess.run(
            [*pip, "install", "--only-binary", ":all:", "-r", str(REQUIREMENTS)],
            env=settings,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise SystemExit(
            f"{error}: its own words are above. Run the same command again."
        ) from error


if __name__ == "__main__":
    main(sys.argv[1:])
