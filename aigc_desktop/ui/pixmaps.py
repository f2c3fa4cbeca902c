"""Media values and files as Qt images, and the thumbnails that a list loads while it scrolls."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

SMALL = 256  # a picture up to this many pixels a side is enlarged without blur, so that each of its pixels can be seen
LARGEST = 512  # megabytes that one picture may take when read
FIRST_LETTERS = 600  # of a text, for its card

Value = TypeVar("Value")


def from_pixels(pixels: Any) -> QImage:
    """uint8 pixels [H, W], [H, W, 1], [H, W, 3] or [H, W, 4] (a numpy array) as an image that owns its memory."""
    import numpy as np

    return over(np.ascontiguousarray(pixels)).copy()


def over(pixels: Any) -> QImage:
    """The same as an image of the array's own memory: to be let go of before the array is."""
    height, width = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    formats = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}
    if not pixels.flags.c_contiguous:
        raise ValueError("not one piece of memory")
    return QImage(pixels.data, width, height, width * channels, formats[channels])


def read(path: str | Path, size: QSize | None = None) -> QImage:
    """The picture in a file, upright, no larger than `size`; a null image where it cannot be read."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    reader.setAllocationLimit(LARGEST)
    own = reader.size()
    if size is not None and own.isValid() and (own.width() > size.width() or own.height() > size.height()):
        reader.setScaledSize(own.scaled(size, Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def image(media: Any) -> QImage:
    """A Picture (or anything with `pixels`), a path or an image as an image; null for what has no pixels."""
    if isinstance(media, QImage):
        return media
    if isinstance(media, str | Path):
        return read(media)
    pixels = getattr(media, "pixels", None)
    return QImage() if pixels is None else from_pixels(pixels)


def fitted(source: QImage, size: QSize, ratio: float = 1.0) -> QPixmap:
    """The image as large as fits into `size` (in window units; `ratio` device pixels each), proportions kept.

    A small picture grows by whole multiples without blur; a large one shrinks smoothly and never grows.
    """
    pixmap = QPixmap.fromImage(_scaled(source, size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _scaled(source: QImage, room: QSize) -> QImage:
    room = room.expandedTo(QSize(1, 1))
    if source.isNull():
        return source
    if source.width() > room.width() or source.height() > room.height():
        return source.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    if max(source.width(), source.height()) <= SMALL:
        times = max(1, min(room.width() // source.width(), room.height() // source.height()))
        return source.scaled(source.size() * times)
    return source


class Latest(OrderedDict[Any, Value]):
    """A mapping that forgets what was used longest ago once it holds more than `capacity`, or `heavy` bytes of images."""

    def __init__(self, capacity: int, heavy: int = 0):
        super().__init__()
        self.capacity, self.heavy = capacity, heavy

    def use(self, key: Any) -> Value | None:
        """The value, now the most recently used; None where there is none."""
        if key not in self:
            return None
        self.move_to_end(key)
        return self[key]

    def put(self, key: Any, value: Value) -> None:
        self[key] = value
        self.move_to_end(key)
        while len(self) > self.capacity or (self.heavy and len(self) > 1 and self._weight() > self.heavy):
            self.popitem(last=False)

    def _weight(self) -> int:
        return sum(one.width() * one.height() * one.depth() // 8 for one in self.values())  # type: ignore[attr-defined]


@dataclass(frozen=True)
class _Wanted:
    """What is to be read: the first letters of a text, or a picture, at once fitted into `room`."""

    path: Path
    room: QSize | None = None


class Thumbnails(QObject):
    """Reads thumbnails and first lines of texts in a thread of its own; answers at once with what is there.

    What is asked for last is read first, and what nobody asked for again since the list scrolled on is forgotten. The
    thread ends by itself when there is nothing to do.
    """

    ready = Signal(str)  # the key that can be answered now

    WAITING = 120  # about two screens
    KEPT = 400
    HEAVY = 64 * 2**20  # bytes of pictures as read, and of those as shown
    IDLE = 1.0  # seconds

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._texts: Latest[str] = Latest(self.KEPT)
        self._images: Latest[QImage] = Latest(self.KEPT, self.HEAVY)
        self._fitted: Latest[QImage] = Latest(self.KEPT, self.HEAVY)
        self._pixmaps: Latest[QPixmap] = Latest(self.KEPT, self.HEAVY)
        self._wanted: OrderedDict[str, _Wanted] = OrderedDict()
        self._change = threading.Condition()
        self._working = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def text(self, key: str, path: Path) -> str | None:
        """A text's first letters (empty if it cannot be read); None while it is being read."""
        with self._change:
            found = self._texts.use(key)
            if found is None:
                self._want(key, _Wanted(path))
            return found

    def pixmap(self, key: str, path: Path, size: QSize, ratio: float = 1.0) -> QPixmap | None:
        """A picture fitted into `size` (null if it cannot be read); None while it is being read."""
        room = size * ratio
        sized = (key, room.width(), room.height())
        found = self._pixmaps.use(sized)
        if found is not None:
            return found
        with self._change:
            image = self._fitted.pop(sized, None)
            source = self._images.use(key)
            if image is None and source is None:
                self._want(key, _Wanted(path, room))
                return None
        if image is None:
            assert source is not None
            image = _scaled(source, room)
        found = QPixmap.fromImage(image)
        found.setDevicePixelRatio(ratio)
        self._pixmaps.put(sized, found)
        return found

    def close(self) -> None:
        """Ends the thread; nothing is read any more."""
        with self._change:
            self._closed = True
            self._wanted.clear()
            self._change.notify()
        if self._thread is not None:
            self._thread.join()

    def _want(self, key: str, wanted: _Wanted) -> None:
        if self._closed:
            return
        self._wanted[key] = wanted
        self._wanted.move_to_end(key)
        while len(self._wanted) > self.WAITING:
            self._wanted.popitem(last=False)
        if self._working:
            self._change.notify()
        else:
            self._working = True
            self._thread = threading.Thread(target=self._work, name="thumbnails", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._change:
                if not self._wanted and not self._closed:
                    self._change.wait(self.IDLE)
                if not self._wanted:
                    self._working = False
                    return
                key, wanted = self._wanted.popitem()
            if wanted.room is None:
                letters = first_letters(wanted.path)
                with self._change:
                    self._texts.put(key, letters)
            else:
                image = read(wanted.path, QSize(SMALL, SMALL) * 2)
                fitting = _scaled(image, wanted.room)
                with self._change:
                    self._images.put(key, image)
                    self._fitted.put((key, wanted.room.width(), wanted.room.height()), fitting)
            try:
                self.ready.emit(key)
            except RuntimeError:  # the window is gone
                return


def first_letters(path: Path) -> str:
    """The beginning of a text file; empty where it cannot be read."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(FIRST_LETTERS)
    except OSError:
        return ""
