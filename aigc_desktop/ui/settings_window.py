"""The settings: one form over what is declared in `settings.Preferences`; every change counts at once."""

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import theme
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.settings import Preferences, Settings


class SettingsWindow(QDialog):
    def __init__(self, settings: Settings, parent: QWidget | None = None):
        super().__init__(parent)
        self.settings = settings
        self.setWindowTitle(tr("Settings"))
        self.form = Form(Preferences)
        self.form.set_values({name: settings[name] for name in Preferences.model_fields})
        self.form.changed.connect(self._apply)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.GAP + theme.GRID] * 4)
        layout.setSpacing(theme.GAP + theme.GRID)
        layout.addWidget(self.form)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(theme.GRID * 56)

    def _apply(self) -> None:
        for name, value in self.form.values().items():
            self.settings[name] = value
