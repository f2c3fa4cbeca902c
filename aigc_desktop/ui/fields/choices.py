"""Yes or no, one of several, and a colour."""

from typing import Any

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPalette, QPen, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QComboBox,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import tr
from aigc_desktop.ui.fields.base import Field, tooltip

WIDEST = 12  # letters of a choice that have room in any case
SWATCH = QSize(16, 16)


class TickBox(QCheckBox):
    """A box to tick whose edge stands out by itself: no text beside it says that it is there."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        painter.end()


class BoolField(Field):
    """A check box."""

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.box = TickBox()
        self.adopt(self.box)
        self.set_value(one.default)
        self.box.toggled.connect(self.changed)

    def value(self) -> bool:
        return self.box.isChecked()

    def set_value(self, value: Any) -> None:
        self.box.setChecked(bool(value))


class ChoiceField(Field):
    """A combo box with the choices' titles."""

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.box = QComboBox()
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(min(WIDEST, max(map(len, map(tr, one.choices.values())), default=8)))
        self._values: list[Any] = list(one.choices)
        titles = [tr(title) for title in one.choices.values()]
        if one.optional:
            self._values.insert(0, None)
            titles.insert(0, tr("Not set"))
        self.box.addItems(titles)
        self.adopt(self.box)
        self.box.currentTextChanged.connect(self._tell)
        self.set_value(one.default)
        self._tell(self.box.currentText())
        self.box.currentIndexChanged.connect(self.changed)

    def _tell(self, title: str) -> None:
        """A choice too long for the box is told whole."""
        said = tooltip(title) if len(title) > WIDEST else ""
        self.box.setToolTip(said + tooltip(tr(self.one.help)))

    def value(self) -> Any:
        return self._values[self.box.currentIndex()]

    def set_value(self, value: Any) -> None:
        if value in self._values:
            self.box.setCurrentIndex(self._values.index(value))


class ColourField(Field):
    """A swatch that opens the system's colour window."""

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.button = QPushButton()
        self.button.setIconSize(SWATCH)
        self.adopt(self.button)
        self._value: str | None = None
        self.set_value(one.default)
        self.button.clicked.connect(self._choose)

    def value(self) -> str | None:
        return self._value

    def set_value(self, value: Any) -> None:
        colour = QColor(value) if isinstance(value, str) else QColor()
        if value is not None and not colour.isValid():
            return
        fresh = colour.name() if value is not None else None
        moved, self._value = fresh != self._value, fresh
        swatch = QPixmap(SWATCH)
        swatch.fill(colour)
        self.button.setIcon(QIcon(swatch) if fresh else QIcon())
        self.button.setText(fresh or tr("Not set"))
        if moved:
            self.changed.emit()

    def _choose(self) -> None:
        chosen = QColorDialog.getColor(QColor(self._value or "#808080"), self, tr(self.one.title))
        if chosen.isValid():
            self.set_value(chosen.name())
