"""Rows of a form that are there only beside others, and the field of several pictures."""

from pathlib import Path
from typing import Any, Literal

import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from aigc_desktop.engine.params import Described, Params, Picture, field, make
from aigc_desktop.ui.drop_zone import ITEM
from aigc_desktop.ui.fields.pictures import ROWS, PicturesField
from aigc_desktop.ui.form import Form
from tests.ui import walk_world


class Modes(Params):
    mode: Literal["new", "morph"] = field("new", title="What", help="What to make.")
    count: int = field(4, ge=1, le=9, title="Pictures", help="How many.", when={"mode": ("new",)})
    first: Picture | None = field(None, title="From", help="The first.", when={"mode": ("morph",)})
    frames: int = field(8, ge=2, le=99, title="Frames", help="How many.", when={"mode": ("morph",)})
    speed: float = field(1.0, ge=0, le=5, title="Speed", help="How fast.", when={"mode": ("morph",)}, advanced=True)


@pytest.fixture
def form(qtbot: Any) -> Form:
    made = Form(Modes)
    qtbot.addWidget(made)
    made.show()
    return made


def seen(form: Form) -> list[str]:
    """Of which rows anything is to be seen."""
    parts = {name: (row.label, row.field, row.why, row.back, row.help) for name, row in form.rows.items()}
    return [name for name, widgets in parts.items() if any(widget.isVisible() for widget in widgets)]


def test_a_setting_that_counts_only_beside_another_is_there_only_then(form: Form) -> None:
    assert seen(form) == ["mode", "count"] and not form.advanced.isVisible()
    low = form.sizeHint().height()
    form.rows["count"].why.setChecked(True)
    form.set_values({"count": 7, "mode": "morph"})
    assert seen(form) == ["mode", "first", "frames"], "its help and its way back went too"
    assert form.advanced.isVisible() and form.sizeHint().height() > low, "the place of what went is free"
    form.advanced.set_open(True)
    form.field("speed").set_value(2.0)
    assert seen(form)[-1] == "speed" and form.advanced.heading.text() == "Advanced · 1 changed"
    form.field("mode").set_value("new")
    assert (
        seen(form) == ["mode", "count"] and form.rows["count"].help.isVisible() and form.rows["count"].back.isVisible()
    )
    assert form.values()["count"] == 7 and form.values()["speed"] == 2.0, "what one chose is kept"


def test_a_job_is_given_what_counts_and_nothing_else(form: Form) -> None:
    form.set_values({"mode": "morph", "frames": 20, "first": "/a/gone.png"})
    assert make(Modes, form.counting()).frames == 20
    form.field("mode").set_value("new")
    assert form.counting() == {"mode": "new", "count": 4}
    assert make(Modes, form.counting()).first is None, "a file that is gone stops no other mode"


def test_a_page_shows_some_of_the_settings_only(form: Form) -> None:
    form.show_only(["mode", "first"])
    assert seen(form) == ["mode"]
    form.field("mode").set_value("morph")
    assert seen(form) == ["mode", "first"] and not form.advanced.isVisible()


# Several pictures


@pytest.fixture
def faces(qtbot: Any, qapp: Any) -> PicturesField:
    made = PicturesField(Described("faces", "pictures", [], "Faces", "Some pictures."))
    qtbot.addWidget(made)
    made.resize(300, 100)
    with qtbot.waitExposed(made):
        made.show()
    return made


def urls(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setData(ITEM, b"some-id")
    return data


def drop(zone: QWidget, data: QMimeData) -> None:
    given = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(zone, QDragEnterEvent(QPoint(5, 5), *given))
    event = QDropEvent(QPointF(5, 5), *given)
    QApplication.sendEvent(zone, event)
    assert event.isAccepted()


def test_pictures_and_folders_are_dropped_pasted_and_taken_out(
    faces: PicturesField, tiny_pictures: Path, tmp_path: Path
) -> None:
    first, second, third = sorted(tiny_pictures.glob("*.png"))[:3]
    other = tmp_path / "voice.wav"
    heard: list[list[str]] = []
    faces.changed.connect(lambda: heard.append(faces.value()))
    drop(faces.zone, urls(first, other, second))
    assert faces.value() == [str(first), str(second)], "what is no picture is passed over"
    drop(faces.zone, urls(second, tiny_pictures))
    assert faces.value() == [str(first), str(second), str(tiny_pictures)], "none twice; a folder is one"
    assert faces.pictures.data(faces.pictures.index(2), Qt.ItemDataRole.AccessibleTextRole) == tiny_pictures.name
    thumbnail = faces.pictures.data(faces.pictures.index(0), Qt.ItemDataRole.DecorationRole)
    assert thumbnail.width() > 16 and not thumbnail.isNull()
    QGuiApplication.clipboard().setMimeData(urls(third))
    QTest.keyClick(faces.strip, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert faces.value()[-1] == str(third) and faces.count.text() == "4"

    faces.strip.setCurrentIndex(faces.pictures.index(1))
    QTest.keyClick(faces.strip, Qt.Key.Key_Delete)
    assert faces.value() == [str(first), str(tiny_pictures), str(third)]
    faces.strip.selectionModel().setCurrentIndex(
        faces.pictures.index(0), QItemSelectionModel.SelectionFlag.ClearAndSelect
    )
    faces.clear.click()
    assert faces.value() == [str(tiny_pictures), str(third)]
    faces.strip.clearSelection()
    faces.clear.click()
    assert faces.value() == [] and faces.invitation.isVisible() and not faces.strip.isVisible()
    assert heard[-1] == [] and len(heard) == 6


def test_many_pictures_take_a_few_rows(faces: PicturesField, tmp_path: Path) -> None:
    faces.set_value([str(tmp_path / f"{n}.png") for n in range(60)])
    walk_world.settle()
    assert faces.height() < (ROWS + 2) * faces.strip.gridSize().height()
    assert faces.strip.verticalScrollBar().maximum() > 0
    faces.set_value(["a", 3, "", "a"])
    assert faces.value() == ["a"]
    faces.set_value(None)
    assert faces.value() == []


def test_pictures_are_chosen_by_key(faces: PicturesField, tiny_pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = next(tiny_pictures.glob("*.png"))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(picture)], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tiny_pictures))
    QTest.keyClick(faces.zone, Qt.Key.Key_Space)
    QTest.keyClick(faces.folder, Qt.Key.Key_Space)
    assert faces.value() == [str(picture), str(tiny_pictures)]
    for control in (faces.zone, faces.strip, faces.choose, faces.folder, faces.clear):
        assert QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
