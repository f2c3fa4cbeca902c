"""What is really on the screen: colours and contrasts of rendered widgets (WCAG 2.2, relative luminance)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QScrollArea, QWidget

Pixels = NDArray[np.uint8]  # height × width × (red, green, blue)

_STEPS = np.arange(256) / 255
_LINEAR = np.where(_STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4)


def pixels(widget: QWidget) -> Pixels:
    """The widget as it is painted now."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return raw[:, : image.width(), 2::-1].copy()


def luminance(colours: Pixels) -> NDArray[np.float64]:
    return _LINEAR[colours] @ np.array([0.2126, 0.7152, 0.0722])


def contrasts(one: NDArray[np.float64], other: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """The contrast ratio of luminances, 1 to 21."""
    high, low = np.maximum(one, other), np.minimum(one, other)
    return (high + 0.05) / (low + 0.05)


def contrast(crop: Pixels) -> float:
    """Of what is drawn there against the ground it is drawn on: the most frequent colour."""
    if crop.size == 0:
        return 21.0
    packed = crop.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    colours, counts = np.unique(packed, return_counts=True)
    ground = int(colours[counts.argmax()])
    behind = luminance(np.array([[[ground >> 16, (ground >> 8) & 255, ground & 255]]], np.uint8)).item()
    return float(contrasts(luminance(crop), behind).max())


def changed(before: Pixels, after: Pixels, ratio: float = 3.0) -> int:
    """How many pixels differ by at least this contrast ratio."""
    if before.shape != after.shape:
        return before.shape[0] * before.shape[1]
    return int((contrasts(luminance(before), luminance(after)) >= ratio).sum())


@dataclass
class Sheet:
    """A window as one picture, and each area that scrolls as one more, with all that is in it."""

    window: QWidget

    def __post_init__(self) -> None:
        self._seen: dict[QWidget, Pixels] = {}

    def crop(self, widget: QWidget, rect: QRect | None = None) -> Pixels:
        """What is painted at the widget's place, or at this part of it; nothing where it cannot be seen."""
        rect = widget.rect() if rect is None else rect
        ground = self._ground(widget)
        if ground not in self._seen:
            self._seen[ground] = pixels(ground)
        all = self._seen[ground]
        corner = widget.mapTo(ground, QPoint(0, 0)) if widget is not ground else QPoint(0, 0)
        left, top = max(0, corner.x() + rect.left()), max(0, corner.y() + rect.top())
        return all[top : max(0, corner.y() + rect.bottom() + 1), left : max(0, corner.x() + rect.right() + 1)]

    def _ground(self, widget: QWidget) -> QWidget:
        around = widget
        while around is not self.window and not around.isWindow():
            parent = around.parentWidget()
            area = parent.parentWidget() if parent is not None else None
            if isinstance(area, QScrollArea) and area.widget() is around and area.widgetResizable():
                return around
            around = parent
        return around
