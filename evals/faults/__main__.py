"""``python -m evals.faults``: break things on purpose, and count.

Example: python -m evals.faults crash damage --rounds 50 --json faults.json
"""

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from evals.faults.apart import apart
from evals.faults.crash import crash
from evals.faults.damage import damage
from evals.faults.load import load
from evals.faults.network import network
from evals.faults.poison import poison
from evals.faults.processes import two_processes
from evals.faults.results import Result, print_table, write_json
from evals.faults.room import clock_set_back, full_disk, read_only_folder
from rag.settings import Settings

LONG_ROUNDS = 200
SHORT_ROUNDS = 8
LONG = ("load", "apart")
"""Kinds that are no part of the short form."""


def main(arguments: list[str]) -> int:
    """Run the kinds that were asked for.

    Args:
        arguments: of the command line.

    Returns:
        the exit status: 1 if a promise was broken.
    """
    asked = _parser().parse_args(arguments)
    # What is damaged on purpose need not be told on stderr too.
    logging.basicConfig(level=logging.CRITICAL)
    rounds = SHORT_ROUNDS if asked.short else asked.rounds
    console, results = Console(), []
    short = [name for name in KINDS if name not in LONG]
    for name in asked.kinds or (short if asked.short else list(KINDS)):
        console.print(f"{name} …", style="dim")
        results.append(KINDS[name](rounds, asked.seed))
        if asked.json is not None:
            write_json(results, asked.json)  # who is impatient has what is known so far
    print_table(results, console)
    return int(any(result.wrong for result in results))


def _damage(rounds: int, seed: int) -> Result:
    return damage(None if rounds >= LONG_ROUNDS else rounds * 2, seed)


KINDS: dict[str, Callable[[int, int], Result]] = {
    "crash": crash,
    "damage": _damage,
    "full-disk": lambda rounds, _: full_disk(max(1, rounds // 20)),
    "read-only": lambda *_: read_only_folder(),
    "clock": lambda rounds, _: clock_set_back(max(3, rounds // 10)),
    "processes": lambda rounds, _: two_processes(max(2, rounds // 20)),
    "network": lambda rounds, _: network(None if rounds >= LONG_ROUNDS else rounds // 2),
    "poison": lambda rounds, _: poison(None if rounds >= LONG_ROUNDS else rounds, Settings()),
    "load": lambda rounds, _: load(rounds),
    "apart": lambda rounds, _: apart(max(6, rounds)),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make faults",
        description="Break things on purpose, and count what is lost, doubled, wrong or dead.",
        epilog="Example: make faults ARGS='crash damage --rounds 50 --json faults.json'",
    )
    parser.add_argument(
        "kinds", nargs="*", metavar="KIND", help=f"of: {', '.join(KINDS)}; by default all"
    )
    parser.add_argument(
        "--rounds", type=int, default=LONG_ROUNDS, help=f"kills ({LONG_ROUNDS}); others follow"
    )
    parser.add_argument(
        "--short", action="store_true", help="some of each but load and apart, for the tests"
    )
    parser.add_argument("--seed", type=int, default=1, help="another one breaks other places")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there, too")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
