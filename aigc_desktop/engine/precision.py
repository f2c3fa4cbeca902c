"""Which of float32, bfloat16 and compiled is fastest here: measured over a few real steps, then remembered."""

import shutil
import time
from collections.abc import Callable
from typing import Any

import torch

from aigc_desktop.engine import machine
from aigc_desktop.engine.trainer import Trainer

# Simple is kept unless the other is clearly faster: a measurement on a busy machine is noisy.
_MARGIN = {"float32": 1.0, "bfloat16": 0.95, "compiled": 0.85, "compiled-bfloat16": 0.85}


def can_compile() -> bool:
    """Whether torch.compile can work here: it needs a C++ compiler on a processor."""
    return torch.cuda.is_available() or any(map(shutil.which, ("c++", "g++", "clang++", "cl")))


def candidates(precisions: tuple[str, ...], long: bool) -> list[str]:
    """Those worth measuring: compiling takes long itself."""
    return [one for one in precisions if (long and can_compile()) or not one.startswith("compiled")]


def fastest(seconds: dict[str, float]) -> str:
    """The precision to use, from seconds per step by precision."""
    return min(seconds, key=lambda one: seconds[one] / _MARGIN.get(one, 1.0))


def measure(build: Callable[[str], Trainer], precision: str, at_most: float = 0.7) -> float:
    """Seconds of a real training step of a throw-away trainer, the fastest of some; infinity where it does not run.

    The fastest, because other programs only ever add to it.
    """
    try:
        trainer = build(precision)
        seconds: list[float] = []
        begun = None
        for step in range(200):
            start = time.perf_counter()
            for values in [trainer.step(trainer.batch(step))]:
                _finish(values)
            seconds.append(time.perf_counter() - start)
            begun = begun or time.perf_counter()  # the first step may compile; it does not count
            if step >= 3 and time.perf_counter() - begun > at_most:
                break
        return min(seconds[1:])
    except (RuntimeError, NotImplementedError, ImportError, OSError):
        return float("inf")


def _finish(values: dict[str, Any]) -> None:
    for value in values.values():
        float(value)


def compile_networks(trainer: Trainer) -> None:
    """Compile every network in place; its weights keep their names."""
    for _, network in trainer.modules():
        network.compile()


def choose(
    build: Callable[[str], Trainer], precisions: tuple[str, ...], key: str, long: bool, speeds: machine.Speeds
) -> tuple[str, dict[str, float], bool]:
    """The precision for a run, the seconds per step by precision, and whether they were measured just now."""
    key = key if long else key + " short"
    known = speeds.get(key)
    if known:
        return fastest(known), known, False
    seconds = {one: measure(build, one) for one in candidates(precisions, long)}
    seconds = {one: value for one, value in seconds.items() if value != float("inf")} or {"float32": 1.0}
    speeds.put(key, seconds)
    return fastest(seconds), seconds, True
