"""Everything by keyboard alone: keys of menus, Tab through every place, F6 through the window."""

from collections import Counter
from itertools import pairwise

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QMenu, QWidget

from aigc_desktop.ui import panes, tab_order
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.mnemonics import key_of, plain
from tests.ui import walk
from tests.ui.walk_world import World, settle

Key = Qt.Key
EDITED = (
    "library: a name being edited",
    "desk: an example being edited",
)  # Tab goes on to the next name, the next cell


def test_every_entry_of_every_menu_has_a_key_of_its_own(walked_window: MainWindow, spoken: str) -> None:
    wrong = []
    for place, menu in walk.walk(walked_window, [name for name in walk.PLACES if name.startswith("menu")]):
        assert isinstance(menu, QMenu), place
        entries = [one for one in menu.actions() if not one.isSeparator() and one.isEnabled()]
        keys = Counter(key_of(one) for one in menu.actions() if not one.isSeparator())
        wrong += [f"{place}: no key: {one.text()}" for one in entries if not key_of(one)]
        wrong += [f"{place}: twice: {key}" for key, count in keys.items() if key and count > 1]
        assert all(plain(one.text()) for one in entries)
    bar = Counter(key_of(one) for one in walked_window.menuBar().actions())
    wrong += [f"menu bar: {key!r} {count} times" for key, count in bar.items() if not key or count > 1]
    assert not wrong, "\n" + "\n".join(wrong)


def test_no_key_means_two_things_in_a_window(walked_window: MainWindow, spoken: str) -> None:
    """Of all commands with a key, whether in a menu or not; those that belong to a part count only there."""
    wide = (Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.ApplicationShortcut)
    for place in ("window: panels as tabs", "item: picture", "item: text"):
        with walk.at(walked_window, place) as widget:
            window = widget.window()
            keys: Counter[str] = Counter()
            for action in window.findChildren(QAction):
                if action.shortcutContext() in wide and _of(action) is window:
                    keys.update({one.toString() for one in action.shortcuts()})
            for shortcut in window.findChildren(QShortcut):
                if shortcut.context() in wide:
                    keys[shortcut.key().toString()] += 1
            assert not [key for key, count in keys.items() if count > 1], place
            assert len(keys) >= 8, place


def _of(action: QAction) -> QWidget:
    parent = action.parent()
    while not isinstance(parent, QWidget):
        parent = parent.parent()
    return parent.window() if not isinstance(parent, QMenu) else parent.parentWidget().window()


def test_keys_are_shown_as_they_are_pressed(walked_window: MainWindow, spoken: str) -> None:
    commands = walked_window.commands.values()
    assert not [one for one in commands if "Backtab" in one.shortcut().toString()]
    for id in ("image.gan", "text.lstm"):
        walked_window.open_generator(id)
    walked_window.area.arrange(False)
    for key in (Key.Key_Backtab, Key.Key_Tab):
        before = walked_window.area.current()
        modifiers = Qt.KeyboardModifier.ControlModifier | (
            Qt.KeyboardModifier.ShiftModifier if key == Key.Key_Backtab else Qt.KeyboardModifier.NoModifier
        )
        QTest.keyClick(walked_window, key, modifiers)
        assert walked_window.area.current() is not before


def test_tab_goes_everywhere_in_reading_order(walked_window: MainWindow) -> None:
    """Real presses of Tab, in every place: each control once, none left out, down and to the right, and back again."""
    wrong: list[str] = []
    alike = [name for name in walk.PLACES if name.startswith("image.gan") and "running" not in name]  # as text.lstm
    alike.append("window: nothing open")  # as with panels
    for place, widget in walk.walk(walked_window, [name for name in walk.PLACES if name not in (*EDITED, *alike)]):
        if not isinstance(widget, QMenu):
            wrong += [f"{place}: {fault}" for fault in tabbed(widget)]
    assert not wrong, "\n" + "\n".join(wrong)


def tabbed(part: QWidget) -> list[str]:
    """What is wrong with the way that Tab takes through a part of a window."""
    window = part.window()
    window.activateWindow()
    settle()
    wanted = [one for one in walk.controls(part) if one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus]
    if not wanted:
        return []
    # Clickable, but never reached.
    faults = [
        f"only by mouse: {walk.named(one)}"
        for one in walk.controls(part)
        if isinstance(one, QAbstractButton) and one.isEnabled() and one not in wanted and not walk.has_other_way(one)
    ]
    begin = window.focusWidget() if window.focusWidget() in wanted else wanted[0]
    after, round = presses(part, begin, Key.Key_Tab)
    before, _ = presses(part, begin, Key.Key_Backtab) if not round else ([begin], False)
    seen = before[:0:-1] + after
    faults += [f"not reached: {walk.named(one)}" for one in wanted if one not in seen]
    if round and window.focusWidget() is not begin:
        faults.append(f"stuck at {walk.named(window.focusWidget())}")
    if round and len(after) > 1:
        QTest.keyClick(begin, Key.Key_Backtab)
        if window.focusWidget() is not after[-1]:
            faults.append(f"Shift+Tab does not lead back to {walk.named(after[-1])}")
        seen = []  # begins anywhere: order is looked at in its parts
    faults += [
        f"backwards: {walk.named(one)} → {walk.named(other)}"
        for one, other in pairwise(seen)
        if one.parentWidget() is other.parentWidget() and _before(other, one)
    ]
    return faults


