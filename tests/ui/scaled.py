"""The window at another scale: run as a process of its own, since the scale counts from a program's start.

`python -m tests.ui.scaled LANGUAGE POINTS`, with QT_SCALE_FACTOR: prints as JSON what was found. POINTS is the size of the
system's font, 0 for its own.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel

from aigc_desktop.ui.picture_view import PictureView
from tests.ui import cut, walk, walk_world

PLACES = (
    *("welcome", "window: panels side by side", "notices", "text.lstm: train, advanced", "text.lstm: create, results"),
    *("image.gan: train, data chosen", "image.gan: train, a run and About", "image.gan: create, results"),
    *("library: filtered", "library: models", "library: trash", "item: picture", "queue", "settings", "closing"),
)


def look(language: str, points: float) -> dict[str, Any]:
    """What the window is like at this scale."""
    app = QApplication([])
    if points:
        font = app.font()
        font.setPointSizeF(points)
        app.setFont(font)
    ratio = app.devicePixelRatio()
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder, walk_world.opened(app, Path(folder), natural=True) as world:
        world.use(language)
        window = world.window
        screen = window.screen().availableSize()
        cut.SCREEN = screen
        size = window.size()
        for name in PLACES:
            with walk.at(window, name) as place:
                walk_world.settle()
                found += [f"{name}: {what}" for what in [*cut.cut_off(place), *_coarse(place, ratio)]]
            if window.size() != size:
                found.append(f"{name}: the window has grown from {size.toTuple()} to {window.size().toTuple()}")
                window.resize(size)
        least = window.minimumSizeHint().expandedTo(window.minimumSize())
        return {
            "ratio": ratio,
            "screen": screen.toTuple(),
            "window": size.toTuple(),
            "least": least.toTuple(),
            "found": list(dict.fromkeys(found)),
        }


def _coarse(place: Any, ratio: float) -> list[str]:
    """Pictures that have fewer pixels than the screen."""
    shown = [(one, one.pixmap()) for one in place.findChildren(QLabel) if one.isVisible()]
    shown += [(one, one._scaled) for one in place.findChildren(PictureView) if one.isVisible() and one._scaled]
    return [
        f"{type(one).__name__} {one.accessibleName()}: a picture of ratio {pixmap.devicePixelRatio()}"
        for one, pixmap in shown
        if not pixmap.isNull() and pixmap.devicePixelRatio() < ratio
    ]


if __name__ == "__main__":
    print("\n" + json.dumps(look(sys.argv[1], float(sys.argv[2]))), flush=True)
