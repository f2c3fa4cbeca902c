"""Which curve is which: its line, its title, its value; each can be hidden."""

from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import amounts
from aigc_desktop.ui.fold import FLAT
from aigc_desktop.ui.theme import GAP, HALF, colours, muted

SWATCH = QSize(20, 12)


class Legend(QWidget):
    """One entry for each curve, in order."""

    toggled = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(HALF)
        self._entries: dict[str, tuple[QToolButton, QLabel]] = {}
        self._styles: dict[str, Any] = {}
        self._row.addStretch()

    def set_curves(self, titles: dict[str, str], styles: dict[str, Any]) -> None:
        """Name the curves; `styles` gives each its colour and line. What was hidden stays hidden."""
        if list(titles) == list(self._entries):
            return
        hidden = self.hidden()
        for button, value in self._entries.values():
            for widget in (button, value):
                self._row.removeWidget(widget)
                widget.deleteLater()
        self._entries.clear()
        self._styles = styles
        for place, (name, title) in enumerate(titles.items()):
            button = QToolButton()
            button.setText(title)
            button.setCheckable(True)
            button.setChecked(name not in hidden)
            button.setStyleSheet(FLAT)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(SWATCH)
            button.setToolTip(tr("Show or hide this curve"))
            button.setAccessibleName(title)
            button.toggled.connect(self._toggle)
            value = QLabel()
            value.setMinimumWidth(value.fontMetrics().horizontalAdvance("0.0000") + GAP)
            muted(value)
            self._row.insertWidget(2 * place, button)
            self._row.insertWidget(2 * place + 1, value)
            self._entries[name] = (button, value)
        self._paint()

    def hidden(self) -> set[str]:
        return {name for name, (button, _) in self._entries.items() if not button.isChecked()}

    def hide_curves(self, names: set[str]) -> None:
        for name, (button, _) in self._entries.items():
            button.setChecked(name not in names)

    def set_values(self, values: dict[str, float | None]) -> None:
        """The numbers beside the titles; None for none."""
        for name, (_, label) in self._entries.items():
            number = values.get(name)
            text = "" if number is None else amounts.value(number)
            if text != label.text():
                label.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()

    def _toggle(self) -> None:
        self._paint()
        self.toggled.emit()

    def _paint(self) -> None:
        for name, (button, _) in self._entries.items():
            colour, style = self._styles[name]()
            pixmap = QPixmap(SWATCH * 2)
            pixmap.setDevicePixelRatio(2)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setPen(QPen(colour if button.isChecked() else colours().line, 2, style))
            painter.drawLine(0, SWATCH.height() // 2, SWATCH.width(), SWATCH.height() // 2)
            painter.end()
            button.setIcon(QIcon(pixmap))
