"""Indexing on a real Ray cluster of two nodes on this machine: a killed worker loses nothing.

Ray is an extra: without it these tests are skipped (pip install 'pressmark[ray]').
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from index.errors import InputError
from index.ingest.cluster import cluster
from tests.helpers.doubles import article_text

FILES = 16
# Arguments: home, folder of articles. Prints what came of each run as JSON.
PROGRAM = """
import contextlib, json, os, pathlib, sys
import ray
from ray.cluster_utils import Cluster
from index.embedding.local import model_fingerprint
from index.ingest import cluster as labour
from index.ingest.run import index_roots
from index.search.stores import open_stores
from tests.helpers.noted import NotedEmbedding

home, news = map(pathlib.Path, sys.argv[1:3])
noted = pathlib.Path(os.environ["NOTED"])
labour.CHUNK = 4
made = NotedEmbedding()

def two_nodes():
    # Ray gives a node thirty seconds to start, which a loaded machine may not have.
    for _ in range(20):
        nodes = Cluster()
        try:
            nodes.add_node(num_cpus=1, include_dashboard=False)
            other = nodes.add_node(num_cpus=1)
            nodes.wait_for_nodes()
            return nodes, other
        except Exception as error:
            with contextlib.suppress(Exception):
                nodes.shutdown()
            failed = error
    raise failed

nodes, other = two_nodes()
said = []

def run(stores, progress=None):
    with labour.cluster(nodes.address, "tests.helpers.noted:NotedEmbedding") as work:
        report = index_roots(stores, [news], made, progress, labour=work)
    counts = stores.library.counts()
    said.append({
        "embedded": report.texts_embedded, "articles": counts.articles, "files": counts.files,
        "passages": counts.passages, "vectors": counts.vectors, "refused": counts.refused,
        "wrong": stores.library.verify(), "found": sum(
            bool(stores.search_words(f"topic{n}", 1)) for n in range(40)),
        "nodes": sorted({path.name.partition("-")[0] for path in noted.iterdir()}),
        "here": sum(f"-{os.getpid()}" in path.name for path in noted.iterdir()),
    })

def more(start, count):
    from tests.helpers.doubles import article_text
    for n in range(start, start + count):
        (news / f"{n:02}.txt").write_text(article_text(f"topic{n}"))

with open_stores(home, write=True, fingerprint=model_fingerprint(made),
                 dimension=made.dimension) as stores:
    run(stores)
    run(stores)
    more(16, 8)
    (noted / "die").touch()
    run(stores)
    more(24, 16)
    gone = []

    def lose_a_node(progress):
        if progress.stage == "embedding" and not gone:
            gone.append(nodes.remove_node(other, allow_graceful=False))

    run(stores, lose_a_node)
nodes.shutdown()
print(json.dumps(said))
"""


@pytest.mark.slow
@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed: pressmark[ray]")
def test_two_nodes_and_the_loss_of_a_worker_and_of_a_node(tmp_path: Path) -> None:
    news, noted = tmp_path / "news", tmp_path / "noted"
    news.mkdir()
    noted.mkdir()
    for n in range(FILES):
        (news / f"{n:02}.txt").write_text(article_text(f"topic{n}"))
    (news / "empty.txt").write_text("")
    environment = {
        **os.environ,
        "NOTED": str(noted),
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH")])
        ),
        "RAY_USAGE_STATS_ENABLED": "0",
        # Ray's workers stand back behind everything else, which on a busy machine is for ever.
        "RAY_worker_niceness": "0",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "home"), str(news)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=1_800,  # a loaded machine; usually two minutes
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    runs: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    first, again, killed, node_lost = runs
    for run, articles in zip(runs, (16, 16, 24, 40), strict=True):
        assert (run["articles"], run["found"], run["wrong"]) == (articles, articles, [])
        assert (run["files"], run["refused"]) == (articles + 1, 1)
        assert run["vectors"] == run["passages"]
        assert run["here"] == 0  # the driver embeds nothing
    assert first["embedded"] == first["passages"]
    assert len(first["nodes"]) == 2
    assert again["embedded"] == 0
    assert not (noted / "die").exists()
    assert killed["embedded"] == killed["passages"] - first["passages"]
    assert node_lost["embedded"] == node_lost["passages"] - killed["passages"]


def test_without_ray_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"pressmark\[ray\]"), cluster("auto", "e5"):
        raise AssertionError
