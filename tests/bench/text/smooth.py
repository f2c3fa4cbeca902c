"""The window while a small model's texts stream in at full speed: a 16 ms timer, as in `bench ground --only smooth`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench import window
from tests.bench.figures import Figure
from tests.real_data import data_folder

SECONDS = 40


def figures(folder: Path) -> Iterator[Figure]:
    data = data_folder()
    if data is None:
        sys.exit("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    words = ("--generator", "text.pretrained", "--model", data / "weights" / "stories260k_hf_llama")
    found = window.measure("stream", folder / "stream", *words, "--seconds", SECONDS)
    here = f"{found['p99']:.1f} ms (longest {found['longest']:.0f} ms; {found['texts']} texts, {found['previews']} previews)"
    yield Figure(f"texts stream in: 16 ms timer late, 99th percentile, {SECONDS} s", "< 5 ms", here, found["p99"] < 5)
