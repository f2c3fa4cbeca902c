"""What happens to people's work when things go wrong, with a count at the end:

`python3 packaging/dev.py bench faults [--only kill,corrupt,soak]`. A part is a module of `tests/bench/faults`.
"""

import argparse
import importlib
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure, machine_line, shown, table

PARTS = {
    "kill": "kill -9 of window, child and command line at random moments",
    "corrupt": "an index with random bytes in it, deleted, older, newer",
    "soak": "an hour of mixed jobs in the queue",
}


def main() -> int:
    words = argparse.ArgumentParser(prog="dev.py bench faults", description=__doc__)
    words.add_argument("--only", default=",".join(PARTS), help=f"some of: {', '.join(PARTS)}")
    words.add_argument("--times", type=int, default=0, help="how many times (each part has its own number)")
    words.add_argument("--minutes", type=float, default=60.0, help="how long the soak takes")
    words.add_argument("--seed", type=int, default=0, help="another row of random moments")
    chosen = words.parse_args()
    names = chosen.only.split(",")
    if unknown := set(names) - set(PARTS):
        words.error(f"there is no part {', '.join(sorted(unknown))}")
    print(machine_line(), flush=True)
    figures: list[Figure] = []
    for name in names:
        begun = time.monotonic()
        print(f"{name}: {PARTS[name]}", flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
            figures += shown(importlib.import_module(f"tests.bench.faults.{name}").figures(Path(folder), chosen))
        print(f"  [{name} took {time.monotonic() - begun:.0f} s]", flush=True)
    return table(figures)


if __name__ == "__main__":
    sys.exit(main())
