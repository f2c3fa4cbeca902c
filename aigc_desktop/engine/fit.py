"""The one training loop. What every training needs is here, and no generator repeats it."""

import json
import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor

from aigc_desktop import foreign_json
from aigc_desktop.engine import checkpoint, machine, memory, precision, restore
from aigc_desktop.engine.averages import Averages
from aigc_desktop.engine.control import Orders, Pace, Tally, diverged
from aigc_desktop.engine.group import Group
from aigc_desktop.engine.registry import Spec
from aigc_desktop.engine.run import Cancelled, Run
from aigc_desktop.engine.trainer import Place, Trainer
from aigc_desktop.i18n import mark
from aigc_desktop.library import disk
from aigc_desktop.media.files import write_bytes
from aigc_desktop.problems import BadInput, Failure

CHECKPOINT_SECONDS = float(os.environ.get("AIGC_CHECKPOINT_SECONDS", "30"))
LOG_SECONDS = 0.1
LONG_STEPS, LONG_SECONDS = (
    10_000,
    600,
)  # compiling takes its time at every start: a shorter training does not win it back


class Fit:
    """One training from its first step, or its last checkpoint, to its end.

    After `train()`: `trainer` (under its averages inside `averaged()`), `step`, `seconds`, `figures`.
    Raises Cancelled when stopped (a checkpoint is written first), Failure when the loss is no number.
    """

    def __init__(
        self,
        spec: Spec,
        build: Callable[[Any, Any, Place], Trainer],
        params: Any,
        data: Any,
        run: Run,
        checkpoint_seconds: float = CHECKPOINT_SECONDS,
    ):
        memory.hold()
        self.spec, self.params, self.run = spec, params, run
        self.group = Group()
        self.step, self.seconds = 0, 0.0
        self.figures: dict[str, float] = {}
        self._before, self._started_at = 0.0, 0  # seconds and steps trained before this start
        self._best = float("inf")
        self._looks_since_best = 0
        self._stopping = False
        self._checkpoint_pace = Pace(checkpoint_seconds, share=math.inf)

        def make(wanted: str) -> Trainer:
            torch.manual_seed(run.seed)
            place = Place(self.group.device, run.seed, wanted, self.group.rank, self.group.world)
            trainer = build(params, data, place)
            trainer.accumulate = params.accumulate
            if wanted.startswith("compiled"):
                precision.compile_networks(trainer)
            return trainer

        self.precision = self._precision(make, getattr(data, "facts", {}))
        self.trainer = make(self.precision)
        self.averages = Averages(dict(self.trainer.modules()), self.trainer.ema) if self.trainer.ema else None
        if self._checkpoints is not None and checkpoint.steps(self._checkpoints):
            checkpoint.read_latest(self._checkpoints, self.group.device, self._restore)
        if run.folder is not None and run.main:
            _forget_after(self.step, run.folder)

    @property
    def _checkpoints(self) -> Path | None:
        return self.run.folder / "checkpoints" if self.run.folder else None

    def train(self) -> None:
        """Run to the end of the budget; leave the last checkpoint and the final figures."""
        try:
            self._steps()
        except Exception as error:
            self._keep_steps(error)
            raise
        self._finish()

    def _keep_steps(self, error: Exception) -> None:
        """Where the disk is full, a last checkpoint may still find room: an older one goes for it."""
        if self.run.project is None or self.group.world > 1 or self.step == (self._last_checkpoint() or 0):
            return
        if isinstance(disk.trouble(error, self.run.project.path), disk.Full):
            with suppress(OSError, BadInput, Failure, SafetensorError):
                self._checkpoint()

    def _steps(self) -> None:
        begun = time.monotonic()
        tally, log = Tally(), Pace(LOG_SECONDS)
        preview, look = Pace(1.0, growth=0.05, share=0.03), Pace(3.0, share=0.08)
        look.ran(0.0)
        self._checkpoint_pace.ran(0.0)
        first = self.step
        while True:
            self.seconds = self._before + time.monotonic() - begun
            orders = self.group.agree(self._orders(preview, look, self.step > first))
            if orders.preview:
                with preview.timed(), self._noting_stop():
                    self._preview()
            if orders.look:
                with look.timed(), self._noting_stop():
                    self._look()
            if orders.checkpoint or orders.stop or orders.end:
                with self._checkpoint_pace.timed():
                    tally.require_finite(self.step, self._last_checkpoint())
                    self._checkpoint()
            if orders.stop:
                raise Cancelled
            if orders.end:
                break
            self._one_step(orders.progress, tally)
            if log.due() or self.step == first + 1:
                log.ran(0.0)
                self.seconds = self._before + time.monotonic() - begun
                self._log(tally, orders.progress)

    def _one_step(self, progress: float, tally: Tally) -> None:
        trainer = self.trainer
        trainer.progress = progress
        # Each step draws from its own seed, so that a resumed run draws what an unbroken one would have.
        torch.manual_seed((self.run.seed * 1_000_003 + self.step * self.group.world + self.group.rank) % 2**63)
        for micro in range(trainer.accumulate):
            trainer._micro = micro
            tally.add(trainer.step(trainer.batch(self.step * trainer.accumulate + micro)))
        self.step += 1
        if self.averages is not None:
            self.averages.update(self.step)

    def _orders(self, preview: Pace, look: Pace, moved: bool) -> Orders:
        """What happens next, decided by the first process for all."""
        params = self.params
        by_steps = self.step / params.max_steps if params.max_steps else 0.0
        by_time = self.seconds / params.max_seconds if params.max_seconds else 0.0
        patience = params.patience and self._looks_since_best >= params.patience
        end = max(by_steps, by_time) >= 1.0 or bool(patience)
        stop = not end and (self._stopping or bool(self.run.asked_to_stop()))
        going = not (end or stop)
        return Orders(
            stop=stop,
            end=end,
            # With a number of steps the schedule follows the steps alone: the same bytes every time.
            progress=min(1.0, by_steps if params.max_steps else by_time),
            preview=moved and (end or preview.due()),
            look=moved and going and look.due(),
            checkpoint=moved and going and self._checkpoint_pace.due(),
        )

    def _log(self, tally: Tally, progress: float) -> None:
        values = tally.take()
        if not tally.finite:
            tally.require_finite(self.step, self._last_checkpoint())
        left = None
        params = self.params
        fractions = []
        if params.max_seconds:
            fractions.append((self.seconds / params.max_seconds, params.max_seconds - self.seconds))
        if params.max_steps:
            pace = (self.seconds - self._before) / max(1, self.step - self._started_at)
            fractions.append((self.step / params.max_steps, (params.max_steps - self.step) * pace))
        fraction = max((one for one, _ in fractions), default=None)
        left = min((one for _, one in fractions), default=None)
        with self._noting_stop():
            self.run.metrics(self.step, self.seconds, **values)
        with self._noting_stop():
            left = None if left is None else max(0.0, left)
            self.run.progress(
                self.step, params.max_steps, "", None if fraction is None else min(1.0, fraction), seconds_left=left
            )

    def _preview(self) -> None:
        if self.run.main:
            with self.averaged():
                media = self.trainer.sample(self.run.seed)
                insights = self.trainer.insights()
            for view, data in insights.items():
                with self._noting_stop():
                    self.run.insight(view, data, self.step)
            self.run.preview(media, self.step)

    def _look(self) -> None:
        """Held-out figures on the way; counts the looks since the best for early stopping."""
        if self.run.main:
            with self.averaged():
                self.figures = self.trainer.evaluate()
            self._follow_best()
            if self.figures:
                self.run.metrics(self.step, self.seconds, **self.figures)

    def _follow_best(self) -> None:
        if not (self.params.patience and self.figures):
            return
        value = next(iter(self.figures.values()))
        if value < self._best:
            self._best, self._looks_since_best = value, 0
            if self.run.folder:
                checkpoint.write(self.run.folder / "best", self.step, self._state())
        else:
            self._looks_since_best += 1

    def _finish(self) -> None:
        best = self.run.folder / "best" if self.run.folder else None
        if self.run.main:
            with self.averaged():
                self.figures = self.trainer.evaluate()
            last = next(iter(self.figures.values()), 0.0)
            if self.params.patience and best and checkpoint.steps(best) and self._best < last:
                step, seconds = self.step, self.seconds
                checkpoint.read_latest(best, self.group.device, self._restore)
                self.step, self.seconds = step, seconds
                with self.averaged():
                    self.figures = self.trainer.evaluate()
            if self.figures:
                with self._noting_stop():
                    self.run.metrics(self.step, self.seconds, **self.figures)
        self.group.wait()

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Inside, the networks hold their moving averages and are in evaluation mode."""
        modes = [(network, network.training) for _, network in self.trainer.modules()]
        for network, _ in modes:
            network.eval()
        try:
            with self.averages.applied() if self.averages else nullcontext(), torch.no_grad():
                yield
        finally:
            for network, training in modes:
                network.train(training)

    @contextmanager
    def _noting_stop(self) -> Iterator[None]:
        """A stop that arrives inside is kept for the next round, where every process hears of it."""
        try:
            yield
        except Cancelled:
            self._stopping = True

    def _precision(self, make: Callable[[str], Trainer], facts: dict[str, Any]) -> str:
        """As asked for; for "auto" what the run began with, else the fastest here."""
        wanted: str = self.params.precision
        plan = self.run.folder / "plan.json" if self.run.folder else None
        if wanted == "auto" and plan and plan.exists():
            wanted = _planned(plan, self.spec.precisions)
        if wanted == "auto" and self.group.world > 1:
            wanted = "float32"
        if wanted == "auto":
            with self._noting_stop():
                self.run.progress(0, 0, mark("Measuring which precision is fastest here"))
            params = self.params.model_dump(mode="json")
            key = machine.size_key(
                self.spec.id, params, machine.shape_of(facts), torch.get_num_threads(), self.group.device.type
            )
            long = self.params.max_steps >= LONG_STEPS or (
                not self.params.max_steps and not 0 < self.params.max_seconds < LONG_SECONDS
            )
            wanted, seconds, fresh = precision.choose(make, self.spec.precisions, key, long, machine.Speeds())
            said = ", ".join(f"{one} {1000 * value:.1f} ms" for one, value in seconds.items())
            with self._noting_stop():
                self.run.message(
                    mark("Precision {precision}, measured now: {times} per step.")
                    if fresh
                    else mark("Precision {precision}, measured before: {times} per step."),
                    precision=wanted,
                    times=said,
                )
        if plan and self.run.main and not plan.exists():
            write_bytes(plan, json.dumps({"precision": wanted, "threads": torch.get_num_threads()}).encode())
        return wanted

    def _last_checkpoint(self) -> int | None:
        known = checkpoint.steps(self._checkpoints) if self._checkpoints else []
        return known[-1] if known else None

    def _state(self) -> dict[str, Any]:
        parts = {}
        for name, part in self.trainer.parts().items():
            parts[name] = self.group.gather(part) if isinstance(part, Tensor) else part.state_dict()
        return {
            "step": self.step,
            "seconds": self.seconds,
            "world": self.group.world,
            "parts": parts,
            "averages": self.averages.values if self.averages else {},
            "best": self._best,
            "looks_since_best": self._looks_since_best,
        }

    def _checkpoint(self) -> None:
        state = self._state()
        if self._checkpoints is not None and self.run.main:
            if not _finite(state["parts"]):
                raise diverged(self.step, self._last_checkpoint())
            checkpoint.write(self._checkpoints, self.step, state)
        self.group.wait()

    def _restore(self, state: Any) -> None:
        if restore.number(state, "world", int) != self.group.world:
            raise BadInput(
                mark("This training ran in {stored} processes; continue it in as many, not in {now}."),
                stored=state["world"],
                now=self.group.world,
            )
        step, seconds = restore.number(state, "step", int), restore.number(state, "seconds")
        best, looks = restore.number(state, "best", low=-math.inf), restore.number(state, "looks_since_best", int)
        stored = state.get("parts")
        for name, part in self.trainer.parts().items():
            if not isinstance(stored, dict) or name not in stored:
                raise restore.Misfit(name)
            if isinstance(part, Tensor) and not (
                isinstance(stored[name], list) and len(stored[name]) == self.group.world
            ):
                raise restore.Misfit(name)
            restore.part(name, part, stored[name][self.group.rank] if isinstance(part, Tensor) else stored[name])
        if self.averages:
            self.averages.load(state.get("averages"))
        self.step, self.seconds, self._best, self._looks_since_best = step, seconds, best, looks
        self._before, self._started_at = self.seconds, self.step


def _planned(plan: Path, precisions: tuple[str, ...]) -> str:
    """The precision that a run began with; "auto" where its file does not say."""
    try:
        wanted = foreign_json.parse(plan.read_bytes())["precision"]
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return "auto"
    return wanted if wanted in precisions else "auto"


def _forget_after(step: int, folder: Path) -> None:
    """Drop what a run said after its last checkpoint: those steps are done, and said, again."""
    metrics = folder / "metrics.jsonl"
    if metrics.exists():
        lines = metrics.read_bytes().decode("utf-8", "replace").splitlines()
        kept = [line for line in lines if _is_said(line, step)]
        write_bytes(metrics, "".join(line + "\n" for line in kept).encode())
    for sample in (folder / "samples").glob("[0-9]*"):
        if int(sample.name.split(".")[0]) > step:
            sample.unlink()


def _is_said(line: str, step: int) -> bool:
    """Whether a line of metrics.jsonl is whole, and of a step up to this one."""
    try:
        values = foreign_json.parse(line)
    except ValueError:
        return False
    whole = isinstance(values, dict) and all(type(value) in (int, float) for value in values.values())
    return whole and type(values.get("step")) is int and values["step"] <= step


def _finite(tree: Any) -> bool:
    if isinstance(tree, Tensor):
        return not tree.is_floating_point() or bool(torch.isfinite(tree).all())
    if isinstance(tree, dict):
        return all(_finite(one) for one in tree.values())
    return all(_finite(one) for one in tree) if isinstance(tree, (list, tuple)) else True
