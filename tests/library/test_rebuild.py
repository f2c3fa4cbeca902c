"""The index made again from the files: the same items, models, runs and trash."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aigc_desktop.library.project import Project
from aigc_desktop.media.picture import Picture
from aigc_desktop.problems import Sentence
from tests.library.makers import add, add_model, every_media, job, picture


@pytest.fixture
def filled(project: Project) -> Project:
    run = project.runs.add(job("春"))
    project.runs.set(
        run, state="finished", step=9, total=9, figures={"loss": 0.25}, model="gan", started="s", ended="e"
    )
    failed = project.runs.add(job())
    project.runs.set(failed, state="failed", problem=Sentence("There is no file {path}.", {"path": "x"}))
    project.runs.remove(project.runs.add(job()))
    add_model(project, "before", run=run, figures={"loss": 0.5}, seed=3)
    project.models.rename("before", "gan 春")
    add_model(project, "gan")
    project.models.trash("gan")
    for media in every_media():
        add(
            project,
            media,
            name="名字",
            prompt="床前明月光",
            model="before",
            run=run,
            expanded={"a": 1.5},
            parents=["p"],
        )
        project.items.rename(add(project, media, name="old").id, "new / name")
        project.items.trash(add(project, media, prompt="in the trash").id)
    return project


def everything(project: Project) -> dict[str, object]:
    return {
        "items": project.items.search(limit=1000),
        "trashed": project.items.search(trashed=True, limit=1000),
        "models": sorted(project.models.list(), key=lambda model: model.name),
        "trashed models": project.models.list(trashed=True),
        "runs": [replace(run, pid=None) for run in project.runs.list()],
        "trashed runs": [replace(run, pid=None) for run in project.runs.list(trashed=True)],
        "words": [item.id for item in project.items.search("明月")],
        "former": project.models.find("before"),
    }


def test_without_its_index_a_project_is_the_same_again(filled: Project) -> None:
    before = everything(filled)
    filled.close()
    for file in filled.path.glob("library.sqlite*"):
        file.unlink()
    with Project.open(filled.path, create=False) as rebuilt:
        assert everything(rebuilt) == before
        assert rebuilt.verify() == []


def test_rebuild_counts_and_changes_nothing_that_was_right(filled: Project) -> None:
    before = everything(filled)
    counts = filled.rebuild()
    assert everything(filled) == before and filled.verify() == []
    assert counts == {"items": 15, "models": 2, "runs": 3, "trashed": 7, "changed": 0, "skipped": 0}
    assert filled.rebuild() == counts


def test_rebuild_puts_right_what_the_rows_say_wrong(filled: Project) -> None:
    before = everything(filled)
    database = filled._database
    database.execute("UPDATE items SET name = 'wrong', words = 'wrong', path = path || '.gone', trashed = NULL")
    database.execute("UPDATE models SET figures = '{}'")
    database.execute("DELETE FROM runs")
    assert len(filled.verify()) > 15
    filled.rebuild()
    assert everything(filled) == before and filled.verify() == []


def test_thumbnails_are_made_again(filled: Project) -> None:
    shutil.rmtree(filled.path / "thumbnails")
    filled.rebuild()
    items = filled.items.search(limit=100)
    assert all(item.thumbnail is None or item.thumbnail.exists() for item in items)
    assert sum(item.thumbnail is not None for item in items) == 8


def test_files_that_say_nothing_are_skipped(filled: Project) -> None:
    day = next((filled.path / "items").iterdir())
    Picture(np.zeros((4, 4), np.uint8)).write(day / "a drawing")
    (day / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (day / "broken.flac").write_bytes(b"fLaC\0")
    (day / "lonely.txt").write_text("no sidecar")
    (day / "lists.txt").write_text("x")
    (day / "lists.json").write_text("[1, 2]")
    (day / "notes.doc").write_text("x")
    (filled.path / "models" / "empty").mkdir()
    (filled.path / "runs" / "empty").mkdir()
    before = everything(filled)
    assert filled.rebuild()["skipped"] == 8
    assert everything(filled) == before


def test_changed_content_is_counted_and_stays_a_finding(filled: Project) -> None:
    text = next(item for item in filled.items.search(medium="text"))
    text.path.write_text("not what was made")
    assert filled.rebuild()["changed"] == 1
    assert [str(one) for one in filled.verify()] == [
        f"{text.name} ({text.id}): its file {text.path.relative_to(filled.path)} has changed since it was saved."
    ]


def test_a_copy_of_a_file_is_not_a_second_item(filled: Project) -> None:
    item = filled.items.search(medium="picture")[0]
    shutil.copy(item.path, item.path.with_name("a copy.png"))
    assert filled.rebuild()["items"] == 15


def test_a_training_from_elsewhere_is_a_model(project: Project) -> None:
    folder = project.path / "models" / "from a friend"
    folder.mkdir()
    (folder / "training.json").write_text(json.dumps({"generator": "image.gan", "medium": "picture", "name": "Ann's"}))
    assert project.rebuild()["models"] == 1
    assert project.models.find("ann's") == folder


def test_a_running_run_stays_running(project: Project) -> None:
    mine = project.runs.add(job(), state="running")
    theirs = project.runs.add(job(), state="running")
    project._database.execute("UPDATE runs SET pid = 4194303 WHERE id = ?", (theirs,))
    project.rebuild()
    assert project.runs.get(mine).state == "running" and project.runs.get(mine).pid == os.getpid()
    assert project.runs.get(theirs).state == "interrupted"


def test_an_index_from_a_backup_finds_what_was_made_since(project: Project, tmp_path: Path) -> None:
    first = add(project, name="first")
    project.close()
    shutil.copy(project.path / "library.sqlite", tmp_path / "backup")
    with Project.open(project.path) as later:
        second = add(later, picture(8), name="second")
    for file in project.path.glob("library.sqlite*"):
        file.unlink()
    shutil.copy(tmp_path / "backup", project.path / "library.sqlite")
    with Project.open(project.path) as restored:
        assert [item.id for item in restored.items.search()] == [second.id, first.id]
        restored.rebuild()
        assert [item.id for item in restored.items.search()] == [second.id, first.id]
