"""Damaged indexes: each kind of damage once (the bench does hundreds), and at awkward moments."""

import os
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from aigc_desktop.library import index
from aigc_desktop.library.database import Damaged
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from tests.bench.faults import corrupt, damage
from tests.library import rich
from tests.library.makers import add, add_model, files, job, start

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs links, pipes and signals as Unix has them")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return corrupt.prepared(tmp_path_factory.mktemp("sources"))


@POSIX
@pytest.mark.parametrize("kind", dict.fromkeys(damage.KINDS), ids=lambda kind: kind.__name__)
def test_all_is_there_again(sources: tuple[Path, Path], tmp_path: Path, kind: damage.Damage) -> None:
    chance = random.Random(kind.__name__)
    assert corrupt.tried(*sources, tmp_path / "copy", kind, chance, Counter()) == ""


def spoil(project: Path) -> bytes:
    """Rubbish over all but the first page of the index; what it is then."""
    content = bytearray((project / "library.sqlite").read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    (project / "library.sqlite").write_bytes(content)
    return bytes(content)


def test_the_last_few_damaged_ones_are_kept(project: Project) -> None:
    add(project, name="春")
    project.close()
    spoilt = []
    for _ in range(index.KEPT + 2):
        spoilt.append(spoil(project.path))
        with Project.open(project.path) as again:
            assert len(again.mended) == 1 and again.items.count("春") == 1
    kept = {path.read_bytes() for path in (project.path / "backups").iterdir()}
    assert kept == set(spoilt[-index.KEPT :])


def test_nothing_of_the_mending_is_left(project: Project) -> None:
    add(project)
    project.close()
    spoil(project.path)
    with Project.open(project.path):
        pass
    assert {name for name in os.listdir(project.path) if "library" in name or name.startswith(".")} == {
        "library.sqlite",
        "library.sqlite-seen",
    }


DYING = """
import os, signal, sys
from aigc_desktop.library import index, rebuild, repair, salvage
from aigc_desktop.library.project import Project

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

moment = sys.argv[2]
if moment == "kept":
    salvage.salvage = die
elif moment == "salvaged":
    rebuild.rebuild = die
elif moment == "made":
    index.put = die
elif moment == "the old one's -wal gone":
    index.sync = die
elif moment == "in place":
    index.sync_folder = lambda folder: die() if folder.name == "project" else None
Project.open(sys.argv[1])
print("not reached")
"""


@POSIX
@pytest.mark.parametrize("moment", ["kept", "salvaged", "made", "the old one's -wal gone", "in place"])
def test_killed_while_it_is_mended(project: Project, moment: str) -> None:
    item, model = add(project, name="春"), add_model(project, "m")
    project.close()
    content = spoil(project.path)
    process = start(DYING, project.path, moment)
    assert process.communicate(timeout=60)[0] == "" and process.returncode == -signal.SIGKILL
    with Project.open(project.path) as again:
        assert again.items.get(item.id) == item and again.models.find("m") == model.path and again.verify() == []
    assert content in [path.read_bytes() for path in (project.path / "backups").iterdir()]
    assert not [name for name in files(project.path) if name.endswith(".new")] or moment in ("salvaged", "made")


def test_many_processes_mend_it_once(project: Project) -> None:
    for _ in range(5):
        add(project)
    project.close()
    spoil(project.path)
    code = (
        "import sys\n"
        "from aigc_desktop.library.project import Project\n"
        "with Project.open(sys.argv[1]) as project:\n"
        "    project.runs.add({'generator': 'image.gan'})\n"
        "    print(len(project.mended), project.items.count())\n"
    )
    said = [process.communicate(timeout=60) for process in [start(code, project.path) for _ in range(4)]]
    assert sorted(said) == [("0 5\n", "")] * 3 + [("1 5\n", "")]
    assert len(list((project.path / "backups").iterdir())) == 1
    with Project.open(project.path) as after:
        assert len(after.runs.list()) == 4 and after.verify() == []


@POSIX
def test_damage_that_is_met_while_it_is_open(project: Project) -> None:
    item = add(project, name="春")
    for _ in range(40):
        add(project, name="x" * 100, prompt="y" * 900)
    project.close()
    called: list[int] = []
    with Project.open(project.path) as opened:
        opened.when_damaged(lambda: called.append(1))
        spoil(project.path)
        with pytest.raises(Damaged, match="nothing that was made is lost"):
            opened.items.search(limit=100)
        assert called and not Project.opens_quickly(project.path)
        with Project.open(project.path) as mended:  # as the window does, in a thread
            assert len(mended.mended) == 1 and mended.items.count() == 41
        before = opened.data_version()
        assert opened.items.get(item.id) == item and opened.items.count() == 41
        with Project.open(project.path) as other:
            add(other)
        assert opened.data_version() != before
        add(opened)
        assert opened.items.count() == 43


@POSIX
def test_an_index_that_is_deleted_while_it_is_open(project: Project) -> None:
    add(project, name="春")
    (project.path / "library.sqlite").unlink()
    with pytest.raises(Damaged):
        project.runs.add(job())
    with Project.open(project.path) as again:
        assert "was missing" in str(again.mended[0]) and again.items.count("春") == 1
    project.runs.add(job())
    with Project.open(project.path) as again:
        assert len(again.runs.list()) == 1


@pytest.mark.parametrize(
    ("sql", "look"),
    [
        ("UPDATE items SET job = '{'", lambda project: project.items.search()),
        ("UPDATE items SET seed = 'many'", lambda project: project.items.search()),
        ("UPDATE items SET expanded = '[]'", lambda project: project.items.search()),
        ("UPDATE items SET name = x'ff'", lambda project: project.items.search()),
        ("UPDATE models SET figures = '3'", lambda project: project.models.list()),
        ("UPDATE models SET name = x'00'", lambda project: project.models.list()),
        ("UPDATE runs SET job = 'null'", lambda project: project.runs.list()),
        ("UPDATE runs SET step = 'far'", lambda project: project.runs.list()),
    ],
)
def test_rows_that_hold_what_nobody_wrote(project: Project, sql: str, look: Callable[[Project], object]) -> None:
    add(project)
    add_model(project, "m")
    project.runs.add(job())
    before = rich.dump(project)
    project._database.execute(sql)
    with pytest.raises(BadInput, match="damaged"):
        look(project)
    project.close()
    with Project.open(project.path) as again:
        assert rich.dump(again) == before


def test_rubbish_where_no_project_is_stays_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").write_bytes(b"somebody's" * 500)
    with pytest.raises(BadInput, match="not a project"):
        Project.open(tmp_path)
    assert os.listdir(tmp_path) == ["library.sqlite"]


def test_a_trash_folder_that_was_deleted_does_not_hide_a_project(project: Project) -> None:
    item = add(project)
    project.close()
    (project.path / "trash").rmdir()
    (project.path / "library.sqlite").unlink()
    with Project.open(project.path, create=False) as again:
        assert again.items.get(item.id) == item


def test_what_is_not_damage_is_not_mended(project: Project) -> None:
    """A copy, a crash, a file deleted by hand, an index from yesterday's backup: nothing is said of damage."""
    gone = add(project)
    for _ in range(3):
        add(project)
    project.close()
    gone.path.unlink()
    (project.path / "library.sqlite-seen").unlink()
    with Project.open(project.path) as copied:
        assert copied.mended == [] and copied.items.count() == 4
    code = (
        "import os, sys\n"
        "from aigc_desktop.library.project import Project\n"
        "project = Project.open(sys.argv[1])\n"
        "project.runs.add({'generator': 'image.gan'})\n"
        "os._exit(9)\n"
    )
    start(code, project.path).communicate(timeout=60)
    assert not Project.opens_quickly(project.path)
    with Project.open(project.path) as crashed:
        assert crashed.mended == [] and len(crashed.runs.list()) == 1
    assert Project.opens_quickly(project.path)


def test_a_part_of_the_index_that_was_lost(project: Project) -> None:
    """Without its -wal the index is one of yesterday: what was made, renamed and trashed since comes back from the files."""
    names = [add(project, name=f"old {number}").id for number in range(3)]
    add_model(project, "before")
    project.close()
    yesterday = (project.path / "library.sqlite").read_bytes()
    with Project.open(project.path) as today:
        today.items.rename(names[0], "new name")
        today.items.trash(names[1])
        today.models.rename("before", "after")
        add(today, name="made since")
        today.runs.set(today.runs.add(job()), state="failed")
        before = rich.dump(today)
    for file in project.path.glob("library.sqlite*"):
        file.unlink()
    (project.path / "library.sqlite").write_bytes(yesterday)
    with Project.open(project.path) as again:
        assert rich.dump(again) == before and again.verify() == []


def test_the_versions_in_the_head_decide(project: Project) -> None:
    project.close()
    with closing(sqlite3.connect(project.path / "library.sqlite", isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {index.HIGHEST + 1}")  # no version of ours: a damaged number
    with Project.open(project.path) as again:
        assert len(again.mended) == 1
