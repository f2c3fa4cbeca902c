"""A damaged index in the window: said in one quiet line, mended beside it, never a frozen or a broken window."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aigc_desktop.library.project import Project
from aigc_desktop.ui import opening
from aigc_desktop.ui.app import Studio
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.settings import Settings
from tests.library.makers import add


@pytest.fixture
def studio(qapp: Any) -> Iterator[Studio]:
    made = Studio(qapp, Settings(), Log())
    yield made
    made.end()
    if made.window is not None:
        made.window.close()
        made.window.deleteLater()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Project.open(tmp_path / "mine") as project:
        for number in range(30):
            add(project, name=f"春 {number}", prompt="x" * 500)
    return tmp_path / "mine"


def spoil(folder: Path) -> None:
    content = bytearray((folder / "library.sqlite").read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    (folder / "library.sqlite").write_bytes(content)


def said(studio: Studio) -> Any:
    return studio.window.notices.texts()


def test_a_project_that_was_damaged_is_there(qtbot: Any, studio: Studio, folder: Path) -> None:
    spoil(folder)
    assert studio.start(folder)
    qtbot.waitUntil(lambda: "mended" in said(studio), timeout=10_000)
    assert "items: 30" in said(studio)["mended"]
    assert studio.project is not None and studio.project.items.count() == 30


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody write to a file that is open")
def test_damage_that_shows_later_is_mended_beside_the_window(qtbot: Any, studio: Studio, folder: Path) -> None:
    assert studio.start(folder)
    window = studio.window
    qtbot.waitUntil(lambda: window.mending is not None, timeout=10_000)
    spoil(folder)
    studio.project._database.execute("PRAGMA shrink_memory")  # forgets what it read before
    library = window.library
    with pytest.raises(Exception, match="damaged"):
        studio.project.items.search(text="春 7", limit=50)
    qtbot.waitUntil(lambda: "mended" in said(studio), timeout=10_000)
    assert studio.project.items.count() == 30 and [item.name for item in studio.project.items.search("春 17")] == [
        "春 17"
    ]
    assert window.library is library


def test_what_takes_long_is_shown_and_the_events_go_on(
    qtbot: Any, qapp: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "library.sqlite").unlink()
    seen: list[str] = []
    real: Callable[..., None] = opening.Waiting.show_count

    def counted(waiting: opening.Waiting, done: int, total: int) -> None:
        real(waiting, done, total)
        seen.append(waiting._label.text())
        assert waiting._label.heightForWidth(waiting._label.width()) <= waiting._label.height(), "cut off"

    monkeypatch.setattr(opening.Waiting, "show_count", counted)
    monkeypatch.setattr(opening, "PATIENCE", 0)
    project = opening.open_project(folder, create=False)
    assert project.items.count() == 30 and len(project.mended) == 1
    assert seen[-1] == "The library is made again from its files: 30 of 30."
    project.close()
    quick = opening.open_project(folder, create=False)
    assert quick.mended == [] and len(seen) == 2
    quick.close()


def test_what_cannot_be_opened_says_why(qapp: Any, folder: Path) -> None:
    (folder / "library.sqlite").unlink()
    (folder / "backups").write_text("a file where a folder must be")
    (folder / "library.sqlite-wal").write_bytes(b"x" * 100)
    with pytest.raises(Exception, match="cannot be opened"):
        opening.open_project(folder, create=False)
