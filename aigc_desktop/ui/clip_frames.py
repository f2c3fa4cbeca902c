"""The frames of a clip's file as images, read ahead in a thread of their own."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from aigc_desktop.ui.pixmaps import Latest

LARGEST = 960  # pixels a side; a larger frame is made smaller by the thread that reads it
LONGEST = 1_000_000  # frames
FPS = (1.0, 60.0)


@dataclass(frozen=True)
class Facts:
    """What a clip is."""

    count: int  # frames
    fps: float


class ClipFrames(QObject):
    """`want` a frame; `ready` says that it can be had from `frame`, at once or soon. A short clip is kept whole.

    The thread ends, and the file is closed, when nothing was wanted for a while.
    """

    opened = Signal(object)  # Facts
    ready = Signal(int)  # a frame's number
    failed = Signal()

    KEPT = 96 * 2**20  # bytes of frames
    AHEAD = 24  # frames
    IDLE = 1.0  # seconds

    def __init__(self, path: Path, parent: QObject | None = None):
        super().__init__(parent)
        self.path = path
        self._images: Latest[QImage] = Latest(LONGEST, self.KEPT)
        self._change = threading.Condition()
        self._wanted: int | None = None
        self._facts: Facts | None = None
        self._closed = self._working = False
        self._thread: threading.Thread | None = None

    def want(self, number: int) -> None:
        """Read this frame, and some after it."""
        with self._change:
            if self._closed:
                return
            self._wanted = number
            if self._working:
                self._change.notify()
            else:
                self._working = True
                self._thread = threading.Thread(target=self._work, name="clip", daemon=True)
                self._thread.start()

    def frame(self, number: int) -> QImage | None:
        """The image of a frame that was read; None while it was not."""
        with self._change:
            return self._images.use(number)

    def close(self) -> None:
        """Ends the thread; nothing is read any more."""
        with self._change:
            self._closed = True
            self._change.notify()
        if self._thread is not None:
            self._thread.join()

    # In the thread

    def _work(self) -> None:
        try:
            import av

            with av.open(str(self.path)) as container:
                self._read(container)
        except Exception:  # noqa: BLE001 - FFmpeg raises many kinds; whatever it is, the clip cannot be shown
            with self._change:
                self._closed, self._working = True, False
            self._say(self.failed)

    def _read(self, container: Any) -> None:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        rate = stream.average_rate or stream.guessed_rate or 25
        if self._facts is None:
            count = stream.frames or sum(packet.pts is not None for packet in container.demux(stream))
            if not 0 < count <= LONGEST:
                raise ValueError("no frames that could be counted")
            container.seek(0)
            self._facts = Facts(count, min(FPS[1], max(FPS[0], float(rate))))
            self._say(self.opened, self._facts)
        start = stream.start_time or 0
        source, at = container.decode(stream), 0  # where the file is read, and which frame comes next
        while (number := self._next()) is not None:
            if not at <= number <= at + self.AHEAD:
                time = start + int(number / rate / stream.time_base)
                container.seek(max(start, time), stream=stream)
                source = container.decode(stream)  # from the keyframe before it; each frame's time says which it is
            for found in source:
                at = at if found.pts is None else max(0, round((found.pts - start) * stream.time_base * rate))
                self._keep(at, _image(found))
                at += 1
                if at > number or self._closed:
                    break
            else:  # the file has fewer frames than it says
                self._keep(number, self._last())
                container.seek(start, stream=stream)
                source, at = container.decode(stream), 0

    def _next(self) -> int | None:
        """The frame to be read; None where nobody wants any."""
        with self._change:
            while True:
                if self._closed:
                    self._working = False
                    return None
                if self._wanted is not None and self._facts is not None:
                    for number in range(self._wanted, min(self._wanted + self.AHEAD, self._facts.count)):
                        if number not in self._images:
                            return number
                if not self._change.wait(self.IDLE):
                    self._working = False
                    return None

    def _keep(self, number: int, image: QImage) -> None:
        with self._change:
            self._images.put(number, image)
        self._say(self.ready, number)

    def _last(self) -> QImage:
        with self._change:
            return self._images[next(reversed(self._images))] if self._images else QImage()

    def _say(self, signal: Any, *values: Any) -> None:
        try:
            signal.emit(*values)
        except RuntimeError:  # the window is gone
            self._closed = True


def _image(frame: Any) -> QImage:
    scale = min(1.0, LARGEST / max(frame.width, frame.height))
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    pixels = frame.to_ndarray(format="rgb24", width=width, height=height)
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )
