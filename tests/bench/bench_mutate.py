"""Broken and hostile files of every kind that people bring, opened as the application opens them, counted at the end:

`python3 packaging/dev.py bench mutate [--times 2000] [--only png,zip] [--seed 0] [--number 17]`.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, machine_line, shown, table
from tests.bench.mutate.kind import KINDS
from tests.bench.mutate.pool import Counted, Pool

SHARED_MEMORY = Path("/dev/shm")  # many small files that need no disk


def main() -> int:
    words = argparse.ArgumentParser(prog="dev.py bench mutate", description=__doc__)
    words.add_argument("--times", type=int, default=2000, help="mutated files per kind")
    words.add_argument("--only", default=",".join(KINDS), help=f"some of: {', '.join(KINDS)}")
    words.add_argument("--seed", type=int, default=0, help="another row of mutations")
    words.add_argument("--number", type=int, help="only this one of each kind, to look at a fault again")
    words.add_argument("--workers", type=int, default=2)
    chosen = words.parse_args()
    names = chosen.only.split(",")
    if unknown := set(names) - set(KINDS):
        words.error(f"there is no kind {', '.join(sorted(unknown))}")
    print(machine_line(), flush=True)
    numbers = range(chosen.times) if chosen.number is None else range(chosen.number, chosen.number + 1)
    return table(shown(_figures(names, numbers, chosen)))


def _figures(names: list[str], numbers: range, chosen: argparse.Namespace) -> Iterator[Figure]:
    place = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=place, ignore_cleanup_errors=True) as folder,
        Pool(Path(folder), chosen.workers) as pool,
    ):
        for name in names:
            begun = time.monotonic()
            counted = pool.count(name, numbers, chosen.seed)
            for fault, where in counted.faults.items():
                print(f"  FAULT in {len(where)} of {name}, for example {where[:5]}:\n      {fault}", flush=True)
            if chosen.times <= 50:
                for sentence, times in counted.sentences.most_common(12):
                    print(f"    {times} × {sentence}")
            yield Figure(f"{name}: faults in {len(numbers):,} files", "0", _here(counted, begun), not counted.bad)


def _here(counted: Counted, begun: float) -> str:
    told = ", ".join(f"{counted.outcomes[one]:,} {one}" for one in ("worked", "refused"))
    seconds = time.monotonic() - begun
    return f"{counted.bad} ({told}; at most {counted.most} MB, {counted.slowest:.1f} s a file; {seconds:.0f} s)"


if __name__ == "__main__":
    sys.exit(main())
