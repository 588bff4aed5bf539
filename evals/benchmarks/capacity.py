"""What an archive and its readers need: ``python -m evals.benchmarks.capacity UNITS.json``.

A simulation from unit costs that `evals.benchmarks.units` has measured on some machine. Whatever is
an assumption is an argument and stands in the first lines of what is printed.
"""

import argparse
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

GB: Final = 1e9
_MONTH_H: Final = 730.0


@dataclass(frozen=True, slots=True)
class Assumed:
    """What no measurement here can say.

    Attributes:
        articles: of the archive.
        people: who ask.
        asked_an_hour: questions of a person in the busiest hour.
        new_a_day: articles that come every day.
        cores: processors of a machine.
        memory_gb: memory of a machine.
        busy: share of a machine's time that may be planned with.
        shard: vectors that one server searches.
        embedding_nodes: machines of the cluster that embeds the archive.
        core_month: price of a processor with its memory, a month.
        gb_month: price of a gigabyte of disk, a month.
    """

    articles: int = 10_000_000
    people: int = 1_000
    asked_an_hour: float = 20.0
    new_a_day: int = 5_000
    cores: int = 16
    memory_gb: float = 64.0
    busy: float = 0.6
    shard: int = 10_000_000
    embedding_nodes: int = 16
    core_month: float = 25.0
    gb_month: float = 0.10


@dataclass(frozen=True, slots=True)
class Need:
    """One line of what is needed.

    Attributes:
        what: it is.
        value: in words, with its unit.
        reckoned: from which figures.
        strained: how many times what a machine of the plan has; above 1 it breaks.
    """

    what: str
    value: str
    reckoned: str
    strained: float | None = None


def simulate(units: Mapping[str, float], plan: Assumed) -> list[Need]:
    """Carry unit costs to an archive and its readers.

    Args:
        units: as `evals.benchmarks.units.measure` gives them.
        plan: what is assumed.
    """
    passages = plan.articles * units["passages_an_article"]
    return [
        *_embedding(units, plan, passages),
        *_storage(units, plan, passages),
        *_serving(units, plan, passages),
        *_following(units, plan, passages),
    ]


def _embedding(units: Mapping[str, float], plan: Assumed, passages: float) -> list[Need]:
    ms = units["embedding_processor_ms_a_passage"]
    core_days = passages * ms / 1000 / 86_400
    days = core_days / (plan.embedding_nodes * plan.cores * plan.busy)
    price = core_days / plan.busy / (_MONTH_H / 24) * plan.core_month
    writing = passages * units["taking_in_processor_ms_a_passage"] / 1000 / 86_400
    return [
        Need("passages", f"{passages / 1e6:,.0f} million", f"{plan.articles:,} articles"),
        Need("embedding", f"{core_days:,.0f} processor days", f"{ms:g} ms a passage"),
        Need(
            "… on the cluster",
            f"{days:,.1f} days, {price:,.0f} in all",
            f"{plan.embedding_nodes} machines of {plan.cores}",
        ),
        Need(
            "one process that writes",
            f"{writing:,.1f} days",
            f"{units['taking_in_processor_ms_a_passage']:g} ms a passage, reading included",
            writing / max(days, 1e-9),
        ),
    ]


def _storage(units: Mapping[str, float], plan: Assumed, passages: float) -> list[Need]:
    rows = []
    for name, label in (
        ("postgres", "PostgreSQL"),
        ("words", "words on PostgreSQL, if wanted"),
        ("tantivy", "words, a copy on each server"),
        ("chroma", "Chroma, disk"),
    ):
        each = units[f"{name}_bytes_a_passage"]
        value = f"{passages * each / GB:,.0f} GB"
        rows.append(Need(label, value, f"{each:,.0f} bytes a passage"))
    each = units["chroma_memory_bytes_a_passage"]
    shards = math.ceil(passages / plan.shard)
    held = min(passages, plan.shard) * each / GB
    said = f"{shards} servers, {held:,.0f} GB in memory each"
    why = f"{each:,.0f} bytes a passage, {plan.shard / 1e6:g} million vectors a server"
    return [*rows, Need("Chroma, memory", said, why, held / (plan.memory_gb * plan.busy))]


def _serving(units: Mapping[str, float], plan: Assumed, passages: float) -> list[Need]:
    a_second = plan.people * plan.asked_an_hour / 3600
    ms = units["answer_processor_ms"]
    cores = a_second * ms / 1000 / plan.busy
    machines = max(2, math.ceil(cores / plan.cores))
    processes = max(1, math.ceil(cores / machines / 4))
    holdings = plan.articles * units["holdings_bytes_an_article"] / GB
    memory = processes * (holdings + units["server_memory_bytes"] / GB)
    disk = (
        passages * sum(units[f"{name}_bytes_a_passage"] for name in ("postgres", "chroma")) / GB
        + machines * passages * units["tantivy_bytes_a_passage"] / GB
    )
    shards = math.ceil(passages / plan.shard)
    price = (machines + shards + 1) * plan.cores * plan.core_month + disk * plan.gb_month
    return [
        Need("answers", f"{a_second:.1f} a second", f"{plan.people:,} people"),
        Need(
            "servers",
            f"{machines} machines, {processes} processes each",
            f"{ms:,.0f} ms of a processor an answer, {cores:,.0f} processors",
        ),
        Need(
            "holdings in each process",
            f"{holdings:,.1f} GB; {memory:,.0f} GB a machine",
            f"{units['holdings_bytes_an_article']:,.0f} bytes an article",
            memory / (plan.memory_gb * plan.busy),
        ),
        Need(
            "money",
            f"{price:,.0f} a month",
            f"{machines + shards + 1} machines and {disk:,.0f} GB of disk",
        ),
    ]


def _following(units: Mapping[str, float], plan: Assumed, passages: float) -> list[Need]:
    fresh = plan.new_a_day * units["passages_an_article"]
    ms = units["copy_processor_ms_a_passage"]
    first = passages * units["tantivy_bytes_a_passage"] / (100e6)
    return [
        Need(
            "lag of a copy",
            f"2 s, and {fresh / 24 / 30 * ms / 1000:,.1f} s to take in two minutes' articles",
            f"{plan.new_a_day:,} articles a day, {ms:g} ms a passage",
            fresh * ms / 1000 / 86_400,
        ),
        Need(
            "first start of a server",
            f"{passages * ms / 3.6e6:,.0f} h to build its copy; {first / 60:,.0f} min to fetch one",
            "100 MB a second from another server's home",
        ),
    ]


def table(needs: list[Need]) -> str:
    """The needs as a table in Markdown, and what breaks first."""
    lines = ["| what | needed | reckoned from |", "| --- | --- | --- |"]
    lines += [f"| {need.what} | {need.value} | {need.reckoned} |" for need in needs]
    strained = sorted(
        ((need.strained, need.what) for need in needs if need.strained is not None), reverse=True
    )
    order = ", then ".join(f"{what} ({share:.2g} of what there is)" for share, what in strained)
    return "\n".join([*lines, "", f"What breaks first: {order}."])


def main() -> None:
    """Simulate, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("units", type=Path, help="what evals.benchmarks.units has written")
    for name, value in Assumed.__dataclass_fields__.items():
        kind = type(value.default)
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=value.default)
    options = vars(parser.parse_args())
    units = json.loads(options.pop("units").read_text(encoding="utf-8"))
    plan = Assumed(**options)
    print(", ".join(f"{name} {value:g}" for name, value in options.items()) + "\n")
    print(table(simulate(units, plan)))


if __name__ == "__main__":
    main()
