"""Search and filters of the library: a field, a menu, and a chip for each filter in force."""

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QActionGroup, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.library.project import Project
from aigc_desktop.ui import job_words, theme
from aigc_desktop.ui.flow_layout import FlowLayout
from aigc_desktop.ui.library_model import Filters, medium_title
from aigc_desktop.ui.menu_entry import menu_entry
from aigc_desktop.ui.mnemonics import give_keys

PAUSE = 150  # milliseconds without a key before the search begins
MEDIA = ("text", "picture", "sound", "clip")
ICON = QSize(16, 16)


class LibraryFilters(QWidget):
    """`filters` is what is asked for; `changed` says when it is another."""

    changed = Signal(object)  # Filters
    left = Signal()  # the user goes on to the results

    def __init__(self, project: Project, parent: QWidget | None = None):
        super().__init__(parent)
        self.project = project
        self.filters = Filters()
        self.search = _Search()
        self.search.textChanged.connect(lambda: self._pause.start())
        self.search.done.connect(self._leave)
        self.setFocusProxy(self.search)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._searched)
        self._menu = QMenu(self)
        self._menu.setAccessibleName(tr("Filters"))
        self._menu.aboutToShow.connect(self._fill_menu)
        self.button = QToolButton()
        self.button.setAutoRaise(True)
        self.button.setIcon(theme.icon("funnel-simple"))
        self.button.setIconSize(ICON)
        self.button.setToolTip(tr("Filter by medium, generator or model"))
        self.button.setAccessibleName(tr("Filters"))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setMenu(self._menu)
        self.button.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.HALF)
        line.addWidget(self.search, 1)
        line.addWidget(self.button)
        self._chips = FlowLayout(gap=theme.HALF, line_gap=theme.HALF)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.HALF)
        column.addLayout(line)
        column.addLayout(self._chips)

    def chips(self) -> list[QToolButton]:
        """One for each filter in force."""
        found = [self._chips.itemAt(place).widget() for place in range(self._chips.count())]
        return [chip for chip in found if isinstance(chip, QToolButton)]

    def set(self, filters: Filters) -> None:
        """Ask for this instead."""
        if self.search.text() != filters.text:
            self.search.blockSignals(True)
            self.search.setText(filters.text)
            self.search.blockSignals(False)
        self._pause.stop()
        if filters != self.filters:
            self.filters = filters
            self._show_chips()
            self.changed.emit(filters)

    def _searched(self) -> None:
        self.set(replace(self.filters, text=self.search.text()))

    def _leave(self) -> None:
        self._searched()
        self.left.emit()

    def _fill_menu(self) -> None:
        items = self.project.items
        self._menu.clear()
        made = [medium for medium in MEDIA if items.count(medium=medium)]
        self._section("medium", tr("Medium"), {medium: medium_title(medium) for medium in made})
        self._section("generator", tr("Generator"), {id: job_words.generator_title(id) for id in items.generators()})
        self._section("model", tr("Model"), {name: name for name in items.models()})
        if self._menu.isEmpty():
            self._menu.addAction(tr("There is nothing to filter yet")).setEnabled(False)
        give_keys(self._menu)

    def _section(self, name: str, title: str, choices: dict[str, str]) -> None:
        if not choices:
            return
        menu = QMenu(title, self._menu)
        menu.setAccessibleName(title)
        self._menu.addMenu(menu)
        group = QActionGroup(menu)
        current = getattr(self.filters, name)
        for value, text in {None: tr("All"), **choices}.items():
            action = menu_entry(menu, text)
            action.setCheckable(True)
            action.setChecked(value == current)
            action.triggered.connect(lambda _=False, value=value: self.set(replace(self.filters, **{name: value})))
            group.addAction(action)
        give_keys(menu)

    def _show_chips(self) -> None:
        while (entry := self._chips.takeAt(0)) is not None:
            if entry.widget():
                entry.widget().hide()
                entry.widget().deleteLater()
        filters = self.filters
        for name, text in (
            ("medium", medium_title(filters.medium) if filters.medium else ""),
            ("generator", job_words.generator_title(filters.generator) if filters.generator else ""),
            ("model", filters.model or ""),
            ("run", tr("Alternatives") if filters.run else ""),
        ):
            if text:
                self._chips.addWidget(self._chip(name, text))

    def _chip(self, name: str, text: str) -> QToolButton:
        chip = QToolButton()
        chip.setIcon(theme.icon("x"))
        chip.setIconSize(QSize(12, 12))
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the ✕ after the word
        chip.setMaximumWidth(16 * theme.GRID)
        shown = chip.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, 12 * theme.GRID)
        chip.setText(f" {shown} ")  # a little room beside the letters
        chip.setToolTip(tr("Show not only {what}", what=text))
        chip.setAccessibleName(tr("Show not only {what}", what=text))
        chip.clicked.connect(lambda: self.set(replace(self.filters, **{name: None})))
        return chip


class _Search(QLineEdit):
    """Escape empties it; Return and ↓ go on to the results."""

    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(tr("Search names and prompts"))
        self.setToolTip(tr("Search names and prompts"))
        self.setAccessibleName(tr("Search the library"))
        self.setClearButtonEnabled(True)
        self.addAction(theme.icon("magnifying-glass", theme.MUTED), QLineEdit.ActionPosition.LeadingPosition)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.done.emit()
        else:
            super().keyPressEvent(event)
