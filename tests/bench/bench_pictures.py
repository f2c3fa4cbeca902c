"""The figures of the picture models: `python3 packaging/dev.py bench pictures [--only dcgan,vae,ddpm,samplers,stylegan,steps,data,smooth]`.

Needs the real data (../shared/data or $AIGC_DATA), and a display for smooth (dev.py starts one). The whole takes about
three quarters of an hour; a busy machine measures itself, not the program. A part is a module of `tests/bench/pictures`.
"""

import argparse
import importlib
import os
import sys
import tempfile
import time
from pathlib import Path

from aigc_desktop.engine import machine
from tests.bench.figures import Figure, machine_line, shown, table

PARTS = {
    "dcgan": "image.dcgan on MNIST, 180 s",
    "vae": "image.vae on MNIST, 120 s",
    "ddpm": "image.ddpm on MNIST, 480 s",
    "samplers": "DPM-Solver++ against DDIM",
    "stylegan": "image.stylegan on emoji, 600 s",
    "steps": "training steps against plain loops of the same networks",
    "data": "pictures ten times the memory; a second start",
    "smooth": "the window while large previews come",
}


def main() -> int:
    words = argparse.ArgumentParser(prog="dev.py bench pictures", description=__doc__)
    words.add_argument("--only", default=",".join(PARTS), help=f"some of: {', '.join(PARTS)}")
    names = words.parse_args().only.split(",")
    if unknown := set(names) - set(PARTS):
        words.error(f"there is no part {', '.join(sorted(unknown))}")
    print(machine_line(), flush=True)
    machine.share_processors()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as root:
        os.environ["AIGC_CACHE"] = str(Path(root) / "cache")
        os.environ["XDG_CONFIG_HOME"] = str(Path(root) / "config")
        for name in names:
            begun = time.monotonic()
            print(f"{name}: {PARTS[name]}", flush=True)
            folder = Path(root) / name
            folder.mkdir()
            figures += shown(importlib.import_module(f"tests.bench.pictures.{name}").figures(folder))
            print(f"  [{name} took {time.monotonic() - begun:.0f} s]", flush=True)
    return table(figures)


if __name__ == "__main__":
    sys.exit(main())
