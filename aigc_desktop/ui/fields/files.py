"""Files as parameters: a path, and a picture, sound, clip or mask that can be dropped or chosen."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import mark, tr
from aigc_desktop.ui import pixmaps
from aigc_desktop.ui.drop_zone import DropZone
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.fields.base import Field, describe, tooltip
from aigc_desktop.ui.theme import GRID, HALF, icon, muted

THUMBNAIL = QSize(56, 56)
SUFFIXES = {
    "picture": (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"),
    "sound": (".flac", ".wav", ".mp3", ".ogg", ".opus", ".m4a"),
    "clip": (".mp4", ".mov", ".mkv", ".webm", ".avi", ".gif"),
}
SUFFIXES["mask"] = SUFFIXES["picture"]
INVITATIONS = {
    "picture": mark("Drop a picture here"),
    "sound": mark("Drop a sound here"),
    "clip": mark("Drop a clip here"),
    "mask": mark("Drop a mask here: white is changed, black is kept"),
}
ICONS = {"picture": "image", "sound": "music-note", "clip": "film-strip", "mask": "selection-inverse"}


class PathField(Field):
    """A file's path, typed or chosen."""

    choose = mark("Choose a file…")

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.line = QLineEdit()
        self.adopt(self.line)
        self.row.setSpacing(HALF)
        self.button = QToolButton()
        self.button.setIcon(icon("folder-open"))
        self.button.setToolTip(tr(self.choose))
        self.button.setAccessibleName(tr(self.choose))
        self.button.clicked.connect(self._choose)
        self.row.addWidget(self.button)
        self.set_value(one.default)
        self.line.textChanged.connect(self.changed)
        self.line.textChanged.connect(self._tell)
        self._tell()

    def suggest(self, path: str) -> None:
        """Show this where nothing is typed."""
        self.line.setPlaceholderText(path)
        self._tell()

    def _tell(self) -> None:
        """The whole path as the tool tip, and what it is for."""
        path = self.line.text() or self.line.placeholderText()
        self.line.setToolTip(tooltip(path) + tooltip(tr(self.one.help)))

    def value(self) -> str | None:
        return self.line.text() or (None if self.one.optional else "")

    def set_value(self, value: Any) -> None:
        self.line.setText("" if value is None else str(value))

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr(self.one.title), self.line.text())
        if path:
            self.line.setText(path)


class FolderField(PathField):
    """A folder's path, typed or chosen; it counts once it is typed to the end."""

    choose = mark("Choose a folder…")

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self.line.textChanged.disconnect(self.changed)
        self.line.editingFinished.connect(self.changed)

    def _choose(self) -> None:
        path = QFileDialog.getExistingDirectory(
            self, tr(self.one.title), self.line.text() or self.line.placeholderText()
        )
        if path:
            self.line.setText(path)
            self.changed.emit()

    def set_value(self, value: Any) -> None:
        before = self.line.text()
        super().set_value(value)
        if self.line.text() != before:
            self.changed.emit()


class InputField(Field):
    """A media file: drop it, take it from the library, or choose it."""

    wide = True

    def __init__(self, one: Described, parent: QWidget | None = None):
        super().__init__(one, parent)
        self._path: str | None = None
        self.zone = DropZone(self._accepts)
        describe(self.zone, one)
        self.setFocusProxy(self.zone)
        self.row.addWidget(self.zone)
        self.image = QLabel()
        self.image.setFixedSize(THUMBNAIL)
        self.image.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.invitation = QLabel(tr(INVITATIONS[one.kind]))
        self.invitation.setWordWrap(True)
        muted(self.invitation)
        self.name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.choose = QPushButton(tr("Choose…"))
        self.choose.setAccessibleName(tr("Choose a file…"))
        self.clear = QToolButton()
        self.clear.setAutoRaise(True)
        self.clear.setIcon(icon("x"))
        self.clear.setToolTip(tr("Take it out"))
        self.clear.setAccessibleName(tr("Take it out"))
        inside = QHBoxLayout(self.zone)
        inside.setContentsMargins(GRID, GRID, GRID, GRID)
        inside.setSpacing(GRID)
        inside.addWidget(self.image)
        words = self.words = QVBoxLayout()
        words.addWidget(self.invitation)
        words.addWidget(self.name)
        self.ways = QHBoxLayout()  # to a file
        self.ways.setSpacing(GRID)
        self.ways.addWidget(self.choose)
        self.ways.addStretch(1)
        words.addLayout(self.ways)
        inside.addLayout(words, 1)
        inside.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignTop)
        self.zone.dropped.connect(lambda paths: self.set_value(paths[0]))
        self.zone.clicked.connect(self._choose)
        self.choose.clicked.connect(self._choose)
        self.clear.clicked.connect(lambda: self.set_value(None))
        self._show()
        self.set_value(one.default)

    def value(self) -> str | None:
        return self._path

    def set_value(self, value: Any) -> None:
        fresh = str(value) if value else None
        if fresh != self._path:
            self._path = fresh
            self._show()
            self.changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "image"):
            self._show()

    def _accepts(self, path: Path) -> bool:
        return path.suffix.lower() in SUFFIXES[self.one.kind]

    def _show(self) -> None:
        self.zone.set_filled(self._path is not None)
        self.clear.setVisible(self._path is not None)
        self.choose.setVisible(self._path is None)
        self.invitation.setVisible(self._path is None)
        self.name.setVisible(self._path is not None)
        self.name.setText(Path(self._path).name if self._path is not None else "")
        pixmap = None
        if self._path and self.one.kind in ("picture", "mask"):
            pixmap = pixmaps.fitted(pixmaps.read(self._path, THUMBNAIL * 4), THUMBNAIL, self.devicePixelRatioF())
        if pixmap is None or pixmap.isNull():
            pixmap = icon(ICONS[self.one.kind]).pixmap(24, 24)
        self.image.setPixmap(pixmap)

    def _choose(self) -> None:
        pattern = " ".join("*" + suffix for suffix in SUFFIXES[self.one.kind])
        path, _ = QFileDialog.getOpenFileName(self, tr(self.one.title), self._path or "", f"({pattern})")
        if path:
            self.set_value(path)
