"""Plays a clip: on and on or once, paused, frame by frame."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import numerals
from aigc_desktop.ui.clip_frames import ClipFrames, Facts
from aigc_desktop.ui.fields.base import calm_wheel
from aigc_desktop.ui.picture_view import PictureView
from aigc_desktop.ui.theme import HALF, icon, muted
from aigc_desktop.ui.views.timeline import Timeline

ICON = QSize(16, 16)


class ClipPlayer(QWidget):
    """Space plays and pauses, `,` and `.` go by frames. What is hidden rests."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.frames: ClipFrames | None = None
        self.facts: Facts | None = None
        self.place = 0  # the frame in sight, or that will be once it is read
        self.playing = False
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._go_on)
        read: list[ClipFrames] = []
        self._read = read  # what reads now; a function holds it beyond the widget's life
        self.destroyed.connect(lambda: [one.close() for one in read])
        self._build()

    def show_clip(self, path: Path | None, poster: QImage | None = None, play: bool = False) -> None:
        """Show this file's clip (or none); `poster` is seen until the first frame is read."""
        self.pause()
        if self.frames is not None:
            self.frames.close()
            self.frames.deleteLater()
            self.frames = None
            self._read.clear()
        self.facts, self.place = None, 0
        self.picture.set_image(poster or QImage())
        self._stack.setCurrentWidget(self.picture)
        self._say_place()
        if path is not None:
            self.frames = ClipFrames(path, self)
            self._read.append(self.frames)
            self.frames.opened.connect(self._opened)
            self.frames.ready.connect(self._ready)
            self.frames.failed.connect(self._failed)
            self.playing = play
            self.frames.want(0)
        self._show_controls()

    def play(self) -> None:
        """Go on from here; from the beginning where it stands at the end."""
        if self.facts is None:
            return
        if self.place == self.facts.count - 1:
            self.go(0)
        self.playing = True
        self._timer.start(max(1, round(1000 / self.facts.fps)))
        self._show_controls()

    def pause(self) -> None:
        self.playing = False
        self._timer.stop()
        self._show_controls()

    def turn(self) -> None:
        """Play or pause."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def step(self, by: int) -> None:
        """Pause, and show the frame that many on; around the ends."""
        self.pause()
        if self.facts is not None:
            self.go((self.place + by) % self.facts.count)

    def go(self, place: int) -> None:
        """Show this frame, as soon as it is read."""
        if self.frames is None or self.facts is None:
            return
        self.place = min(self.facts.count - 1, max(0, place))
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        act: Callable[[], object] | None = {
            Qt.Key.Key_Space: self.turn,
            Qt.Key.Key_Comma: lambda: self.step(-1),
            Qt.Key.Key_Period: lambda: self.step(1),
        }.get(Qt.Key(event.key()))
        if act is None:
            super().keyPressEvent(event)
        else:
            act()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.picture.geometry().contains(event.position().toPoint()):
            self.button.setFocus(Qt.FocusReason.MouseFocusReason)
            self.turn()
        else:
            super().mousePressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.pause()

    # Inside

    def _opened(self, facts: Facts) -> None:
        self.facts = facts
        with QSignalBlocker(self.timeline):
            self.timeline.setRange(0, facts.count - 1)
        self._say_place()
        if self.playing and self.isVisible():
            self.play()
        else:
            self.pause()

    def _ready(self, number: int) -> None:
        if number == self.place and not self._timer.isActive():
            self._show()

    def _failed(self) -> None:
        self.pause()
        self._stack.setCurrentWidget(self.sentence)
        self._show_controls()

    def _go_on(self) -> None:
        assert self.frames is not None and self.facts is not None
        following = self.place + 1
        if following == self.facts.count:
            if not self.loop.isChecked():
                self.pause()
                return
            following = 0
        self.frames.want(following)
        if self.frames.frame(following) is not None:  # else it is waited for
            self.go(following)

    def _show(self) -> None:
        assert self.frames is not None
        self.frames.want(self.place)
        image = self.frames.frame(self.place)
        if image is not None:
            self.picture.set_image(image)
        self._say_place()

    def _say_place(self) -> None:
        with QSignalBlocker(self.timeline):
            self.timeline.setValue(self.place)
        count = self.facts.count if self.facts is not None else 0
        self.where.setText(f"{numerals.plain(self.place + 1)} / {numerals.plain(count)}" if count else "")
        said = tr("frame {n} of {count}", n=self.place + 1, count=count) if count else ""
        self.where.setAccessibleName(said)
        if not self.playing:
            self.timeline.setAccessibleDescription(said)

    def _show_controls(self) -> None:
        title = tr("Pause (Space)") if self.playing else tr("Play (Space)")
        self.button.setIcon(icon("pause-fill" if self.playing else "play-fill"))
        self.button.setToolTip(title)
        self.button.setAccessibleName(tr("Pause") if self.playing else tr("Play"))
        for one in (self.button, self.earlier, self.later, self.timeline, self.loop):
            one.setEnabled(self.facts is not None)

    def _build(self) -> None:
        self._stack = QStackedLayout()
        self.picture = PictureView(self)
        self.picture.setAccessibleName(tr("Clip"))
        self.sentence = QLabel(tr("This clip cannot be played; its file may be damaged or missing."), self)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setWordWrap(True)
        self._stack.addWidget(self.picture)
        self._stack.addWidget(muted(self.sentence))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        column.addLayout(self._stack, 1)
        bar = QHBoxLayout()
        bar.setSpacing(HALF)
        column.addLayout(bar)
        self.button = self._tool("play-fill", tr("Play"), self.turn)
        self.earlier = self._tool("arrow-line-left", tr("Previous frame"), lambda: self.step(-1), ",")
        self.later = self._tool("arrow-line-right", tr("Next frame"), lambda: self.step(1), ".")
        self.timeline = Timeline(self)
        calm_wheel(self.timeline)
        self.timeline.setAccessibleName(tr("Frames in order"))
        self.timeline.setToolTip(tr("Drag, or use the arrow keys, to see the frames in order"))
        self.timeline.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.timeline.valueChanged.connect(self._chosen)
        self.where = QLabel(self)
        muted(self.where)
        self.loop = self._tool("repeat", tr("Play on and on"), lambda: None)
        self.loop.setCheckable(True)
        self.loop.setChecked(True)
        for one in (self.button, self.earlier, self.later):
            bar.addWidget(one)
        bar.addWidget(self.timeline, 1)
        bar.addWidget(self.where)
        bar.addWidget(self.loop)
        self._show_controls()

    def _chosen(self, place: int) -> None:
        self.pause()
        self.go(place)

    def _tool(self, name: str, title: str, act: Callable[[], object], key: str = "") -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIcon(icon(name))
        button.setIconSize(ICON)
        button.setToolTip(f"{title} ({key})" if key else title)
        button.setAccessibleName(title)
        button.clicked.connect(lambda _checked=False: act())
        return button
