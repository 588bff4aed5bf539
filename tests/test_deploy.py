"""The files in deploy/ are what their programs read, and name what Pressmark has."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from rag.settings import Settings
from ui.cli.main import app

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def manifests() -> list[dict[str, Any]]:
    text = (DEPLOY / "kubernetes" / "pressmark.yaml").read_text()
    return list(yaml.safe_load_all(text))


def containers() -> Iterator[dict[str, Any]]:
    for manifest in manifests():
        if manifest["kind"] == "Deployment":
            yield from manifest["spec"]["template"]["spec"]["containers"]


def ours() -> dict[str, dict[str, Any]]:
    """The services of the Compose file that run Pressmark."""
    return {name: each for name, each in compose()["services"].items() if "build" in each}


def test_every_setting_is_one() -> None:
    known = {f"PRESSMARK_{name.upper()}" for name in Settings.model_fields}
    given = {name for service in ours().values() for name in service["environment"]}
    given |= {each["name"] for container in containers() for each in container["env"]}
    assert {"PRESSMARK_LIBRARY_URL", "PRESSMARK_CHROMA_URL"} <= given <= known


def test_every_command_is_one() -> None:
    commands = [service["command"] for service in ours().values()]
    commands += [container["args"] for container in containers()]
    group = typer.main.get_command(app)
    for name, *rest in commands:
        command = group.get_command(None, name)  # type: ignore[attr-defined]
        command.make_context(name, [each for each in rest if each != "/articles"], parent=None)


def test_what_depends_on_a_service_names_one() -> None:
    services = compose()["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()
    volumes = {volume.partition(":")[0] for s in services.values() for volume in s["volumes"]}
    named = {volume for volume in volumes if not volume.startswith((".", "$"))}
    assert named == compose()["volumes"].keys()
    conf = (DEPLOY / "nginx.conf").read_text()
    for name, service in ours().items():
        assert (f"server {name}:7860" in conf) == (service["command"][0] == "serve")


def test_selectors_find_their_pods() -> None:
    labels = []
    for manifest in manifests():
        spec = manifest["spec"]
        if manifest["kind"] == "Deployment":
            labels.append(spec["template"]["metadata"]["labels"])
            assert spec["selector"]["matchLabels"] == labels[-1]
            volumes = {volume["name"] for volume in spec["template"]["spec"]["volumes"]}
            for container in spec["template"]["spec"]["containers"]:
                assert {mount["name"] for mount in container["volumeMounts"]} == volumes
        else:
            assert spec["selector"] in labels


def test_the_image_copies_every_package() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    copied = {line.split()[1] for line in lines if line.startswith("COPY ")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "tools"}
    assert packages <= copied
    assert all((ROOT / name).exists() for name in copied)


def test_docker_reads_the_compose_file() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"]).returncode:
        pytest.skip("docker compose is not installed")
    done = subprocess.run(
        [docker, "compose", "-f", DEPLOY / "compose.yaml", "config", "-q"],
        env={
            "PATH": os.environ["PATH"],
            "POSTGRES_PASSWORD": "x",
            "PRESSMARK_API_KEYS": "x",
            "ARTICLES": "/articles",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_nginx_reads_its_file(tmp_path: Path) -> None:
    nginx = shutil.which("nginx")
    if nginx is None:
        pytest.skip("nginx is not installed")
    # The servers have names in Compose's network only.
    conf = (DEPLOY / "nginx.conf").read_text()
    for name in ours():
        conf = conf.replace(f"{name}:", "127.0.0.1:")
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{conf}\n}}\n")
    done = subprocess.run(
        [nginx, "-t", "-p", tmp_path, "-c", whole], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
