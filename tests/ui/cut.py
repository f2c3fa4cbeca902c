"""Finds text that is cut off: wider or higher than its place, outside of what shows it, or under another text."""

import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractTableModel, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionSpinBox,
    QTabBar,
    QToolButton,
    QWidget,
)

from aigc_desktop.ui.elided_label import ElidedLabel

SCREEN = QSize(1280, 720)
SLACK = 1  # pixels that rounding may take
ICON_ONLY = Qt.ToolButtonStyle.ToolButtonIconOnly


def cut_off(shown: QWidget) -> list[str]:
    """What of the texts in a place cannot be read, each as a sentence; empty where all is well."""
    found = []
    window = shown.window()
    if window.width() > SCREEN.width() or window.height() > SCREEN.height():
        found.append(f"{_name(window)} is larger than the screen: {window.size().toTuple()}")
    texts = []
    for widget in [shown, *shown.findChildren(QWidget)]:
        if not widget.isVisible() or widget.window() is not window:
            continue
        found += [f"{_name(widget)}: {what}" for what in _lacking(widget)]
        if _text(widget):
            texts.append(widget)
            found += [f"{_name(widget)}: {what}" for what in _clipped(widget)]
    return found + list(_overlaps(texts))


def _lacking(widget: QWidget) -> Iterator[str]:
    """What has less room than its text takes."""
    if isinstance(widget, ElidedLabel):
        if widget._elided() != widget.text() and widget.text() not in _told(widget):
            yield f"{widget.text()!r} is elided and no tool tip tells it"
        if widget.height() < widget.fontMetrics().height() - SLACK:
            yield f"{widget.text()!r} is {widget.fontMetrics().height()} high, there are {widget.height()}"
    elif isinstance(widget, QLabel):
        yield from _label(widget)
    elif isinstance(widget, QAbstractButton):
        yield from _button(widget)
    elif isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = widget.style().subControlRect(control, option, part, widget).width()
        text = widget.currentText() or widget.placeholderText()
        yield from _wide(widget, text, room - (0 if widget.itemIcon(widget.currentIndex()).isNull() else 20))
    elif isinstance(widget, QAbstractSpinBox):
        option = QStyleOptionSpinBox()
        widget.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_SpinBox, QStyle.SubControl.SC_SpinBoxEditField
        yield from _wide(
            widget, widget.text(), widget.style().subControlRect(control, option, part, widget).width() - 4
        )
    elif isinstance(widget, QLineEdit) and not isinstance(widget.parent(), QAbstractSpinBox | QComboBox):
        margins = widget.textMargins()
        sides = sum(24 for action in widget.actions() if not action.icon().isNull())
        room = widget.width() - margins.left() - margins.right() - 8 - sides
        yield from _wide(widget, "" if widget.text() else widget.placeholderText(), room)
        if widget.height() < widget.fontMetrics().height() + 2:
            yield f"{widget.text()!r} is too low"
    elif isinstance(widget, QPlainTextEdit):
        text = "" if widget.toPlainText() else widget.placeholderText()
        if (
            text
            and widget.fontMetrics()
            .boundingRect(QRect(QPoint(), widget.viewport().size()), Qt.TextFlag.TextWordWrap, text)
            .height()
            > widget.viewport().height()
        ):
            yield f"{text!r} does not fit"
    elif isinstance(widget, QTabBar):
        for place in range(widget.count()):
            room, text = widget.tabRect(place), widget.tabText(place)
            needed = widget.fontMetrics().horizontalAdvance(_plain(text)) + 2
            if not widget.isTabVisible(place):
                continue
            if needed > room.width() and text not in widget.tabToolTip(place):
                yield f"the tab {text!r} takes {needed}, there are {room.width()}"
            if not widget.rect().contains(room) and not widget.usesScrollButtons():
                yield f"the tab {text!r} is outside of the bar"
    elif isinstance(widget, QHeaderView):
        yield from _header(widget)
    elif isinstance(widget, QMenuBar):
        for action in widget.actions():
            if action.isVisible() and not widget.rect().contains(widget.actionGeometry(action)):
                yield f"the menu {action.text()!r} is outside of the bar"
    elif isinstance(widget, QMenu):
        for action in widget.actions():
            needed = widget.fontMetrics().horizontalAdvance(_plain(action.text()))
            if action.isVisible() and needed > widget.actionGeometry(action).width():
                yield f"the entry {action.text()!r} takes {needed}"
    elif isinstance(widget, QAbstractItemView):
        yield from _items(widget)
    elif isinstance(widget, QGroupBox):
        yield from _wide(widget, widget.title(), widget.width() - 16)


