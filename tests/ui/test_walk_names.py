"""Every control of every place, in both languages: what an assistive tool says of it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QFileDialog, QLabel, QMenu, QTabBar, QWidget

from aigc_desktop.ui.main_window import MainWindow
from tests.ui import walk

Role, Text = QAccessible.Role, QAccessible.Text
# What says nothing of what can be done there.
EMPTY_ROLES = {Role.NoRole, Role.Client, Role.Pane, Role.Window, Role.Whitespace, Role.Border, Role.LayeredPane}
MOST = 30  # rows of a list that are looked at


def name_of(widget: QWidget) -> str:
    """What it is called. Qt answers with the value of a combo box and the open tab of a tab bar on Linux."""
    if isinstance(widget, QComboBox | QTabBar):
        return widget.accessibleName()
    return QAccessible.queryAccessibleInterface(widget).text(Text.Name)


def is_a_name(text: str, widget: QWidget) -> bool:
    """Letters or figures of a language, and not the class's name; no glyph of the icon font."""
    readable = any(letter.isalnum() for letter in text) and not any("\ue000" <= letter <= "\uf8ff" for letter in text)
    return readable and text != type(widget).__name__


def test_every_control_has_a_name_and_a_role(walked_window: MainWindow, spoken: str) -> None:
    wrong: set[str] = set()
    rows = 0
    for place, widget in walk.walk(walked_window):
        for control in walk.controls(widget):
            wrong.update(f"{place}: {fault}" for fault in faults(control))
            if isinstance(control, QAbstractItemView):
                rows += min(control.model().rowCount(), MOST)
    assert not wrong, "\n" + "\n".join(sorted(wrong))
    assert rows > 100


def faults(control: QWidget) -> Iterator[str]:
    """What of it cannot be read out."""
    about = QAccessible.queryAccessibleInterface(control)
    said = f"{type(control).__name__} {control.objectName()} in {type(control.parentWidget()).__name__}"
    if not is_a_name(name_of(control), control):
        yield f"no name: {said}"
    if about.role() in EMPTY_ROLES:
        yield f"{about.role().name}: {said} {name_of(control)!r}"
    if isinstance(control, QComboBox):
        labels = about.relations(QAccessible.RelationFlag.Label)
        if not any(one.text(Text.Name) for one, _ in labels):
            yield f"no label beside {said}: on Linux nothing else names a combo box"
    if isinstance(control, QAbstractItemView):
        model = control.model()
        for row in range(min(model.rowCount(), MOST)):
            index = model.index(row, 0)
            if not str(index.data(Qt.ItemDataRole.AccessibleTextRole) or index.data() or "").strip():
                yield f"row {row} says nothing: {said}"
    if isinstance(control, QMenu):
        entries = [one for one in control.actions() if not one.isSeparator()]
        if not entries or not all(any(letter.isalnum() for letter in one.text()) for one in entries):
            yield f"an entry without words: {said}"


def test_pictures_are_described(walked_window: MainWindow, spoken: str) -> None:
    """Which sample of a training one looks at, which picture of the library."""
    with walk.at(walked_window, "image.gan: train, a run and About") as panel:
        picture = panel.train.views["samples"].picture
        about = QAccessible.queryAccessibleInterface(picture)
        assert about.role() == Role.Graphic and "500" in about.text(Text.Description)
        panel.train.views["samples"].first.click()
        assert "100" in about.text(Text.Description)
    with walk.at(walked_window, "item: picture") as shown:
        about = QAccessible.queryAccessibleInterface(shown.picture)
        assert shown.item.name in about.text(Text.Description)


def test_what_is_pressed_with_the_mouse_is_pressed_by_tools(
    walked_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place where files are dropped is a button to them, and does what a click does: asks for a file."""
    asked = []
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, **_: (asked.append(args[1]), ("", ""))[1])
    with walk.at(walked_window, "image.gan: train, nothing chosen") as page:
        about = QAccessible.queryAccessibleInterface(page.data.zone)
        press = about.actionInterface()
        assert about.role() == Role.Button and "Press" in press.actionNames()
        press.doAction("Press")
    assert len(asked) == 1


def test_labels_are_read_with_their_fields(walked_window: MainWindow, spoken: str) -> None:
    """A form's label belongs to its field: it says the same, and leads there."""
    with walk.at(walked_window, "image.gan: train, advanced") as page:
        for row in page.form.rows.values():
            buddy = row.label.buddy()
            assert buddy is not None and name_of(buddy) == QLabel.text(row.label)
