"""Make .venv hold exactly what the locks say, and do nothing if it already does.

    setup.py run     what Pressmark needs to run
    setup.py test    and what its tests and checks need

tools/setup.sh starts it with any Python >= 3.11; it needs only the standard library. It remembers
what it has installed in .venv/pressmark/, one file for each lock, with that lock's SHA-256. It
removes from .venv whatever no lock names, whoever installed it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP = (str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check")
STAMPS = VENV / "pressmark"
UNFINISHED = STAMPS / "unfinished"
PLACE = STAMPS / "place"

RUNTIME_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
LOCKS = {"run": (RUNTIME_LOCK,), "test": (RUNTIME_LOCK, DEV_LOCK)}
NOTES = {
    RUNTIME_LOCK: "what Pressmark needs to run (about 350 MB to download, the first time only)",
    DEV_LOCK: "what its tests and checks need (about 130 MB to download, the first time only)",
}
# A virtual environment holds these and little else; somebody put anything more there.
VENV_NAMES = {"bin", "include", "lib", "lib64", "share", "etc", ".gitignore", STAMPS.name}


class SetupError(Exception):
    """Set-up cannot go on; the message says what to do."""


def main(purpose: str) -> None:
    """Bring .venv up to date for one purpose.

    Args:
        purpose: "run" or "test".
    """
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        wait_for_turn(handle)
        set_up(LOCKS[purpose], handle)
    finally:
        os.close(handle)


def wait_for_turn(handle: int) -> None:
    """Let one set-up at a time work on this checkout.

    The lock is on the checkout's folder, so it leaves no lock file behind. pip inherits it, so it
    outlives a killed set-up while pip runs on.
    """
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another terminal is setting up this checkout; waiting for it …")
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:
        say("This file system has no locks: do not set up from two terminals at once.")


def set_up(locks: tuple[str, ...], handle: int) -> None:
    """Create .venv if it is not usable, then install what has changed."""
    trouble = venv_trouble()
    if trouble:
        create_venv(trouble)
    for lock in locks:
        install_once(
            ROOT / lock,
            NOTES[lock],
            ["--require-hashes", "--only-binary", ":all:", "-r", lock],
            handle,
        )
    install_once(
        ROOT / "pyproject.toml",
        "Pressmark itself",
        ["--quiet", "--no-index", "--no-build-isolation", "-e", "."],
        handle,
    )


def venv_trouble() -> str | None:
    """Say why .venv must be rebuilt, or None."""
    if not VENV.exists() or not any(VENV.iterdir()):
        return "there is none yet"
    strangers = {path.name for path in VENV.iterdir()} - VENV_NAMES
    if strangers and not (VENV / "pyvenv.cfg").exists():
        raise SetupError(
            f"{VENV} is not a virtual environment (it holds {min(strangers)}): move it away."
        )
    if UNFINISHED.exists():
        return "the last time was cut off"
    if PLACE.exists() and PLACE.read_text(encoding="utf-8") != str(ROOT):
        return "the checkout has moved"
    return python_trouble()


def python_trouble() -> str | None:
    """Say why .venv's Python is not usable, or None."""
    question = "import json, sys, pip; print(json.dumps(sys.version_info[:2]))"
    try:
        asked = subprocess.run(
            [PYTHON, "-I", "-c", question], capture_output=True, text=True, check=True
        )
        version = json.loads(asked.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return "its Python does not work"
    if version < [3, 11]:
        return f"it has Python {version[0]}.{version[1]}, and 3.11 is needed"
    if os.environ.get("PYTHON") and version != list(sys.version_info[:2]):
        return f"it has Python {version[0]}.{version[1]}, and PYTHON asks for another"
    return None


def create_venv(reason: str) -> None:
    """Empty .venv and make it again."""
    # If .venv's own Python started us, we mean the Python that made it.
    base = getattr(sys, "_base_executable", None) or sys.executable
    say(f"Making .venv with Python {sys.version.split()[0]} ({base}): {reason}.")
    STAMPS.mkdir(parents=True, exist_ok=True)
    UNFINISHED.touch()
    for path in VENV.iterdir():
        if path.is_dir() and not path.is_symlink():
            if path != STAMPS:
                shutil.rmtree(path)
        else:
            path.unlink()
    for path in STAMPS.iterdir():
        if path != UNFINISHED:
            path.unlink()
    try:
        run([base, "-I", "-m", "venv", str(VENV)])
    except subprocess.CalledProcessError as error:
        raise SetupError(
            "Python could not make a virtual environment. On Debian or Ubuntu: "
            f"sudo apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        ) from error
    PLACE.write_text(str(ROOT), encoding="utf-8")
    UNFINISHED.unlink()


def install_once(source: Path, what: str, arguments: list[str], handle: int) -> None:
    """Install with pip unless `source` is, byte for byte, the one installed last."""
    if not changed(source):
        return
    say(f"Installing {what} …")
    stamp = STAMPS / source.name
    STAMPS.mkdir(exist_ok=True)
    stamp.unlink(missing_ok=True)
    forget_half_installed()
    try:
        remove_unlocked(handle)
        run([*PIP, "install", "--no-deps", *arguments], handle)
    except subprocess.CalledProcessError as error:
        raise SetupError(
            f"pip could not install {what}; its own words are above. "
            "When the cause is gone, run the same command again."
        ) from error
    stamp.write_text(digest(source), encoding="utf-8")


def changed(source: Path) -> bool:
    """Whether a file has changed since its last installation."""
    stamp = STAMPS / source.name
    return not stamp.exists() or stamp.read_text(encoding="utf-8") != digest(source)


def digest(source: Path) -> str:
    """Give the SHA-256 of a file."""
    return hashlib.sha256(source.read_bytes()).hexdigest()


def remove_unlocked(handle: int) -> None:
    """Uninstall what no lock names: it was once locked, or somebody installed it by hand.

    Without this a program could go on working here with a package that nobody else gets.
    """
    locked = {"pip", "pressmark"}
    for lock in (RUNTIME_LOCK, DEV_LOCK):
        text = (ROOT / lock).read_text(encoding="utf-8")
        locked.update(normal(name) for name in re.findall(r"^([\w.-]+)==", text, re.M))
    metadata = VENV.glob("lib/python3*/site-packages/*.dist-info")
    here = {normal(path.name.partition("-")[0]) for path in metadata}
    strangers = sorted(here - locked)
    if strangers:
        say(f"Removing from .venv what no lock names: {', '.join(strangers)}")
        run([*PIP, "uninstall", "--yes", "--quiet", *strangers], handle)


def normal(name: str) -> str:
    """Spell a package's name the one way that the locks do."""
    return re.sub(r"[-_.]+", "-", name).lower()


def forget_half_installed() -> None:
    """Make pip install again what it was installing when it was killed.

    pip unpacks a package with its metadata and writes INSTALLER at the end: without this check it
    would take the package for installed. What it was replacing keeps a name with a tilde.
    """
    for packages in VENV.glob("lib/python3*/site-packages"):
        for path in [*packages.glob("*.dist-info"), *packages.glob("~*")]:
            if not (path / "INSTALLER").exists() or path.name.startswith("~"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def run(command: list[str], handle: int | None = None) -> None:
    """Run a command in the checkout with its output shown."""
    # A user's own PIP_USER or PIP_REQUIRE_VIRTUALENV must not reach into .venv.
    settings = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    inherited = () if handle is None else (handle,)
    subprocess.run(command, cwd=ROOT, env=settings, pass_fds=inherited, check=True)


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except SetupError as error:
        sys.exit(f"Set-up stopped: {error}")
    except KeyboardInterrupt:
        sys.exit("Set-up stopped by you. Run the same command again to go on.")
