"""What the pages of a panel are laid out with: two sides, a column that scrolls, rows like those of a form.

Everything takes its parent at once: with a style sheet, moving a full widget into another costs more than making it,
and one without a parent would flash up as a window of its own where something in it is shown.
"""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from aigc_desktop.ui.fields.base import tooltip
from aigc_desktop.ui.form import BUTTON, LABELS
from aigc_desktop.ui.theme import GRID, HALF

LEFT, NARROW = 360, 312  # pixels of the left side, where there is room and where there is little


def splitter(way: Qt.Orientation, gap: int, parent: QWidget) -> QSplitter:
    """Sides that share the room as the user likes; the gap between them is the handle."""
    made = QSplitter(way, parent)
    made.setChildrenCollapsible(False)
    made.setHandleWidth(gap)
    made.setStyleSheet("QSplitter::handle { background: transparent; }")
    return made


def share(split: QSplitter, width: int) -> None:
    """Give the left side what it needs, once: where the user has not moved the handle."""
    if not split.property("shared"):
        split.setProperty("shared", True)
        left = min(LEFT, max(NARROW, round(width * 0.42)))
        split.setSizes([left, width - left])


def column(parent: QWidget, gap: int = GRID) -> QVBoxLayout:
    """The widget's layout: one thing under the other, up to its edges."""
    made = QVBoxLayout(parent)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(gap)
    return made


class Column(QScrollArea):
    """Scrolls up and down; never narrower than what is in it."""

    def minimumSizeHint(self) -> QSize:
        bar = self.verticalScrollBar().sizeHint().width()
        inside = self.widget().minimumSizeHint().width() if self.widget() else 0
        return QSize(max(NARROW, inside + bar), super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and watched is self.widget():
            self.updateGeometry()
        return super().eventFilter(watched, event)


def scrolling(parent: QWidget) -> tuple[QScrollArea, QWidget]:
    """A frameless area that scrolls up and down only, and the empty widget in it."""
    area = Column(parent)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    inside = QWidget(area)
    area.setWidget(inside)
    return area, inside


def labelled(title: str, widget: QWidget, help: str = "") -> QGridLayout:
    """A row like those of a form."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(HALF)
    grid.setColumnMinimumWidth(0, LABELS)
    grid.setColumnStretch(1, 1)
    label = QLabel(title, widget.parentWidget())
    label.setBuddy(widget)
    label.setToolTip(tooltip(help))
    grid.addWidget(label, 0, 0)
    grid.addWidget(widget, 0, 1)
    grid.setColumnMinimumWidth(2, BUTTON.width() + GRID)
    return grid
