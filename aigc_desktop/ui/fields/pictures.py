"""Several pictures: drop files or folders, take them from the library, or choose them."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import tr
from aigc_desktop.shown import plain
from aigc_desktop.ui import amounts, pixmaps
from aigc_desktop.ui.drop_zone import DropZone
from aigc_desktop.ui.fields.base import HEIGHT, Field, describe
from aigc_desktop.ui.fields.files import SUFFIXES, THUMBNAIL
from aigc_desktop.ui.theme import GRID, HALF, icon, muted

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
SIDE = 40  # pixels of a thumbnail
ROWS = 2  # of thumbnails; more are scrolled to
KEPT = 500  # thumbnails that need not be read again


class Chosen(QAbstractListModel):
    """The paths, each with its thumbnail; a picture is read when it is first seen."""

    def __init__(self, parent: QWidget):
        super().__init__(parent)
        self.paths: list[str] = []
        self._read: pixmaps.Latest[QPixmap] = pixmaps.Latest(KEPT)

    def show(self, paths: list[str]) -> None:
        self.beginResetModel()
        self.paths = paths
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.paths)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.paths):
            return None
        path = self.paths[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnail(path)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return plain(Path(path).name)
        return None

    def _thumbnail(self, path: str) -> QIcon | QPixmap:
        if Path(path).is_dir():
            return icon("folder")
        found = self._read.use(path)
        if found is None:
            image, side = pixmaps.read(path, QSize(SIDE, SIDE) * 4), QSize(SIDE, SIDE) * 2
            ways = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            found = QPixmap.fromImage(image if image.isNull() else image.scaled(side, *ways))
            found.setDevicePixelRatio(2)
            self._read.put(path, found)
        return icon("image") if found.isNull() else found


class Strip(QListView):
    """The thumbnails, as high as they need up to some rows; Delete takes the chosen ones out."""

    removed = Signal()

    def __init__(self, parent: QWidget):
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(QSize(SIDE + GRID, SIDE + GRID))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.viewport().setAutoFillBackground(False)

    def fit(self) -> None:
        """As high as its rows."""
        columns = max(1, self.viewport().width() // self.gridSize().width())
        rows = min(ROWS, -(-self.model().rowCount() // columns))
        self.setFixedHeight(max(1, rows) * self.gridSize().height() + HALF)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Delete) or event.key() == Qt.Key.Key_Backspace:
            self.removed.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            event.ignore()  # the zone around it takes what is pasted
        else:
            super().keyPressEvent(event)


class PicturesField(Field):
    """A list of paths, in the order in which they came; a folder stands for the pictures in it."""

    wide = True

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self._paths: list[str] = []
        self.zone = DropZone(_accepts, self)
        describe(self.zone, one)
        self.setFocusProxy(self.zone)
        self.row.addWidget(self.zone)
        self.invitation = QLabel(tr("Drop pictures or a folder here"), self.zone)
        self.invitation.setWordWrap(True)
        muted(self.invitation)
        self.image = QLabel(self.zone)
        self.image.setFixedSize(THUMBNAIL)
        self.image.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.strip = Strip(self.zone)
        self.pictures = Chosen(self.strip)
        self.strip.setModel(self.pictures)
        self.strip.setAccessibleName(tr("Chosen pictures: {title}", title=tr(one.title)))
        self.choose = QPushButton(tr("Choose…"), self.zone)
        self.choose.setMinimumHeight(HEIGHT)
        self.folder = _tool("folder-open", tr("Choose a folder…"), self.zone)
        self.count = QLabel(self.zone)
        muted(self.count)
        self.clear = _tool("x", tr("Take out those that are marked, or all"), self.zone)
        self.clear.setAutoRaise(True)
        self._show_icon()
        self._lay_out()
        self.zone.dropped.connect(self.add)
        self.zone.clicked.connect(self._choose)
        self.choose.clicked.connect(self._choose)
        self.folder.clicked.connect(self._choose_folder)
        self.clear.clicked.connect(self.take_out)
        self.strip.removed.connect(self._remove_marked)
        self._show()
        self.set_value(one.default)

    def value(self) -> list[str]:
        return list(self._paths)

    def set_value(self, value: Any) -> None:
        given = value if isinstance(value, list | tuple) else []
        paths = list(dict.fromkeys(one for one in given if isinstance(one, str) and one))
        if paths != self._paths:
            self._paths = paths
            self._show()
            self.changed.emit()

    def add(self, paths: list[str]) -> None:
        """These too, but none twice."""
        self.set_value([*self._paths, *(path for path in paths if path not in self._paths)])

    def take_out(self) -> None:
        """Those that are marked, or where none is, all."""
        if not self._remove_marked():
            self.set_value([])
        (self.strip if self._paths else self.zone).setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "strip"):
            self.strip.viewport().update()
            self._show_icon()

    def _show_icon(self) -> None:
        self.image.setPixmap(icon("image").pixmap(24, 24))

    def _remove_marked(self) -> bool:
        rows = {index.row() for index in self.strip.selectedIndexes()}
        self.set_value([path for row, path in enumerate(self._paths) if row not in rows])
        if rows and self._paths:
            self.strip.setCurrentIndex(self.pictures.index(min(min(rows), len(self._paths) - 1)))
        return bool(rows)

    def _show(self) -> None:
        filled = bool(self._paths)
        self.zone.set_filled(filled)
        self.pictures.show(self._paths)
        self.strip.setVisible(filled)
        self.strip.fit()
        self.invitation.setVisible(not filled)
        self.image.setVisible(not filled)
        self.clear.setVisible(filled)
        self.choose.setText(tr("Add…") if filled else tr("Choose…"))
        self.choose.setAccessibleName(tr("Add pictures…") if filled else tr("Choose pictures…"))
        self.count.setText(amounts.whole(len(self._paths)) if len(self._paths) > 1 else "")

    def _choose(self) -> None:
        pattern = " ".join("*" + suffix for suffix in SUFFIXES["picture"])
        near = str(Path(self._paths[-1]).parent) if self._paths else ""
        paths, _ = QFileDialog.getOpenFileNames(self, tr(self.one.title), near, f"({pattern})")
        self.add(paths)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, tr(self.one.title))
        if path:
            self.add([path])

    def _lay_out(self) -> None:
        inside = QHBoxLayout(self.zone)
        inside.setContentsMargins(GRID, GRID, GRID, GRID)
        inside.setSpacing(GRID)
        inside.addWidget(self.image)
        column = QVBoxLayout()
        column.setSpacing(HALF)
        column.addWidget(self.invitation)
        column.addWidget(self.strip)
        row = QHBoxLayout()
        row.setSpacing(HALF)
        row.addWidget(self.choose)
        row.addWidget(self.folder)
        row.addStretch()
        row.addWidget(self.count)
        row.addWidget(self.clear)
        column.addLayout(row)
        inside.addLayout(column, 1)


def _accepts(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES["picture"] or path.is_dir()


def _tool(name: str, title: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setIcon(icon(name))
    button.setFixedHeight(HEIGHT)
    button.setToolTip(title)
    button.setAccessibleName(title)
    return button
