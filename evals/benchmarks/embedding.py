"""Compare runtimes for the local embedding model: speed, size, memory, fidelity.

Every runtime gets the same graph (`index.embedding.transformer.encoder_graph`), tokens and runs, in
a process of its own. The rounds take turns, so that a busy moment of the machine hits them all. On
a busy machine, trust the processor time a passage: other work stretches it less. Pressmark uses
OpenVINO only; ONNX Runtime lives in this file alone (Chroma installs it).
"""

import argparse
import importlib
import importlib.metadata
import logging
import multiprocessing
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from index.embedding.e5 import MAX_TOKENS, WIDTH, E5Model, Floats, open_model
from index.embedding.local import normalise
from index.embedding.transformer import Precision, Transformer, encoder_graph, runs

Encode = Callable[[Sequence[str]], Floats]

SEEDS = Path(__file__).parents[2] / "seeds"
QUESTION = "Who asked Minsk to hand over the detained Russian citizens?"
MEGABYTE = 1_000_000
RUNTIMES: dict[str, tuple[str, Precision]] = {
    "ONNX Runtime f32": ("onnxruntime", "f32"),
    "ONNX Runtime int8": ("onnxruntime", "int8"),
    "OpenVINO f32": ("openvino", "f32"),
    "OpenVINO bf16": ("openvino", "bf16"),
    "OpenVINO int8": ("openvino", "int8"),
}
COLUMNS = (
    "runtime",
    "passages/s: median (lowest to highest)",
    "to the slowest",
    "CPU ms a passage",
    "one question, ms",
    "import and load, s",
    "memory, MB",
    "installed, MB",
    "lowest cosine to f32",
    "top 10 kept",
    "batch changes a number by",
)
EXAMPLE = """example:
  python -m evals.benchmarks.embedding --passages 256 --rounds 7
"""


@dataclass
class Measured:
    """The measurements of one runtime: seconds, milliseconds, megabytes, as the names say."""

    name: str
    load_s: float = 0.0
    memory_mb: float = 0.0
    query_ms: float = 0.0
    batch_difference: float = 0.0
    rates: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    vectors: Floats = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))

    @property
    def rate(self) -> float:
        """Median passages per second."""
        return statistics.median(self.rates)


def make_passages(count: int, seed: int = 0) -> list[str]:
    """Cut windows of about 120 tokens (65 to 110 words) from the seed articles."""
    files = sorted(SEEDS.glob("*.txt"))
    words = " ".join(path.read_text("utf-8", errors="replace") for path in files).split()
    chance = random.Random(seed)  # noqa: S311 - a benchmark must repeat itself
    starts = [chance.randrange(len(words) - 110) for _ in range(count)]
    return [" ".join(words[start : start + chance.randint(65, 110)]) for start in starts]


def tokenise(model: E5Model, texts: Sequence[str]) -> list[list[int]]:
    """Tokenise texts as passages, with the marks of their ends."""
    pieces = model.tokenizer
    found = (pieces.encode(f"passage: {text}").ids[: MAX_TOKENS - 2] for text in texts)
    return [[pieces.bos, *ids, pieces.eos] for ids in found]


def open_onnxruntime(model: E5Model, precision: Precision) -> Encode:
    """Open the model on ONNX Runtime: one thread a run, as many runs at a time as cores.

    (One run at a time on every core is a tenth slower.)
    """
    onnxruntime: Any = importlib.import_module("onnxruntime")
    graph = encoder_graph(model.layer_weights(), None)
    if precision == "int8":
        graph = quantised(graph)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    wanted = [session.get_outputs()[0].name]
    pool = ThreadPoolExecutor(os.cpu_count())

    def encode(texts: Sequence[str]) -> Floats:
        means = np.empty((len(texts), WIDTH), dtype=np.float32)

        def run(job: tuple[list[int], dict[str, Any]]) -> None:
            means[job[0]] = session.run(wanted, job[1])[0]

        list(pool.map(run, runs(tokenise(model, texts), model)))
        return normalise(means)

    return encode


def open_openvino(model: E5Model, precision: Precision) -> Encode:
    """Open the model as Pressmark does."""
    layers = Transformer(model.layer_weights(), precision=precision)

    def encode(texts: Sequence[str]) -> Floats:
        outputs = layers.run(tokenise(model, texts), model)
        return normalise(np.array([output.mean for output in outputs]))

    return encode


