"""Real and created pictures, where they lie and what a discriminator says of each."""

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QColor

from aigc_desktop.i18n import tr
from aigc_desktop.ui import numerals
from aigc_desktop.ui.theme import colours

BINS = 16


@dataclass(frozen=True)
class Sample:
    """One picture: its place in the projection, and its score."""

    number: int  # in the sheet
    real: bool
    place: int  # among its kind
    x: float
    y: float
    score: float

    @property
    def kind(self) -> str:
        return tr("real") if self.real else tr("created")


class Verdicts:
    """Samples and the scale of their scores: 0 to 1, or what a critic's raw scores span."""

    def __init__(self, data: dict[str, Any]):
        """ValueError, KeyError or TypeError where these are no verdicts."""
        self.unbounded = bool(data.get("unbounded"))
        self.samples: list[Sample] = []
        for real, name in ((True, "real"), (False, "created")):
            for place, (x, y, score) in enumerate(data[name]):
                one = Sample(len(self.samples), real, place, float(x), float(y), float(score))
                if not all(map(math.isfinite, (one.x, one.y, one.score))):
                    raise ValueError("a sample lies nowhere")
                self.samples.append(one)
        if not self.samples:
            raise ValueError("no samples")
        scores = [one.score for one in self.samples]
        self.low, self.high = (min(scores), max(scores)) if self.unbounded else (0.0, 1.0)

    def of(self, real: bool) -> list[Sample]:
        """The samples of one kind."""
        return [one for one in self.samples if one.real == real]

    def share(self, score: float) -> float:
        """Where a score stands on the scale, from 0 to 1."""
        span = self.high - self.low
        return min(1.0, max(0.0, (score - self.low) / span)) if span > 0 else 0.5

    def counts(self, real: bool, bins: int = BINS) -> list[int]:
        """How many samples of a kind have a score in each part of the scale."""
        found = [0] * bins
        for one in self.of(real):
            found[min(bins - 1, int(self.share(one.score) * bins))] += 1
        return found

    def told_apart(self) -> float | None:
        """In how many pairs of a real and a created picture the real one has the higher score (ties count half)."""
        real, created = self.of(True), sorted(one.score for one in self.of(False))
        if not real or not created:
            return None
        won = sum(bisect_left(created, one.score) + bisect_right(created, one.score) for one in real) / 2
        return won / (len(real) * len(created))

    def said(self, sample: Sample) -> str:
        """A score in words: a probability, or a critic's number."""
        if self.unbounded:
            return numerals.fraction(sample.score, 2)
        return tr("{n} %", n=numerals.fraction(100 * sample.score, 0))


def colour_of(real: bool) -> QColor:
    """The colour of a kind, beside its shape."""
    return QColor(colours().series[1 if real else 0])
