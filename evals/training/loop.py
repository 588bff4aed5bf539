"""The training loop: learn, look at the dev data now and then, save, and resume after a stop."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from evals.training import export, record
from evals.training.mixture import Batches
from evals.training.schedule import Schedule
from evals.training.sources import Row, Sources
from evals.training.tasks import Task

NEWS_AT_THE_END = 0.65
"""Share of news while the rate decays."""
CLIP = 1.0
DECAY = 0.01
BETAS = (0.9, 0.98)
LOG_EVERY = 25
"""Steps."""
AVERAGED = 100
SAVE_EVERY = 300.0
LOOK_EVERY = 600.0
"""Seconds."""

Say = Callable[[str], None]


@dataclass
class Place:
    """The place of a training; with the weights, enough to resume exactly there.

    Attributes:
        step: batches done.
        seconds: spent on them.
        shares: of news in each pool of batches begun.
        used: batches done of the last pool.
        decay: step at which the decay began and how many it lasts; None before.
        curve: points of the loss.
        losses: the latest ones.
        init: SHA-256 of the file that it began from, if any.
    """

    step: int = 0
    seconds: float = 0.0
    shares: list[float] = field(default_factory=list)
    used: int = 0
    decay: tuple[int, int] | None = None
    curve: list[record.Point] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    init: str | None = None


class Training:
    """One training in one folder.

    Args:
        task: what to train.
        sources: of the data.
        schedule: of the learning rate.
        seed: of everything drawn.
        folder: for state, log, weights and record.
        say: takes lines of progress.
        init: what an earlier training left, to begin from.
    """

    def __init__(
        self,
        task: Task,
        sources: Sources,
        schedule: Schedule,
        seed: int,
        folder: Path,
        say: Say,
        init: Path | None = None,
    ) -> None:
        self._task, self._sources, self._schedule = task, sources, schedule
        self._seed, self._folder, self._say = seed, folder, say
        self._init, self._place = init, Place()
        self._optimizer = self._new_optimizer()
        self._dev: list[Row] = sources.news("dev")

    def run(self) -> Path:
        """Learn to the end of the schedule, and write weights and record.

        Returns:
            the file of the weights.
        """
        if (self._folder / "state.pt").exists():
            self._load()
            self._say(f"Going on from step {self._place.step}.")
        self._say("Preparing the examples …")
        mixture = self._task.mixture(self._sources, self._seed, self._folder)
        if self._init and not self._place.step:
            self._task.network.begin_from(self._init)
            self._place.init = hashlib.sha256(self._init.read_bytes()).hexdigest()
        self._catch_up(mixture)
        saved = looked = time.monotonic()
        while True:
            for batch in self._pool(mixture):
                self._learn(batch)
                if self._schedule.is_over(self._place.step, self._place.seconds):
                    self._save()
                    return self._finish()
                now = time.monotonic()
                if now - saved > SAVE_EVERY:
                    self._save()
                    saved = time.monotonic()
                if now - looked > LOOK_EVERY:
                    self._say(f"dev: {json.dumps(self._task.figures(self._dev, False))}")
                    looked = time.monotonic()
            self._place.used = 0

    def _new_optimizer(self) -> torch.optim.Optimizer:
        taught = self._task.network.taught
        groups = [
            {"params": [p for p in taught if p.ndim > 1], "weight_decay": DECAY},
            {"params": [p for p in taught if p.ndim < 2], "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=self._schedule.rate, betas=BETAS, fused=True)

    def _catch_up(self, mixture: Batches) -> None:
        """Repeat the draws so far, up to the pool begun last."""
        for share in self._place.shares[:-1]:
            mixture.skip(share, self._task.batch)

    @property
    def _share_at_the_end(self) -> float:
        """Of news while the rate falls: more than before, never less."""
        return max(self._task.share, NEWS_AT_THE_END)

    def _pool(self, mixture: Batches) -> list[list[Any]]:
        """The next batches: the rest of a pool, or a new one."""
        if not self._place.used:
            share = self._task.share if self._place.decay is None else self._share_at_the_end
            self._place.shares.append(share)
        share, task = self._place.shares[-1], self._task
        batches = mixture.batches(share, task.batch, task.encode, lambda given: len(given.ids))
        return batches[self._place.used :]

    def _learn(self, batch: list[Any]) -> None:
        begun, place, schedule = time.monotonic(), self._place, self._schedule
        place.step += 1
        place.used += 1
        rate = schedule.rate_at(place.step, place.seconds)
        if schedule.decay_from is not None:
            place.decay = (schedule.decay_from, schedule.decay_steps)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        loss = self._task.loss(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._task.network.taught, CLIP)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        place.losses = [*place.losses[1 - AVERAGED :], float(loss.detach())]
        place.seconds += time.monotonic() - begun
        if place.step % LOG_EVERY == 0:
            mean = round(float(np.mean(place.losses)), 4)
            place.curve.append({"step": place.step, "loss": mean, "rate": rate})
            minutes = place.seconds / 60
            self._say(f"step {place.step}  loss {mean:.4f}  rate {rate:.2e}  {minutes:.1f} min")

    def _save(self) -> None:
        """Save the state, whole or not at all."""
        network = self._task.network
        state = {
            "body": network.body.state_dict(),
            "head": network.head.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "place": json.dumps(asdict(self._place)),
        }
        unfinished = self._folder / "state.part"
        torch.save(state, unfinished)
        unfinished.replace(self._folder / "state.pt")

    def _load(self) -> None:
        state = torch.load(self._folder / "state.pt", weights_only=True)
        self._task.network.body.load_state_dict(state["body"])
        self._task.network.head.load_state_dict(state["head"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._place = Place(**json.loads(state["place"]))
        if self._place.decay is not None:
            self._schedule.decay_from, self._schedule.decay_steps = self._place.decay

    def _finish(self) -> Path:
        network, place, name = self._task.network, self._place, self._task.name
        shares = [self._task.share]
        if not self._schedule.falling:
            shares.append(self._share_at_the_end)
        learning = {
            "init": place.init,
            "seed": self._seed,
            "steps": place.step,
            "decay_from": self._schedule.decay_from,
            "batch": self._task.batch,
            "rate": self._schedule.rate,
            "news_share": shares,
            "frozen_layers": self._task.network.frozen,
            "examples_seen": place.step * self._task.batch,
            "minutes": round(place.seconds / 60, 1),
        }
        dev = self._task.figures(self._dev, True)
        made = record.record(name, learning, self._sources, place.curve, dev)
        body, head = (
            {key: value.float().numpy() for key, value in part.state_dict().items()}
            for part in (network.body, network.head)
        )
        weights = self._folder / f"{name}.safetensors"
        tensors = export.stored(body, head, self._task.network.frozen)
        export.write(weights, tensors, record.metadata(name, self._task.network.frozen, made))
        record.write_record(self._folder / f"{name}.json", made)
        self._say(f"dev: {json.dumps(dev)}")
        return weights