def _label(label: QLabel) -> Iterator[str]:
    text = QLabel.text(label)  # with the breaks of a wrapped one
    if not text or not label.pixmap().isNull():
        return
    rich = label.textFormat() == Qt.TextFormat.RichText or (
        label.textFormat() == Qt.TextFormat.AutoText and _is_rich(text)
    )
    room = label.contentsRect().size() - QSize(2 * label.margin(), 2 * label.margin())
    if rich:
        document = QTextDocument()
        document.setDefaultFont(label.font())
        document.setDocumentMargin(0)
        document.setHtml(text)
        document.setTextWidth(room.width() if label.wordWrap() else -1)
        needed = QSize(round(document.idealWidth()), round(document.size().height()))
    else:
        flags = int(Qt.TextFlag.TextExpandTabs | (Qt.TextFlag.TextWordWrap if label.wordWrap() else 0))
        needed = label.fontMetrics().boundingRect(QRect(0, 0, room.width(), 10_000), flags, text).size()
    if needed.width() > room.width() + SLACK and text not in _told(label):
        yield f"{text!r} takes {needed.width()}, there are {room.width()}"
    if needed.height() > room.height() + SLACK:
        yield f"{text!r} is {needed.height()} high, there are {room.height()}"


def _button(button: QAbstractButton) -> Iterator[str]:
    text = button.text()
    if not text or (isinstance(button, QToolButton) and button.toolButtonStyle() == ICON_ONLY and button.icon()):
        return
    if isinstance(button, QPushButton):
        option = QStyleOptionButton()
        button.initStyleOption(option)
        room = button.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, button).size()
        icon = 0 if button.icon().isNull() else button.iconSize().width() + 4
        needed = button.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, text) + QSize(icon, 0)
    else:
        room, needed = button.size(), button.sizeHint()
        if isinstance(button, QToolButton):
            needed -= QSize(6, 6)  # the frame around it may go
    if needed.width() > room.width() + SLACK and _plain(text).strip() not in _told(button):
        yield f"{text!r} takes {needed.width()}, there are {room.width()}"
    if button.fontMetrics().height() > button.height():
        yield f"{text!r} is {button.fontMetrics().height()} high, there are {button.height()}"


def _wide(widget: QWidget, text: str, room: int) -> Iterator[str]:
    needed = widget.fontMetrics().horizontalAdvance(_plain(text))
    if needed > room + SLACK and text not in _told(widget):
        yield f"{text!r} takes {needed}, there are {room}"


def _header(header: QHeaderView) -> Iterator[str]:
    model = header.model()
    for section in range(header.count()):
        text = str(model.headerData(section, header.orientation()) or "")
        if not header.isVisible() or header.isSectionHidden(section) or not text:
            continue
        told = str(model.headerData(section, header.orientation(), Qt.ItemDataRole.ToolTipRole) or "")
        needed = header.fontMetrics().horizontalAdvance(text) + 8
        if needed > header.sectionSize(section) + SLACK and text not in told:
            yield f"the heading {text!r} takes {needed}, there are {header.sectionSize(section)}"


