"""A writing desk in its dock: Write, Examples, and Desk, where one sees how it is built and makes one's own of it."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QWidget

from aigc_desktop import desks
from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import tr
from aigc_desktop.problems import BadInput
from aigc_desktop.ui import desk_commands
from aigc_desktop.ui.desks import writers
from aigc_desktop.ui.desks.desk_page import DeskPage
from aigc_desktop.ui.desks.examples_model import Examples
from aigc_desktop.ui.desks.examples_page import ExamplesPage
from aigc_desktop.ui.desks.write_page import WritePage
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.fields.base import calm_wheel
from aigc_desktop.ui.page import column
from aigc_desktop.ui.theme import GAP, GRID, HALF, muted

WRITE, EXAMPLES, DESK = "write", "examples", "desk"


class DeskPanel(QWidget):
    """`window` gives it jobs, project, library and notices. A file that is no desk has only the page to mend it."""

    edited = Signal()  # something was typed or chosen
    changed = Signal()  # the desk itself: saved, renamed

    def __init__(self, id: str, window: Any, parent: QWidget | None = None):
        super().__init__(parent)
        self.id, self.window_ = id, window
        self.desk: desks.Desk | None = None
        self.write: WritePage | None = None
        self.examples: ExamplesPage | None = None
        self.pages: dict[str, Any] = {}
        self._build()
        self._fill()
        self.tabs.currentChanged.connect(self._turned)
        keys = QShortcut(QKeySequence("Ctrl+Return"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.start)

    # What a user does

    def start(self) -> None:
        """What the main button of the page in sight does."""
        self.pages[self.action()].start()

    def action(self) -> str:
        """The page in sight."""
        return list(self.pages)[self.stack.currentIndex()]

    def show_action(self, action: str) -> None:
        """Bring a page to the front."""
        if action in self.pages:
            self.tabs.setCurrentIndex(list(self.pages).index(action))

    def fill(self, job: Job) -> None:
        """Take up the settings of a job that was written here."""
        if self.write is not None:
            self.write.fill(job)
            self.show_action(WRITE)

    def create_with(self, model: str) -> None:
        """Write with this model."""
        if self.write is not None:
            self.write.choose_model(model)
            self.show_action(WRITE)

    # The desk itself

    def save(self, text: str) -> None:
        """Keep a changed desk of one's own; the form follows at once."""
        try:
            desks.save(text, self.id)
        except BadInput as problem:
            self.page.said.say(str(problem), "problem")
            return
        self._fill_again()
        self.changed.emit()

    def keep_examples(self) -> None:
        """The examples as they are here become those of the desk, which is one's own."""
        if self.desk is not None:
            self.save(desks.write(replace(self.desk, examples=tuple(map(tuple, self.rows.rows())))))

    def copy(self) -> None:
        """Make a desk of one's own of this one, and open it where it can be changed; as one has changed it here."""
        try:
            made = desks.copy(self.id, tr("{title}, my own", title=self.title()))
        except BadInput as problem:
            self.page.said.say(str(problem), "problem")
            return
        self.changed.emit()
        panel = self.window_.open_desk(made.id, action=DESK)
        if self.write is not None and panel.write is not None:
            panel.write.restore(self.write.state() | {"batches": []})
        panel.page.name.setFocus(Qt.FocusReason.OtherFocusReason)
        panel.page.name.selectAll()

    def delete(self) -> None:
        """Delete a desk of one's own; the sentence that says so brings it back."""
        desk_commands.delete(self.window_, self.id)

    def title(self) -> str:
        """What its tab says."""
        return self.desk.title if self.desk is not None else self.id

    # State

    def state(self) -> dict[str, Any]:
        """What the panel holds, as plain JSON."""
        rows = self.rows.rows() if self.desk is not None else None
        ours = rows is not None and self.desk is not None and rows != self.desk.rows
        return {
            "action": self.action(),
            "rows": rows if ours else None,  # None: the desk's own, which may be changed there
            **{name: page.state() for name, page in self.pages.items()},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave."""
        rows = state.get("rows")
        if isinstance(rows, list):
            self.rows.set_rows([list(map(str, row)) for row in rows if isinstance(row, list)])
        for name, page in self.pages.items():
            page.restore(state.get(name) or {})
        self.show_action(str(state.get("action")))

    # Inside

    def _fill_again(self) -> None:
        """The desk has changed: build its pages anew, with what was typed."""
        state = self.state()
        state[DESK]["text"] = None
        for page in self.pages.values():
            self.stack.removeWidget(page)
            page.hide()
            page.deleteLater()
        self.pages, self.write, self.examples = {}, None, None
        while self.tabs.count():
            self.tabs.removeTab(0)
        self._fill()
        self.restore(state)

    def _fill(self) -> None:
        try:
            self.desk = desks.get(self.id)
        except BadInput:
            self.desk = None
        desk = self.desk
        self.setAccessibleName(self.title())
        self.about.setText(desk.about if desk is not None else "")
        self.rows = Examples(_titles(desk) if desk is not None else [], self)
        if desk is not None:
            self.rows.set_rows(desk.rows)
            self._add_pages(desk)
        self.page = DeskPage(self.id, desk is None or desk.own, self.stack)
        self.page.set_source(_source(self.id))
        self.page.save_wanted.connect(self.save)
        self.page.copy_wanted.connect(self.copy)
        self.page.delete_wanted.connect(self.delete)
        self._add(DESK, tr("Desk"), self.page)
        self._tell_request()

    def _add_pages(self, desk: desks.Desk) -> None:
        write = self.write = WritePage(desk, self.rows, self.window_, self.stack)
        write.train_wanted.connect(self._train)
        write.examples_wanted.connect(lambda: self.show_action(EXAMPLES))
        write.lists_wanted.connect(self._show_lists)
        write.opened.connect(self._open)
        write.edited.connect(self._tell_request)
        self._add(WRITE, tr("Write"), write)
        examples = self.examples = ExamplesPage(desk, self.rows, self.window_, write.job, write.seed.next, self.stack)
        examples.opened.connect(self._open)
        examples.keep_wanted.connect(self.keep_examples)
        self._add(EXAMPLES, tr("Examples"), examples)

    def _add(self, name: str, title: str, page: Any) -> None:
        self.pages[name] = page
        page.edited.connect(self.edited)
        self.stack.addWidget(page)
        self.tabs.addTab(title)

    def _turned(self, place: int) -> None:
        if 0 <= place < self.stack.count():
            self.stack.setCurrentIndex(place)
            self.edited.emit()

    def _tell_request(self) -> None:
        if self.write is not None and self.examples is not None:
            said = " · ".join(text for text in self.write.form.texts().values() if text.strip())
            self.examples.say_request(said, self.write.settings.spec is not None, self.write.prompt.is_edited())

    def _show_lists(self) -> None:
        desk_commands.show_word_lists(self.window_)

    def _train(self) -> None:
        self.window_.open_generator(writers.trainable(), action="train")

    def _open(self, saved: Any) -> None:
        if saved.item:
            self.window_.library.open_item(self.window_.project.items.get(saved.item))

    def _build(self) -> None:
        whole = column(self)
        whole.setContentsMargins(GAP, GRID, GAP, GAP)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        self.tabs = QTabBar(self)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setDocumentMode(True)
        calm_wheel(self.tabs)
        self.tabs.setAccessibleName(tr("Pages of the desk"))
        self.about = ElidedLabel("", self)
        muted(self.about)
        head.addWidget(self.tabs)
        head.addWidget(self.about, 1)
        whole.addLayout(head)
        whole.addSpacing(HALF)
        self.stack = QStackedWidget(self)
        whole.addWidget(self.stack, 1)


def _titles(desk: desks.Desk) -> list[str]:
    return [*(one.title for one in desk.fields), desk.answer or tr("Answer")]


def _source(id: str) -> str:
    try:
        return desks.source(id)
    except BadInput:
        return ""
