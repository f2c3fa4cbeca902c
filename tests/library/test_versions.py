"""A project of every older version, frozen with its files, opens in this one: the same to see, a copy kept before each step."""

import json
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from aigc_desktop.library import schema
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from tests.library import rich
from tests.library.makers import add, start
from tests.library.versions import make

VERSIONS = Path(__file__).with_name("versions")
FROZEN = sorted(int(path.name) for path in VERSIONS.iterdir() if path.name.isdecimal())


def old(tmp_path: Path, version: int) -> Path:
    """The project of a version, thawed."""
    make.thaw(VERSIONS / str(version), tmp_path / "old")
    return tmp_path / "old"


def seen(version: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VERSIONS / str(version) / "seen.json").read_text(encoding="utf-8"))
    return found


def same(project: Project, before: dict[str, Any]) -> None:
    """All that could be seen in an older version is there, whatever has been added since."""
    now = json.loads(json.dumps(rich.dump(project)))
    assert now.keys() >= before.keys()
    for kind in ("items", "models", "runs"):
        assert [
            {name: row[name] for name in then} for row, then in zip(now[kind], before[kind], strict=True)
        ] == before[kind]
    for kind in ("former", "since", "found"):
        assert now[kind] == before[kind]


def index(folder: Path) -> Path:
    return folder / "library.sqlite"


def test_every_version_is_frozen() -> None:
    assert list(range(1, len(schema.STEPS) + 1)) == FROZEN, "freeze the new version: see tests/library/versions/make.py"
    for version in FROZEN:
        assert f"PRAGMA user_version = {version};" in (VERSIONS / str(version) / "library.sql").read_text(
            encoding="utf-8"
        )


@pytest.mark.parametrize("version", FROZEN)
def test_it_opens_as_it_was(tmp_path: Path, version: int) -> None:
    folder = old(tmp_path, version)
    with Project.open(folder) as project:
        assert project.mended == []
        same(project, seen(version))
        assert project.verify() == []
        assert project._database.value("PRAGMA user_version") == len(schema.STEPS)
        add(project, name="life goes on")
    with closing(sqlite3.connect(index(folder))) as connection:
        assert schema.objects_in(connection) == schema.objects(len(schema.STEPS))
    kept = sorted(path.name for path in folder.glob("backups/*"))
    assert kept == [f"library-version-{step}.sqlite" for step in range(version, len(schema.STEPS))]
    for step, name in enumerate(kept, version):
        with closing(sqlite3.connect(folder / "backups" / name)) as copy:
            assert copy.execute("PRAGMA user_version").fetchone()[0] == step
            assert copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert copy.execute("SELECT count(*) FROM items").fetchone()[0] == len(seen(version)["items"])


@pytest.mark.parametrize("version", FROZEN)
def test_opened_once_it_can_lose_its_index(tmp_path: Path, version: int) -> None:
    folder = old(tmp_path, version)
    Project.open(folder).close()
    index(folder).unlink()
    with Project.open(folder) as project:
        assert len(project.mended) == 1
        same(project, seen(version))
        assert project.verify() == []


@pytest.mark.parametrize("version", FROZEN)
def test_damaged_before_it_was_ever_opened_here(tmp_path: Path, version: int) -> None:
    folder = old(tmp_path, version)
    content = bytearray(index(folder).read_bytes())
    content[-100:] = bytes(100)  # of the last page, which is one of many
    index(folder).write_bytes(content)
    with Project.open(folder) as project:
        now, before = rich.dump(project), seen(version)
        assert [row["id"] for row in now["items"]] == [row["id"] for row in before["items"]]
        assert [row["id"] for row in now["runs"]] == [row["id"] for row in before["runs"]]
        assert now["former"] == before["former"]


LATER = """
import os, signal, sys
from aigc_desktop.library import schema
from aigc_desktop.library.project import Project
schema.STEPS.append(("CREATE TABLE stars (item TEXT)", "UPDATE items SET name = 'starred'", {last!r}))
connect = schema.sqlite3.connect
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
from aigc_desktop.library import seal
teach = seal.teach
def taught(connection):
    teach(connection)
    connection.create_function("die", 0, die)
seal.teach = taught
Project.open(sys.argv[1]).close()
print("opened")
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_killed_in_the_middle_of_a_step(tmp_path: Path) -> None:
    folder = old(tmp_path, 1)
    process = start(LATER.format(last="SELECT die()"), folder)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL and out == "", errors
    with closing(sqlite3.connect(f"{index(folder).as_uri()}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(schema.STEPS)  # the step before was taken
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert not connection.execute("SELECT 1 FROM items WHERE name = 'starred'").fetchone()
    with Project.open(folder) as project:
        same(project, seen(1))
    assert start(LATER.format(last="SELECT 1"), folder).communicate(timeout=60) == ("opened\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_FSIZE as Linux has it")
def test_no_room_for_a_step(tmp_path: Path) -> None:
    folder = old(tmp_path, 1)
    before = index(folder).read_bytes()
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "from aigc_desktop.library.project import Project\n"
        "from aigc_desktop.problems import BadInput\n"
        "try: Project.open(sys.argv[1])\n"
        "except BadInput as problem: print(problem)\n"
    )
    out, errors = start(code, folder).communicate(timeout=60)
    assert len(out.splitlines()) == 1 and errors == ""
    assert index(folder).read_bytes() == before and not list(folder.glob("backups/*.new"))
    with Project.open(folder) as project:
        same(project, seen(1))


def test_a_newer_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    folder = old(tmp_path, FROZEN[-1])
    Project.open(folder).close()
    with closing(sqlite3.connect(index(folder), isolation_level=None)) as connection:
        connection.execute("CREATE TABLE stars (item TEXT)")
        connection.execute(f"PRAGMA user_version = {len(schema.STEPS) + 1}")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for repair in (False, True):
        with pytest.raises(BadInput, match="newer version"):
            Project.open(folder, repair=repair)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
