"""Rebuilds requirements.lock and requirements-dev.lock: what `make lock` runs.

Locked versions stay while they still fit; UPGRADE=1 takes the newest. The locks hold for every
supported Python and platform at once, name wheels only, each with its hashes, and name no index:
pip asks whichever one the user has configured.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = "uv==0.13.9"
RUNTIME_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
# Declared by others and left out: openvino reports every import of itself to its maker unless
# openvino-telemetry is absent.
DROPPED = ("openvino-telemetry",)

PYTHONS = ("3.11", "3.12", "3.13")
# The oldest systems that the wheels allow: openvino asks for glibc 2.35 on ARM (Ubuntu 22.04,
# Debian 12), onnxruntime for macOS 14. There is no onnxruntime for Intel Macs.
PLATFORMS = {
    "x86_64-manylinux_2_28": "Linux x86_64",
    "aarch64-manylinux_2_35": "Linux aarch64",
    "aarch64-apple-darwin": "macOS arm64",
}
MACOS = "14.0"


def main() -> None:
    """Rebuild both locks, then ask the index for wheels of everything, for every platform."""
    with tempfile.TemporaryDirectory() as folder:
        uv = install_uv(Path(folder))
        overrides = Path(folder) / "overrides.txt"
        dropped = "".join(f"{name} ; python_version < '3'\n" for name in DROPPED)
        overrides.write_text(dropped, encoding="utf-8")

        print("Locking what Pressmark needs to run …", flush=True)
        draft = Path(folder) / RUNTIME_LOCK.name
        compile_lock(uv, overrides, draft, kept=[RUNTIME_LOCK], arguments=[])
        runtime = draft.read_text(encoding="utf-8")
        RUNTIME_LOCK.write_text(header("What Pressmark needs to run.") + runtime, encoding="utf-8")

        print("Locking what its tests and checks need …", flush=True)
        draft = Path(folder) / DEV_LOCK.name
        compile_lock(
            uv,
            overrides,
            draft,
            kept=[RUNTIME_LOCK, DEV_LOCK],
            arguments=["--extra", "test", "--constraint", RUNTIME_LOCK.name],
        )
        extra = without(draft.read_text(encoding="utf-8"), runtime)
        text = header("What the tests and checks need beside requirements.lock.") + extra
        DEV_LOCK.write_text(text, encoding="utf-8")

        for python in PYTHONS:
            for platform, name in PLATFORMS.items():
                check_wheels(uv, python, platform, Path(folder))
                print(f"Wheels for all packages: Python {python}, {name}", flush=True)


def install_uv(folder: Path) -> Path:
    """Install uv into a temporary virtual environment."""
    venv = folder / "venv"
    base = getattr(sys, "_base_executable", None) or sys.executable
    subprocess.run([base, "-I", "-m", "venv", venv], check=True)
    pip = [str(venv / "bin" / "python"), "-I", "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--only-binary", ":all:", UV], check=True)
    return venv / "bin" / "uv"


def compile_lock(
    uv: Path, overrides: Path, output: Path, kept: list[Path], arguments: list[str]
) -> None:
    """Resolve pyproject.toml and requirements.in into `output`.

    Args:
        uv: The uv to run.
        overrides: A file that takes packages out of the resolution.
        output: The lock to write.
        kept: Locks whose versions stay if they fit, unless UPGRADE is set.
        arguments: More arguments for uv.
    """
    if not os.environ.get("UPGRADE"):
        found = [path.read_text(encoding="utf-8") for path in kept if path.exists()]
        output.write_text("\n".join(found), encoding="utf-8")
    command = [str(uv), "pip", "compile", "pyproject.toml", "requirements.in", *arguments]
    command += ["--override", str(overrides), "--output-file", str(output)]
    command += ["--quiet", "--no-header"]
    command += ["--universal", "--python-version", PYTHONS[0], "--fork-strategy", "fewest"]
    command += ["--generate-hashes", "--only-binary", ":all:", "--no-emit-index-url"]
    subprocess.run(command, cwd=ROOT, check=True)


def header(text: str) -> str:
    """Say at the top of a lock what it is."""
    return f"# {text} Made by `make lock`; do not edit.\n"


def without(lock: str, other: str) -> str:
    """Drop from one lock the pins that another holds too, with their markers."""
    there = {block.splitlines()[0] for block in blocks(other)}
    return "".join(block for block in blocks(lock) if block.splitlines()[0] not in there)


def blocks(lock: str) -> list[str]:
    """Cut a lock into packages: a pin, its hashes, and the comments on who asked for it."""
    return [block for block in re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.M) if "==" in block]


def check_wheels(uv: Path, python: str, platform: str, folder: Path) -> None:
    """Fail unless every package in both locks has a wheel for one Python on one platform."""
    command = [str(uv), "pip", "install", "--dry-run", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "--python-version", python, "--python-platform", platform]
    command += ["--target", str(folder / "nowhere"), "-r", RUNTIME_LOCK.name, "-r", DEV_LOCK.name]
    settings = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": MACOS}
    subprocess.run(command, cwd=ROOT, env=settings, check=True)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"Locking stopped (status {error.returncode}); the cause is above.")
