"""The window while a training shows large previews once a second: a 16 ms timer, as in `bench ground --only smooth`."""

import os
from collections.abc import Iterator
from pathlib import Path

from tests.bench import window
from tests.bench.figures import Figure
from tests.bench.pictures.large_previews import SPELLING

SECONDS = 40
GRIDS = {"1x128": "one picture of 128×128", "4x128": "16 pictures of 128×128", "8x128": "64 pictures of 128×128"}


def figures(folder: Path) -> Iterator[Figure]:
    for grid, what in GRIDS.items():
        os.environ[SPELLING] = grid
        try:
            found = window.measure("smooth", folder / grid, "--data", "starter", "--seconds", SECONDS)
        finally:
            del os.environ[SPELLING]
        here = f"{found['p99']:.1f} ms (longest {found['longest']:.0f} ms, {found['previews']} previews)"
        title = f"{what} once a second: 16 ms timer late, 99th percentile, {SECONDS} s"
        yield Figure(title, "< 5 ms", here, found["p99"] < 5 and found["previews"] >= SECONDS * 0.8)