def presses(part: QWidget, begin: QWidget, key: Qt.Key) -> tuple[list[QWidget], bool]:
    """Where the key leads from here until it leaves the part, and whether instead it came round."""
    begin.setFocus(Qt.FocusReason.TabFocusReason)
    seen: list[QWidget] = []
    now = begin
    while now not in seen and part.isAncestorOf(now):
        seen.append(now)
        QTest.keyClick(now, key)
        now = part.window().focusWidget()
    return seen, now in seen


def _before(one: QWidget, other: QWidget) -> bool:
    """Above, or in the same row to the left."""
    first, second = one.geometry(), other.geometry()
    if first.bottom() < second.center().y() and first.center().y() < second.top():
        return True
    same_row = first.top() < second.center().y() < first.bottom() or second.top() < first.center().y() < second.bottom()
    return same_row and first.right() <= second.left()


def test_f6_goes_round_the_parts_of_the_window(walked_window: MainWindow) -> None:
    with walk.at(walked_window, "window: panels as tabs"):
        there = panes.panes(walked_window)
        assert len(there) >= 4
        walked_window.find_generator()
        for key, way in ((Key.Key_F6, 1), (Key.Key_F6, 1), (Key.Key_F6, 1)):
            before = _pane(walked_window, there)
            QTest.keyClick(walked_window, key)
            assert _pane(walked_window, there) == (before + way) % len(there)
        before = _pane(walked_window, there)
        kept = walked_window.focusWidget()
        QTest.keyClick(walked_window, Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        assert _pane(walked_window, there) == (before - 1) % len(there)
        QTest.keyClick(walked_window, Key.Key_F6)
        assert walked_window.focusWidget() is kept, "back where one was"


def _pane(window: MainWindow, there: list[QWidget]) -> int:
    return next(place for place, pane in enumerate(there) if pane.isAncestorOf(window.focusWidget()))


def test_menus_of_lists_open_by_key(walked_window: MainWindow) -> None:
    """The menu key and Shift+F10 say what can be done with what is chosen, at the place where it is."""
    for name in ("items", "models", "trash"):
        walk.library(walked_window, name)
        page = walked_window.library.page
        view = page.view
        assert isinstance(view, QAbstractItemView)
        view.clearSelection()
        view.setCurrentIndex(QModelIndex())
        tab_order.focus(view)  # marks the first, and selects nothing
        QTest.keyClick(view, Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu), name
        row = view.visualRect(view.currentIndex()).translated(view.viewport().mapToGlobal(view.rect().topLeft()))
        assert row.top() - 2 <= menu.pos().y() <= row.bottom() + 2, name
        walk.leave(walked_window)


def test_a_part_is_moved_by_menu(walked_window: MainWindow) -> None:
    dock = walked_window.docks["library"]
    view = walked_window.menuBar().actions()[2].menu()
    ways = next(one.menu() for one in view.actions() if one.menu() is not None and plain(one.text()) == "Move")
    library = next(one.menu() for one in ways.actions() if plain(one.text()) == "Library")
    left, *_, afloat = library.actions()
    left.trigger()
    assert walked_window.dockWidgetArea(dock) == Qt.DockWidgetArea.LeftDockWidgetArea
    afloat.trigger()
    assert dock.isFloating() and dock.isVisible()
    walked_window.reset_layout()
    assert walked_window.dockWidgetArea(dock) == Qt.DockWidgetArea.RightDockWidgetArea


def test_menus_of_another_language_go(walked_window: MainWindow, world: World) -> None:
    before = len(walked_window.findChildren(QMenu))
    for language in ("zh_CN", "en"):
        world.use(language=language)
    settle()
    assert len(walked_window.findChildren(QMenu)) <= before


def test_all_shortcuts_of_the_menus_are_on_one_page(walked_window: MainWindow) -> None:
    QTest.keyClick(walked_window, Key.Key_F1)
    table = walked_window.windows["shortcuts"].table
    shown = {}
    for group in (table.topLevelItem(number) for number in range(table.topLevelItemCount())):
        shown |= {group.child(row).text(0): group.child(row).text(1) for row in range(group.childCount())}
    for action in walked_window.commands.values():
        if action.shortcuts():
            key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            assert shown[plain(action.text()).rstrip("…")] == key
