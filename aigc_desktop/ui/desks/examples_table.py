"""The examples of a desk: a table to fill, to paste into and to put in order."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QTableView,
    QToolButton,
    QWidget,
)

from aigc_desktop.i18n import tr
from aigc_desktop.ui.desks.cell_editor import Cell
from aigc_desktop.ui.desks.examples_model import Examples
from aigc_desktop.ui.desks.pasted import rows_in
from aigc_desktop.ui.heading import heading
from aigc_desktop.ui.page import column
from aigc_desktop.ui.theme import GRID, HALF, icon, muted

LARGEST = 1 << 20  # bytes of a file that is read
NARROWEST = GRID * 12  # of a column


class ExamplesTable(QWidget):
    """The table, over it its title and buttons. What is pasted or read from a file comes after the row in use."""

    said = Signal(str)  # what came of it, or why nothing did
    keep_wanted = Signal()  # these are to be the desk's own examples

    def __init__(self, examples: Examples, parent: QWidget | None = None):
        super().__init__(parent)
        self.examples = examples
        self.view = _View(self)
        self.view.setModel(examples)
        self.view.pasted.connect(self.paste)
        self.view.selectionModel().selectionChanged.connect(self._allow)
        examples.modelReset.connect(self._allow)
        buttons = QHBoxLayout()
        buttons.setSpacing(HALF)
        buttons.addWidget(heading(tr("Examples"), self), 1)
        self.add_button = self._button("plus", tr("Add an example"), self.add, buttons)
        self.remove_button = self._button("trash", tr("Remove the example"), self.remove, buttons)
        self.up = self._button("arrow-up", tr("Move up"), lambda: self.move(-1), buttons)
        self.down = self._button("arrow-down", tr("Move down"), lambda: self.move(1), buttons)
        self.paste_button = self._button("clipboard-text", tr("Paste rows of a table"), self.paste, buttons)
        self.file_button = self._button("table", tr("Read rows from a file (CSV)…"), self.choose_file, buttons)
        self.keep_button = self._button(
            "floppy-disk", tr("Keep these examples in the desk"), self.keep_wanted.emit, buttons
        )
        what = QLabel(
            tr("The model reads these before your request, and goes on in the same way. Grey ones it does not see."),
            self,
        )
        what.setWordWrap(True)
        muted(what)
        whole = column(self, HALF)
        whole.addLayout(buttons)
        whole.addWidget(what)
        whole.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        self._allow()

    def commit(self) -> None:
        """Take in what is still being typed."""
        if isinstance(self.window().focusWidget(), QPlainTextEdit):
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def add(self) -> None:
        """A new row after the one in use, ready to be typed into."""
        at = self._after()
        self.examples.insert(at, [[]])
        self._go_to(at)
        self.view.edit(self.examples.index(at, 0))

    def remove(self) -> None:
        places = {index.row() for index in self.view.selectionModel().selectedIndexes()}
        self.examples.remove(places)
        self._go_to(min(min(places, default=0), self.examples.rowCount() - 1))

    def move(self, by: int) -> None:
        self._go_to(self.examples.move(self.view.currentIndex().row(), by))

    def paste(self) -> None:
        """The rows on the clipboard; a text that is no table is an example's last cell."""
        self._take_in(QGuiApplication.clipboard().text())

    def choose_file(self) -> None:
        kinds = f"{tr('Tables')} (*.csv *.tsv *.txt)"
        path, _ = QFileDialog.getOpenFileName(self, tr("Read rows from a file (CSV)…"), "", kinds)
        if path:
            self.read(Path(path))

    def read(self, path: Path) -> None:
        """Take in the rows of a file."""
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST + 1)
            text = content.decode("utf-8-sig")
        except OSError:
            self.said.emit(tr("The file {path} cannot be read.", path=path))
            return
        except UnicodeDecodeError:
            text = content.decode("gb18030", errors="replace")
        if len(content) > LARGEST:
            self.said.emit(tr("{path} is too big for a table of examples.", path=path))
            return
        self._take_in(text)

    def _take_in(self, text: str) -> None:
        rows = rows_in(text, self.examples.columnCount()) if text.strip() else []
        if not rows:
            self.said.emit(tr("There are no rows to take in. Copy them in a spreadsheet first."))
            return
        at = self._after()
        self.examples.insert(at, rows)
        self._go_to(at)
        self.said.emit(tr("{n} examples came in.", n=len(rows)) if len(rows) > 1 else tr("One example came in."))

    def _after(self) -> int:
        row = self.view.currentIndex().row()
        return row + 1 if row >= 0 else self.examples.rowCount()

    def _go_to(self, row: int) -> None:
        if 0 <= row < self.examples.rowCount():
            self.view.setCurrentIndex(self.examples.index(row, max(0, self.view.currentIndex().column())))

    def _allow(self, *_: object) -> None:
        """Buttons do what is possible with the row in use."""
        row, last = self.view.currentIndex().row(), self.examples.rowCount() - 1
        self.remove_button.setEnabled(row >= 0)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(0 <= row < last)

    def _button(self, name: str, title: str, act: Callable[[], object], into: QHBoxLayout) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIcon(icon(name))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(title)
        button.setAccessibleName(title)
        button.clicked.connect(act)
        into.addWidget(button)
        return button


class _View(QTableView):
    """Rows as high as their texts; columns share the width; Tab leaves the table unless a cell is typed into."""

    pasted = Signal()

    def __init__(self, parent: QWidget):
        super().__init__(parent)
        self.setAccessibleName(tr("Examples"))
        cell = Cell(self)
        cell.left.connect(self.focusNextPrevChild)
        self.setItemDelegate(cell)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setMinimumSectionSize(NARROWEST)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        across.setHighlightSections(False)
        down.setHighlightSections(False)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self._fit_soon = QTimer(self, interval=0, singleShot=True)
        self._fit_soon.timeout.connect(self.resizeRowsToContents)
        across.sectionResized.connect(self._fit_soon.start)

    def setModel(self, model: Examples) -> None:  # type: ignore[override]
        super().setModel(model)
        model.edited.connect(self._fit_soon.start)
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _share(self) -> None:
        """The last column, the answer, gets half of what the columns have, where there are several."""
        count = self.model().columnCount() if self.model() is not None else 0
        if not count:
            return
        room = self.viewport().width()
        last = max(NARROWEST, room // 2 if count > 1 else room)
        for place in range(count - 1):
            self.setColumnWidth(place, max(NARROWEST, (room - last) // (count - 1)))
        self.setColumnWidth(count - 1, max(last, room - (count - 1) * self.columnWidth(0)))
        self._fit_soon.start()
