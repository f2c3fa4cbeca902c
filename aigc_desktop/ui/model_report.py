"""What the model doctor says of a model's folder, below where it is chosen: before anything is loaded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from aigc_desktop.engine import doctor, registry
from aigc_desktop.engine.doctor import Report
from aigc_desktop.engine.worker import Examined
from aigc_desktop.i18n import mark, tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import amounts
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.theme import GRID, HALF, muted, small

PRECISIONS = {"float32": "32-bit", "bfloat16": "16-bit (bfloat16)", "int8": "8-bit (int8)"}


class ModelReport(QWidget):
    """`show_model` names a model (of the project, or a folder); what it is, what memory it takes, what is wrong with it.

    `memory` says what of each precision's memory, in words with {memory}. `medium` is what it is to make: a sound folder of
    another kind is told of, too.
    """

    told = Signal()  # `report` is another

    def __init__(
        self,
        jobs: Jobs,
        find: Callable[[str], Path],
        parent: QWidget | None = None,
        memory: str = mark("{memory} of memory"),
        medium: str = "",
    ):
        super().__init__(parent)
        self._jobs, self._find, self._memory, self._medium = jobs, find, memory, medium
        self.model: str | None = None
        self.report: Report | None = None
        self._asked = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        self.what = SentenceLabel(self)
        self.needs = QWidget(self)
        self._table = QGridLayout(self.needs)
        self._table.setContentsMargins(0, 0, 0, 0)
        self._table.setHorizontalSpacing(2 * GRID)
        self._table.setVerticalSpacing(0)
        self._table.setColumnStretch(2, 1)
        self.findings = QVBoxLayout()
        self.findings.setSpacing(HALF)
        column.addWidget(self.what)
        column.addWidget(self.needs)
        column.addLayout(self.findings)
        self.setAccessibleName(tr("What the model is"))
        self._clear()

    def show_model(self, model: str | None) -> None:
        """Look at this model; nothing is said of None."""
        self.model = model or None
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.report is not None:
            self._look()  # what was missing may have been put there meanwhile

    def _look(self) -> None:
        self._asked += 1
        asked = self._asked
        if self.model is None:
            self.report = None
            self._clear()
            return
        try:
            folder = Path(self.model) if Path(self.model).is_absolute() else self._find(self.model)
        except BadInput as problem:
            self._clear()
            self._add(str(problem), "problem")
            return
        if self.report is None or self.report.folder != folder:
            self.report = None
            self._clear()
            self.what.say(tr("Looking at it…"))
            self.setVisible(True)

        def answered(found: Any) -> None:
            if not shiboken6.isValid(self) or asked != self._asked:
                return  # another was chosen since, or the panel closed
            if isinstance(found, Examined):
                self._say(found.report, found.generator)
            else:
                self._clear()
                self._add(str(found), "problem")

        self._jobs.examine(str(folder), answered)

    def _say(self, report: Report, generator: str) -> None:
        before, self.report = self.report, report
        if before == report:
            return
        self.told.emit()
        self._clear()
        self.what.say(_what(report), "plain")
        self.what.setToolTip("\n".join(str(one.text) for one in report.findings))
        for row, need in enumerate(report.needs):
            size = tr(self._memory, memory=amounts.memory(need.bytes + doctor.RUNTIME))
            fits = SentenceLabel(self.needs)
            fits.say(tr("fits") if need.fits else tr("does not fit"), "quiet" if need.fits else "warning")
            for place, label in enumerate(
                (QLabel(tr(PRECISIONS[need.precision]), self.needs), QLabel(size, self.needs))
            ):
                self._table.addWidget(muted(small(label)), row, place)
            self._table.addWidget(small(fits), row, 2)
        self.needs.setVisible(bool(report.needs))
        for one in report.findings:
            if one.state != doctor.GOOD:
                self._add(str(one.text), one.state)
        if generator and self._medium not in ("", registry.get(generator).medium) and report.problem is None:
            title = tr(registry.get(generator).title)
            self._add(
                tr("This is a model for “{title}”; drop it on the window to open it there.", title=title), "problem"
            )
        self.setVisible(True)

    def _add(self, text: str, level: str) -> None:
        label = SentenceLabel(self)
        label.say(text, level)
        self.findings.addWidget(label)
        self.setVisible(True)

    def _clear(self) -> None:
        """Nothing is known."""
        self.what.say("")
        self.needs.setVisible(False)
        for layout in (self._table, self.findings):
            while (entry := layout.takeAt(0)) is not None:
                if widget := entry.widget():
                    widget.hide()
                    widget.deleteLater()
        self.setVisible(False)


def _what(report: Report) -> str:
    """Architecture, parameters, and how much is read or how large is drawn, in one line."""
    parts = [report.architecture]
    if report.parameters:
        parts.append(tr("{count} parameters", count=amounts.count(report.parameters)))
    if report.width:
        parts.append(tr("pictures of {width} × {height} pixels", width=report.width, height=report.height))
    if report.classes:
        parts.append(tr("{count} classes", count=amounts.whole(len(report.classes))))
    if report.context:
        parts.append(tr("reads {count} tokens at once", count=amounts.whole(report.context)))
    return " · ".join(part for part in parts if part)
