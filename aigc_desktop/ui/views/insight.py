"""What every view of a model's inside is: fed by a training, by a creation, or by answers to its own questions."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from aigc_desktop import foreign_json
from aigc_desktop.engine.events import Event, Insight
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import tr
from aigc_desktop.ui import amounts
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.theme import GRID, HALF, icon, muted
from aigc_desktop.ui.views.base import View

PACE = 100  # milliseconds between two drawings
LARGEST = 32 << 20  # bytes of a file that is read
LOWEST = 80  # pixels of what is shown
NOTHING, SHOWN, TABLE = range(3)


class InsightView(View):
    """`name` is that of the view in a spec. A subclass reads the data in `read` and draws in `draw`."""

    name = ""
    needs_text = True  # its question is about a text
    in_turn = False  # its next question waits for the answer to the one before, and no answer is passed over
    wants: tuple[str, ...] = ()  # settings of a creation that its question takes along
    elides = Qt.TextElideMode.ElideRight  # where the words at its head lose what has no room
    asks = Signal()  # the user changed what the view asks
    keeps = Signal(dict)  # settings of a creation that makes what is shown; with "seed", the creation's own
    edited = Signal()  # the user changed something that is worth remembering

    def __init__(self, spec: Spec, parent: QWidget | None = None):
        super().__init__(spec, parent)
        self.step = 0
        self.shown = False  # there is something to be seen
        self._waiting: tuple[dict[str, Any], int] | None = None
        self._pacer = QTimer(self, interval=PACE, singleShot=True)
        self._pacer.timeout.connect(self._draw_waiting)
        self._frame()
        self.build()
        self.set_live(False)
        self._show_tools(False)

    # What a subclass says

    def build(self) -> None:
        """Fill `head`, `body` (a widget's layout), `foot`; make `table` where there is one."""

    def read(self, data: dict[str, Any]) -> None:
        """Take the data; ValueError, KeyError or TypeError where they are not of this view."""

    def draw(self) -> None:
        """Show what was read."""

    def choices(self) -> dict[str, Any]:
        """What its question says beside the view's name and the text."""
        return {}

    def controls(self, parent: QWidget) -> QWidget | None:
        """What the user gives it, for the place beside it; None where that is a text alone. Called once."""
        return None

    def lacks(self) -> bool:
        """The user has not given it yet what it asks about."""
        return False

    # What it is given

    def question(self) -> dict[str, Any] | None:
        """What to ask a model for this view, but for the text; None where it knows all it wants to know."""
        return {"view": self.name} | self.choices()

    def answer(self, question: dict[str, Any], data: dict[str, Any]) -> None:
        """Show what was answered to this."""
        self.show_data(data)

    def say_kept(self, sentence: str, level: str = "quiet") -> None:
        """Where that went which was kept."""

    def show_data(self, data: dict[str, Any], step: int = 0) -> None:
        """Show this soon: at most ten times a second, and only while someone can see it."""
        self._waiting = data, step
        if not self._pacer.isActive():
            self._draw_waiting()
            self._pacer.start()

    def clear(self) -> None:
        self._waiting = None
        self.shown = False
        self._stack.setCurrentIndex(NOTHING)
        self._show_tools(False)

    def load(self, folder: Path) -> None:
        path = folder / "insights" / f"{self.name}.json"
        try:
            if path.stat().st_size > LARGEST:
                return
            kept = foreign_json.parse(path.read_bytes())
            self.show_data(kept["data"], int(kept["step"]))
        except (OSError, ValueError, KeyError, TypeError):
            return

    def listens(self) -> dict[type[Event], Any]:
        return {Insight: self.hear}

    def hear(self, event: Insight) -> None:
        """What a job says, if it is for this view."""
        if event.view == self.name:
            self.show_data(event.data, event.step)

    def set_live(self, live: bool) -> None:
        self.invite(tr("The first look inside appears in a moment.") if live else self.invitation())

    def invitation(self) -> str:
        """What belongs here."""
        return tr("What goes on inside the model appears here.")

    def explains(self) -> str:
        """What one sees in it, in the user's words."""
        return ""

    def invite(self, sentence: str) -> None:
        """Say this while there is nothing to be seen."""
        self._invitation.setText(sentence)

    def state(self) -> dict[str, Any]:
        return {"table": self.as_table.isChecked()}

    def restore(self, state: dict[str, Any]) -> None:
        self.as_table.setChecked(bool(state.get("table")))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw_waiting()

    # Inside

    def _draw_waiting(self) -> None:
        if self._waiting is None or not self.isVisible():
            return
        (data, step), self._waiting = self._waiting, None
        try:
            self.read(data)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return  # of another version, or damaged: what was shown stays
        self.step = step
        self.shown = True
        self._pacer.start()
        self._redraw()

    def _redraw(self) -> None:
        if not self.shown:
            return
        self.draw()
        table = self.as_table.isChecked() and self._stack.count() > TABLE
        self._stack.setCurrentIndex(TABLE if table else SHOWN)
        self._show_tools(True)

    def _show_tools(self, on: bool) -> None:
        self.foot.setVisible(on)
        self.as_table.setVisible(on and self._stack.count() > TABLE)
        if not on:
            self.place.setText("")

    def step_words(self) -> str:
        """At which step of the training this was seen; nothing where there are no steps."""
        return tr("step {step}", step=amounts.whole(self.step)) if self.step else ""

    def _frame(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        self.head = QHBoxLayout()
        self.head.setSpacing(GRID)
        column.addLayout(self.head)
        self.place = ElidedLabel("", self, self.elides)
        muted(self.place)
        self.as_table = QToolButton(self)
        self.as_table.setAutoRaise(True)
        self.as_table.setCheckable(True)
        self.as_table.setIcon(icon("table"))
        self.as_table.setIconSize(QSize(16, 16))
        self.as_table.setToolTip(tr("As a table"))
        self.as_table.setAccessibleName(tr("As a table"))
        self.as_table.toggled.connect(self._redraw)
        self.head.addWidget(self.place, 1)
        self.head.addWidget(self.as_table)
        inside = QWidget(self)
        inside.setMinimumHeight(LOWEST)
        column.addWidget(inside, 1)
        self._stack = QStackedLayout(inside)
        self._invitation = QLabel(inside)
        self._invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._invitation.setWordWrap(True)
        muted(self._invitation)
        self._stack.addWidget(self._invitation)
        self.body = QWidget(inside)
        self._stack.addWidget(self.body)
        self.foot = QWidget(self)
        column.addWidget(self.foot)

    def add_table(self, table: QWidget) -> None:
        """The same as a table."""
        self._stack.addWidget(table)
