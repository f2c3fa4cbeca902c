"""One training step of each picture model against the plain tutorial loop of the same networks.

A generator's owner adds a line to PAIRS: the tutorial's loop stands in the part of that generator, or here.
"""

import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.bench.figures import Figure
from tests.bench.tutorial import Loop, compare
from tests.real_data import data_folder


class Pair(NamedTuple):
    """A generator with its settings, and its tutorial loop: a function `loop(plain, chosen, data)` that yields after each
    step (see tests/bench/tutorial.py), named "module:function" so that only what is measured is imported."""

    generator: str
    loop: str
    settings: Mapping[str, Any] = MappingProxyType({})
    data: str = "mnist"
    goal: float = 2.5  # how many times the tutorial's speed
    steps: int = 11  # in a turn, of which the first 3 do not count
    turns: int = 12


ADVERSARIAL = "tests.bench.pictures.adversarial_loops"
PAIRS: dict[str, Pair] = {
    "gan": Pair("image.gan", "tests.bench.tutorial:gan", goal=2.0),
    "gan, WGAN-GP": Pair("image.gan", f"{ADVERSARIAL}:wasserstein", {"loss": "wasserstein-gp"}),
    "dcgan": Pair("image.dcgan", f"{ADVERSARIAL}:dcgan", steps=19),  # 16 of them with one gradient penalty
    "ddpm": Pair("image.ddpm", "tests.bench.pictures.ddpm:loop", {"by_class": "off"}, goal=1.0, steps=6, turns=4),
    "stylegan": Pair(
        "image.stylegan", "tests.bench.pictures.stylegan:loop", data="emoji/noto72_png.zip", goal=1.0, steps=19, turns=4
    ),
    "vae": Pair("image.vae", "tests.bench.pictures.vae:loop"),
}


def figures(folder: Path, only: tuple[str, ...] = ()) -> Iterator[Figure]:
    data = data_folder()
    if data is None:
        sys.exit("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    for name in only or PAIRS:
        pair = PAIRS[name]
        ours, theirs, precision = compare(
            pair.generator, data / pair.data, _loop(pair.loop), pair.settings, pair.steps, pair.turns
        )
        ratio = theirs / ours
        here = f"{ratio:.2f}× ({1000 * ours:.1f} ms {precision}, tutorial {1000 * theirs:.1f} ms)"
        what = f"{name}: training step against a tutorial loop"
        yield Figure(what, f"≥ {pair.goal:g}×", here, ratio >= pair.goal)


def _loop(name: str) -> Loop:
    module, function = name.split(":")
    loop: Loop = getattr(importlib.import_module(module), function)
    return loop


if __name__ == "__main__":
    for row in figures(Path(), tuple(sys.argv[1:])):
        print(f"{row.what}: {row.here} (goal {row.goal}) {'✓' if row.reached else '✗'}", flush=True)
