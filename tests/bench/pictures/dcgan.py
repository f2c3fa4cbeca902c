"""image.dcgan with its defaults on MNIST for 180 s, by the real command line: 2,000 pictures before the judge."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench import judge
from tests.bench.bench_ground import aigc
from tests.bench.figures import Figure
from tests.real_data import data_folder

SECONDS, COUNT = 180, 2000
SHARES, CONFIDENCE, DISTANCE = (0.05, 0.16), 0.94, 25.0


def figures(folder: Path) -> Iterator[Figure]:
    data = data_folder()
    if data is None:
        sys.exit("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    project, out = folder / "project", folder / "digits"
    words = ("--data", data / "mnist", "--set", f"max_seconds={SECONDS}", "--name", "Digits", "--project", project)
    trained = aigc("train", "image.dcgan", *words)
    aigc("create", "Digits", "--count", COUNT, "--seed", 1, "--out", out, "--project", project)
    found = judge.judged(judge.pictures(out))
    what = f"image.dcgan, MNIST, {SECONDS} s ({trained['steps']:,} steps)"
    low, high = float(found.shares.min()), float(found.shares.max())
    fits = low >= SHARES[0] and high <= SHARES[1]
    yield Figure(f"{what}: Fréchet distance", f"≤ {DISTANCE:g}", f"{found.distance:.1f}", found.distance <= DISTANCE)
    sure = found.confidence
    yield Figure(f"{what}: mean confidence", f"≥ {CONFIDENCE}", f"{sure:.3f}", sure >= CONFIDENCE)
    yield Figure(f"{what}: share of each digit", "5 % … 16 %", f"{low:.1%} … {high:.1%}", fits)
