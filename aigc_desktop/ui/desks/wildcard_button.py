"""What of a prompt can be left to chance: a menu of the word lists, and of alternatives in braces."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from aigc_desktop.engine import word_lists
from aigc_desktop.i18n import language, tr
from aigc_desktop.ui.fold import FLAT
from aigc_desktop.ui.menu_entry import menu_entry
from aigc_desktop.ui.mnemonics import give_keys
from aigc_desktop.ui.theme import icon

ALTERNATIVES = {"en": "{sad|merry}", "zh_CN": "{悲伤|欢快}"}


class WildcardButton(QToolButton):
    """`chosen` carries what is to be typed."""

    chosen = Signal(str)
    lists_wanted = Signal()

    def __init__(self, parent: QWidget):
        super().__init__(parent)
        self.setText(tr("Wildcards"))
        self.setAccessibleName(tr("Wildcards"))
        self.setToolTip(tr("Words that are drawn anew for each text"))
        self.setIcon(icon("shuffle"))
        self.setIconSize(QSize(16, 16))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setStyleSheet(FLAT + "QToolButton::menu-indicator { image: none; }")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(self)
        menu.setAccessibleName(tr("Wildcards"))
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self.fill)
        self.setMenu(menu)

    def fill(self) -> None:
        """The lists as they are now."""
        menu = self.menu()
        menu.clear()
        example = ALTERNATIVES[language()]
        either = menu_entry(menu, tr("One of several: {example}", example=example), "")
        either.triggered.connect(lambda: self.chosen.emit(example))
        menu.addSeparator()
        for path in in_order():
            typed = f"__{path.stem}__"
            menu_entry(menu, typed, str(path)).triggered.connect(lambda _=False, typed=typed: self.chosen.emit(typed))
        menu.addSeparator()
        menu.addAction(tr("Word lists…")).triggered.connect(lambda: self.lists_wanted.emit())
        give_keys(menu)


def in_order() -> list[Path]:
    """The files of the lists: one's own first, then those whose names are in letters of the language in use."""
    chinese = language() == "zh_CN"

    def place(path: Path) -> tuple[bool, bool, str]:
        return not word_lists.is_own(path), path.stem.isascii() == chinese, path.stem

    return sorted(word_lists.lists().values(), key=place)
