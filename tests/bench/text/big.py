"""A text of 1 GB: what memory a training takes that reads it, and how long it is until the first step.

The peak is of RssAnon (/proc: the process's own memory), above what a training of a small text takes. Pages of mapped files,
which the system drops when it needs room, are no part of it; RSS as a whole is said beside it.
"""

import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from aigc_desktop.engine import registry
from tests.bench.figures import Figure
from tests.real_data import data_folder

SIZE = 1 << 30
GOAL = 1 << 30  # bytes that the process may grow
SHORT = {"precision": "float32", "max_steps": 20, "max_seconds": 0}
SETTINGS = {
    "text.lstm": {"width": 64, "layers": 1},
    "text.gpt": {"layers": 1, "width": 64, "heads": 2, "context": 64},
    "text.finetune": {"max_steps": 4},
}


def figures(folder: Path) -> Iterator[Figure]:
    """Each generator's peak, on one English file and on a folder of Chinese ones."""
    shared = data_folder()
    assert shared is not None, "the bench needs the real data"
    english, chinese = folder / "english.txt", folder / "chinese"
    with english.open("w", encoding="utf-8") as file:
        write(file, _english(shared), SIZE)
    chinese.mkdir()
    for number in range(64):
        with (chinese / f"{number:02}.txt").open("w", encoding="utf-8") as file:
            write(file, _poems(shared), SIZE // 64, number)
    small = folder / "small.txt"
    small.write_bytes(english.read_bytes()[: 1 << 20])
    for id, values in SETTINGS.items():
        if id not in registry.specs():
            continue
        values = values | SHORT
        if id == "text.finetune":
            values["base"] = str(shared / "weights" / "stories260k_hf_llama")
        base = train(folder, id, small, values)
        for title, path in (("1 GB of English, one file", english), ("1 GB of Chinese, 64 files", chinese)):
            for tokens in ("characters", "bpe") if id != "text.finetune" else ("",):
                chosen = values | ({"tokens": tokens} if tokens else {})
                first = train(folder, id, path, chosen)
                again = train(folder, id, path, chosen)
                grown = first.own - base.own
                yield Figure(
                    f"{id} {tokens}, {title}: memory grows by".replace(" ,", ","),
                    f"< {GOAL / 1e9:.1f} GB",
                    f"{grown / 1e9:.2f} GB (RSS {(first.all - base.all) / 1e9:.2f}); first step after {first.ready:.0f} s, "
                    f"the second time {again.ready:.0f} s",
                    grown < GOAL,
                )


class Peak:
    """The most that a training took, in bytes: of its own, and with the pages of mapped files; seconds to its first step."""

    own = all = 0
    ready = 0.0


def train(folder: Path, id: str, data: Path, values: dict[str, object]) -> Peak:
    """A training by the command line, watched."""
    chosen = [word for name, value in values.items() for word in ("--set", f"{name}={value}")]
    command = [sys.executable, "-m", "aigc_desktop", "train", id, "--data", str(data), "--json", *chosen]
    peak, begun, said = Peak(), time.monotonic(), folder / "said.jsonl"
    with said.open("wb") as file:
        process = subprocess.Popen(
            [*command, "--project", str(folder / "project")], stdout=file, stderr=subprocess.DEVNULL
        )
        while process.poll() is None:
            _look(process.pid, peak)
            if not peak.ready and b'"event": "metrics"' in said.read_bytes():
                peak.ready = time.monotonic() - begun
            time.sleep(0.02)
    last = json.loads(said.read_bytes().splitlines()[-1])
    assert last["event"] == "finished", last
    return peak


def _look(pid: int, peak: Peak) -> None:
    with suppress(OSError):
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        found = {name: int(size) * 1024 for name, size in re.findall(r"^(RssAnon|VmRSS):\s+(\d+)", text, re.MULTILINE)}
        peak.own = max(peak.own, found.get("RssAnon", 0))
        peak.all = max(peak.all, found.get("VmRSS", 0))


def write(file: object, lines: list[str], size: int, seed: int = 0) -> None:
    """Lines in an order of their own, with a number each, so that no two are the same, until there are so many bytes."""
    draw, done = random.Random(seed), 0
    while done < size:
        text = "".join(f"{line} {draw.randrange(10**6)}\n" for line in draw.choices(lines, k=5000))
        file.write(text)  # type: ignore[attr-defined]
        done += len(text.encode())


def _english(shared: Path) -> list[str]:
    words = next((shared / "tiny_shakespeare").glob("*.txt")).read_text(encoding="utf-8").split()
    return [" ".join(words[place : place + 9]) for place in range(0, len(words) - 9, 2)]


def _poems(shared: Path) -> list[str]:
    rows = (shared / "chinese_poetry" / "tang_simplified.jsonl").read_text(encoding="utf-8").splitlines()
    return ["".join(json.loads(row).get("lines") or json.loads(row).get("paragraphs") or []) for row in rows]
