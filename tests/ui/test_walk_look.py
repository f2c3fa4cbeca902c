"""Everything can be seen, in light and dark: texts, icons, curves, and where the focus is. Measured from what is painted."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QToolTip,
    QTreeView,
    QWidget,
)

from aigc_desktop.ui import tab_order
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.library_view import ItemsView
from aigc_desktop.ui.main_window import MainWindow
from tests.ui import walk
from tests.ui.pixels import Pixels, Sheet, changed, contrast, pixels
from tests.ui.walk_world import settle, until

TEXT, GRAPHIC = 4.5, 3.0
Part = tuple[QWidget, QRect, str, float]  # where, which part of it, what is there, the contrast it must have


@pytest.fixture
def standing_cursor(qapp: QApplication) -> Iterator[None]:
    flash = qapp.cursorFlashTime()
    qapp.setCursorFlashTime(0)
    yield
    qapp.setCursorFlashTime(flash)


def test_everything_stands_out(walked_window: MainWindow, dressed: str, standing_cursor: None) -> None:
    """Each text and icon against its ground, and each control with the focus against itself without."""
    wrong: set[str] = set()
    focused: set[tuple[str, str, str]] = set()
    seen = 0
    for place, widget in walk.walk(walked_window):
        sheet = Sheet(widget if isinstance(widget, QMenu) else widget.window())
        for where, rect, what, least in parts(widget):
            seen += 1
            found = contrast(sheet.crop(where, rect))
            if found < least:  # a number that came just now moved its neighbours
                settle()
                found = contrast(Sheet(sheet.window).crop(where, rect))
            if found < least:
                wrong.add(f"{type(where).__name__} {what!r}: {found:.1f} ({place})")
        wrong.update(faint(place, widget, focused))
    assert not wrong, "\n" + "\n".join(sorted(wrong))
    assert seen > 1500 and len(focused) > 100


def parts(widget: QWidget) -> Iterator[Part]:
    """Whatever text or icon is shown in a place, disabled ones apart."""
    for one in [widget, *widget.findChildren(QWidget)]:
        if one.isVisible() and one.isEnabled() and not walk.behind(one) and not one.size().isEmpty():
            yield from _parts(one)


def _parts(one: QWidget) -> Iterator[Part]:
    inner = isinstance(one.parentWidget(), QAbstractSpinBox | QComboBox)
    if isinstance(one, QLabel):
        if one.text():
            yield one, one.contentsRect(), one.text()[:30], TEXT
    elif isinstance(one, ElidedLabel):
        if one.text() and one.width() > 20:
            yield one, one.rect(), one.text()[:30], TEXT
    elif isinstance(one, QMenu | QMenuBar):
        for action in one.actions():
            if action.text() and action.isEnabled() and not action.isSeparator():
                yield one, one.actionGeometry(action).adjusted(4, 2, -4, -2), action.text(), TEXT
    elif isinstance(one, QAbstractButton):
        inside = one.rect().adjusted(4, 4, -4, -4)
        if one.text():
            yield one, inside, one.text(), TEXT
        elif isinstance(one.parentWidget(), QLineEdit):
            return  # its ✕ fades in; Escape does the same
        elif not one.icon().isNull():
            yield one, inside, one.accessibleName(), GRAPHIC
    elif isinstance(one, QLineEdit):
        if one.displayText() or one.placeholderText():
            yield one, one.rect().adjusted(4, 4, -4, -4), (one.displayText() or one.placeholderText())[:30], TEXT
    elif isinstance(one, QComboBox):
        if one.currentText() or one.placeholderText():
            yield one, one.rect().adjusted(6, 4, -24, -4), one.currentText()[:30], TEXT
    elif isinstance(one, QAbstractSpinBox) and not inner:
        yield one, one.rect().adjusted(6, 4, -20, -4), one.text(), TEXT
    elif isinstance(one, QPlainTextEdit | QTextEdit):
        text = one.toPlainText() or one.placeholderText()
        if text.strip():
            yield one, one.rect().adjusted(2, 2, -14, -2), text[:30], TEXT
    elif isinstance(one, QTabBar):
        for number in range(one.count()):
            if one.isTabEnabled(number):
                yield one, one.tabRect(number).adjusted(6, 4, -6, -4), one.tabText(number), TEXT
    elif isinstance(one, QHeaderView):
        if one.orientation() == Qt.Orientation.Horizontal:
            for section in range(one.count()):
                place = QRect(one.sectionViewportPosition(section), 0, one.sectionSize(section), one.height())
                yield one, place.adjusted(3, 3, -3, -3), str(one.model().headerData(section, one.orientation())), TEXT
    elif isinstance(one, QAbstractItemView):
        yield from _rows(one)


def _rows(view: QAbstractItemView) -> Iterator[Part]:
    """Its rows in sight; of the library's cells the name and the card."""
    room = view.viewport().rect()
    for index in _indexes(view):
        cell = view.visualRect(index)
        if (
            cell.isEmpty()
            or not room.contains(cell)
            or not (index.data() or index.data(Qt.ItemDataRole.DecorationRole))
        ):
            continue
        place = view.viewport().geometry().topLeft()
        if isinstance(view, ItemsView):
            delegate = view.itemDelegate()
            yield view, delegate.label(cell).translated(place), f"name of {index.data()}", TEXT
            yield view, delegate.card(cell).translated(place), f"card of {index.data()}", TEXT
        else:
            yield view, cell.translated(place), str(index.data())[:30], TEXT


