"""Closing a window while a job runs: asks, then waits until the work is saved."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QProgressBar, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import theme


class Closing(QDialog):
    """Asks whether to save and close; on yes shows that it waits, and calls `save`, which returns when all is saved.

    `hurry` ends the work without waiting, at the last checkpoint there is. `done` is called at the end.
    """

    def __init__(
        self,
        what: str,
        save: Callable[[], None],
        hurry: Callable[[], None],
        done: Callable[[], None],
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self.setWindowTitle("AIGC Desktop")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._save, self._hurry, self._done = save, hurry, done
        self.saving = False

        self.sentence = QLabel(tr("{what} is still running. It can be saved now and continued next time.", what=what))
        self.sentence.setWordWrap(True)
        self.sentence.setMinimumWidth(theme.GRID * 44)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setAccessibleName(tr("Saving"))
        self.progress.hide()

        buttons = QDialogButtonBox()
        self.yes = buttons.addButton(tr("Save and close"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.no = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.now = buttons.addButton(tr("Close without waiting"), QDialogButtonBox.ButtonRole.DestructiveRole)
        theme.main_action(self.yes)
        self.yes.setDefault(True)
        self.now.hide()
        self.yes.clicked.connect(self._wait)
        self.no.clicked.connect(self.reject)
        self.now.clicked.connect(lambda: self._hurry())

        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.GAP + theme.GRID] * 4)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.sentence)
        layout.addWidget(self.progress)
        layout.addWidget(buttons)

    def _wait(self) -> None:
        self.saving = True
        self.sentence.setText(tr("Saving where it is…"))
        self.progress.show()
        self.yes.hide()
        self.no.hide()
        self.now.show()
        self._save()
        self.saving = False
        self.accept()
        self._done()

    def reject(self) -> None:
        if not self.saving:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.saving:
            event.ignore()
        else:
            super().closeEvent(event)
