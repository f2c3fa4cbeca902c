"""What every field has: a value, a signal, and a wheel that leaves it alone while the panel scrolls."""

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import tr

HEIGHT = 26  # of every control of one line, so that rows are even


class Field(QWidget):
    """One parameter's widget. `wide` fields stand below their label, over the whole width."""

    changed = Signal()
    wide = False

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(parent)
        self.one = one
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)

    def value(self) -> Any:
        """The value as plain JSON."""
        raise TypeError(f"{type(self).__name__} has no value")

    def set_value(self, value: Any) -> None:
        """Show this value; one that does not fit is brought into bounds or ignored."""
        raise TypeError(f"{type(self).__name__} has no value")

    def adopt(self, widget: QWidget, stretch: int = 1) -> QWidget:
        """Take a control in: named for assistive tools, explained, and deaf to the wheel."""
        self.row.addWidget(widget, stretch)
        widget.setMinimumHeight(HEIGHT)
        describe(widget, self.one)
        calm_wheel(widget)
        if isinstance(widget, QComboBox):  # on Linux it is called what the label beside it says, else what is chosen
            label = QLabel(tr(self.one.title), self)
            label.setBuddy(widget)
            label.hide()
        if self.focusProxy() is None:
            self.setFocusProxy(widget)
        return widget


def describe(widget: QWidget, one: Described) -> None:
    """Its parameter's name and help, for assistive tools, the pointer and What's This."""
    widget.setAccessibleName(tr(one.title))
    widget.setAccessibleDescription(tr(one.help))
    widget.setToolTip(tooltip(tr(one.help)))
    widget.setWhatsThis(tr(one.help))


def tooltip(text: str) -> str:
    """A tool tip that wraps."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<p>{escaped}</p>" if text else ""


class _WheelToScroll(QObject):
    """A wheel turned over a control scrolls what is around it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False


def calm_wheel(widget: QWidget) -> None:
    """The wheel never changes this control's value, nor gives it the focus: one scrolls past it, focused or not."""
    if widget.focusPolicy() == Qt.FocusPolicy.WheelFocus:
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(_WheelToScroll(widget))
