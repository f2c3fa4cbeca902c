"""Icons from QtAwesome's Phosphor font, drawn in the palette's colours at the moment they are painted.

QtAwesome itself is not imported: that takes 0.13 s at start, and its icons keep the colour they were made with.
"""

import importlib.util
import json
from functools import cache
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap

FAMILY = "phosphor"
ROLES = {
    QIcon.Mode.Normal: (QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText),
    QIcon.Mode.Active: (QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText),
    QIcon.Mode.Disabled: (QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText),
    QIcon.Mode.Selected: (QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText),
}


def icon(name: str, role: QPalette.ColorRole | None = None) -> QIcon:
    """The icon called `name` in Phosphor ("image", "text-t", "play-fill"); KeyError if there is none.

    `role` is the palette colour it takes; by default that of the text of a window, dimmed where it is disabled.
    """
    return QIcon(Glyph(_glyphs()[name.removeprefix("ph.")], role))


class Glyph(QIconEngine):
    """One character of the icon font, centred, in a colour of the application's palette."""

    def __init__(self, character: str, role: QPalette.ColorRole | None = None):
        super().__init__()
        self.character = character
        self.role = role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        group, role = ROLES[mode]
        font = QFont(_family())
        font.setPixelSize(max(1, min(rect.width(), rect.height())))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QGuiApplication.palette().color(group, self.role or role))
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        if pixmap.isNull():  # a place without room asks too
            return pixmap
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> "Glyph":
        copy = Glyph(self.character, self.role)
        _copies.append(copy)  # Qt owns what it gets here, but PySide would free it: held for good, they are few
        return copy


_copies: list[Glyph] = []


def _fonts() -> Path:
    found = importlib.util.find_spec("qtawesome")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent / "fonts"


@cache
def _glyphs() -> dict[str, str]:
    charmap = next(_fonts().glob(f"{FAMILY}-charmap-*.json"))
    return {name: chr(int(code, 16)) for name, code in json.loads(charmap.read_text(encoding="utf-8")).items()}


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(next(_fonts().glob(f"{FAMILY}-[0-9]*.ttf"))))
    families = QFontDatabase.applicationFontFamilies(number)
    return families[0] if families else ""
