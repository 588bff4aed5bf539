"""``python -m evals.training``: train reader, judge or retriever. ``make train`` runs it."""

import argparse
import os
import sys
from pathlib import Path

from evals.training.schedule import Schedule
from evals.training.sources import Sources

RATES = {"reader": 1.2e-4, "judge": 1.2e-4, "retriever": 8e-5}
FALLING = ("retriever",)
"""Tasks whose rate falls from the first step to the last."""
FROZEN = 4
_EXAMPLE = """\
example, for about an hour on one core:
  python -m evals.training reader --data "$PRESSMARK_TRAINING_DATA" \\
      --evals "$PRESSMARK_EVALS_DATA" --out ~/reader --minutes 60

Start it again with the same folder, and it goes on where it stopped. FOLDER then holds the weights
(TASK.safetensors), their record (TASK.json) and the state. The record names the --steps (and
--decay-from, if any) that repeat the training.
"""


def parser() -> argparse.ArgumentParser:
    """Build the command line."""
    found = argparse.ArgumentParser(
        prog="python -m evals.training",
        description="Train reader, judge or retriever on the training data, repeatably.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("task", choices=tuple(RATES), help="what to train")
    found.add_argument(
        "--data", type=Path, default=_folder("PRESSMARK_TRAINING_DATA"), metavar="FOLDER",
        help="the training data (default: PRESSMARK_TRAINING_DATA)",
    )  # fmt: skip
    found.add_argument(
        "--evals", type=Path, default=_folder("PRESSMARK_EVALS_DATA"), metavar="FOLDER",
        help="suites whose train portions to learn from (default: PRESSMARK_EVALS_DATA)",
    )  # fmt: skip
    found.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="folder for everything it makes"
    )
    length = found.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float, help="of training, on this machine")
    length.add_argument("--steps", type=int, help="of training; repeats one that ran by minutes")
    found.add_argument(
        "--decay-from",
        type=int,
        metavar="STEP",
        help="with --steps: the step at which the rate begins to fall",
    )
    found.add_argument(
        "--init", type=Path, metavar="FILE",
        help="begin from an earlier training's state.pt, or from weights it wrote",
    )  # fmt: skip
    found.add_argument("--rate", type=float, help="the highest learning rate (default: the task's)")
    found.add_argument(
        "--news-share", type=float, metavar="SHARE",
        help="of the examples that are news until the rate falls, 0 to 1 (default: the task's)",
    )  # fmt: skip
    found.add_argument("--seed", type=int, default=7, help="of everything drawn (default: 7)")
    return found


def _folder(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value).expanduser() if value else None


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns:
        the exit status: 0, or 2 if the line or the data is invalid.
    """
    line = parser()
    given = line.parse_args(arguments)
    for option, folder in (("--data", given.data), ("--evals", given.evals)):
        if folder is None or not folder.is_dir():
            line.error(f"{option}: {folder or 'nothing'} is not a folder")
    if given.decay_from is not None and given.steps is None:
        line.error("--decay-from goes with --steps")
    if given.init is not None and not given.init.is_file():
        line.error(f"--init: {given.init} is not a file")
    if given.news_share is not None and not 0 <= given.news_share <= 1:
        line.error(f"--news-share: {given.news_share} is no share from 0 to 1")
    rate = RATES[given.task] if given.rate is None else given.rate
    try:
        falling = given.task in FALLING
        schedule = Schedule(rate, given.minutes, given.steps, given.decay_from, falling)
    except ValueError as error:
        line.error(str(error))
    try:
        # Only the training's environment has torch.
        import torch

        from evals.training.loop import Training
        from evals.training.tasks import TASKS
    except ImportError as error:
        line.error(f"{error}; `make train` makes an environment that has it")
    from index.embedding.e5 import open_model

    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    given.out.mkdir(parents=True, exist_ok=True)
    sources = Sources(given.data, given.evals)
    task = TASKS[given.task](open_model(), FROZEN)
    task.share = task.share if given.news_share is None else given.news_share
    training = Training(task, sources, schedule, given.seed, given.out, _say, given.init)
    _say(f"Weights: {training.run()}")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
