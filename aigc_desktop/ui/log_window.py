"""The log in a window: it follows along, and can be copied whole."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication, QTextOption
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import theme
from aigc_desktop.ui.log import LINES, Log
from aigc_desktop.ui.room import open_at


class LogWindow(QDialog):
    def __init__(self, log: Log, parent: QWidget | None = None):
        super().__init__(parent)
        self.log = log
        self.setWindowTitle(tr("Log"))
        open_at(self, theme.GRID * 100, theme.GRID * 60)
        self.text = QPlainTextEdit(log.text())
        self.text.setAccessibleName(tr("Log"))
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(LINES)
        self.text.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setPlaceholderText(tr("What the program does is written here as it happens."))
        log.line.connect(self.text.appendPlainText)

        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        self.copy = buttons.addButton(tr("Copy all"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.setIcon(theme.icon("copy"))
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(log.text()))
        if log.file is not None:
            folder = buttons.addButton(tr("Open folder"), QDialogButtonBox.ButtonRole.ActionRole)
            folder.setIcon(theme.icon("folder-open"))
            folder.setAutoDefault(False)
            folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log.file.parent))))

        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.text)
        layout.addWidget(buttons)
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())
