"""Nothing needs the network: the program works where there is none at all, not even loopback."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.serving import SEEDS, clean_environment, pressmark_command

ALONE = ["unshare", "--map-root-user", "--net"]


def can_be_alone() -> bool:
    found = shutil.which("unshare")
    return (
        found is not None and not subprocess.run([*ALONE, "true"], capture_output=True).returncode
    )


@pytest.mark.slow
@pytest.mark.skipif(not can_be_alone(), reason="an empty network namespace cannot be made here")
def test_the_seeds_are_indexed_and_asked_without_any_network(tmp_path: Path) -> None:
    def alone(*arguments: str) -> str:
        done = subprocess.run(
            [*ALONE, *pressmark_command(tmp_path / "home", *arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=clean_environment(),
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "5" in alone("index", str(SEEDS))
    answer = json.loads(alone("ask", "How many Russians were detained in Belarus?", "--json"))
    assert answer["status"] == "answered"
    assert answer["citations"]
