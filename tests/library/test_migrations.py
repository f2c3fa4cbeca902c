"""Old projects open: the very first tables, kept in schema_1.sql, brought to the newest version, a copy before each step."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from aigc_desktop.library import check, migrations, schema
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from tests.library.makers import add, start

FIRST = Path(__file__).with_name("schema_1.sql")


def first_version(folder: Path) -> Path:
    """A project as the first version made it, with one item, model and run."""
    for name in ("items", "models", "runs", "trash"):
        (folder / name).mkdir(parents=True)
    with closing(sqlite3.connect(folder / "library.sqlite")) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
    return folder


def tables(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        return {(f"{kind} {name}", " ".join((sql or "").split())) for kind, name, sql in rows}


def test_the_first_version_opens(tmp_path: Path) -> None:
    folder = first_version(tmp_path / "old")
    with Project.open(folder) as project:
        (item,) = project.items.search("明月")
        assert (item.name, item.seed, item.model, item.job["params"]) == ("月", 7, "poems", {"prompt": "床前明月光"})
        assert [run.state for run in project.runs.list()] == ["finished"]
        assert [model.name for model in project.models.list()] == ["poems"]
        add(project, name="new")
        assert project.items.count() == 2
        assert project._database.value("PRAGMA user_version") == len(schema.STEPS)
    Project.open(tmp_path / "new").close()
    assert tables(folder / "library.sqlite") == tables(tmp_path / "new" / "library.sqlite")


def step(*statements: str) -> tuple[str, ...]:
    return statements


SECOND = step("ALTER TABLE items ADD COLUMN stars INTEGER NOT NULL DEFAULT 0", "CREATE TABLE notes (text TEXT)")
THIRD = step("UPDATE items SET stars = 5")


def test_each_step_is_taken_once_with_a_copy_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = first_version(tmp_path / "old")
    known = len(schema.STEPS)
    monkeypatch.setattr(schema, "STEPS", [*schema.STEPS, SECOND, THIRD])
    for _ in range(2):
        with Project.open(folder) as project:
            assert project._database.value("SELECT stars FROM items") == 5
            assert project._database.value("PRAGMA user_version") == known + 2
    backups = {path.name for path in (folder / "backups").iterdir()}
    assert backups == {f"library-version-{version}.sqlite" for version in range(1, known + 2)}
    with closing(sqlite3.connect(folder / "backups" / f"library-version-{known}.sqlite")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone()[0] == known
        assert copy.execute("SELECT count(*) FROM items").fetchone()[0] == 1
        assert copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_step_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = first_version(tmp_path / "old")
    Project.open(folder).close()
    before = tables(folder / "library.sqlite")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "STEPS", [*schema.STEPS, (*SECOND, "UPDATE nothing SET x = 1")])
        with pytest.raises(BadInput, match="could not be brought up to this version.*nothing.*it is as it was"):
            Project.open(folder)
    assert tables(folder / "library.sqlite") == before
    with Project.open(folder) as project:
        assert project.items.count() == 1


def test_an_upgrade_while_it_is_looked_at_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = first_version(tmp_path / "old")
    with closing(sqlite3.connect(folder / "library.sqlite", isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        look = schema.objects_in

        def upgraded_in_between(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
            migrations.upgrade(other, folder)
            return look(connection)

        monkeypatch.setattr(schema, "objects_in", upgraded_in_between)
        assert check.looks_whole(folder)
        assert migrations.version(other) == len(schema.STEPS)


def test_many_processes_upgrade_at_once(tmp_path: Path) -> None:
    folder = first_version(tmp_path / "old")
    code = (
        "import sys\n"
        "from aigc_desktop.library import schema\n"
        f"schema.STEPS += [{SECOND!r}, {THIRD!r}]\n"
        "from aigc_desktop.library.project import Project\n"
        "with Project.open(sys.argv[1]) as project:\n"
        "    print(project._database.value('SELECT stars FROM items'))\n"
    )
    processes = [start(code, folder) for _ in range(4)]
    assert [process.communicate(timeout=60) for process in processes] == [("5\n", "")] * 4
