"""Pictures that come as text inside a view's data: one, or a sheet of many of one size."""

from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from aigc_desktop.media.inline import content

LARGEST = 16_000_000  # pixels of a sheet; what is larger is none of ours


def image_of(text: str) -> QImage:
    """The picture; ValueError where there is none, or one that is too large."""
    found = QImage.fromData(content(text), "PNG")
    if found.isNull() or found.width() * found.height() > LARGEST:
        raise ValueError("no picture in this text")
    return found


class Sheet:
    """`tile` pixels wide and high, `columns` in a row, `count` of them. It is decoded when it is first looked at."""

    def __init__(self, text: str, tile: Any, columns: int, count: int):
        self.width, self.height = int(tile[0]), int(tile[1])
        self.columns, self.count = int(columns), count
        if min(self.width, self.height, self.columns) < 1:
            raise ValueError("no sheet of tiles")
        self._text = str(text)
        self._image: QImage | None = None

    def tile(self, number: int) -> QImage:
        """One of the pictures; null where the sheet has none."""
        if self._image is None:
            try:
                self._image = image_of(self._text)
            except ValueError:
                self._image = QImage()
            self._text = ""
        row, column = divmod(number, self.columns)
        place = QRect(column * self.width, row * self.height, self.width, self.height)
        inside = 0 <= number < self.count and self._image.rect().contains(place)
        return self._image.copy(place) if inside else QImage()
