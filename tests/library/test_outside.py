"""A project made to reach files outside it: nothing outside is written, moved or deleted, whatever its index and files say."""

import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from aigc_desktop.library import found, trash
from aigc_desktop.library.project import Project
from aigc_desktop.media.text import Text
from aigc_desktop.problems import BadInput
from tests.library.makers import add, add_model, picture

ITEM, MODEL, RUN = "UPDATE items SET {} = ?", "UPDATE models SET {} = ?", "UPDATE runs SET {} = ?"
CHANGES = {
    "item": (ITEM.format("path"), "../mine.png"),
    "item far": (ITEM.format("path"), "items/../../mine.png"),
    "item absolute": (ITEM.format("path"), "{outside}/mine.png"),
    "thumbnail": (ITEM.format("thumbnail"), "../mine.png"),
    "thumbnail absolute": (ITEM.format("thumbnail"), "{outside}/mine.png"),
    "model": (MODEL.format("folder"), "../../folder"),
    "model absolute": (MODEL.format("folder"), "{outside}/folder"),
    "run": (RUN.format("id"), "../../folder"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_index_that_names_files_outside(change: str, tmp_path: Path) -> None:
    with Project.open(tmp_path / "project") as project:
        kept, gone = add(project, picture(7, 300)), add(project, Text("spring"))
        model = add_model(project, "Plays")
        run = project.runs.add({"generator": "image.gan"})
        project.items.trash(gone.id)
        project.models.trash(model.name)
    (tmp_path / "mine.png").write_bytes(b"mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.txt").write_text("mine")
    before = outside(tmp_path)
    sql, value = CHANGES[change]
    with closing(sqlite3.connect(tmp_path / "project" / "library.sqlite")) as index:
        index.execute("PRAGMA foreign_keys = OFF")
        index.execute(
            sql + " WHERE rowid = (SELECT min(rowid) FROM " + sql.split()[1] + ")", (value.format(outside=tmp_path),)
        )
        index.commit()
    project = Project.open(tmp_path / "project")
    for use in (
        lambda: project.items.rename(kept.id, "another"),
        lambda: project.items.trash(kept.id),
        lambda: project.items.restore(gone.id),
        lambda: project.models.restore("Plays"),
        lambda: project.models.trash("Plays"),
        lambda: project.runs.remove(run),
        lambda: project.runs.remove("../../folder"),
        lambda: project.items.search(),
        lambda: project.models.list(),
        lambda: project.items.empty_trash(),
        lambda: project.models.empty_trash(),
        lambda: project.verify(),
        lambda: project.rebuild(),
    ):
        with suppress(BadInput):
            use()
        assert outside(tmp_path) == before
    project.close()
    with Project.open(tmp_path / "project") as project:
        project.rebuild()
        assert project.items.search()[0].path.is_relative_to(tmp_path / "project") and outside(tmp_path) == before


def outside(folder: Path) -> dict[str, bytes]:
    """The files beside the project, and what they hold."""
    return {
        str(path): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_relative_to(folder / "project")
    }


@pytest.mark.parametrize("id", ["../../../x", "/x", "a/b", "", "x" * 300, "a\0b"])
def test_an_item_whose_file_gives_it_a_path_as_its_id(id: str, tmp_path: Path) -> None:
    with Project.open(tmp_path / "project") as project:
        item = add(project, picture(7, 300))
        metadata = found.kinds.read_metadata(item.path)
        path = item.path.relative_to(project.path).as_posix()
        assert found.item(project.path, path, trashed=False) is not None
        found.kinds.copy_with_metadata(item.path, item.path, metadata | {"id": id})
        assert found.item(project.path, path, trashed=False) is None
        project.rebuild()
    assert outside(tmp_path) == {}


@pytest.mark.parametrize("number", [10**400, -(2**63), 2**63])
def test_an_item_whose_numbers_no_table_takes(number: int, tmp_path: Path) -> None:
    with Project.open(tmp_path / "project") as project:
        item = add(project, Text("spring"))
        beside = item.path.with_suffix(".json")
        beside.write_text(json.dumps(json.loads(beside.read_text()) | {"seed": number}))
    (tmp_path / "project" / "library.sqlite").unlink()
    with Project.open(tmp_path / "project") as project:
        assert project.items.count() in (0, 1)


def test_names_from_files_are_as_clean_as_typed_ones(tmp_path: Path) -> None:
    with Project.open(tmp_path / "project") as project:
        item = add(project, Text("spring"))
        beside = item.path.with_suffix(".json")
        beside.write_text(json.dumps(json.loads(beside.read_text()) | {"name": "a\nb\u202e\ud800c"}))
    (tmp_path / "project" / "library.sqlite").unlink()
    with Project.open(tmp_path / "project") as project:
        (again,) = project.items.search()
        assert again.name.isprintable() and again.name.startswith("a b")


@pytest.mark.parametrize("path", ["..", "../a", "a/../b", "/a", "a//b", "./a", "a/.", "a\0"])
def test_inside(path: str, tmp_path: Path) -> None:
    with pytest.raises(trash.Outside):
        trash.inside(tmp_path, path)
    assert trash.inside(tmp_path, "items/..a/b..c") == tmp_path / "items" / "..a" / "b..c"


def test_a_journal_that_names_files_outside(tmp_path: Path) -> None:
    with Project.open(tmp_path / "project") as project:
        project.items.trash(add(project, picture()).id)
        with (project.path / trash.JOURNAL).open("a") as journal:
            journal.write('{"path": "../../mine.png", "since": "x"}\n' + "[" * 99_999 + "\n")
        assert project.items.empty_trash() == 1
