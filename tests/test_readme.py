"""The examples of README.md and docs/ do what they say, against a real server.

A fenced ``bash`` or ``python`` block with ``<!-- test -->`` on the line before it is run; where
it says port 7860, the server's own is meant. A bash block must have succeeded in every line.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.helpers.serving import ROOT, RunningServer, clean_environment

pytest_plugins = ["tests.helpers.fixtures_seeds"]

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLE = re.compile(r"^<!-- test -->\n+```(bash|python)\n(.*?)^```$", re.M | re.S)
PORT = "7860"
EXAMPLE_S = 900  # a loaded machine starts each command slowly; usually a few seconds


def examples() -> list[ParameterSet]:
    found = []
    for page in PAGES:
        text = page.read_text("utf-8") if page.exists() else ""
        for match in EXAMPLE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            name = f"{page.relative_to(ROOT).as_posix()}:{line}"
            found.append(pytest.param(match[1], match[2], id=name))
    return found


def with_our_command(folder: Path) -> dict[str, str]:
    """An environment in which ``pressmark`` is this checkout's."""
    environment = clean_environment()
    commands = folder / "bin"
    commands.mkdir()
    script = commands / "pressmark"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ui.cli.main "$@"\n', "utf-8")
    script.chmod(0o755)
    environment["PATH"] = os.pathsep.join((str(commands), environment.get("PATH", "")))
    return environment


@pytest.mark.parametrize(("language", "code"), examples())
def test_example(language: str, code: str, seeds_server: RunningServer, tmp_path: Path) -> None:
    if language == "bash" and not (shutil.which("bash") and shutil.which("curl")):
        pytest.skip("bash and curl are not both here")
    code = code.replace(f"http://127.0.0.1:{PORT}", seeds_server.url).replace(
        f"http://localhost:{PORT}", seeds_server.url
    )
    assert PORT not in code, "an example names the port in another way than its address"
    command = {
        "bash": ["bash", "-euo", "pipefail", "-c", code],
        "python": [sys.executable, "-W", "error", "-c", code],
    }[language]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=EXAMPLE_S,
        cwd=tmp_path,
        env=with_our_command(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), "an example shows something"


def test_there_are_examples_of_both_kinds() -> None:
    languages = [
        match[1]
        for page in PAGES
        if page.exists()
        for match in EXAMPLE.finditer(page.read_text("utf-8"))
    ]
    assert {"bash", "python"} <= set(languages)


def test_every_marked_block_is_understood() -> None:
    for page in PAGES:
        text = page.read_text("utf-8") if page.exists() else ""
        assert text.count("<!-- test -->") == len(EXAMPLE.findall(text)), page
