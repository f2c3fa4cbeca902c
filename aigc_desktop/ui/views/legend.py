"""Which curve is which: its line, its title, its value; each can be hidden."""

from collections.abc import Callable, Collection

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import amounts, numerals
from aigc_desktop.ui.flow_layout import FlowLayout
from aigc_desktop.ui.fold import FLAT
from aigc_desktop.ui.theme import GRID, HALF, colours, muted

SWATCH = QSize(24, 12)  # a line of 20 and some air

Style = Callable[[], tuple[QColor, Qt.PenStyle]]


class Entry(QWidget):
    """One curve: a button that shows and hides it, and its value."""

    def __init__(self, title: str, style: Style):
        super().__init__()
        self._style = style
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HALF)
        self.button = QToolButton()
        self.button.setText(title)
        self.button.setCheckable(True)
        self.button.setChecked(True)
        self.button.setStyleSheet(FLAT)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setIconSize(SWATCH)
        self.button.setToolTip(tr("Show or hide this curve"))
        self.button.setAccessibleName(title)
        self.value = QLabel()
        # Seldom wider than this, so that a running number moves nothing.
        self.value.setMinimumWidth(self.value.fontMetrics().horizontalAdvance(numerals.fraction(0, 4)) + HALF)
        muted(self.value)
        row.addWidget(self.button)
        row.addWidget(self.value)
        self.paint()

    def paint(self) -> None:
        """Its line in the colours of now, pale while it is hidden."""
        colour, style = self._style()
        pixmap = QPixmap(SWATCH * 2)
        pixmap.setDevicePixelRatio(2)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setPen(QPen(colour if self.button.isChecked() else QColor(colours().line), 2, style))
        painter.drawLine(0, SWATCH.height() // 2, SWATCH.width() - HALF, SWATCH.height() // 2)
        painter.end()
        self.button.setIcon(QIcon(pixmap))


class Legend(QWidget):
    """One entry for each curve, in order, in as many rows as needed."""

    toggled = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._flow = FlowLayout(self, gap=GRID)
        self._entries: dict[str, Entry] = {}

    def set_curves(self, titles: dict[str, str], styles: dict[str, Style], hidden: Collection[str] = ()) -> None:
        """Name the curves; `styles` gives each its colour and line."""
        while (item := self._flow.takeAt(0)) is not None:
            item.widget().deleteLater()
        self._entries = {name: Entry(title, styles[name]) for name, title in titles.items()}
        for name, entry in self._entries.items():
            self._flow.addWidget(entry)
            entry.button.setChecked(name not in hidden)
            entry.button.toggled.connect(self._toggle)
            entry.paint()
        self._keep_rows()

    def hidden(self) -> set[str]:
        return {name for name, entry in self._entries.items() if not entry.button.isChecked()}

    def set_values(self, values: dict[str, float | None]) -> None:
        """The numbers beside the titles; None for none."""
        for name, entry in self._entries.items():
            number = values.get(name)
            text = "" if number is None else amounts.value(number)
            if text != entry.value.text():
                entry.value.setText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_rows()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint()

    def _keep_rows(self) -> None:
        """No row is given up to the plot where there is little room."""
        self.setMinimumHeight(self._flow.heightForWidth(self.width()))

    def _toggle(self) -> None:
        self._paint()
        self.toggled.emit()

    def _paint(self) -> None:
        for entry in self._entries.values():
            entry.paint()
