"""A sentence that says something quietly, warns, or tells what is wrong; nothing is shown while there is none."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from aigc_desktop.ui.announce import announce
from aigc_desktop.ui.theme import colours
from aigc_desktop.ui.wrapped_label import WrappedLabel


class SentenceLabel(WrappedLabel):
    """`say` it; level is quiet, plain, warning or problem."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__("", parent)
        self.level = "quiet"
        self._dressing = False
        self.setVisible(False)

    def say(self, text: str, level: str = "quiet") -> None:
        self.level = level
        if text != self.text():
            self.setText(text)
            if level in ("warning", "problem"):
                announce(self, text, at_once=level == "problem")
        self.setVisible(bool(text))
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._dressing:
            self._dress()

    def _dress(self) -> None:
        of = colours()
        colour = {"quiet": of.muted, "plain": of.text, "warning": of.warning, "problem": of.error}[self.level]
        if self.palette().color(QPalette.ColorRole.WindowText) != QColor(colour):
            self._dressing = True
            palette = self.palette()
            palette.setColor(QPalette.ColorRole.WindowText, QColor(colour))
            self.setPalette(palette)
            self._dressing = False