def _items(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    if model is None or not isinstance(view.parentWidget(), QWidget):
        return
    for row in range(min(model.rowCount(view.rootIndex()), 50)):
        for column in range(model.columnCount(view.rootIndex()) if isinstance(model, QAbstractTableModel) else 1):
            index = model.index(row, column, view.rootIndex())
            text, room = str(index.data() or ""), view.visualRect(index)
            if not text or not room.intersects(view.viewport().rect()):
                continue
            needed = view.fontMetrics().horizontalAdvance(text)
            if needed > room.width() and text not in str(index.data(Qt.ItemDataRole.ToolTipRole) or ""):
                yield f"the entry {text!r} takes {needed}, there are {room.width()}"


def _clipped(widget: QWidget) -> Iterator[str]:
    """Whether something around it hides a part of it where nobody can scroll to."""
    rect, inner, outer = widget.rect(), widget, widget.parentWidget()
    while outer is not None and not inner.isWindow():
        rect = rect.translated(inner.pos())
        area = outer.parentWidget()
        scrolls = isinstance(area, QAbstractScrollArea) and outer is area.viewport()
        over, down = _beyond(rect, outer.rect())
        if scrolls:
            bars = (area.horizontalScrollBar(), area.verticalScrollBar())
            policies = (area.horizontalScrollBarPolicy(), area.verticalScrollBarPolicy())
            free = [
                bar.maximum() > bar.minimum() and policy != Qt.ScrollBarPolicy.ScrollBarAlwaysOff
                for bar, policy in zip(bars, policies, strict=True)
            ]
            if over > SLACK and not free[0]:
                yield f"{_text(widget)!r} goes {over} beyond {_name(area)} sideways"
            if down > SLACK and not free[1]:
                yield f"{_text(widget)!r} goes {down} beyond {_name(area)} up or down"
            return  # the rest is hidden on purpose
        if over > SLACK or down > SLACK:
            yield f"{_text(widget)!r} goes {max(over, down)} beyond {_name(outer)}"
            return
        inner, outer = outer, outer.parentWidget()


def _beyond(rect: QRect, room: QRect) -> tuple[int, int]:
    over = max(room.left() - rect.left(), rect.right() - room.right(), 0)
    down = max(room.top() - rect.top(), rect.bottom() - room.bottom(), 0)
    return over, down


def _overlaps(widgets: list[QWidget]) -> Iterator[str]:
    """Texts that lie on each other."""
    places = []
    for widget in widgets:
        region = widget.visibleRegion().boundingRect()
        if not region.isEmpty():
            places.append((widget, region.translated(widget.mapTo(widget.window(), QPoint()))))
    for at, (one, here) in enumerate(places):
        for other, there in places[at + 1 :]:
            both = here.intersected(there)
            if both.width() > 2 and both.height() > 2 and not (one.isAncestorOf(other) or other.isAncestorOf(one)):
                yield f"{_name(one)} {_text(one)!r} lies on {_name(other)} {_text(other)!r}"


def _text(widget: QWidget) -> str:
    """The text that a widget shows itself."""
    if isinstance(widget, ElidedLabel):
        return widget.text()
    if isinstance(widget, QLabel):
        return widget.text() if widget.pixmap().isNull() else ""
    if isinstance(widget, QToolButton) and widget.toolButtonStyle() == ICON_ONLY and not widget.icon().isNull():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton):
        return widget.text() or widget.accessibleName()
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QLineEdit | QAbstractSpinBox) and not isinstance(
        widget.parent(), QAbstractSpinBox | QComboBox
    ):
        return widget.text() or widget.accessibleName()
    return ""


def _told(widget: QWidget) -> str:
    """What its tool tip says, without marks."""
    document = QTextDocument()
    (document.setHtml if _is_rich(widget.toolTip()) else document.setPlainText)(widget.toolTip())
    return document.toPlainText()


def _is_rich(text: str) -> bool:
    return bool(re.match(r"\s*<\w+", text))


def _plain(text: str) -> str:
    return re.sub(r"&(.)", r"\1", text).partition("\t")[0]


def _name(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName() or widget.accessibleName()}".strip()
