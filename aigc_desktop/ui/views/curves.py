"""What a training measured, step by step: in memory for the plot and the table, on disk as metrics.jsonl and CSV."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aigc_desktop import foreign_json


class Curves:
    """Rows of (step, seconds, values by name), in the order of steps.

    A row at a step that is already passed replaces everything from there on: a training that goes on from a checkpoint
    repeats the steps after it.
    """

    def __init__(self) -> None:
        self.columns: dict[str, Any] = {}  # float64, as long as the capacity; NaN where nothing was measured
        self.latest: dict[str, float] = {}
        self.count = 0
        self._capacity = 0
        self._steps: Any = None
        self._seconds: Any = None

    @property
    def names(self) -> list[str]:
        return list(self.columns)

    @property
    def last_step(self) -> int:
        return int(self._steps[self.count - 1]) if self.count else 0

    def clear(self) -> None:
        self.__init__()  # type: ignore[misc]

    def add(self, step: int, seconds: float, values: dict[str, float]) -> None:
        """Note a row; values that are no finite number are left out."""
        values = {name: value for name, value in values.items() if math.isfinite(value)}
        if not values:
            return
        if self.count and step < self.last_step:
            self._rewind(step)
        if not self.count or step != self.last_step:
            self._grow()
            self._steps[self.count], self._seconds[self.count] = step, seconds
            for column in self.columns.values():
                column[self.count] = math.nan
            self.count += 1
        for name, value in values.items():
            if name not in self.columns:
                self.columns[name] = self._empty()
            self.columns[name][self.count - 1] = value
            self.latest[name] = value

    def row(self, index: int) -> tuple[int, float, dict[str, float]]:
        """The row at this place: step, seconds, and what was measured there."""
        measured = {name: float(column[index]) for name, column in self.columns.items()}
        found = {name: value for name, value in measured.items() if not math.isnan(value)}
        return int(self._steps[index]), float(self._seconds[index]), found

    def line(self, name: str, first: float = -math.inf, last: float = math.inf, points: int = 500) -> tuple[Any, Any]:
        """The curve between two steps as arrays of x and y, float64, at most `points` of them, each the mean of a bucket."""
        import numpy as np

        if name not in self.columns or not self.count:
            return np.empty(0), np.empty(0)
        steps = self._steps[: self.count]
        low, high = np.searchsorted(steps, first, "left"), np.searchsorted(steps, last, "right")
        low, high = max(0, low - 1), min(self.count, high + 1)  # one beyond each edge, so that the line goes on
        y = self.columns[name][low:high]
        there = ~np.isnan(y)
        x, y = steps[low:high][there].astype(float), y[there]
        if len(x) <= points:
            return x, y
        edges = np.linspace(0, len(x), points, endpoint=False).astype(int)
        sizes = np.diff(np.append(edges, len(x)))
        return np.add.reduceat(x, edges) / sizes, np.add.reduceat(y, edges) / sizes

    def near(self, step: float) -> int | None:
        """The place of the row nearest to this step."""
        import numpy as np

        if not self.count:
            return None
        steps = self._steps[: self.count]
        after = min(int(np.searchsorted(steps, step)), self.count - 1)
        before = max(0, after - 1)
        return before if abs(steps[before] - step) <= abs(steps[after] - step) else after

    def value_near(self, name: str, index: int) -> float | None:
        """What the curve last said at or before this row."""
        import numpy as np

        column = self.columns[name][: index + 1]
        there = np.flatnonzero(~np.isnan(column[max(0, index - 5000) :]))
        return float(column[max(0, index - 5000) :][there[-1]]) if len(there) else None

    def write_csv(self, path: Path) -> None:
        """All rows, as measured, with a line of names first."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["step", "seconds", *self.names])
            for index in range(self.count):
                step, seconds, values = self.row(index)
                writer.writerow([step, seconds, *(values.get(name, "") for name in self.names)])

    def _rewind(self, step: int) -> None:
        import numpy as np

        self.count = int(np.searchsorted(self._steps[: self.count], step, "left"))

    def _grow(self) -> None:
        import numpy as np

        if self.count < self._capacity:
            return
        self._capacity = max(1024, 2 * self._capacity)
        fresh = [self._steps, self._seconds, *self.columns.values()]
        for place, old in enumerate(fresh):
            fresh[place] = np.full(self._capacity, math.nan if place else 0, float if place else np.int64)
            if old is not None:
                fresh[place][: self.count] = old[: self.count]
        self._steps, self._seconds = fresh[:2]
        self.columns = dict(zip(self.columns, fresh[2:], strict=True))

    def _empty(self) -> Any:
        import numpy as np

        return np.full(self._capacity, math.nan)


def smoothed(y: Any, weight: float) -> Any:
    """The exponential moving average with this weight (0…1) on what was before, without the pull of its first value
    (Kingma and Ba 2015, section 3)."""
    import numpy as np

    if not weight or not len(y):
        return y
    weights = weight ** np.arange(len(y))
    return np.convolve(y, weights)[: len(y)] / np.cumsum(weights)


def read_metrics(path: Path) -> Iterator[tuple[int, float, dict[str, float]]]:
    """The rows of a metrics.jsonl; a line cut off by a crash is passed over."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                try:
                    values = {name: float(value) for name, value in foreign_json.parse(line).items()}
                    yield int(values.pop("step")), values.pop("seconds", 0.0), values
                except (ValueError, KeyError, AttributeError, TypeError, OverflowError):
                    continue
    except OSError:
        return
