"""Start, pause, continue, stop: the buttons that fit the state that the shown training is in."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui.theme import GRID, icon, main_action

ACTIVE = ("running", "waiting")
GOES_ON = ("paused", "interrupted", "lost", "cancelled", "failed")


class RunControls(QWidget):
    """Says what was asked for; its owner does it."""

    start_wanted = Signal()
    resume_wanted = Signal()
    pause_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        self.resume = main_action(QPushButton(tr("Continue")))
        self.start = main_action(QPushButton(tr("Start")))
        self.pause = QPushButton(icon("pause"), tr("Pause"))
        self.stop = QPushButton(icon("stop"), tr("Stop"))
        self.pause.setToolTip(tr("Rest at the next step; continue exactly there, whenever you like"))
        for button, wanted in (
            (self.resume, self.resume_wanted),
            (self.pause, self.pause_wanted),
            (self.stop, self.stop_wanted),
            (self.start, self.start_wanted),
        ):
            button.clicked.connect(wanted)
            row.addWidget(button)
        row.addStretch()
        self.show_state("", "", False)

    def show_state(self, state: str, stopping: str, resumable: bool) -> None:
        """`state` is the run's (empty: none is shown), `stopping` how it was asked to end."""
        active = state in ACTIVE
        goes_on = resumable and state in GOES_ON
        self.resume.setVisible(goes_on)
        self.pause.setVisible(active)
        self.pause.setEnabled(not stopping)
        self.stop.setVisible(active)
        self.stop.setText(tr("Stop now") if stopping else tr("Stop"))
        self.stop.setToolTip(
            tr("End at once; what was learned since the last checkpoint is lost")
            if stopping
            else tr("Stop at the next step and keep what was learned. A second click ends it at once.")
        )
        self._make_main(self.start, not active and not goes_on)
        self.start.setText(tr("Add to queue") if active else tr("Start anew") if goes_on else tr("Start"))
        self.start.setToolTip(
            tr("Train once more with the settings above, when this one is done") if active else tr("Start the training")
        )

    def _make_main(self, button: QPushButton, main: bool) -> None:
        if button.property("main") != main:
            button.setProperty("main", main)
            button.style().unpolish(button)
            button.style().polish(button)
