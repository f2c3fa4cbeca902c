"""In the process that trains: a large preview once a second, beside those that the training shows by itself.

`SPELLING` in the environment asks for it: as in 8x128, a grid of 8 by 8 pictures, 128 pixels a side each.
"""

import os
import time
from typing import Any

SPELLING = "AIGC_BENCH_GRID"
EVERY = 1.0  # seconds


def install() -> None:
    """From now on every run of this process does so, if it was asked for."""
    if SPELLING not in os.environ:
        return
    from aigc_desktop.engine.run import Run

    across, side = map(int, os.environ[SPELLING].split("x"))
    plain, last = Run.metrics, [time.monotonic()]

    def metrics(self: Run, step: int, /, seconds: float = 0.0, **values: float) -> None:
        plain(self, step, seconds, **values)
        if time.monotonic() - last[0] >= EVERY:
            last[0] = time.monotonic()
            self.preview(_grid(across, side, step), step)

    Run.metrics = metrics  # type: ignore[method-assign]


def _grid(across: int, side: int, step: int) -> Any:
    """Colour that changes from step to step, fine and coarse, as pictures have it."""
    import numpy as np

    from aigc_desktop.media.picture import Picture

    random = np.random.default_rng(step)
    coarse = random.integers(0, 200, (across * across, 8, 8, 3), dtype=np.uint8)
    fine = np.repeat(np.repeat(coarse, side // 8, axis=1), side // 8, axis=2)
    fine += random.integers(0, 55, fine.shape, dtype=np.uint8)
    return Picture.grid(list(fine))
