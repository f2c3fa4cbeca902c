"""The fixed-seed samples of a training, one after another."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from aigc_desktop.engine.events import Event, Preview
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import tr
from aigc_desktop.media.base import SEEN
from aigc_desktop.ui import amounts, pixmaps
from aigc_desktop.ui.fields.base import calm_wheel
from aigc_desktop.ui.late_picture import LatePicture
from aigc_desktop.ui.picture_view import PictureView
from aigc_desktop.ui.theme import GRID, HALF, icon, muted
from aigc_desktop.ui.views.base import View
from aigc_desktop.ui.views.timeline import Timeline

LONGEST = 20_000  # letters of a text that are shown
NOTHING, PICTURE, TEXT = range(3)
LOWEST = 72  # pixels
LARGE = 100_000  # bytes of a picture's file from which reading it takes more than a moment


def _is_large(path: str) -> bool:
    try:
        return os.stat(path).st_size > LARGE
    except OSError:
        return False


@dataclass(frozen=True)
class Sample:
    """One sample: on disk where the run has a folder, else as it came."""

    step: int
    path: str | None
    media: Any = None

    def text(self) -> str | None:
        """The letters of a text; None for a picture."""
        if self.path is None:
            return self.media.preview_text()
        if not self.path.endswith(".txt"):
            return None
        try:
            with open(self.path, encoding="utf-8", errors="replace") as file:
                return file.read(LONGEST)
        except OSError:
            return ""


class Samples(View):
    """Always the latest, unless the user looked back."""

    stretch = 5

    def __init__(self, spec: Spec, parent: QWidget | None = None):
        super().__init__(spec, parent)
        self.samples: list[Sample] = []
        self.follows = True
        reader = self._reader = LatePicture(self)
        reader.ready.connect(self._read)
        self.destroyed.connect(lambda: reader.close())
        self._build()
        self.clear()

    def clear(self) -> None:
        self.samples = []
        self.follows = True
        self._reader.want(None)
        self._fit_timeline()
        self.picture.set_image(pixmaps.image(None))
        self._stack.setCurrentIndex(NOTHING)
        self.place.setText("")

    def load(self, folder: Path) -> None:
        found = []
        try:
            for path in (folder / "samples").iterdir():
                if path.stem.isdigit() and path.suffix != ".json":
                    found.append(Sample(int(path.stem), str(path)))
        except OSError:
            return
        self.samples = sorted(found, key=lambda sample: sample.step)
        self._fit_timeline()
        self._show(len(self.samples) - 1)

    def listens(self) -> dict[type[Event], Any]:
        return {Preview: self.add}

    def add(self, event: Preview) -> None:
        """A new sample; one at a step that is there already replaces what came from there on."""
        while self.samples and self.samples[-1].step >= event.step:
            self.samples.pop()
        self.samples.append(Sample(event.step, event.path, None if event.path else event.media))
        at = self.timeline.value()
        self._fit_timeline()
        if self.follows or at >= len(self.samples):
            self._show(len(self.samples) - 1, event.media)

    def set_live(self, live: bool) -> None:
        self._invitation.setText(
            tr("The first sample appears in a moment.")
            if live
            else tr("What it learns to make appears here, step by step.")
        )

    def current(self) -> Sample | None:
        """The sample in sight."""
        return self.samples[self.timeline.value()] if self.samples else None

    def keyPressEvent(self, event: Any) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
            self.timeline.event(event)
        else:
            super().keyPressEvent(event)

    def _looked(self, place: int) -> None:
        """The user chose a sample."""
        self.follows = place == len(self.samples) - 1
        self._show(place)

    def _show(self, place: int, media: Any = None) -> None:
        if not 0 <= place < len(self.samples):
            return
        sample = self.samples[place]
        with QSignalBlocker(self.timeline):
            self.timeline.setValue(place)
        self.timeline.update()
        text = sample.text() if media is None else media.preview_text()
        if text is not None:
            if text != self.text.toPlainText():
                self.text.setPlainText(text[:LONGEST])
            self._stack.setCurrentIndex(TEXT)
        else:
            self._show_picture(media if media is not None else sample.path or sample.media)
            self._stack.setCurrentIndex(PICTURE)
        where = tr("sample {n} of {count}", n=place + 1, count=len(self.samples))
        self.place.setText(tr("step {step}", step=amounts.whole(sample.step)))
        self.place.setToolTip(where)
        for widget in (self.timeline, self.picture, self.text):
            widget.setAccessibleDescription(self.place.text() + ", " + where)
        self.first.setEnabled(place > 0)
        self.last.setEnabled(place < len(self.samples) - 1)

    def _show_picture(self, shown: Any) -> None:
        """Pixels as they came, or a file: a large one is read in a thread, and what was seen before stays meanwhile."""
        late: str | None = None
        if hasattr(shown, "pixels"):
            self.picture.set_pixels(shown.pixels)
            if max(shown.pixels.shape[:2]) == SEEN and min(self.picture.width(), self.picture.height()) > SEEN:
                sample = self.current()
                late = sample.path if sample is not None else None  # there is room for more than was said of it
        elif isinstance(shown, str) and _is_large(shown):
            late = shown
        else:
            self.picture.set_image(pixmaps.image(shown))
        self._reader.want(late)

    def _read(self, path: str, image: QImage) -> None:
        sample = self.current()
        if sample is not None and sample.path == path:
            self.picture.set_image(image)

    def _fit_timeline(self) -> None:
        with QSignalBlocker(self.timeline):
            self.timeline.setRange(0, max(0, len(self.samples) - 1))
        for widget in (self.timeline, self.first, self.last):
            widget.setVisible(len(self.samples) > 1)
        self.last.setEnabled(bool(self.samples) and self.timeline.value() < len(self.samples) - 1)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        self._invitation = QLabel()
        self._invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._invitation.setWordWrap(True)
        muted(self._invitation)
        self.picture = PictureView()
        self.picture.setAccessibleName(tr("Sample"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.text.setAccessibleName(tr("Sample"))
        self.text.document().setDocumentMargin(GRID)
        place = QWidget(self)
        place.setMinimumHeight(LOWEST)
        column.addWidget(place, 1)
        self._stack = QStackedLayout(place)
        for widget in (self._invitation, self.picture, self.text):
            self._stack.addWidget(widget)
        bar = QHBoxLayout()
        bar.setSpacing(HALF)
        self.timeline = Timeline()
        calm_wheel(self.timeline)
        self.timeline.setAccessibleName(tr("Samples in order"))
        self.timeline.setToolTip(tr("Drag, or use the arrow keys, to see the samples in order"))
        self.timeline.valueChanged.connect(self._looked)
        self.first = self._tool("skip-back", tr("First sample"))
        self.first.clicked.connect(lambda: self.timeline.setValue(0))
        self.last = self._tool("skip-forward", tr("Latest sample"))
        self.last.clicked.connect(lambda: self.timeline.setValue(self.timeline.maximum()))
        bar.addWidget(self.first)
        bar.addWidget(self.timeline, 1)
        bar.addWidget(self.last)
        self.place = QLabel()
        muted(self.place)
        bar.addWidget(self.place)
        column.addLayout(bar)
        self.set_live(False)

    def _tool(self, name: str, title: str) -> QToolButton:
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIcon(icon(name))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(title)
        button.setAccessibleName(title)
        return button
