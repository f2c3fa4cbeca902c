"""A page in little room stands its sides one above the other, and comes back as the user had it."""

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from aigc_desktop.ui.sides import UPPER, Sides
from tests.ui import walk_world


def _host(qtbot: Any) -> tuple[QWidget, Sides]:
    host = QWidget()
    qtbot.addWidget(host)
    sides = Sides(16, host)
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(sides)
    return host, sides


def _side(parent: QWidget, width: int) -> QWidget:
    made = QWidget(parent)
    made.setMinimumWidth(width)
    return made


def test_sides_stack_where_it_is_too_narrow_and_come_back(qtbot: Any) -> None:
    host, sides = _host(qtbot)
    left, right = _side(sides, 300), _side(sides, 200)
    host.resize(900, 600)
    host.show()
    sides.setSizes([400, 484])
    walk_world.settle()
    assert left.y() == right.y() and left.width() == 400
    assert sides.minimumSizeHint().width() == 300
    host.resize(480, 600)
    walk_world.settle()
    assert sides.is_stacked()
    assert left.width() == right.width() == 480 and right.y() >= left.height() >= UPPER
    assert sides.sizes() == [400, 484], "what is remembered are the widths"
    host.resize(900, 600)
    walk_world.settle()
    assert not sides.is_stacked() and left.width() == 400 and left.minimumHeight() == 0


def test_widths_chosen_while_stacked_count_later(qtbot: Any) -> None:
    host, sides = _host(qtbot)
    left, _ = _side(sides, 300), _side(sides, 200)
    host.resize(400, 600)
    host.show()
    walk_world.settle()
    assert sides.is_stacked()
    sides.setSizes([500, 384])
    host.resize(900, 600)
    walk_world.settle()
    assert left.width() == 500


def test_a_panel_in_a_narrow_dock_needs_no_scrolling_sideways(open_panel: Any) -> None:
    panel = open_panel("image.gan")
    panel.resize(440, 700)
    walk_world.settle()
    assert panel.minimumSizeHint().width() <= 440
    assert panel.train.splitter.is_stacked()
    panel.resize(1000, 700)
    walk_world.settle()
    assert not panel.train.splitter.is_stacked()
