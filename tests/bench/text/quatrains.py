"""text.gpt on the Tang quatrains, one a line: the form of 200 poems that it writes, and how much of them it has by heart."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.bench.bench_ground import aigc
from tests.bench.figures import Figure
from tests.real_data import data_folder

SECONDS, COUNT, GOAL = 300, 200, 0.9
STOPS = re.compile("[，。？！；：、]")


def figures(folder: Path) -> Iterator[Figure]:
    data = data_folder()
    if data is None:
        sys.exit("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    poems = quatrains(data / "chinese_poetry" / "tang_simplified.jsonl")
    text, project, out = folder / "quatrains.txt", folder / "project", folder / "written"
    text.write_text("".join(poem + "\n" for poem in poems), encoding="utf-8")
    last = aigc(
        "train", "text.gpt", "--data", text, "--set", f"max_seconds={SECONDS}", "--name", "Tang", "--project", project
    )
    words = ("--set", "prompt=\n", "--set", r"stop_words=\n", "--set", "max_new_tokens=64", "--seed", 1)
    aigc("create", "Tang", *words, "--count", COUNT, "--out", out, "--project", project)
    written = [path.read_text(encoding="utf-8").strip() for path in sorted(out.glob("*.txt"))]
    formed = Counter(form(poem) for poem in written)
    share = (formed[5] + formed[7]) / COUNT
    nats = last["figures"]["heldout_nats_per_char"]
    here = f"{share:.1%} ({formed[5]} of five, {formed[7]} of seven; {nats:.3f} nats/char, {last['steps']:,} steps)"
    what = f"text.gpt, Tang quatrains, {SECONDS} s: four clauses of five or seven"
    yield Figure(what, f"≥ {GOAL:.0%}", here, len(written) == COUNT and share >= GOAL)
    copied = len(set(written) & set(poems))
    run = max((longest_copy(poem, "\n".join(poems)) for poem in written), key=len)
    here = f"{copied} (longest run copied: {len(run)} characters, {run}; {len(set(written))} different poems)"
    yield Figure(f"of {COUNT} quatrains, poems of the training word for word", "0", here, copied == 0)


def quatrains(path: Path) -> list[str]:
    """The poems whose form is a quatrain, each as one line."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return ["".join(row["lines"]) for row in rows if "绝" in row["form"]]


def form(poem: str) -> int:
    """How many characters each of a quatrain's clauses has; 0 where it is none."""
    clauses = [one for one in STOPS.split(poem) if one]
    lengths = set(map(len, clauses))
    return lengths.pop() if len(clauses) == 4 and len(lengths) == 1 else 0


def longest_copy(poem: str, known: str) -> str:
    """The longest run of characters of the poem that stands in the known text."""
    best = ""
    for start in range(len(poem)):
        while start + len(best) < len(poem) and poem[start : start + len(best) + 1] in known:
            best = poem[start : start + len(best) + 1]
    return best
