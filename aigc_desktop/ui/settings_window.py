"""The settings: what is declared in `settings.Preferences`, under headings; every change counts at once."""

import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFont, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.engine import machine, memory
from aigc_desktop.i18n import mark, tr
from aigc_desktop.library import places
from aigc_desktop.ui import numerals, theme
from aigc_desktop.ui.fields import Field
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.page import Column
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.settings import GROUPS, Settings

WIDTH = theme.GRID * 64
LOOK = 500  # milliseconds between looks at what the child process has found out about the machine
NOT_HERE = mark("{device} – none that can be used here")


class SettingsWindow(QDialog):
    """`jobs` tells which devices there are."""

    def __init__(self, settings: Settings, jobs: Any = None, parent: QWidget | None = None):
        super().__init__(parent)
        self.settings, self.jobs = settings, jobs
        self.setWindowTitle(tr("Settings"))
        self.forms: list[Form] = []
        self.problem = SentenceLabel()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(*[theme.GAP + theme.GRID] * 3, theme.GAP)
        column.setSpacing(theme.GRID)
        for title, group in GROUPS.items():
            if self.forms:
                column.addSpacing(theme.GAP)
            column.addWidget(_heading(tr(title)))
            form = Form(group, parent=inside)
            column.addWidget(form)
            self.forms.append(form)
            form.changed.connect(lambda form=form: self._apply(form))
        self.forms[0].layout().addWidget(self.problem)
        labels = [row.label for form in self.forms for row in form.rows.values()]
        widest = max(label.fontMetrics().horizontalAdvance(label.text()) for label in labels)
        for label in labels:
            label.setMinimumWidth(widest)  # the fields of all groups begin at one line
        column.addStretch(1)
        area = Column()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addLayout(self._buttons())
        self._show()
        self._say_automatic()
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room = self.screen().availableSize()
        self.resize(WIDTH, min(inside.sizeHint().height() + theme.GRID * 9, room.height() - theme.GRID * 8))
        settings.changed.connect(self._show)
        self._look = QTimer(self, interval=LOOK)
        self._look.timeout.connect(self._show_devices)
        self._show_devices()
        self.field("language").setFocus()

    def field(self, name: str) -> Field:
        return next(form.field(name) for form in self.forms if name in form.rows)

    def set_values(self, values: dict[str, Any]) -> None:
        """As if the user had chosen these."""
        for form in self.forms:
            form.set_values(values)

    def reset(self) -> None:
        """Every preference back to its default."""
        for form in self.forms:
            form.reset()

    def _apply(self, form: Form) -> None:
        for name, value in form.values().items():
            if name == "project_folder":
                problem = _folder_problem(value)
                self.problem.say(problem, "problem")
                if problem:
                    continue
                value = str(Path(value).expanduser()) if value else ""
            self.settings[name] = value

    def _show(self) -> None:
        """What holds now, also where it was changed elsewhere (the theme in a menu)."""
        for form in self.forms:
            now = {name: self.settings[name] for name in form.rows}
            if self.problem.text():
                now.pop("project_folder", None)  # still being corrected
            if now != {name: form.values()[name] for name in now}:
                form.set_values(now)

    def _say_automatic(self) -> None:
        """What Automatic comes to on this machine."""
        count, most = machine.threads(), os.cpu_count() or 1
        said = {
            "threads": tr("Automatic ({n} of {count})", n=numerals.whole(count), count=numerals.whole(most)),
            "memory_gb": tr("Automatic ({n} GB)", n=numerals.whole(memory.budget() // memory.GIGABYTE)),
        }
        for name, text in said.items():
            self.field(name).spin.setSpecialValueText(text)  # type: ignore[attr-defined]
        self.field("project_folder").suggest(str(places.documents_folder()))  # type: ignore[attr-defined]

    def _show_devices(self) -> None:
        """Those that are not there cannot be chosen, and say so; all can until a child process has looked."""
        found = self.jobs.devices() if self.jobs is not None else ()
        if not found:
            self._look.start()
            return
        self._look.stop()
        box = self.field("device").box  # type: ignore[attr-defined]
        model = box.model()
        assert isinstance(model, QStandardItemModel)
        titles = self.field("device").one.choices
        for row, (name, title) in enumerate(titles.items()):
            there = name in ("auto", *found)
            model.item(row).setEnabled(there)
            box.setItemText(row, tr(title) if there else tr(NOT_HERE, device=tr(title)))
        taken = next((name for name in ("cuda", "mps") if name in found), "cpu")
        box.setItemText(0, tr("Automatic ({device})", device=tr(titles[taken])))

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(theme.GAP + theme.GRID, theme.GRID, theme.GAP + theme.GRID, theme.GAP)
        self.restore = QPushButton(theme.icon("arrow-counter-clockwise"), tr("Reset to defaults"))
        self.restore.setAutoDefault(False)
        self.restore.clicked.connect(self.reset)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.close)
        close.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)  # Return ends typing, not the window
        row.addWidget(self.restore)
        row.addStretch(1)
        row.addWidget(close)
        return row


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    font = QFont(label.font())
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    return label


def _folder_problem(text: str) -> str:
    """Why projects cannot be made in this folder; nothing where they can. Makes nothing."""
    if not text:
        return ""
    folder = Path(text).expanduser()
    if not folder.is_absolute():
        return tr("Give the whole path of the folder, from the root on.")
    there = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    if not there.is_dir():
        return tr("{path} is a file, not a folder.", path=there)
    if not os.access(there, os.W_OK | os.X_OK):
        return tr("Projects cannot be made in {path}: it cannot be written to.", path=there)
    return ""