def quantised(graph: bytes) -> bytes:
    """Quantise the weights to int8, and the activations on the fly, as ONNX Runtime does."""
    onnx: Any = importlib.import_module("onnx")
    quantization: Any = importlib.import_module("onnxruntime.quantization")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "int8.onnx"
        quantization.quantize_dynamic(
            onnx.load_from_string(graph),
            path,
            per_channel=True,  # one scale for a whole matrix costs far more accuracy
            # Shape inference does not know the fused operators, so we name their type here.
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        return path.read_bytes()


def open_runtime(name: str) -> Encode:
    """Open the model on the runtime called ``name``."""
    package, precision = RUNTIMES[name]
    opened = open_onnxruntime if package == "onnxruntime" else open_openvino
    return opened(open_model(), precision)


def resident_bytes() -> int:
    """Memory this process holds now (Linux; 0 elsewhere)."""
    status = Path("/proc/self/statm")
    if not status.exists():
        return 0
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def serve(name: str, passages: list[str], pipe: Connection) -> None:
    """Load a runtime, then answer each message with one measurement, until one says "stop"."""
    logging.disable(logging.WARNING)
    before, start = resident_bytes(), time.perf_counter()
    encode = open_runtime(name)
    encode([QUESTION])
    load = time.perf_counter() - start
    vectors = encode(passages)
    memory = (resident_bytes() - before) / MEGABYTE
    alone = np.concatenate([encode([passage]) for passage in passages[:32]])
    pipe.send(
        Measured(
            name,
            load_s=load,
            memory_mb=memory,
            batch_difference=float(np.abs(vectors[:32] - alone).max()),
            vectors=vectors,
        )
    )
    while (message := pipe.recv()) != "stop":
        if message == "passages":
            start, cpu_start = time.perf_counter(), time.process_time()
            encode(passages)
            cpu_ms = (time.process_time() - cpu_start) * 1000 / len(passages)
            pipe.send((len(passages) / (time.perf_counter() - start), cpu_ms))
        else:
            times = [timed_query(encode) for _ in range(50)]
            pipe.send(statistics.median(times))


def timed_query(encode: Encode) -> float:
    """Measure the milliseconds for one question."""
    start = time.perf_counter()
    encode([QUESTION])
    return (time.perf_counter() - start) * 1000


def measure(passages: list[str], rounds: int) -> list[Measured]:
    """Load each runtime in turn, then let them take turns for ``rounds`` rounds."""
    context = multiprocessing.get_context("spawn")
    results, pipes = [], []
    for name in RUNTIMES:
        ours, theirs = context.Pipe()
        context.Process(target=serve, args=(name, passages, theirs), daemon=True).start()
        theirs.close()  # a worker that dies must end our waiting
        results.append(ours.recv())
        pipes.append(ours)
    queries: list[list[float]] = [[] for _ in pipes]
    for _ in range(rounds):
        for result, pipe, times in zip(results, pipes, queries, strict=True):
            pipe.send("passages")
            rate, cpu_ms = pipe.recv()
            result.rates.append(rate)
            result.cpu_ms.append(cpu_ms)
            pipe.send("question")
            times.append(pipe.recv())
    for result, pipe, times in zip(results, pipes, queries, strict=True):
        result.query_ms = statistics.median(times)
        pipe.send("stop")
    return results


def installed_mb(package: str) -> float:
    """Size on disk of an installed package, without its dependencies."""
    paths = (Path(str(file.locate())) for file in importlib.metadata.files(package) or [])
    return sum(path.stat().st_size for path in paths if path.exists()) / MEGABYTE


def kept_neighbours(vectors: Floats, reference: Floats, count: int = 10) -> float:
    """The share of each passage's ``count`` nearest passages that stay its nearest."""
    ours, theirs = (
        np.argsort(-np.einsum("ik,jk->ij", some, some), axis=1, kind="stable")[:, 1 : count + 1]
        for some in (vectors, reference)
    )
    pairs = zip(ours.tolist(), theirs.tolist(), strict=True)
    return statistics.mean(len(set(one) & set(other)) / count for one, other in pairs)


def table(results: Sequence[Measured]) -> str:
    """Draw the results as a Markdown table; the first runtime is the reference of fidelity."""
    slowest = min(result.rate for result in results)
    reference = results[0].vectors
    lines = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for result in results:
        cosine = float(np.min(np.sum(result.vectors * reference, axis=1)))
        kept = kept_neighbours(result.vectors, reference)
        lines.append(
            f"| {result.name} | {result.rate:.0f} ({min(result.rates):.0f} to "
            f"{max(result.rates):.0f}) | {result.rate / slowest:.2f} "
            f"| {statistics.median(result.cpu_ms):.1f} | {result.query_ms:.1f} "
            f"| {result.load_s:.2f} | {result.memory_mb:.0f} "
            f"| {installed_mb(RUNTIMES[result.name][0]):.0f} | {cosine:.5f} | {kept:.1%} "
            f"| {result.batch_difference:.0e} |"
        )
    return "\n".join(lines)


def circumstances(passages: list[str], rounds: int) -> str:
    """Print what a reader needs to repeat the run."""
    tokens = statistics.mean(map(len, tokenise(open_model(), passages)))
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    flags = {flag for line in lines if line.startswith("flags") for flag in line.split()}
    wide = sorted(flags & {"amx_bf16", "avx512_bf16", "avx512_vnni", "avx2"})
    versions = [
        f"{name} {importlib.metadata.version(name)}" for name in ("onnxruntime", "openvino")
    ]
    return (
        f"{len(passages)} passages of {tokens:.0f} tokens on average, {rounds} rounds; "
        f"{(names or [platform.machine()])[0]} ({', '.join(wide)}), {os.cpu_count()} cores; "
        f"Python {platform.python_version()}, {', '.join(versions)}"
    )


def main() -> None:
    """Run the benchmark and print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0],
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--passages", type=int, default=256, help="how many (default: 256)")
    parser.add_argument("--rounds", type=int, default=7, help="how many (default: 7)")
    arguments = parser.parse_args()
    if arguments.passages < 11 or arguments.rounds < 1:
        parser.error("at least 11 passages (for the top 10) and 1 round")
    passages = make_passages(arguments.passages)
    print(circumstances(passages, arguments.rounds), end="\n\n", flush=True)
    print(table(measure(passages, arguments.rounds)))


if __name__ == "__main__":
    main()
