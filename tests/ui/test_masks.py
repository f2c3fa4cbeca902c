"""A mask brushed over a picture: the field, the canvas, the window, the file."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from aigc_desktop.engine.job import Job
from aigc_desktop.engine.params import Mask, Params, Picture, field
from aigc_desktop.ui.fields.masks import MaskField
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.mask_canvas import MaskCanvas
from aigc_desktop.ui.mask_window import MaskWindow
from tests.ui.panels import click, drop

Key = Qt.Key


class Inpaint(Params):
    start: Picture | None = field(None, title="Start from", help="A picture.")
    mask: Mask | None = field(None, title="Mask", help="White is changed.", of="start")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    Image.fromarray(np.full((40, 60, 3), 90, np.uint8)).save(path)
    return path


@pytest.fixture
def canvas(qtbot: Any) -> MaskCanvas:
    made = MaskCanvas()
    qtbot.addWidget(made)
    made.resize(500, 400)
    with qtbot.waitExposed(made):
        made.show()
    image = QImage(60, 40, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.gray)
    made.show_picture(image)
    return made


def white(mask: QImage) -> np.ndarray:
    """Where a mask is white; it has nothing but black and white."""
    pixels = np.frombuffer(mask.constBits(), np.uint8).reshape(mask.height(), mask.bytesPerLine())[:, : mask.width()]
    assert set(np.unique(pixels)) <= {0, 255}
    return pixels == 255


def press(canvas: MaskCanvas, *way: tuple[float, float]) -> None:
    """A stroke with the left button, through these points of the picture."""
    points = [canvas.mapFromScene(QPointF(*one)) for one in way]
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(canvas.viewport(), point)
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=points[-1])


def test_strokes_erasing_undo_and_redo(canvas: MaskCanvas) -> None:
    canvas.set_brush(8)
    press(canvas, (10, 20), (40, 20))
    first = white(canvas.mask())
    assert first[20, 10:40].all() and not first[:14].any() and not first[26:].any()
    assert 8 * 30 <= first.sum() <= 9 * 40
    canvas.set_erasing(True)
    press(canvas, (25, 20))
    second = white(canvas.mask())
    assert not second[20, 25] and second[20, 12] and second.sum() < first.sum()
    canvas.undo()
    assert (white(canvas.mask()) == first).all()
    canvas.undo()
    assert not white(canvas.mask()).any() and not canvas.can_undo() and canvas.painted() == 0
    canvas.redo()
    canvas.redo()
    assert (white(canvas.mask()) == second).all() and not canvas.can_redo()
    canvas.invert()
    assert (white(canvas.mask()) == ~second).all()
    canvas.clear()
    assert not white(canvas.mask()).any()
    canvas.undo()
    canvas.undo()
    assert (white(canvas.mask()) == second).all()
    press(canvas, (5, 5))
    assert not canvas.can_redo(), "what was done after goes another way"


def test_by_keys_alone(canvas: MaskCanvas) -> None:
    canvas.set_brush(8)
    canvas.setFocus()
    QTest.keyClick(canvas, Key.Key_Left)
    assert not white(canvas.mask()).any()
    QTest.keyClick(canvas, Key.Key_Space)
    for _ in range(5):
        QTest.keyClick(canvas, Key.Key_Right)
    QTest.keyClick(canvas, Key.Key_Space)
    for _ in range(50):
        QTest.keyClick(canvas, Key.Key_Down)
    found = white(canvas.mask())
    assert found[20, 28:38].all() and not found[30:].any() and canvas._at.y() == 40


def test_zoomed_in_the_stroke_is_where_the_pointer_is(canvas: MaskCanvas) -> None:
    canvas.set_zoom(16)
    canvas.set_brush(1)
    press(canvas, (30.5, 20.5))
    assert np.argwhere(white(canvas.mask())).tolist() == [[20, 30]]


def test_a_mask_that_is_there_is_gone_on_with(canvas: MaskCanvas) -> None:
    there = QImage(60, 40, QImage.Format.Format_RGB888)
    there.fill(0)
    for x in range(20):
        there.setPixel(x, 3, 0xFFC8C8C8)
    canvas.show_picture(canvas._picture.pixmap().toImage(), there)
    assert np.argwhere(white(canvas.mask())).tolist() == [[3, x] for x in range(20)]
    assert canvas.painted() == pytest.approx(20 / 2400) and not canvas.can_undo()


def test_what_can_be_undone_takes_little_memory(canvas: MaskCanvas, monkeypatch: Any) -> None:
    monkeypatch.setattr("aigc_desktop.ui.mask_canvas.KEPT", 3 * 2400)
    for _ in range(30):
        canvas.invert()
    assert len(canvas._undo) == 3


def test_paint_from_the_form_and_keep_the_file(qtbot: Any, picture: Path, tmp_path: Path) -> None:
    form = Form(Inpaint)
    qtbot.addWidget(form)
    form.show()
    mask = form.field("mask")
    assert isinstance(mask, MaskField) and not mask.paint.isEnabled()
    mask.folder = lambda: tmp_path / "project" / "inputs"
    form.set_values({"start": str(picture)})
    click(qtbot, mask.paint)
    window = mask.window_
    qtbot.waitUntil(window.isVisible)
    assert not window.isModal() and not window.done.isEnabled()
    window.canvas.set_brush(10)
    press(window.canvas, (30, 20))
    painted = window.canvas.mask()
    assert window.done.isEnabled() and "%" in window.said.text()
    window.close()
    click(qtbot, mask.paint)
    assert window.canvas.mask() == painted, "closed by mistake: nothing is lost"
    with qtbot.waitSignal(form.changed):
        click(qtbot, window.done)
    path = Path(form.values()["mask"])
    assert path.parent == tmp_path / "project" / "inputs" and not window.isVisible()
    kept = Image.open(path)
    assert kept.size == (60, 40) and kept.mode == "L"
    assert (np.asarray(kept) == 255).sum() == white(painted).sum() > 60
    click(qtbot, mask.paint)
    assert window.canvas.can_undo(), "and one can go on"
    window.close()


def test_a_mask_of_another_size_is_told_at_once(qtbot: Any, picture: Path, tmp_path: Path) -> None:
    form = Form(Inpaint)
    qtbot.addWidget(form)
    form.show()
    mask = form.field("mask")
    other = tmp_path / "mask.png"
    Image.fromarray(np.zeros((20, 30), np.uint8)).save(other)
    drop(mask.zone, other)
    assert not mask.problem.isVisible()
    form.set_values({"start": str(picture)})
    assert "30 × 20" in mask.problem.text() and "60 × 40" in mask.problem.text() and mask.problem.isVisible()
    turned = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.zeros((60, 40), np.uint8)).save(turned, exif=exif)  # lies on its side, shown as 60 × 40
    form.set_values({"start": None})
    form.set_values({"mask": str(picture), "start": str(turned)})
    assert not mask.problem.isVisible()
    form.set_values({"start": str(tmp_path / "gone.png")})
    assert not mask.paint.isEnabled()
    mask.open()
    assert mask.window_ is None


def test_the_window_s_keys_and_a_folder_that_cannot_be_written(qtbot: Any, canvas: MaskCanvas, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    window = MaskWindow(lambda: blocked / "inputs")
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.show_picture(canvas._picture.pixmap().toImage(), ("a",))
    before = window.canvas.size_
    QTest.keyClick(window, Key.Key_BracketRight)
    assert window.canvas.size_ > before and window.pixels.text() == f"{window.canvas.size_} px"
    for _ in range(3):
        QTest.keyClick(window, Key.Key_BracketLeft)
    assert window.canvas.size_ < before
    QTest.keyClick(window, Key.Key_E)
    assert window.canvas.erasing and window.eraser.isChecked() and not window.brush.isChecked()
    QTest.keyClick(window, Key.Key_B)
    QTest.keyClick(window, Key.Key_I)
    assert window.canvas.painted() == 1.0
    QTest.keyClick(window, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.canvas.painted() == 0.0
    QTest.keyClick(window, Key.Key_M)
    window.canvas.invert()
    window.use()
    assert window.isVisible() and "cannot be saved" in window.problem.text()


def test_a_start_picture_of_the_project_is_found_again_from_the_job_of_what_it_was_made_with(open_panel: Any) -> None:
    panel = open_panel("image.ddpm")
    inputs = panel.create.project.path / "inputs"
    inputs.mkdir()
    (inputs / "a.png").write_bytes(b"")
    panel.fill(Job(generator="image.ddpm", action="create", params={"start": "inputs/a.png", "mask": "/gone.png"}))
    values = panel.create.form.values()
    assert values["start"] == str(inputs / "a.png") and values["mask"] == "/gone.png"
