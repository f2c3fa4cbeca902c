"""The views that explore models of pictures, each as a widget alone with answers like a model's."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from aigc_desktop.engine.params import Params, Training
from aigc_desktop.engine.registry import Spec
from aigc_desktop.ui import theme
from aigc_desktop.ui.views import sheets, view_for
from aigc_desktop.ui.views.direction import STRIP
from aigc_desktop.ui.views.tile_grid import Tile, TileGrid
from tests.ui import walk_world
from tests.ui.picture_answers import LAYERS, SIDE, TILE, answer, plane_shade, sheet

SPEC = Spec(id="image.test", title="Test", medium="picture", summary="", about="", train=Training, create=Params)
NAMES = ("latent_plane", "morph", "direction", "reconstruct", "mixing", "principal")
Key = Qt.Key


class Asked:
    """A view with its controls, and a model that answers as soon as it is told to."""

    def __init__(self, qtbot: Any, name: str, width: int = 640, height: int = 420):
        self.view: Any = view_for(name, SPEC)
        self.side = QWidget()
        for widget in (self.view, self.side):
            qtbot.addWidget(widget)
        self.view.controls(self.side)
        self.view.resize(width, height)
        with qtbot.waitExposed(self.view):
            self.view.show()
        self.questions: list[dict[str, Any]] = []
        self.kept: list[dict[str, Any]] = []
        self.view.keeps.connect(self.kept.append)

    def give(self, **inputs: Any) -> None:
        self.view.form.set_values(inputs)

    def go_on(self, most: int = 500) -> None:
        """Answer until nothing more is asked; the views that ask again and again are asked once."""
        for _ in range(most):
            question = None if self.view.lacks() else self.view.question()
            if question is None or (self.questions and question == self.questions[-1]):
                return
            self.questions.append(question)
            self.view.answer(question, answer(question))


@pytest.fixture
def asked(qtbot: Any, qapp: Any) -> Callable[..., Asked]:
    theme.apply(qapp, "light")
    return lambda name, **size: Asked(qtbot, name, **size)


def shade(image: QImage, at: QPointF | QPoint) -> int:
    point = at.toPoint() if isinstance(at, QPointF) else at
    return QColor(image.pixel(point)).lightness()


def pointer(widget: QWidget, kind: QEvent.Type, at: QPointF, button: Any = Qt.MouseButton.NoButton) -> None:
    held = button if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
    place = widget.mapToGlobal(at)
    QApplication.sendEvent(widget, QMouseEvent(kind, at, place, button, held, Qt.KeyboardModifier.NoModifier))


def move(widget: QWidget, at: QPointF) -> None:
    pointer(widget, QEvent.Type.MouseMove, at)


def click(widget: QWidget, at: QPointF) -> None:
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        pointer(widget, kind, at, Qt.MouseButton.LeftButton)


# All of them ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_view_says_what_belongs_there_survives_nonsense_and_comes_back_as_it_was(
    name: str, asked: Callable[..., Asked], tiny_pictures: Path
) -> None:
    some = asked(name)
    view = some.view
    assert view.explains() and view._invitation.isVisible() and not view.foot.isVisible()
    view.keep()
    assert not some.kept, "there is nothing to keep"
    for damaged in (
        {},
        {"sheet": "x", "tile": TILE},
        {"sheet": sheet([1]), "tile": [3, 3], "axes_count": 2, "nats": [1]},
    ):
        view.answer(view.question() or {"frames": 2, "strengths": [1]}, damaged)
        assert not view.shown
    pictures = [str(path) for path in sorted(tiny_pictures.glob("*.png"))[:4]]
    some.give(
        first=pictures[0], second=pictures[1], pictures=pictures, seed=5, having=pictures[:2], lacking=pictures[2:]
    )
    some.go_on()
    assert view.shown and view.foot.isVisible() and not view._invitation.isVisible()
    view.keep_button.click()
    assert len(some.kept) == 1 and some.kept[0]["mode"]
    view.say_kept("In the library: A face")
    assert view.note.isVisible()
    other = asked(name)
    other.view.restore(view.state())
    assert other.view.state() == view.state()
    controls = [one for one in view.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert all(QAccessible.queryAccessibleInterface(one).text(QAccessible.Text.Name) for one in controls)
    view.clear()
    assert not view.shown and not view.foot.isVisible()


def test_a_sheet_is_cut_into_its_pictures() -> None:
    found = sheets.tiles(sheet([10, 20, 30, 40, 50], columns=3), TILE, 5)
    assert [shade(one, QPoint(2, 2)) for one in found] == [10, 20, 30, 40, 50]
    for text, tile, count in ((sheet([1, 2]), TILE, 3), (sheet([1]), [5, 8], None), ("data:,x", TILE, 1)):
        with pytest.raises(ValueError):
            sheets.tiles(text, tile, count)


def test_pictures_are_as_large_as_there_is_room_by_whole_multiples(qtbot: Any, qapp: Any) -> None:
    theme.apply(qapp, "light")
    grid = TileGrid("Pictures")
    qtbot.addWidget(grid)
    grid.resize(300, 100)
    tiles = [
        Tile((one,), name=f"Number {n}") for n, one in enumerate(sheets.tiles(sheet(list(range(0, 250, 25))), TILE))
    ]
    grid.show_tiles(tiles)
    with qtbot.waitExposed(grid):
        grid.show()
    assert grid.columns == 5 and grid.rect_of(0).width() == 6 * SIDE, "two rows: larger than ten in one"
    painted = grid.grab().toImage()
    assert [shade(painted, grid.rect_of(n).center()) for n in range(10)] == list(range(0, 250, 25))
    looked: list[int] = []
    taken: list[int] = []
    grid.looked.connect(looked.append)
    grid.taken.connect(taken.append)
    click(grid, QPointF(grid.rect_of(6).center()))
    for key in (Key.Key_Right, Key.Key_Up, Key.Key_Up, Key.Key_End, Key.Key_Home, Key.Key_Return):
        QTest.keyClick(grid, key)
    assert looked == [6, 7, 2, 9, 0] and taken == [0]
    assert "Number 0" in QAccessible.queryAccessibleInterface(grid).text(QAccessible.Text.Description)
    grid.resize(20, 20)
    walk_world.settle()
    assert grid.rect_of(0).width() < SIDE, "smaller than they are rather than outside"


# The plane ------------------------------------------------------------------------------------------------------------


def test_the_plane_is_painted_coarse_first_and_under_the_mouse_at_once(asked: Callable[..., Asked]) -> None:
    plane = asked("latent_plane")
    view, canvas = plane.view, plane.view.canvas
    plane.go_on(3)
    assert canvas.cells == 23 and canvas.square().width() == 2 * SIDE * 23, (
        "as much of the room as whole multiples fill"
    )
    assert len(canvas._tiles) < canvas.cells**2 / 7
    painted, square = canvas.grab().toImage(), canvas.square()
    corners = (QPointF(9, 9), QPointF(square.width() - 9, 9), QPointF(square.width() - 9, square.height() - 9))
    assert shade(painted, square.topLeft() + corners[2]) < 255, "a few pictures cover it all"
    at = square.topLeft() + QPointF(square.width() * 0.75, square.height() * 0.25)
    move(canvas, at)
    x, y = view._here()
    assert (x, y) == (1.5, 1.5)
    question = view.question()
    assert question["points"][0] == [1.5, 1.5] and 1 < len(question["points"]) <= 9, "and a few of the cells with it"
    view.answer(question, answer(question))
    assert shade(view.large.image, QPoint(2, 2)) == round(plane_shade(1.5, 1.5))
    plane.go_on()
    assert len(canvas._tiles) == canvas.cells**2 and view.question() is None, "it knows all that it wants to know"
    painted = canvas.grab().toImage()
    for corner in corners:
        cell = canvas.cell_at(canvas._in_space(square.topLeft() + corner))
        middle = canvas.middle(cell)
        assert abs(shade(painted, square.topLeft() + corner) - plane_shade(middle.x(), middle.y())) <= 1
    asked_for = [point for question in plane.questions for point in question["points"]]
    assert len(asked_for) < canvas.cells**2 + 10, "no cell twice"
    plane.give(seed=20)
    plane.go_on(1)
    assert shade(view.large.image, QPoint(2, 2)) == round(plane_shade(1.5, 1.5)) + 20
    stale = plane.questions[0]
    view.answer(stale, answer(stale))
    assert shade(view.large.image, QPoint(2, 2)) > plane_shade(1.5, 1.5) + 10, "an older plane's is passed over"


def test_a_point_is_held_by_a_click_moved_by_keys_and_kept(asked: Callable[..., Asked]) -> None:
    plane = asked("latent_plane")
    view, canvas = plane.view, plane.view.canvas
    plane.go_on(3)
    square = canvas.square()
    here = square.topLeft() + QPointF(square.width() * 0.5, square.height() * 0.25)
    move(canvas, here)
    click(canvas, here)
    assert canvas.held and "Held" in view.detail.text()
    move(canvas, square.topLeft())
    assert view._here() == (0.0, 1.5), "on the way to the button nothing changes"
    QTest.keyClick(canvas, Key.Key_Right)
    QTest.keyClick(canvas, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view._here() == (0.1, 1.0)
    plane.give(across=3, up=2, seed=9)
    QTest.keyClick(canvas, Key.Key_Return)
    assert plane.kept == [{"mode": "point", "axes": "3, 2", "x": 0.1, "y": 1.0, "seed": 9}]
    click(canvas, canvas._on_screen(canvas.point))
    assert not canvas.held
    move(canvas, square.bottomRight() + QPointF(20, 0))
    assert view._here()[0] < 1, "outside of it the last point stays"
    plane.give(up=3)
    assert view.question()["axes"] == [1, 2], "a plane has two different axes"
    assert view.form.field("across").spin.maximum() == 4, "as many as the model has"
    other = asked("latent_plane")
    other.give(across=9, up=30)
    other.go_on(2)
    assert [one["axes"] for one in other.questions] == [[0, 1], [0, 3]], "what it has not is not asked for"


def test_moving_over_the_plane_decodes_nothing_and_is_quick(
    asked: Callable[..., Asked], monkeypatch: pytest.MonkeyPatch
) -> None:
    plane = asked("latent_plane")
    canvas = plane.view.canvas
    plane.go_on()
    monkeypatch.setattr(sheets, "image", None)  # whoever decoded now would fail
    square, begin = canvas.square(), time.process_time()
    for step in range(120):
        move(canvas, square.topLeft() + QPointF(step * 2, step * 2))
        canvas.repaint()
        plane.view.large.there.picture.repaint()
    assert (time.process_time() - begin) / 120 < 1 / 60


def test_a_plane_of_another_size_is_painted_anew_only_where_it_must(asked: Callable[..., Asked]) -> None:
    plane = asked("latent_plane")
    canvas = plane.view.canvas
    plane.go_on()
    cells, before = canvas.cells, len(plane.questions)
    plane.view.resize(plane.view.width() + 8, plane.view.height() + 8)
    walk_world.settle()
    assert canvas.cells == cells and plane.view.question() is None
    plane.view.resize(plane.view.width() + 80, plane.view.height() + 80)
    walk_world.settle()
    assert canvas.cells < cells and not canvas._tiles, "larger pictures, and fewer of them"
    where = canvas.square().center() + QPointF(30, 30)
    assert abs(shade(canvas.grab().toImage(), where) - plane_shade(0.3, -0.3)) < 20, "what was there stays meanwhile"
    plane.go_on()
    assert len(plane.questions) > before and len(canvas._tiles) == canvas.cells**2
    assert abs(shade(canvas.grab().toImage(), where) - plane_shade(0.3, -0.3)) < 20


# The others -----------------------------------------------------------------------------------------------------------


def test_two_pictures_are_joined_by_frames(asked: Callable[..., Asked]) -> None:
    morph = asked("morph")
    assert morph.view.lacks() and morph.view.question() is None
    morph.give(first="/a/1.png", second="/a/2.png", frames=5)
    morph.go_on()
    assert morph.questions == [{"view": "morph", "first": "/a/1.png", "second": "/a/2.png", "frames": 5}]
    grid = morph.view.frames
    painted = grid.grab().toImage()
    assert [shade(painted, grid.rect_of(n).center()) for n in range(5)] == [0, 50, 100, 150, 200]
    grid.look_at(2)
    QTest.keyClick(grid, Key.Key_Return)
    assert morph.kept == [{"mode": "morph", "first": "/a/1.png", "second": "/a/2.png", "frames": 5}]


def test_a_direction_is_added_as_strong_as_the_slider_says(asked: Callable[..., Asked]) -> None:
    some = asked("direction")
    some.give(having=["/a/1.png"], lacking=["/a/2.png"], strength=20)
    some.go_on(1)
    assert some.questions[0]["strengths"] == [*STRIP, 2.0] and some.questions[0]["picture"] is None
    view = some.view
    assert shade(view.before.picture.image(), QPoint(1, 1)) == 120
    assert shade(view.after.picture.image(), QPoint(1, 1)) == 180
    some.give(strength=-15)
    question = view.question()
    assert question["strengths"] == [-1.5], "the strip stays as it is"
    view.answer(question, answer(question))
    assert shade(view.after.picture.image(), QPoint(1, 1)) == 75 and view.after.caption.text() == "Strength −1.5"
    assert shade(view.before.picture.image(), QPoint(1, 1)) == 120
    view.strip.look_at(4)
    assert view.given()["strength"] == 30, "a picture of the strip is a place of the slider"
    some.give(picture="/a/3.png")
    assert view.question()["strengths"][:-1] == list(STRIP), "of another picture the strip is another"
    assert view.kept()["picture"] == "/a/3.png" and view.kept()["strength"] == 3.0


def test_reconstructions_stand_under_their_pictures_with_what_they_cost(asked: Callable[..., Asked]) -> None:
    some = asked("reconstruct")
    some.give(pictures=["/a/1.png", "/a/2.png", "/a/3.png"])
    some.go_on()
    grid = some.view.pairs
    painted, rect = grid.grab().toImage(), grid.rect_of(1)
    assert shade(painted, QPoint(rect.center().x(), rect.top() + 5)) == 41
    assert shade(painted, QPoint(rect.center().x(), rect.bottom() - 5)) == 141
    assert [tile.caption for tile in grid.tiles] == ["80.0", "81.0", "82.0"] and "81.0" in some.view.place.text()
    some.view.as_table.setChecked(True)
    assert some.view.table.isVisible() and some.view.table.model().index(2, 1).data() == "82.0"
    assert some.view.kept() == {"mode": "reconstruct", "pictures": ["/a/1.png", "/a/2.png", "/a/3.png"]}


def test_the_table_mixes_rows_and_columns_and_each_has_its_dice(asked: Callable[..., Asked]) -> None:
    some = asked("mixing")
    view, grid = some.view, some.view.grid
    some.give(rows=[10, 20], columns=[100, 150, 200], crossover=4)
    some.go_on()
    assert [one["crossover"] for one in some.questions] == [4, 3], "half of the layers that the model has"
    painted = grid.grab().toImage()
    assert [shade(painted, grid.rect_of(n).center()) for n in (1, 2, 3)] == [100, 150, 200]
    assert [shade(painted, grid.rect_of(n).center()) for n in (4, 8)] == [10, 20]
    assert shade(painted, grid.rect_of(9).center()) == (20 * 3 + 100 * 3) // LAYERS
    click(grid, QPointF(grid.rect_of(9).center()))
    assert shade(view.large.image, QPoint(1, 1)) == 60 and view.large.caption == "Seeds 20 and 100"
    QTest.keyClick(grid, Key.Key_Up)
    QTest.keyClick(grid, Key.Key_Up)
    assert grid.current == 5, "the heads are no mixtures"
    QTest.keyClick(grid, Key.Key_Return)
    view.whole.click()
    assert some.kept == [
        {"mode": "mixing", "rows": "10", "columns": "100", "crossover": 3},
        {"mode": "mixing", "rows": "10, 20", "columns": "100, 150, 200", "crossover": 3},
    ]
    assert [len(grid.dice[which]) for which in ("rows", "columns")] == [2, 3]
    grid.dice["columns"][1].click()
    columns = view.given()["columns"]
    assert columns[::2] == [100, 200] and columns[1] != 150
    words = [view._words(place) for place in range(LAYERS + 1)]
    assert words == ["nothing", "coarse", "coarse", "middle", "middle", "fine", "everything"]
    line = view.form.field("rows").line
    line.clear()
    QTest.keyClicks(line, "7 8;9")
    assert view.given()["rows"] == [7, 8, 9]
    some.give(columns=[1, 2])
    some.go_on()
    assert [len(grid.dice[which]) for which in ("rows", "columns")] == [3, 2]


def test_sliders_move_along_the_principal_directions(asked: Callable[..., Asked]) -> None:
    some = asked("principal")
    view = some.view
    some.go_on()
    assert some.questions[-1]["values"] == [0.0] * 4, "as many as the model has directions"
    shown = [name for name, row in view.form.rows.items() if row.shown]
    assert shown == ["seed", *(f"direction {n}" for n in (1, 2, 3, 4))]
    assert view.form.rows["direction 2"].label.text() == "Direction 2 · 20 %"
    view.form.field("direction 1").slider.setValue(20)
    some.give(**{"direction 3": -5})
    some.go_on()
    assert some.questions[-1]["values"] == [2.0, 0.0, -0.5, 0.0]
    assert (
        shade(view.after.picture.image(), QPoint(1, 1)) == 115
        and shade(view.before.picture.image(), QPoint(1, 1)) == 100
    )
    assert view.kept() == {"mode": "edit", "count": 1, "components": "1: 2, 3: -0.5", "seed": 0}
    assert view.form.rows["direction 1"].back.isEnabled()
    view.reset.click()
    assert not any(view._values()) and view.reset.isEnabled()
    some.go_on()
    assert not view.reset.isEnabled()
