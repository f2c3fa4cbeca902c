"""An hour of mixed jobs in the queue, by somebody who never rests: memory stays flat, and nothing is left over."""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure

WARM = 2  # rests until everything has been seen once
LEAST = 3  # measurements that a figure needs
GROWTH = 0.05  # of the memory, from the first quarter to the last
EQUAL = (
    "widgets",
    "objects",
    "timers",
    "threads",
    "system threads",
    "qthreads",
    "handles",
    "children",
    "subscriptions",
)

Line = dict[str, Any]


def figures(folder: Path, chosen: argparse.Namespace) -> Iterator[Figure]:
    lines = played(folder, chosen.minutes, chosen.seed)
    keep = Path.cwd() / "build" / "soak.jsonl"
    keep.parent.mkdir(exist_ok=True)
    keep.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    yield from judged(lines)


def played(folder: Path, minutes: float, seed: int) -> list[Line]:
    """What the user's window said, in a home folder of its own."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    names = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    environment = os.environ | names | {"HOME": str(home), "AIGC_CACHE": str(home / "cache"), "AIGC_LANGUAGE": "en"}
    words = [sys.executable, "-m", "tests.bench.faults.soak_user", folder, "--minutes", minutes, "--seed", seed]
    lines: list[Line] = []
    with subprocess.Popen([*map(str, words)], stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        for text in process.stdout:
            if text.startswith("{"):
                line = json.loads(text)
                lines.append(line)
                if "window" in line:
                    print(f"  {shown(line)}", flush=True)
    if process.returncode or not lines or lines[-1]["at"] != "end":
        raise RuntimeError(f"the window ended with {process.returncode}: {lines[-1:]}")
    return lines


def shown(line: Line) -> str:
    """A measurement in one line."""
    held = ", ".join(f"{line['held'][name]} {name}" for name in ("widgets", "objects", "threads", "handles"))
    child = ", ".join(f"{one['own']:.0f}" for one in line["children"].values()) or "none"
    return (
        f"{line['second'] / 60:5.1f} min {line['at']:6} window {line['window']['own']:.0f} MB, child {child} MB, {held}"
    )


def judged(lines: list[Line]) -> Iterator[Figure]:
    """The figures of an hour."""
    end = lines[-1]
    rests = [line for line in lines if line["at"] == "rest"][WARM:]
    measured = [line for line in lines if line["at"] in ("rest", "minute")]
    warm = [line for line in measured if rests and line["second"] >= rests[0]["second"]]
    did = end["did"]
    jobs = f"{did.get('train', 0)} trainings, {did.get('create', 0) + did.get('again', 0)} creations"
    yield Figure("what was done", "–", f"{jobs}, {sum(did.values())} acts, {len(rests)} rests counted", True)
    yield Figure("warnings and faults in the log", "0", str(len(end["complaints"])), not end["complaints"])
    if len(rests) < LEAST:
        return
    yield grown("memory of the window", [(line["second"], line["window"]["own"]) for line in warm])
    yield grown("memory of the window at rest", [(line["second"], line["window"]["own"]) for line in rests])
    for pid in oldest(warm):
        series = [(line["second"], line["children"][pid]["own"]) for line in warm if pid in line["children"]]
        yield grown(f"memory of a child over {(series[-1][0] - series[0][0]) / 60:.0f} min", series)
    first, last = rests[0]["held"], rests[-1]["held"]
    for name in EQUAL:
        yield Figure(
            f"{name} at rest, first and last", "no more", f"{first[name]}, {last[name]}", last[name] <= first[name]
        )
    for line in lines:
        if line["at"] == "idle":
            share = line["cpu"] * 60 / line["seconds"]
            here = f"{share:.2f} s, woken {line['woken'] / line['seconds']:.1f} times a second"
            yield Figure("processor time of an idle window, a minute", "≤ 0.3 s", here, share <= 0.3)


def oldest(lines: list[Line]) -> list[str]:
    """The child that was measured most often."""
    seen: dict[str, int] = {}
    for line in lines:
        for pid in line["children"]:
            seen[pid] = seen.get(pid, 0) + 1
    return [pid for pid in sorted(seen, key=lambda pid: seen[pid], reverse=True)[:1] if seen[pid] >= 2 * LEAST]


def grown(what: str, series: list[tuple[float, float]]) -> Figure:
    """From the median of the first quarter to that of the last, and the slope through all."""
    values = [value for _, value in series]
    quarter = max(1, len(values) // 4)
    before, after = statistics.median(values[:quarter]), statistics.median(values[-quarter:])
    slope = statistics.linear_regression(*zip(*series, strict=True)).slope * 3600
    here = f"{before:.1f} → {after:.1f} MB ({after / before - 1:+.1%}), {slope:+.1f} MB an hour"
    return Figure(what, f"≤ +{GROWTH:.0%}", here, after <= before * (1 + GROWTH))
