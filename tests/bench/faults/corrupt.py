"""A copy of a rich project whose index is damaged at random, then opened: all must be there as before, hundreds of times.

What is right is told by a dump of the project before, and looked for without the code that mends: in the files, in SQLite.
"""

import argparse
import json
import os
import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from tests.bench.faults import damage
from tests.bench.figures import Figure
from tests.library import rich
from tests.library.makers import add
from tests.library.versions import make

VERSIONS = Path(rich.__file__).with_name("versions")
TIMES = 600


def figures(folder: Path, chosen: argparse.Namespace) -> Iterator[Figure]:
    """How many projects of how many came back."""
    chance = random.Random(chosen.seed)
    source, other = prepared(folder)
    times = chosen.times or TIMES
    counts: Counter[str] = Counter()
    faults: list[str] = []
    slowest = 0.0
    for number in range(times):
        kind = damage.KINDS[number % len(damage.KINDS)]
        begun = time.monotonic()
        fault = tried(source, other, folder / "copy", kind, chance, counts)
        slowest = max(slowest, time.monotonic() - begun)
        if fault:
            faults.append(f"{number} {kind.__name__}: {fault}")
            print("   ", faults[-1], flush=True)
    yield Figure("damaged indexes, all there again", str(times), str(times - len(faults)), not faults)
    yield Figure("of these mended", "> half", f"{counts['mended']:,}", counts["mended"] > times // 2)
    yield Figure(
        "damaged ones kept in backups",
        f"{counts['to keep']:,}",
        f"{counts['kept']:,}",
        counts["to keep"] == counts["kept"],
    )
    yield Figure("the slowest", "< 5 s", f"{slowest:.1f} s", slowest < 5)
    yield refusals(folder, source)


def prepared(folder: Path) -> tuple[Path, Path]:
    """A rich project, and another one; beside that one its -wal, as a process that was killed left it."""
    source, other = folder / "source", folder / "other"
    with Project.open(source) as project:
        rich.fill(project)
    with Project.open(other) as project:
        for number in range(30):
            add(project, name=f"another project's {number}")
        left = other / "cut off"
        left.mkdir()
        shutil.copyfile(other / "library.sqlite-wal", left / "library.sqlite-wal")
    with Project.open(source) as project:
        (folder / "seen.json").write_text(json.dumps(rich.dump(project)), encoding="utf-8")
    return source, other


def tried(
    source: Path, other: Path, copy: Path, kind: damage.Damage, chance: random.Random, counts: "Counter[str]"
) -> str:
    """Damage a copy, open it, look at it; what is wrong with it then."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy)
    index = copy / "library.sqlite"
    before = _files(copy)
    kind(index, chance, other)
    damaged = index.read_bytes() if index.is_file() and not index.is_symlink() else b""
    elsewhere = (other / "library.sqlite").read_bytes()
    try:
        with Project.open(copy, create=False) as project:
            mended = len(project.mended)
            now = rich.dump(project)
            wrong = [str(one) for one in project.verify()]
    except Exception as problem:  # noqa: BLE001 - that is what is looked for
        return f"{type(problem).__name__}: {problem}"
    counts["mended"] += mended
    kept = [path for path in (copy / "backups").glob("library damaged *.sqlite") if path.is_file()]
    if mended and damaged:
        counts["to keep"] += 1
        counts["kept"] += damaged in [path.read_bytes() for path in kept]
    return "; ".join(
        filter(
            None,
            [
                _different(
                    json.loads((source.parent / "seen.json").read_text(encoding="utf-8")), json.loads(json.dumps(now))
                ),
                f"verify says {wrong[0]}" if wrong else "",
                "" if before.items() <= _files(copy).items() else "a file has changed",
                "" if elsewhere == (other / "library.sqlite").read_bytes() else "another project's index has changed",
                "mended twice" if mended > 1 else "",
                _index_fault(index),
            ],
        )
    )


def refusals(folder: Path, source: Path) -> Figure:
    """Indexes of newer and of other programs: refused, and not touched; older ones: brought up to date."""
    right = total = 0
    for version in (3, 4, 99, 1000):
        copy = folder / "newer"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy)
        with closing(sqlite3.connect(copy / "library.sqlite", isolation_level=None)) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        total, right = total + 1, right + _refused(copy, "newer version")
        shutil.rmtree(copy)
        shutil.copytree(source, copy)
        (copy / "library.sqlite").unlink()
        with closing(sqlite3.connect(copy / "library.sqlite")) as connection:
            connection.execute(f"CREATE TABLE books_{version} (title TEXT)")
        total, right = total + 1, right + _refused(copy, "not a project")
    for frozen in sorted(VERSIONS.glob("[0-9]*")):
        copy = folder / f"version {frozen.name}"
        make.thaw(frozen, copy)
        with Project.open(copy) as project:
            now = json.loads(json.dumps(rich.dump(project)))
        seen = json.loads((frozen / "seen.json").read_text(encoding="utf-8"))
        same = all([row["id"] for row in now[kind]] == [row["id"] for row in seen[kind]] for kind in ("items", "runs"))
        total, right = total + 1, right + (same and now["former"] == seen["former"])
    return Figure("newer and foreign ones refused untouched, older ones opened", str(total), str(right), right == total)


def _refused(project: Path, words: str) -> bool:
    before = _files(project) | {"index": (project / "library.sqlite").read_bytes()}
    try:
        Project.open(project, create=False).close()
    except BadInput as problem:
        return words in str(problem) and before == _files(project) | {
            "index": (project / "library.sqlite").read_bytes()
        }
    return False


def _files(project: Path) -> dict[str, bytes]:
    """What the user's files hold: all but the index, its copies and its notes."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for folder in ("items", "models", "runs", "trash", "thumbnails")
        for path in (project / folder).rglob("*")
        if path.is_file()
    }


def _different(before: dict[str, Any], now: dict[str, Any]) -> str:
    for kind, rows in before.items():
        if now[kind] != rows:
            if not isinstance(rows, list):
                return f"{kind}: {now[kind]} instead of {rows}"[:300]
            if len(rows) != len(now[kind]):
                return f"{len(now[kind])} {kind} instead of {len(rows)}"
            one, other = next((one, other) for one, other in zip(rows, now[kind], strict=True) if one != other)
            return f"{kind}: " + str({key: (one[key], other[key]) for key in one if one[key] != other[key]})[:300]
    return ""


def _index_fault(index: Path) -> str:
    if index.is_symlink() or not index.is_file():
        return "the index is no file"
    with closing(sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)) as connection:
        said = connection.execute("PRAGMA integrity_check").fetchone()[0]
    left = [name for name in os.listdir(index.parent) if name.endswith((".new", "-lock", "-damaged"))]
    return f"integrity: {said}" if said != "ok" else f"left behind: {left}" if left else ""
