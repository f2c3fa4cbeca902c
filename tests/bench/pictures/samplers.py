"""DPM-Solver++ with 20 steps against DDIM with 50, on a model that image.ddpm trained on MNIST: as good, and sooner.

The model is that of the part ddpm where that ran before; else it is trained first.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch

from tests.bench import judge
from tests.bench.bench_ground import aigc
from tests.bench.figures import Figure
from tests.real_data import data_folder

SECONDS, COUNT = 480, 2000
FEW, TURNS, GOAL = 16, 5, 4.0
NOISE = 1.0  # of the distance of 2,000 pictures, from one seed to another
OURS = {"sampler": "dpmsolver++", "steps": 20}
THEIRS = {"sampler": "ddim", "steps": 50, "precision": "float32"}


def figures(folder: Path) -> Iterator[Figure]:
    data = data_folder()
    if data is None:
        sys.exit("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    model = trained(folder, data)
    ours, theirs = far(model, OURS, folder / "ours"), far(model, THEIRS, folder / "theirs")
    what = f"Fréchet distance of {COUNT:,} pictures, DPM-Solver++ 20 against DDIM 50"
    yield Figure(what, f"≤ {theirs:.1f} (± {NOISE:g})", f"{ours:.1f}", ours <= theirs + NOISE)
    sooner, later, how = seconds(model, folder)
    here = f"{later / sooner:.2f}× ({sooner:.2f} s {how}, DDIM {later:.2f} s)"
    yield Figure(f"{FEW} pictures, sooner than DDIM 50 in float32", f"≥ {GOAL:g}×", here, later / sooner >= GOAL)


def trained(folder: Path, data: Path) -> Path:
    """The folder of a model that image.ddpm trained on MNIST with its defaults."""
    projects = [folder.parent / "ddpm" / "project", folder / "project"]
    for project in projects:
        for found in project.glob("models/*/model_index.json"):
            return found.parent
    words = ("--data", data / "mnist", "--set", f"max_seconds={SECONDS}", "--project", projects[-1])
    aigc("train", "image.ddpm", *words, "--seed", 0, "--name", "digits")
    return next(projects[-1].glob("models/*/model_index.json")).parent


def far(model: Path, settings: dict[str, object], out: Path) -> float:
    """Create by the real command line, and judge."""
    words = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    aigc("create", model, "--count", COUNT, "--seed", 1, "--out", out, *words)
    return judge.judged(judge.pictures(out)).distance


def seconds(model: Path, folder: Path) -> tuple[float, float, str]:
    """Median seconds of both for FEW pictures, in turns in one process; in what ours was computed."""
    from aigc_desktop.engine import machine
    from aigc_desktop.engine.job import Job
    from aigc_desktop.engine.run import Run
    from aigc_desktop.nets.diffusion.create import Drawing
    from aigc_desktop.nets.diffusion.opening import open_folder
    from aigc_desktop.nets.diffusion.params import Draw

    torch.set_num_threads(machine.threads())
    chosen = [Draw(count=FEW, **one) for one in (OURS, THEIRS)]
    opened = [open_folder(model, "cpu", one.precision) for one in chosen]
    took: list[list[float]] = [[], []]
    for turn in range(TURNS + 1):
        for number, (params, diffuser) in enumerate(zip(chosen, opened, strict=True)):
            out = folder / f"turn{turn}-{number}"
            out.mkdir()
            run = Run(Job(action="create", model=str(model), params=params.model_dump()), lambda event: None, out=out)
            begun = time.perf_counter()
            Drawing(model, diffuser, params, run).draw()
            if turn:  # the first is for warming up
                took[number].append(time.perf_counter() - begun)
    weight = next(opened[0].unet.parameters())
    return statistics.median(took[0]), statistics.median(took[1]), str(weight.dtype).removeprefix("torch.")


if __name__ == "__main__":
    for row in figures(Path(sys.argv[1])):
        print(f"{row.what}: {row.here} (goal {row.goal}) {'✓' if row.reached else '✗'}", flush=True)
