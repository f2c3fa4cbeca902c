"""Training data: a drop zone, the ways to choose by keyboard, and what was found in it."""

from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.engine.events import Progress
from aigc_desktop.engine.job import STARTER
from aigc_desktop.engine.registry import Found, Spec
from aigc_desktop.i18n import mark, tr
from aigc_desktop.problems import Sentence
from aigc_desktop.shown import shown
from aigc_desktop.ui import numerals
from aigc_desktop.ui.drop_zone import DropZone
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.fields.base import tooltip
from aigc_desktop.ui.fold import Fold
from aigc_desktop.ui.icon_label import IconLabel
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.theme import GRID, HALF, MUTED, icon, muted

INVITATIONS = {
    "texts": mark("Drop a text, a folder or a zip here"),
    "pictures": mark("Drop a folder or a zip of pictures here"),
    "sounds": mark("Drop a folder or a zip of sounds here"),
    "clips": mark("Drop a folder or a zip of clips here"),
}
ICONS = {"texts": "file-text", "pictures": "image-square", "sounds": "music-note", "clips": "film-strip"}
MOST_SKIPPED = 1000  # that are listed


class DataChooser(QWidget):
    """`path` is what was chosen ("starter", a file, a folder) or None; `found` says what is in it, `problem` why it
    cannot be used; both are None until that is known."""

    changed = Signal()

    def __init__(self, spec: Spec, jobs: Jobs, starter: bool = True, parent: QWidget | None = None):
        super().__init__(parent)
        assert spec.data is not None
        self.spec, self.jobs = spec, jobs
        self.path: str | None = None
        self.found: Found | None = None
        self.problem: Sentence | None = None  # why it cannot be used
        self._asked = 0
        self._is_training = starter  # data to learn from, not to measure with
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        self.zone = DropZone(self.accepts, self)
        column.addWidget(self.zone)
        self._build_zone(starter)
        self.summary = SentenceLabel()
        column.addWidget(self.summary)
        self.list = QPlainTextEdit(self)
        self.list.setReadOnly(True)
        self.list.setFixedHeight(96)
        self.list.setAccessibleName(tr("What is left out, and why"))
        self.skipped = Fold("", self, self.list)
        column.addWidget(self.skipped)
        self._show()

    def accepts(self, path: Path) -> bool:
        """Folders, zips, and the kinds of file that the generator reads."""
        assert self.spec.data is not None
        return path.is_dir() or path.name.lower().endswith((".zip", *self.spec.data.suffixes))

    def set_path(self, path: str | None) -> None:
        """Take this as the data and have a look at it; None for nothing."""
        self._asked += 1
        self.path, self.found, self.problem = path or None, None, None
        self._show()
        self.changed.emit()
        if self.path is not None:
            asked = self._asked

            def answered(found: Found | Sentence | Progress) -> None:
                # Another look may have been asked for since, or the panel closed.
                if not shiboken6.isValid(self) or asked != self._asked:
                    return
                if isinstance(found, Progress):
                    self._say(tr("Looking at it… {share}", share=numerals.percent(round(found.fraction or 0, 2))))
                else:
                    self._answered(found)

            self.jobs.look(self.spec.id, self.path, answered)

    def choose_file(self) -> None:
        assert self.spec.data is not None
        pattern = " ".join("*" + suffix for suffix in (*self.spec.data.suffixes, ".zip"))
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a file"), self._start(), f"{tr('Data')} ({pattern})")
        if path:
            self.set_path(path)

    def choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, tr("Choose a folder"), self._start())
        if path:
            self.set_path(path)

    def _start(self) -> str:
        return "" if self.path in (None, STARTER) else str(Path(self.path).parent)

    def _dropped(self, paths: list[str]) -> None:
        if len(paths) == 1:
            self.set_path(paths[0])
        else:
            self._say(tr("Those are {n} files. Put them into one folder and drop that.", n=len(paths)), problem=True)

    def _answered(self, found: Found | Sentence) -> None:
        if isinstance(found, Found):
            self.found = found
            # Of held-out data the first sentence is enough: how much of it there is.
            said = found.summary if self._is_training else found.summary[:1]
            self._say(" ".join(str(sentence) for sentence in said))
            self.skipped.setVisible(bool(found.skipped))
            self.skipped.set_title(tr("{n} left out", n=len(found.skipped)))
            lines = [f"{shown(name)}: {reason}" for name, reason in found.skipped[:MOST_SKIPPED]]
            self.list.setPlainText("\n".join(lines))
        else:
            self.problem = found
            self._say(str(found), problem=True)
        self.changed.emit()

    def _show(self) -> None:
        chosen = self.path is not None
        self.zone.set_filled(chosen)
        self._empty.setVisible(not chosen)
        self._chosen.setVisible(chosen)
        self.skipped.setVisible(False)
        self.skipped.set_open(False)
        if chosen:
            assert self.path is not None
            title = tr("Starter data") if self.path == STARTER else shown(Path(self.path).name)
            self.name.setText(title)
            self.zone.setToolTip("" if self.path == STARTER else tooltip(self.path))
            self._say(tr("Looking at it…"))
        else:
            self._say("")

    def _say(self, text: str, problem: bool = False) -> None:
        self.summary.say(text, "problem" if problem else "quiet")

    def _build_zone(self, starter: bool) -> None:
        assert self.spec.data is not None
        name = self.spec.data.name
        invitation = tr(INVITATIONS.get(name, mark("Drop files, a folder or a zip here")))
        self.zone.setAccessibleName(invitation)
        self.zone.dropped.connect(self._dropped)
        self.zone.clicked.connect(self.choose_file)
        inside = QVBoxLayout(self.zone)
        inside.setContentsMargins(GRID, GRID, GRID, GRID)
        self._empty = QWidget(self.zone)
        empty = QVBoxLayout(self._empty)
        empty.setContentsMargins(0, HALF, 0, 0)
        empty.setSpacing(GRID)
        sign = IconLabel(icon(ICONS.get(name, "files"), MUTED), 28)
        words = QLabel(invitation)
        words.setWordWrap(True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        muted(words)
        empty.addWidget(sign, 0, Qt.AlignmentFlag.AlignCenter)
        empty.addWidget(words)
        self.file = QPushButton(tr("Choose file…"))
        self.folder = QPushButton(tr("Choose folder…"))
        self.starter = QPushButton(tr("Use the starter data"))
        self.file.clicked.connect(self.choose_file)
        self.folder.clicked.connect(self.choose_folder)
        self.starter.clicked.connect(lambda: self.set_path(STARTER))
        self.starter.setToolTip(tr("Made on the spot, to try things out without data of your own"))
        if not starter:
            self.starter.hide()
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch()
        buttons.addWidget(self.file)
        buttons.addWidget(self.folder)
        buttons.addStretch()
        empty.addLayout(buttons)
        empty.addWidget(self.starter, 0, Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(self._empty)
        self._chosen = QWidget(self.zone)
        chosen = QHBoxLayout(self._chosen)
        chosen.setContentsMargins(0, 0, 0, 0)
        chosen.setSpacing(GRID)
        small = IconLabel(icon(ICONS.get(name, "files")), 20)
        self.name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.clear = QToolButton()
        self.clear.setAutoRaise(True)
        self.clear.setIcon(icon("x"))
        self.clear.setToolTip(tr("Choose other data"))
        self.clear.setAccessibleName(tr("Choose other data"))
        self.clear.clicked.connect(lambda: self.set_path(None))
        chosen.addWidget(small)
        chosen.addWidget(self.name, 1)
        chosen.addWidget(self.clear)
        inside.addWidget(self._chosen)
