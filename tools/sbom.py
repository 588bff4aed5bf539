"""Say what Pressmark is made of: a CycloneDX bill of materials, or a list of licences.

    sbom.py [FILE]           the bill, in JSON (default: sbom.cdx.json)
    sbom.py --licences       one line a package, on the terminal

It reads the lock, with its hashes, and what the installed packages say of themselves. It needs only
the standard library, and the network not at all.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
TAUGHT_BY = ROOT / "docs" / "evals.md"
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

ROW = re.compile(r"^\| (?P<name>[^|]+?) \| (?P<licence>[^|]+?) \|$", re.M)

# What the project ships beside its code; docs/evals.md names the training data.
OWN_MODELS = {
    "reader": ("rag/reading/reader.safetensors", "multilingual-e5-small (MIT), taught further"),
    "judge": ("rag/verification/judge.safetensors", "multilingual-e5-small (MIT), taught further"),
    "retriever": ("index/embedding/retriever.safetensors", "multilingual-e5-small (MIT)"),
}


def main(arguments: list[str]) -> int:
    """Write the bill, or print the licences of packages, models and training data.

    Args:
        arguments: of the command line.

    Returns:
        the exit status: 1 if a package says nothing of its licence.
    """
    found = packages()
    if arguments[:1] == ["--licences"]:
        for name, version, _ in found:
            print(f"{name:40} {version:18} {licence_of(name)}")
        for name, (_, origin) in OWN_MODELS.items():
            print(f"{'model: ' + name:40} {'':18} {origin}")
        for name, licence in training_data():
            print(f"data: {name}: {licence}")
        return int(any(licence_of(name) == UNNAMED for name, _, _ in found))
    target = Path(arguments[0]) if arguments else ROOT / "sbom.cdx.json"
    target.write_text(json.dumps(bill(found), indent=2) + "\n", encoding="utf-8")
    print(f"{target}: {len(found)} packages, {len(OWN_MODELS)} models")
    return 0


def packages() -> list[tuple[str, str, list[str]]]:
    """Name, version and SHA-256 sums of each package of the lock."""
    found: list[tuple[str, str, list[str]]] = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if pin := PIN.match(line):
            found.append((pin[1], pin[2], []))
        if found:
            found[-1][2].extend(HASH.findall(line))
    return found


def training_data() -> list[tuple[str, str]]:
    """What taught the models, with its licence: the table of docs/evals.md."""
    text = TAUGHT_BY.read_text(encoding="utf-8")
    table = text.partition("| trained on | licence |\n")[2].partition("\n\n")[0]
    rows = [(row["name"], row["licence"]) for row in ROW.finditer(table)]
    return [row for row in rows if set(row[0]) != {"-"}]


UNKNOWN = "not installed on this system"
UNNAMED = "not named"


def licence_of(name: str) -> str:
    """What an installed package says of its licence, in one line."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return UNKNOWN
    return _expression(said) or _classified(said) or _first_line(said) or UNNAMED


def _expression(said: PackageMetadata) -> str:
    return str((said.get_all("License-Expression") or [""])[0])


def _classified(said: PackageMetadata) -> str:
    kinds = [
        line.rpartition(" :: ")[2]
        for line in said.get_all("Classifier") or []
        if line.startswith("License ::") and line != "License :: OSI Approved"
    ]
    return ", ".join(kinds)


def _first_line(said: PackageMetadata) -> str:
    lines = str((said.get_all("License") or [""])[0]).strip().splitlines()
    return lines[0][:80] if lines else ""


def bill(found: list[tuple[str, str, list[str]]]) -> dict[str, Any]:
    """The bill of materials.

    Args:
        found: name, version and sums of each package.
    """
    libraries = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name.lower()}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name.lower()}@{version}",
            "licenses": [{"license": {"name": licence_of(name)}}],
            "properties": [{"name": "sha256 in the lock", "value": value} for value in sums],
        }
        for name, version, sums in found
    ]
    models = [
        {"type": "machine-learning-model", "name": name, "description": f"{path}: {origin}"}
        for name, (path, origin) in OWN_MODELS.items()
    ]
    data = [
        {"type": "data", "name": name, "licenses": [{"license": {"name": licence}}]}
        for name, licence in training_data()
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, LOCK.read_text())}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "pressmark"}},
        "components": [*libraries, *models, *data],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
