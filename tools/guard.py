"""Rules of this tree that ruff, mypy and import-linter cannot state: the last step of `make check`.

It prints each broken rule in plain words and fails if there is one, and needs only the standard
library.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("evals", "index", "rag", "ui")
LOCKS = ("requirements.lock", "requirements-dev.lock")

LINES_WALL = 400
FUNCTION_WALL = 60

FORBIDDEN_IN_LOCKS = re.compile(
    r"^(torch|transformers|sentence-transformers|nvidia-.*|openvino-telemetry)$"
)
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.M)
HEADINGS = ("Problem", "Choice", "Consequences")
# Only these modules build clients of language models (see also .importlinter).
LLM_MODULES = {"rag/llm/client.py"}
BELONGS = f"imported in {' and '.join(sorted(LLM_MODULES))} only"

# A path that means something on one machine only: a home folder, or somebody's workplace. The text
# of articles and the questions about them are not ours, so we do not search them.
MACHINE_PATH = re.compile(
    r"(?<![\w.~-])/(?:root|work|home/\w+|Users/\w+|private/var)/|\b[A-Z]:\\Users\\"
)
NOT_OURS = ("seeds/", "evals/suites/")


def main() -> int:
    """Check every rule.

    Returns:
        The exit status: 1 if a rule is broken, else 0.
    """
    broken = [
        *long_code(),
        *misplaced_clients(),
        *bad_locks(),
        *misplaced_tests(),
        *machine_paths(),
        *unfinished_decisions(),
    ]
    for line in broken:
        print(f"broken rule: {line}")
    print(f"guard: {len(broken)} broken" if broken else "guard: every rule holds")
    return 1 if broken else 0


def modules() -> Iterator[tuple[str, str]]:
    """Give each module of the program: its path in the tree, and its text."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def nodes(text: str) -> Iterator[ast.AST]:
    """Give each node of a module's syntax; none if it has errors, which ruff reports better."""
    try:
        yield from ast.walk(ast.parse(text))
    except SyntaxError:
        return


def long_code() -> Iterator[str]:
    """Find modules and functions that are past the wall."""
    for name, text in modules():
        lines = text.count("\n")
        if lines > LINES_WALL:
            yield f"{name} has {lines} lines; more than {LINES_WALL} is too long, split it"
        for node in nodes(text):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_WALL:
                    yield (
                        f"{name}:{node.lineno}: {node.name} has {length} lines; "
                        f"more than {FUNCTION_WALL} is too long"
                    )


def misplaced_clients() -> Iterator[str]:
    """Find imports of language models outside the modules that build clients."""
    for name, text in modules():
        if name in LLM_MODULES or "llama_index" not in text:
            continue
        for node in nodes(text):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            imported = [prefix + alias.name for alias in node.names]
            if any(f"{target}.".startswith("llama_index.llms.") for target in imported):
                yield f"{name}:{node.lineno}: language models are {BELONGS}"


def bad_locks() -> Iterator[str]:
    """Find hosts and forbidden packages in the locks."""
    for lock in LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        if "://" in text:
            yield f"{lock} names a host; pip must ask whichever index the user has configured"
        for name in PIN.findall(text):
            if FORBIDDEN_IN_LOCKS.match(name.lower()):
                yield f"{lock} holds {name}, which Pressmark leaves out"


def misplaced_tests() -> Iterator[str]:
    """Find tests that do not mirror the tree."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        folder = path.parent.relative_to(ROOT / "tests")
        if folder.parts and not (folder.parts[0] in PACKAGES and (ROOT / folder).is_dir()):
            yield f"{path.relative_to(ROOT)}: there is no {folder}/ for it to test"
    for path in sorted((ROOT / "tests").rglob("__init__.py")):
        yield f"{path.relative_to(ROOT)}: tests are not a package; pytest finds them by their paths"


def machine_paths() -> Iterator[str]:
    """Find absolute paths of one particular machine in our files."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        print("note: not a git checkout, so files are not searched for paths of one machine")
    for name in sorted(set(listed.stdout.split("\0")) - {""}):
        path = ROOT / name
        if name.startswith(NOT_OURS) or not path.is_file():
            continue
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
            found = MACHINE_PATH.search(line)
            if found:
                yield f"{name}:{number} names {found[0]}, which exists on one machine only"


def unfinished_decisions() -> Iterator[str]:
    """Find decisions that do not say what the problem was, what was chosen, and what follows."""
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for heading in HEADINGS:
            if not re.search(rf"^#+ {heading}\b", text, re.M):
                yield f"{path.relative_to(ROOT)} has no heading '{heading}'"


if __name__ == "__main__":
    sys.exit(main())
