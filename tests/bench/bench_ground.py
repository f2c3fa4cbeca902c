"""The figures of the ground, each beside its goal, with the machine: `python3 packaging/dev.py bench ground [--only …]`.

Needs the real data (../shared/data or $AIGC_DATA) for lstm and gan, and a display for window, click and smooth (dev.py
starts one). The whole takes about half an hour; a busy machine measures itself, not the program.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from aigc_desktop.engine import machine
from tests.bench import window
from tests.bench.figures import Figure, machine_line, shown, table
from tests.real_data import data_folder


def main() -> int:
    """Measure, print each row as it comes and the table at the end; 1 where a goal was missed."""
    words = argparse.ArgumentParser(prog="dev.py bench ground", description=__doc__)
    words.add_argument("--only", default=",".join(PARTS), help=f"some of: {', '.join(PARTS)}")
    chosen = words.parse_args().only.split(",")
    if unknown := set(chosen) - set(PARTS):
        words.error(f"there is no part {', '.join(sorted(unknown))}")
    print(machine_line(), flush=True)
    machine.share_processors()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.environ["AIGC_CACHE"] = str(Path(folder) / "cache")
        os.environ["XDG_CONFIG_HOME"] = str(Path(folder) / "config")
        for name in chosen:
            start = time.monotonic()
            figures += shown(PARTS[name](Path(folder)))
            print(f"  [{name} took {time.monotonic() - start:.0f} s]", flush=True)
    return table(figures)


def aigc(*words: object, **variables: str) -> dict[str, Any]:
    """The last event of a job on the command line."""
    command = [sys.executable, "-m", "aigc_desktop", *map(str, words), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, env=os.environ | variables)
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if last["event"] != "finished":
        raise RuntimeError(f"{' '.join(command)}: {last}")
    return last


def _data(name: str) -> Path:
    folder = data_folder()
    if folder is None:
        sys.exit("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    return folder / name


def lstm(folder: Path) -> Iterator[Figure]:
    """text.lstm, defaults, 300 s of tiny Shakespeare."""
    text = next(_data("tiny_shakespeare").glob("*.txt"))
    last = aigc("train", "text.lstm", "--data", text, "--set", "max_seconds=300", "--project", folder / "lstm")
    value = last["figures"]["heldout_nats_per_char"]
    here = f"{value:.4f} nats/char ({last['steps']:,} steps)"
    yield Figure("text.lstm, tiny Shakespeare, 300 s, held out", "≤ 1.52", here, value <= 1.52)


def gan(folder: Path) -> Iterator[Figure]:
    """image.gan, defaults, 120 s of MNIST, 2,000 pictures before the judge."""
    from tests.bench.judge import judge

    project, out = folder / "gan", folder / "digits"
    words = ("--data", _data("mnist"), "--set", "max_seconds=120", "--name", "Digits", "--project", project)
    aigc("train", "image.gan", *words)
    aigc("create", "Digits", "--count", 2000, "--seed", 1, "--out", out, "--project", project)
    yield from judge(out)


def step(folder: Path) -> Iterator[Figure]:
    """One training step, ours and a tutorial's, side by side."""
    from tests.bench.tutorial import compare

    for name in ("text.lstm", "image.gan"):
        ours, theirs, precision = compare(name, _data("tiny_shakespeare" if name == "text.lstm" else "mnist"))
        ratio = theirs / ours
        here = f"{ratio:.2f}× ({1000 * ours:.1f} ms {precision}, tutorial {1000 * theirs:.1f} ms)"
        yield Figure(f"{name}: training step against a tutorial loop", "≥ 2×", here, ratio >= 2)


def threads(folder: Path) -> Iterator[Figure]:
    """Training speed beside programs that keep every core busy: threads that spin briefly, and as long as OpenMP likes."""
    words = ("train", "text.lstm", "--data", "starter", "--set", "precision=float32", "--set", "max_seconds=20")
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    speeds: dict[str, list[float]] = {"10000": [], "300000": []}  # the second is libgomp's own
    try:
        for _ in range(2):
            for spins, found in speeds.items():
                last = aigc(*words, "--project", folder / "threads", GOMP_SPINCOUNT=spins)
                found.append(last["steps"] / last["train_seconds"])
    finally:
        for process in busy:
            process.kill()
            process.wait()
    brief, long = (statistics.mean(found) for found in speeds.values())
    here = f"{brief / long:.2f}× ({brief:.1f} against {long:.1f} steps/s)"
    yield Figure("speed on a busy machine: threads that spin briefly against long", "≥ 1×", here, brief >= long)


def visible(folder: Path) -> Iterator[Figure]:
    """From the start of the process to the window's first paint."""
    project = folder / "window"
    window.measure("start", project)  # warms the disk
    times = []
    for _ in range(5):
        found = window.measure("start", project)
        times.append(found["painted"] - found["launched"])
    median = statistics.median(times)
    here = f"{median:.2f} s ({', '.join(f'{one:.2f}' for one in times)})"
    yield Figure("window visible, median of 5", "< 0.5 s", here, median < 0.5)


def click(folder: Path) -> Iterator[Figure]:
    """From the click on Start to the first step, with a warm child."""
    for generator, data in [("text.lstm", Path("starter")), ("image.gan", Path("starter")), *_watched()]:
        found = window.measure("click", folder / "click", "--generator", generator, "--data", data)
        times = ", ".join(f"{one:.2f}" for one in found["seconds"])
        here = f"{found['median']:.2f} s ({times}; the very first {found['first']:.2f})"
        yield Figure(f"{generator}, {data.name}: click to first step", "< 0.3 s", here, found["median"] < 0.3)


def smooth(folder: Path) -> Iterator[Figure]:
    """A 16 ms timer of the window during a training, and the training's own speed beside that without a window.

    Three pairs, one after the other, since a shared machine is faster in one minute than in the next; medians of them.
    """
    for generator, data in _watched():
        words = ("train", generator, "--data", data, "--seed", 1, "--set", "max_seconds=40")
        aigc(*words, "--project", folder / "headless")  # measures the precisions, which is done once
        late, longest, ratios, previews = [], 0.0, [], 0
        for _ in range(3):
            alone = _speed(aigc(*words, "--project", folder / "headless"))
            found = window.measure(
                "smooth", folder / "smooth", "--generator", generator, "--data", data, "--seconds", 40
            )
            late.append(found["p99"])
            longest, previews = max(longest, found["longest"]), previews + found["previews"]
            ratios.append(_speed(found) / alone)
        p99, ratio = statistics.median(late), statistics.median(ratios)
        here = f"{p99:.1f} ms (longest {longest:.0f} ms, {previews} previews)"
        yield Figure(f"{generator}: 16 ms timer late, 99th percentile, 40 s", "< 5 ms", here, p99 < 5)
        here = f"{ratio:.1%} ({', '.join(f'{one:.1%}' for one in ratios)})"
        yield Figure(f"{generator}: speed with the window", "≥ 95 %", here, ratio >= 0.95)


def _speed(found: dict[str, Any]) -> float:
    return float(found["steps"] / found["train_seconds"])


def _watched() -> list[tuple[str, Path]]:
    return [("text.lstm", next(_data("tiny_shakespeare").glob("*.txt"))), ("image.gan", _data("mnist"))]


PARTS: dict[str, Callable[[Path], Iterator[Figure]]] = {
    "lstm": lstm,
    "gan": gan,
    "step": step,
    "threads": threads,
    "window": visible,
    "click": click,
    "smooth": smooth,
}

if __name__ == "__main__":
    sys.exit(main())
