"""A trained model: one of the project's, or any model folder."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import tr
from aigc_desktop.library.model_names import folder_title
from aigc_desktop.ui.fields.base import Field, calm_wheel, tooltip

MOST_FOLDERS = 8


class ModelChooser(QComboBox):
    """The project's models by name, and "Choose a folder…"."""

    chosen = Signal()

    def __init__(self, names: Callable[[], list[str]], optional: bool = False, parent: QWidget | None = None):
        super().__init__(parent)
        self._names = names
        self._optional = optional
        self._folders: list[str] = []
        self._entries: list[tuple[str, str | None]] = []
        self._last: str | None = None
        self._settings: Any = None
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setPlaceholderText(tr("No model yet"))
        calm_wheel(self)
        self.refresh()
        self.activated.connect(self._activated)

    def value(self) -> str | None:
        """A name in the project or a folder's path; None where nothing is chosen."""
        return self._last

    def set_value(self, value: str | None) -> None:
        if value and value not in self._names() and value not in self._folders and Path(value).is_absolute():
            self._folders.append(value)
        self._last = value
        self.refresh()

    def folders(self) -> list[str]:
        """The folders that were chosen, the newest last: worth remembering."""
        return self._folders[-MOST_FOLDERS:]

    def remember(self, folders: list[str]) -> None:
        """Offer these folders too, those that are still there."""
        known = [one for one in folders if isinstance(one, str) and one not in self._folders and os.path.isdir(one)]
        self._folders = known + self._folders
        self.refresh()

    def share(self, settings: Any) -> None:
        """Offer the folders that were chosen anywhere in the window, and let what is chosen here be offered there."""
        self._settings = settings
        settings.changed.connect(self._setting_changed)
        self.chosen.connect(self._tell_others)
        self.remember(settings["models"])

    def _setting_changed(self, name: str) -> None:
        if name == "models":
            self.remember(self._settings["models"])

    def _tell_others(self) -> None:
        if self._last in self._folders and os.path.isfile(os.path.join(self._last, "config.json")):
            self._settings.wrote_with(self._last)

    def refresh(self) -> None:
        """Read the project's models again; what was chosen stays chosen where it is still there."""
        names = self._names()
        entries: list[tuple[str, str | None]] = [(tr("None"), None)] if self._optional else []
        entries += [(name, name) for name in names]
        entries += [(folder_title(folder), folder) for folder in self._folders]
        with QSignalBlocker(self):
            if entries != self._entries or not self.count():
                self._entries = entries
                self._fill()
            values = [value for _, value in entries]
            before = self._last
            if self._last not in values:
                self._last = values[0] if values else None
            self.setCurrentIndex(values.index(self._last) if values else -1)
        self._tell()
        if before != self._last:
            self.chosen.emit()

    def _tell(self) -> None:
        """The whole name, or the folder's path, as the tool tip."""
        self.setToolTip(tooltip(self._last or ""))

    def _fill(self) -> None:
        self.clear()
        for title, value in self._entries:
            self.addItem(title, value)
            self.setItemData(self.count() - 1, value, Qt.ItemDataRole.ToolTipRole)  # of a folder the whole path
        if self._entries:
            self.insertSeparator(self.count())
        self.addItem(tr("Choose a folder…"), False)

    def choose_folder(self) -> None:
        """Ask for a model's folder."""
        folder = QFileDialog.getExistingDirectory(self, tr("Choose a model's folder"))
        if folder:
            self.set_value(folder)
        self.refresh()
        self._tell()
        self.chosen.emit()

    def _activated(self, index: int) -> None:
        value = self.itemData(index)
        if value is False:
            self.choose_folder()
            return
        self._last = value
        self._tell()
        self.chosen.emit()


class ModelField(Field):
    """A model as a parameter."""

    def __init__(self, one: Described, names: Callable[[], list[str]], parent: QWidget | None = None):
        super().__init__(one, parent)
        self.chooser = ModelChooser(names, optional=one.optional)
        self.adopt(self.chooser)
        if one.default:
            self.set_value(one.default)
        self.chooser.chosen.connect(self.changed)

    def value(self) -> str | None:
        return self.chooser.value() or (None if self.one.optional else "")

    def set_value(self, value: Any) -> None:
        self.chooser.set_value(str(value) if value else None)
