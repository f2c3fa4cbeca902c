"""Media values and files as Qt images, and the thumbnails that a list loads while it scrolls."""

import threading
from collections import OrderedDict
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
    height, width = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    formats = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888, 4: QImage.Format.Format_RGBA8888}
    return QImage(pixels.tobytes(), width, height, width * channels, formats[channels]).copy()


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
    room = QSize(max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio)))
    if source.isNull():
        return QPixmap()
    if source.width() > room.width() or source.height() > room.height():
        scaled = source.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    elif max(source.width(), source.height()) <= SMALL:
        times = max(1, min(room.width() // source.width(), room.height() // source.height()))
        scaled = source.scaled(source.size() * times)
    else:
        scaled = source
    pixmap = QPixmap.fromImage(scaled)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


class Latest(OrderedDict[Any, Value]):
    """A mapping that forgets what was used longest ago once it holds more than `capacity`."""

    def __init__(self, capacity: int):
        super().__init__()
        self.capacity = capacity

    def use(self, key: Any) -> Value | None:
        """The value, now the most recently used; None where there is none."""
        if key not in self:
            return None
        self.move_to_end(key)
        return self[key]

    def put(self, key: Any, value: Value) -> None:
        self[key] = value
        self.move_to_end(key)
        while len(self) > self.capacity:
            self.popitem(last=False)


class Thumbnails(QObject):
    """Reads thumbnails and first lines of texts in a thread of its own; `get` answers at once with what is there.

    What is asked for last is read first, and what nobody asked for again since the list scrolled on is forgotten.
    """

    ready = Signal(str)  # the key that `get` now answers

    WAITING = 120  # about two screens

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._read: Latest[QImage | str] = Latest(300)
        self._scaled: Latest[QPixmap] = Latest(300)
        self._wanted: OrderedDict[str, tuple[Path, bool]] = OrderedDict()
        self._change = threading.Condition()
        self._closing = False
        self._thread: threading.Thread | None = None

    def get(self, key: str, path: Path, text: bool = False) -> QImage | str | None:
        """The image (null if it cannot be read), or the text's first lines; None while it is being read."""
        with self._change:
            found = self._read.use(key)
            if found is None and not self._closing:
                self._wanted[key] = (path, text)
                self._wanted.move_to_end(key)
                while len(self._wanted) > self.WAITING:
                    self._wanted.popitem(last=False)
                self._change.notify()
        if found is None and self._thread is None and not self._closing:
            self._thread = threading.Thread(target=self._work, name="thumbnails", daemon=True)
            self._thread.start()
        return found

    def pixmap(self, key: str, path: Path, size: QSize, ratio: float = 1.0) -> QPixmap | None:
        """`get` for a picture, fitted into `size`; null if it cannot be read, None while it is being read."""
        sized = (key, size.width(), size.height(), ratio)
        found = self._scaled.use(sized)
        if found is None:
            source = self.get(key, path)
            if isinstance(source, QImage):
                found = fitted(source, size, ratio)
                self._scaled.put(sized, found)
        return found

    def close(self) -> None:
        """Ends the thread."""
        with self._change:
            self._closing = True
            self._wanted.clear()
            self._change.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while True:
            with self._change:
                while not self._wanted and not self._closing:
                    self._change.wait()
                if self._closing:
                    return
                key, (path, text) = self._wanted.popitem()
            found = first_letters(path) if text else read(path, QSize(SMALL, SMALL) * 2)
            with self._change:
                self._read.put(key, found)
            self.ready.emit(key)


def first_letters(path: Path) -> str:
    """The beginning of a text file; empty where it cannot be read."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(FIRST_LETTERS)
    except OSError:
        return ""
