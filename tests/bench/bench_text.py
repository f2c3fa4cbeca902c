"""The figures of the language models: `python3 packaging/dev.py bench text [--only gpt,quatrains,decode,finetune,smooth,big]`.

Needs the real data (../shared/data or $AIGC_DATA), and a display for smooth (dev.py starts one). The whole takes about
half an hour; a busy machine measures itself, not the program. A part is a module of `tests/bench/text`.
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
    "gpt": "text.gpt against a plain loop, and its defaults in 300 s",
    "quatrains": "text.gpt on Tang quatrains",
    "decode": "decoding against transformers' generate; the loss of int8",
    "finetune": "stories260k trained further",
    "smooth": "the window while text streams",
    "big": "a text of 1 GB",
}


def main() -> int:
    words = argparse.ArgumentParser(prog="dev.py bench text", description=__doc__)
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
            figures += shown(importlib.import_module(f"tests.bench.text.{name}").figures(folder))
            print(f"  [{name} took {time.monotonic() - begun:.0f} s]", flush=True)
    return table(figures)


if __name__ == "__main__":
    sys.exit(main())
