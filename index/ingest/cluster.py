"""The work of indexing on a Ray cluster: readers as tasks, and an encoder on every node.

Each node needs the same Pressmark, and the folders under the same paths. A node with GPUs gets an
encoder for each of them, any other node one that has its processors. What dies is done again by
what is left: the driver, which alone writes, holds every file and text until its result is there.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

import numpy as np

from index.embedding.by_name import open_embedding
from index.embedding.local import Vectors, embed_texts, model_fingerprint
from index.errors import EmbeddingModelError, InputError, PressmarkError
from index.ingest.labour import Cut, Prepared, cut_or_reason, ready
from index.ingest.preparing import ReadFile, read_seen
from index.ingest.scan import SeenFile

CHUNK: Final = 64
_AHEAD: Final = 4
"""Files that are read ahead for each processor."""
_IN_HAND: Final = 2
"""Parts that an encoder has at once, so that it never waits for the next."""
_TRIES: Final = 5
_PATIENCE_S: Final = 60.0

_log = logging.getLogger(__name__)


@contextmanager
def cluster(address: str, spec: str) -> Iterator["ClusterLabour"]:
    """Connect to a cluster for a run.

    Args:
        address: of its head, ``host:6379``; ``auto`` finds the one of this machine, and ``local``
            starts one.
        spec: of the embedding, see `index.embedding.by_name.open_embedding`.

    Raises:
        InputError: Ray is not installed, or there is no cluster.
    """
    try:
        ray = import_module("ray")
    except ImportError as error:
        raise InputError("--ray needs Ray: pip install 'pressmark[ray]'") from error
    try:
        ray.init(address=address, log_to_driver=False, ignore_reinit_error=True, namespace="index")
    except Exception as error:  # Ray raises ConnectionError, ValueError, RuntimeError and others
        raise InputError(f"No Ray cluster answers at {address}: {error}") from error
    try:
        yield ClusterLabour(ray, spec)
    finally:
        ray.shutdown()


class ClusterLabour:
    """What does a run's work on a cluster; see `index.ingest.labour.Labour`."""

    def __init__(self, ray: Any, spec: str) -> None:
        """Start nothing yet.

        Args:
            ray: the module, connected.
            spec: of the embedding.
        """
        self._ray, self._spec = ray, spec
        self._made_by = model_fingerprint(open_embedding(spec))
        self._encoders: list[_Encoder] = []
        self._prepare = ray.remote(num_cpus=0.5, max_retries=_TRIES, scheduling_strategy="SPREAD")(
            _prepare
        )

    @property
    def breadth(self) -> int:
        """As many times the work of one machine as there are eights of processors."""
        return max(1, self._processors() // 8)

    def prepared(self, files: Iterable[SeenFile]) -> Iterator[Prepared]:
        """Read and cut files on the cluster, a few ahead for each processor, in order."""
        waiting = iter(files)
        under_way: deque[tuple[SeenFile, Any]] = deque()
        while True:
            while len(under_way) < _AHEAD * self._processors():
                seen = next(waiting, None)
                if seen is None:
                    break
                under_way.append((seen, self._prepare.remote(seen)))
            if not under_way:
                return
            seen, reference = under_way.popleft()
            read, cut = self._result(seen, reference)
            yield Prepared(seen, read, ready(cut))

    def embedded(self, texts: list[str], advanced: Callable[[int], None]) -> Vectors:
        """Embed in parts, each on whichever encoder is free, again if one dies."""
        parts = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
        found: dict[int, Vectors] = {}
        waiting, tries = deque(range(len(parts))), [0] * len(parts)
        self._fill()
        while len(found) < len(parts):
            self._hand_out(waiting, parts)
            for part, vectors in self._collect():
                if vectors is not None:
                    found[part] = vectors
                    advanced(sum(len(each) for each in found.values()))
                    continue
                tries[part] += 1
                if tries[part] >= _TRIES:
                    raise EmbeddingModelError(
                        f"{_TRIES} encoders of the cluster ended one after the other on the same "
                        "passages. What was written stays; index again when it is mended."
                    )
                waiting.append(part)
        return np.concatenate([found[part] for part in range(len(parts))])

    def _result(self, seen: SeenFile, reference: Any) -> tuple[ReadFile, Cut | str | None]:
        try:
            read, cut = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            _log.warning("%s is read here: %s", seen.path, type(error).__name__)
            read = read_seen(seen)
            cut = cut_or_reason(read)
        return read, cut

    def _processors(self) -> int:
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def _fill(self) -> None:
        """Start an encoder where there is none; nodes come and go."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            have = {encoder.node for encoder in self._encoders}
            for node in self._ray.nodes():
                if node["Alive"] and node["NodeID"] not in have and "CPU" in node["Resources"]:
                    self._encoders += self._start(node)
            if self._encoders:
                return
            if time.monotonic() > until:
                raise EmbeddingModelError(
                    "No node of the Ray cluster is left to embed on. What was written stays; "
                    "index again when there is one."
                )
            time.sleep(0.5)

    def _start(self, node: dict[str, Any]) -> list["_Encoder"]:
        here = import_module("ray.util.scheduling_strategies").NodeAffinitySchedulingStrategy(
            node_id=node["NodeID"], soft=False
        )
        processors, gpus = node["Resources"]["CPU"], int(node["Resources"].get("GPU", 0))
        # The encoder has a thread for each processor; readers share what it leaves.
        share = 0.5 if gpus else max(processors / 2, 0.5)
        made = self._ray.remote(
            num_cpus=share, num_gpus=1 if gpus else 0, max_restarts=0, scheduling_strategy=here
        )(_Embedder)
        return [
            _Encoder(node["NodeID"], made.remote(self._spec, self._made_by))
            for _ in range(max(gpus, 1))
        ]

    def _hand_out(self, waiting: deque[int], parts: list[list[str]]) -> None:
        if not self._encoders:
            self._fill()
        for _ in range(_IN_HAND):
            for encoder in self._encoders:
                if waiting and len(encoder.in_hand) < _IN_HAND:
                    part = waiting.popleft()
                    encoder.in_hand[encoder.actor.embed.remote(parts[part])] = part

    def _collect(self) -> Iterator[tuple[int, Vectors | None]]:
        """The parts that are done; None for those of an encoder that died."""
        references = [ref for encoder in self._encoders for ref in encoder.in_hand]
        done, _ = self._ray.wait(references, num_returns=1)
        for encoder in list(self._encoders):
            for reference in [ref for ref in done if ref in encoder.in_hand]:
                part = encoder.in_hand.pop(reference)
                try:
                    vectors = self._ray.get(reference)
                except self._ray.exceptions.RayTaskError as error:
                    raise _translated(error) from error
                except self._ray.exceptions.RayError as error:
                    _log.warning("An encoder has ended (%s); others go on.", type(error).__name__)
                    self._encoders.remove(encoder)
                    yield part, None
                    yield from ((lost, None) for lost in encoder.in_hand.values())
                    break
                yield part, vectors


@dataclass(slots=True, eq=False)
class _Encoder:
    """An encoder on a node, and the parts that it has, by the reference of their result."""

    node: str
    actor: Any
    in_hand: dict[Any, int] = field(default_factory=dict)


class _Embedder:
    """The encoder, in a process of a node's own."""

    def __init__(self, spec: str, made_by: str) -> None:
        self._embedding = open_embedding(spec)
        found = model_fingerprint(self._embedding)
        self._wrong = "" if found == made_by else found

    def embed(self, texts: list[str]) -> Vectors:
        """Embed some texts.

        Raises:
            EmbeddingModelError: this node has another model than the driver.
        """
        if self._wrong:
            raise EmbeddingModelError(
                f"A node of the Ray cluster has the embedding model {self._wrong}, and this "
                "machine has another. Install the same Pressmark on all of them."
            )
        return embed_texts(self._embedding, texts)


def _prepare(seen: SeenFile) -> tuple[ReadFile, Cut | str | None]:
    """Read and cut a file on a node."""
    read = read_seen(seen)
    return read, cut_or_reason(read)


def _translated(error: Any) -> PressmarkError:
    """Ours, out of Ray's wrapping; a vendor's words stay in the traceback."""
    cause = error.cause
    if isinstance(cause, PressmarkError):
        return cause
    return EmbeddingModelError(f"The embedding failed on the cluster ({type(cause).__name__}).")
