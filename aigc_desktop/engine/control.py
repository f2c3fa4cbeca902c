"""What the training loop decides and counts with: orders, pace, tally."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torch import Tensor

from aigc_desktop.i18n import mark
from aigc_desktop.problems import Failure


@dataclass(frozen=True)
class Orders:
    """What all processes do before the next step."""

    stop: bool = False
    end: bool = False
    preview: bool = False
    look: bool = False
    checkpoint: bool = False
    progress: float = 0.0


class Pace:
    """When something is due again: every `seconds`, later as time passes (`growth` of the time so far), and so seldom
    that it takes at most `share` of the time."""

    def __init__(self, seconds: float, growth: float = 0.0, share: float = 1.0):
        self._seconds, self._growth, self._share = seconds, growth, share
        self._begun = time.monotonic()
        self._next = self._begun

    def due(self) -> bool:
        return time.monotonic() >= self._next

    def ran(self, cost: float) -> None:
        now = time.monotonic()
        self._next = now + max(self._seconds, self._growth * (now - self._begun), cost / self._share)

    @contextmanager
    def timed(self) -> Iterator[None]:
        start = time.monotonic()
        try:
            yield
        finally:
            self.ran(time.monotonic() - start)


class Tally:
    """Means of the scalars of several steps; kept on the device until they are taken."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}
        self.finite = True

    def add(self, values: dict[str, Tensor]) -> None:
        for name, value in values.items():
            self._sums[name] = self._sums[name] + value if name in self._sums else value
            self._counts[name] = self._counts.get(name, 0) + 1

    def take(self) -> dict[str, float]:
        means = {name: float(value) / self._counts[name] for name, value in self._sums.items()}
        self._sums, self._counts = {}, {}
        self.finite = self.finite and all(map(math.isfinite, means.values()))
        return means

    def require_finite(self, step: int, last_checkpoint: int | None) -> None:
        """Failure if any scalar so far, taken or not, is no finite number."""
        if self.finite and all(math.isfinite(float(value)) for value in self._sums.values()):
            return
        raise diverged(step, last_checkpoint)


def diverged(step: int, last: int | None) -> Failure:
    """The sentence for a loss that is no number."""
    if last is None:
        return Failure(
            mark("The loss stopped being a number at step {step}. Start again with a lower learning rate."), step=step
        )
    return Failure(
        mark(
            "The loss stopped being a number at step {step}. The last good state, of step {last}, is kept: "
            "try a lower learning rate."
        ),
        step=step,
        last=last,
    )
