"""The report of an unexpected end, to be read, copied or saved. It goes nowhere by itself."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextOption
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFileDialog, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.media.base import why
from aigc_desktop.ui import theme
from aigc_desktop.ui.crash import REPORT, Crash
from aigc_desktop.ui.room import open_at
from aigc_desktop.ui.sentence_label import SentenceLabel


class CrashWindow(QDialog):
    """Shows a crash's report; `show_log` opens the log of this session."""

    def __init__(self, crash: Crash, show_log: Callable[[], None], parent: QWidget | None = None):
        super().__init__(parent)
        self.crash = crash
        self.setWindowTitle(tr("Report"))
        open_at(self, theme.GRID * 90, theme.GRID * 60)
        sentence = QLabel(
            tr(
                "This is what is known about the unexpected end. Nothing is sent anywhere: copy or save it, and give it to "
                "whom you ask for help."
            )
        )
        sentence.setWordWrap(True)
        self.text = QPlainTextEdit(crash.report)
        self.text.setAccessibleName(tr("Report"))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.said = SentenceLabel()

        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        self.copy = self._button(buttons, tr("Copy"), "", self._copy)
        self.save = self._button(buttons, tr("Save…"), "floppy-disk", self._choose)
        self.show_log = self._button(buttons, tr("Show log"), "list", show_log)
        theme.main_action(self.copy)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.GAP] * 4)
        layout.setSpacing(theme.GAP)
        layout.addWidget(sentence)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.said)
        layout.addWidget(buttons)
        self.copy.setFocus()

    def _button(self, box: QDialogButtonBox, title: str, icon: str, act: Callable[[], None]) -> "QWidget":
        button = box.addButton(title, QDialogButtonBox.ButtonRole.ActionRole)
        if icon:
            button.setIcon(theme.icon(icon))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: act())
        return button

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.crash.report)
        self.said.say(tr("Copied."))

    def _choose(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save the report"), str(Path.home() / REPORT))
        if path:
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        """Write the report into this file; a sentence in the window says how that went."""
        try:
            path.write_text(self.crash.report, encoding="utf-8")
        except OSError as error:
            self.said.say(tr("{path} cannot be written: {reason}.", path=path, reason=why(error)), "problem")
        else:
            self.said.say(tr("Saved as {path}.", path=path))
