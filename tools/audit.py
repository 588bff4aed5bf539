"""Compare the lock with what is known of weaknesses: what `make audit` runs.

It asks pip-audit, in an environment that is thrown away, and believes it only for packages that it
has looked up: pip-audit calls a lock clean, too, of which its service knows no package at all.

    audit.py [osv|pypi]      which service to ask (default: osv)
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
PIP_AUDIT = "pip-audit>=2.9,<3"
SHOWN = 5

EXPLAINED: dict[str, str] = {}
"""By id of a weakness, why it does not concern Pressmark."""


def main(arguments: list[str]) -> int:
    """Audit both locks.

    Args:
        arguments: of the command line.

    Returns:
        the exit status: 1 if there is a weakness that is not explained, 2 if a package could not be
        looked up.
    """
    service = arguments[0] if arguments else "osv"
    status = 0
    with tempfile.TemporaryDirectory() as folder:
        python = installed(Path(folder))
        for lock in LOCKS:
            said = audited(python, lock, service)
            if isinstance(said, str):
                print(f"{lock}: not audited. {said}")
                status = 2
                continue
            lines, found = judged(said)
            print("\n".join([f"{lock}:", *(f"  {line}" for line in lines)]))
            status = max(status, found)
    return status


def installed(folder: Path) -> Path:
    """Install pip-audit apart from everything else; give the Python that has it."""
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    quiet = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    subprocess.run([python, "-m", "pip", "install", *quiet, PIP_AUDIT], check=True)
    return python


def audited(python: Path, lock: str, service: str) -> dict[str, Any] | str:
    """What pip-audit found in a lock; in words, why it found nothing out."""
    command: list[str | Path] = [python, "-m", "pip_audit", "--no-deps", "--disable-pip"]
    command += ["-r", lock, "-s", service, "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    try:
        return cast(dict[str, Any], json.loads(done.stdout))
    except json.JSONDecodeError:
        return (done.stderr.strip().splitlines() or ["It said nothing."])[-1]


def judged(found: dict[str, Any]) -> tuple[list[str], int]:
    """What to say of a report, and the exit status.

    Args:
        found: as pip-audit writes it.
    """
    lines, status = [], 0
    skipped = [one["name"] for one in found["dependencies"] if "skip_reason" in one]
    looked_up = [one for one in found["dependencies"] if "skip_reason" not in one]
    for package in looked_up:
        for weakness in package["vulns"]:
            names = [weakness["id"], *weakness.get("aliases", [])]
            why = next((EXPLAINED[name] for name in names if name in EXPLAINED), None)
            status = status if why else 1
            mended = ", ".join(weakness["fix_versions"]) or "no version"
            what = f"{package['name']} {package['version']}: {weakness['id']}, mended in {mended}"
            lines.append(f"{what}; {why or 'NOT EXPLAINED'}")
    if skipped:
        few = ", ".join(skipped[:SHOWN]) + (" …" if len(skipped) > SHOWN else "")
        lines.append(f"{len(skipped)} packages could not be looked up: {few}")
        status = status or 2
    lines.append(f"{len(looked_up)} packages looked up")
    return lines, status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
