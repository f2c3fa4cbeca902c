"""How long a set of pictures takes to be there: the first time, the second, and when there are ten times the memory.

Each start is a process of its own. The large set is an idx file of 64×64 pixels in colour; what it may take is what
`engine.memory` leaves to a job ($AIGC_MEMORY_GB).
"""

import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from tests.bench.figures import Figure

PNGS, SIDE = 20_000, 72
FIRST, SECOND, PREVIEW = 60.0, 1.0, 0.5  # seconds
MEMORY = 0.36  # GB: what the networks of the training below take
TIMES = 10
BATCH, BATCHES = 64, 60

START = """
import json, sys, time
import torch
from aigc_desktop.data.framing import FramedPictures
from aigc_desktop.data.order import Shuffled
from aigc_desktop.engine import memory
memory.limit(memory.wanted(), torch=True)
kind, path, batch, batches = FramedPictures(sides=(64,)), sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
begun = time.perf_counter()
found = kind.look(path)
looked = time.perf_counter()
data = kind.load(path, None, 0)
loaded = time.perf_counter()
order, total = Shuffled(len(data.train), batch, 7), 0
for step in range(batches):
    total += int(data.take(order.take(step), mirror=True).sum())
taken = time.perf_counter()
shown = len(kind.sample(path, 14, framing="pad", mirror=True))
print(json.dumps({"look": looked - begun, "load": loaded - looked, "take": (taken - loaded) / batches,
    "sample": time.perf_counter() - taken, "sum": total, "sha256": data.sha256, "count": len(data.train), "shown": shown,
    "bytes": data.train.numel() + data.heldout.numel()}))
"""


def figures(folder: Path) -> Iterator[Figure]:
    """A folder of 20,000 PNG files, twice; then a set ten times as large as the memory."""
    pngs = _pngs(folder / "pngs")
    first, second = _start(pngs), _start(pngs)
    assert first["sum"] == second["sum"] and first["sha256"] == second["sha256"]
    for name, told, most in (("first", first, FIRST), ("second", second, SECOND)):
        seconds = told["look"] + told["load"]
        what = f"{PNGS:,} PNG files of {SIDE}×{SIDE}, {name} start"
        yield Figure(what, f"≤ {most:g} s", f"{seconds:.2f} s (found {told['look']:.2f})", seconds <= most)
    yield Figure(
        "14 of them as the network sees them",
        f"≤ {PREVIEW:g} s",
        f"{second['sample']:.2f} s",
        second["sample"] <= PREVIEW,
    )
    shutil.rmtree(pngs)
    large = _large(folder / "large.idx")
    size = large.stat().st_size
    os.environ["AIGC_MEMORY_GB"] = str(MEMORY)
    for name in ("first", "second"):
        told = _start(large)
        what = f"{size / 2**30:.1f} GB of pictures in {MEMORY:g} GB of memory, {name} start"
        here = f"{told['look'] + told['load']:.1f} s, a batch of {BATCH} {1000 * told['take']:.1f} ms"
        yield Figure(what, "trains", here, told["bytes"] >= TIMES * MEMORY * 2**30)
    yield Figure("a training on them by the command line", "exit 0", *_trained(folder, large))
    del os.environ["AIGC_MEMORY_GB"]
    large.unlink()


def _trained(folder: Path, data: Path) -> tuple[str, bool]:
    settings = ("max_steps=40", "batch_size=64", "generator_widths=64", "discriminator_widths=64", "precision=float32")
    asked = [sys.executable, "-m", "aigc_desktop", "train", "image.gan", "--data", str(data), "--name", "large"]
    asked += ["--project", str(folder / "project")]
    done = subprocess.run(
        asked + [part for one in settings for part in ("--set", one)], capture_output=True, text=True, check=False
    )
    said = (done.stdout + done.stderr).strip().splitlines()
    return f"exit {done.returncode}: {said[-1] if said else ''}", done.returncode == 0


def _start(path: Path) -> dict:
    done = subprocess.run(
        [sys.executable, "-c", START, str(path), str(BATCH), str(BATCHES)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def _pngs(folder: Path) -> Path:
    """Soft patterns with a little grain: they pack about as well as drawings do."""
    random = np.random.default_rng(1)
    folder.mkdir()
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    for number in range(PNGS):
        waves = random.uniform(1, 9, (3, 2))
        phase = random.uniform(0, 6, 3)
        planes = [np.sin(a * x + b * y + c) * 100 + 128 for (a, b), c in zip(waves, phase, strict=True)]
        pixels = np.stack(planes, axis=2) + random.integers(0, 8, (SIDE, SIDE, 1))
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / f"{number:05d}.png", compress_level=1)
    return folder


def _large(path: Path) -> Path:
    random = np.random.default_rng(2)
    count = int(TIMES * MEMORY * 2**30 * 1.02) // (64 * 64 * 3)
    with path.open("wb") as file:
        file.write(bytes([0, 0, 8, 4]) + struct.pack(">4I", count, 64, 64, 3))
        for start in range(0, count, 4096):
            file.write(random.integers(0, 256, (min(4096, count - start), 64, 64, 3), dtype=np.uint8).tobytes())
    return path
