"""Examples: the table that is shown to the model, and the test row that shows what the examples change."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from aigc_desktop.desks import Desk
from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui.desks.comparison import Comparison
from aigc_desktop.ui.desks.examples_model import Examples
from aigc_desktop.ui.desks.examples_table import ExamplesTable
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.heading import heading
from aigc_desktop.ui.page import column, scrolling, splitter
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.theme import GAP, GRID, HALF, main_action, muted


class ExamplesPage(QWidget):
    """`job` gives the writing with a number of examples, `request` what is asked for, in a line."""

    opened = Signal(object)  # a Saved that the user wants to see large
    edited = Signal()
    keep_wanted = Signal()  # the examples are to be the desk's own

    def __init__(
        self,
        desk: Desk,
        examples: Examples,
        window: Any,
        job: Callable[[int], Job],
        fresh_seed: Callable[[], object],
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self.examples, self._fresh_seed = examples, fresh_seed
        self._own, self._first = desk.own, desk.rows
        self.splitter = splitter(Qt.Orientation.Vertical, GAP, self)
        column(self).addWidget(self.splitter)
        self._build_table()
        self._build_comparison(desk, window, job)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        examples.edited.connect(self._changed)
        self._changed()

    def start(self) -> None:
        """Compare."""
        self.table.commit()
        self._fresh_seed()
        try:
            self.comparison.start()
        except BadInput as problem:
            self.problem.say(str(problem), "problem")
        else:
            self.problem.say("")

    def say_request(self, text: str, possible: bool, by_hand: bool) -> None:
        """What is asked for, whether there is a model to ask, and whether the prompt was changed by hand."""
        self.request.setText(text)
        self.compare.setEnabled(possible)
        if not possible:
            self.note.say(tr("To compare, choose a model first, where you write."))
        else:
            said = tr("Compared is what the form says, not the prompt that was changed by hand.") if by_hand else ""
            self.note.say(said)

    def state(self) -> dict[str, Any]:
        return {"height": self.splitter.sizes(), "compared": self.comparison.state()}

    def restore(self, state: dict[str, Any]) -> None:
        if state.get("height"):
            self.splitter.setSizes(state["height"])
        self.comparison.restore(state.get("compared") or {})
        self._changed()

    def _changed(self) -> None:
        rows = self.examples.rows()
        self.comparison.set_count(len(rows))
        self.table.keep_button.setEnabled(rows != self._first)

    def _build_table(self) -> None:
        upper = QWidget(self.splitter)
        whole = column(upper, HALF)
        self.table = ExamplesTable(self.examples, upper)
        self.said = SentenceLabel(upper)
        self.table.said.connect(self.said.say)
        self.table.keep_button.setVisible(self._own)
        self.table.keep_wanted.connect(self.keep_wanted)
        whole.addWidget(self.table, 1)
        whole.addWidget(self.said)

    def _build_comparison(self, desk: Desk, window: Any, job: Callable[[int], Job]) -> None:
        lower = QWidget(self.splitter)
        whole = column(lower, GRID)
        area, inside = scrolling(lower)
        self.comparison = Comparison(desk, window, job, inside)
        column(inside).addWidget(self.comparison)
        self.comparison.opened.connect(self.opened)
        self.comparison.edited.connect(self.edited)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        title = heading(tr("What do the examples change?"), lower)
        self.request = ElidedLabel("", lower)
        muted(self.request)
        self.compare = main_action(QPushButton(tr("Compare"), lower))
        self.compare.setToolTip(
            tr("Write the same request with 0, 1, 3 and 5 examples and the same seed ({key})", key="Ctrl+Return")
        )
        self.compare.clicked.connect(self.start)
        self.stop_button = self.comparison.stop_button
        head.addWidget(title)
        head.addWidget(self.request, 1)
        head.addWidget(self.stop_button)
        head.addWidget(self.compare)
        self.problem, self.note = SentenceLabel(lower), SentenceLabel(lower)
        whole.addLayout(head)
        whole.addWidget(self.note)
        whole.addWidget(self.problem)
        whole.addWidget(area, 1)