def _indexes(view: QAbstractItemView, under: QModelIndex | None = None) -> Iterator[QModelIndex]:
    model, under = view.model(), under or QModelIndex()
    for row in range(min(40, model.rowCount(under))):
        columns = [0] if isinstance(view, QListView) else range(model.columnCount(under))
        yield from (model.index(row, column, under) for column in columns)
        if isinstance(view, QTreeView):
            yield from _indexes(view, model.index(row, 0, under))


def _pointed_at(button: QAbstractButton) -> bool:
    """Bring the pointer from elsewhere: in a window that just opened, Qt may believe it there already and say nothing."""
    window = button.window()
    for point in (QPoint(1, 1), button.mapTo(window, button.rect().center())):
        QTest.mouseMove(window.windowHandle(), point)
    return button.underMouse()


def test_buttons_stand_out_under_the_pointer(walked_window: MainWindow, dressed: str) -> None:
    seen = set()
    for place in ("window: nothing open", "image.gan: train, data chosen", "library: models", "closing", "settings"):
        with walk.at(walked_window, place) as widget:
            window = widget.window()
            settle()
            for button in widget.findChildren(QAbstractButton):
                key = (type(button).__name__, button.text(), button.property("main"))
                there = button.isVisible() and button.isEnabled() and not button.visibleRegion().isEmpty()
                if not there or key in seen:
                    continue
                middle = button.mapTo(window, button.rect().center())
                if window.childAt(middle) is not button:
                    continue  # something lies over it
                until(lambda button=button: _pointed_at(button))
                seen.add(key)
                edge = 0 if isinstance(button, QCheckBox) else 4  # a box to tick has nothing but its edge
                crop = Sheet(window).crop(button, button.rect().adjusted(edge, edge, -edge, -edge))
                assert contrast(crop) >= (TEXT if button.text() else GRAPHIC), key
    assert any(key[2] for key in seen) and len(seen) > 12, sorted(map(str, seen))


def test_the_plot_can_be_read(walked_window: MainWindow, dressed: str) -> None:
    """Figures at the axes, and each curve against the ground."""
    with walk.at(walked_window, "image.gan: train, a run and About") as panel:
        losses = panel.train.views["losses"]
        plot = losses._plot
        sheet = Sheet(walked_window)
        for axis in (plot.left, plot.bottom):
            rect = plot.mapFromScene(axis.sceneBoundingRect()).boundingRect()
            rect = rect.intersected(plot.rect()).adjusted(0, 0, -8, 0) if axis is plot.left else rect
            assert contrast(sheet.crop(plot, rect)) >= TEXT, axis.orientation
        for name in plot.lines:
            shown = {other: [] for other in plot.lines if other != name}
            for other in shown:
                plot.draw(other, [], [])
            settle()
            inside = plot.mapFromScene(plot.box.sceneBoundingRect()).boundingRect().adjusted(4, 4, -4, -4)
            assert contrast(Sheet(walked_window).crop(plot, inside)) >= GRAPHIC, name
            losses._draw()


def test_tool_tips_can_be_read(walked_window: MainWindow, dressed: str) -> None:
    QToolTip.showText(walked_window.mapToGlobal(QPoint(80, 80)), "What a long word says in short", walked_window)
    tip = next(one for one in QApplication.topLevelWidgets() if one.inherits("QTipLabel") and one.isVisible())
    assert contrast(pixels(tip)) >= TEXT
    QToolTip.hideText()
    until(lambda: not QToolTip.isVisible())


def test_links_can_be_read(walked_window: MainWindow, dressed: str) -> None:
    """The panel's About has links; they stand on the ground of a text."""
    with walk.at(walked_window, "image.gan: train, a run and About") as panel:
        link = panel.text.palette().color(QPalette.ColorRole.Link)
        label = QLabel(f'<a href="x" style="color:{link.name()}">a link</a>', panel.text.viewport())
        label.show()
        assert contrast(pixels(label)) >= TEXT
        label.deleteLater()


# The focus


LEAST = 10  # pixels: a text cursor has more


def faint(place: str, widget: QWidget, seen: set[tuple[str, str, str]]) -> Iterator[str]:
    """Controls that do not look different with the focus, by a contrast of 3 to 1 against themselves without."""
    if isinstance(widget, QMenu) or "edited" in place:
        return
    widget.window().activateWindow()
    until(widget.window().isActiveWindow)
    for control in walk.controls(widget):
        key = (type(control).__name__, control.accessibleName(), type(control.parentWidget()).__name__)
        by_tab = control.isEnabled() and control.focusPolicy() & Qt.FocusPolicy.TabFocus
        if not by_tab or key in seen:
            continue
        seen.add(key)
        # By itself, which is quick; with what is behind it, where it lets that through.
        if _with_focus(control, pixels) < LEAST and _with_focus(control, in_place) < LEAST:
            yield f"no focus to be seen: {walk.named(control)} ({place})"


def _with_focus(control: QWidget, painted: Callable[[QWidget], Pixels]) -> int:
    """How many pixels of it the focus changes."""
    if control.hasFocus():
        control.clearFocus()
    before = painted(control)
    tab_order.focus(control)
    return changed(before, painted(control))


def in_place(control: QWidget) -> Pixels:
    return Sheet(control.window()).crop(control)
