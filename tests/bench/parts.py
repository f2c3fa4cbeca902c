"""Runs the parts of a bench: each is a module with `figures(folder)`; the table of all figures is printed at the end."""

import argparse
import importlib
import os
import tempfile
import time
from pathlib import Path

from aigc_desktop.engine import machine
from tests.bench.figures import Figure, machine_line, shown, table


def run(name: str, about: str | None, parts: dict[str, str]) -> int:
    """The parts of `tests.bench.<name>` that the command line asks for, all of them without `--only`; the exit code."""
    words = argparse.ArgumentParser(prog=f"dev.py bench {name}", description=about)
    words.add_argument("--only", default=",".join(parts), help=f"some of: {', '.join(parts)}")
    chosen = words.parse_args().only.split(",")
    if unknown := set(chosen) - set(parts):
        words.error(f"there is no part {', '.join(sorted(unknown))}")
    print(machine_line(), flush=True)
    machine.share_processors()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as root:
        os.environ["AIGC_CACHE"] = str(Path(root) / "cache")
        os.environ["XDG_CONFIG_HOME"] = str(Path(root) / "config")
        for part in chosen:
            begun = time.monotonic()
            print(f"{part}: {parts[part]}", flush=True)
            folder = Path(root) / part
            folder.mkdir()
            figures += shown(importlib.import_module(f"tests.bench.{name}.{part}").figures(folder))
            print(f"  [{part} took {time.monotonic() - begun:.0f} s]", flush=True)
    return table(figures)
