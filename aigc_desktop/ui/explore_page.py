"""Look inside: a trained model answers questions while one types, drops or moves; each view shows one kind of answer.

The left side belongs to the view in sight: a text, or what it wants to be given.
"""

from dataclasses import replace
from functools import partial
from typing import Any

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from aigc_desktop.engine import models
from aigc_desktop.engine.params import describe
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import tr
from aigc_desktop.problems import Sentence
from aigc_desktop.ui.empty_place import EmptyPlace
from aigc_desktop.ui.fields.base import HEIGHT
from aigc_desktop.ui.fields.models import ModelChooser
from aigc_desktop.ui.fitted_text import FittedText
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.keeping import Keeping
from aigc_desktop.ui.page import column, labelled, scrolling, share
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.sides import Sides
from aigc_desktop.ui.theme import GAP, GRID, muted, small
from aigc_desktop.ui.views import View, view_for
from aigc_desktop.ui.views.tabs import ViewTabs

TYPING = 250  # milliseconds after the last key before the model is asked
PATIENCE = 700  # milliseconds without an answer before that is said
SEEN = 1000  # milliseconds on the page before its child process is started
FEWEST, MOST = 4, 16  # lines of the text that are seen
LONGEST = 20_000  # letters


class ExplorePage(QWidget):
    """Asks the chosen model for the view in sight, and again whenever something changed."""

    train_wanted = Signal()
    edited = Signal()  # something was typed or chosen

    def __init__(self, spec: Spec, window: Any, parent: QWidget | None = None):
        super().__init__(parent)
        self.spec, self.jobs, self.project = spec, window.jobs, window.project
        self.views: dict[str, View] = {}
        self._asked = 0  # questions so far: an answer to an older one is not shown
        self._answered: dict[str, Any] = {}  # of each view the question that it shows the answer to
        self._awaited: tuple[int, str] | None = None  # the question under way, and of which view
        self._once_more = False  # the view in sight has another question meanwhile
        self.keeping = Keeping(spec, self.jobs, self)
        self._typing = QTimer(self, interval=TYPING, singleShot=True)
        self._typing.timeout.connect(self.ask)
        self._patience = QTimer(self, interval=PATIENCE, singleShot=True)
        self._patience.timeout.connect(self._still_waiting)
        self._warming = QTimer(self, interval=SEEN, singleShot=True)
        self._warming.timeout.connect(self._expect)
        self._build()
        self.jobs.library_changed.connect(self._models_changed)
        self._show_place()
        if spec.opens is not None:
            self.model.share(window.settings)

    # What a user does

    def start(self) -> None:
        """Ask now, and again, whatever was asked before."""
        self._answered.clear()
        self.ask()

    def ask(self) -> None:
        """Ask what the view in sight wants to know, unless it shows the answer already."""
        self._typing.stop()
        model, name = self.model.value(), self.tabs.current()
        if not self.isVisible() or model is None or not name:
            return
        view = self.views[name]
        if view.lacks() or (view.needs_text and not self.text.toPlainText()):
            self._asked += 1  # what is under way is of no interest any more
            self._patience.stop()
            self._invite(view)
            view.clear()
            self._answered.pop(name, None)
            self.problem.say("")
            return
        if view.in_turn and self._awaited == (self._asked, name):
            self._once_more = True
            return
        question = view.question()
        if question is None:
            return
        if view.needs_text:
            question["text"] = self.text.toPlainText()[:LONGEST]
        question |= self._wanted(view)
        if self._answered.get(name) == (model, question):
            return
        self._asked += 1
        number = self._asked
        self._awaited, self._once_more = (number, name), False
        self._patience.start()
        self.jobs.ask(self.spec.id, model, question, lambda answer: self._take(number, name, (model, question), answer))

    def keep(self, view: View, settings: dict[str, Any]) -> None:
        """Have what the view shows made into items of the library."""
        self.keeping.keep(view, self.model.value(), self._wanted(view) | settings)

    def choose_model(self, name: str) -> None:
        """Look into this model from now on."""
        self.model.set_value(name)
        self._model_chosen()

    # What happens

    def _take(self, number: int, name: str, asked: Any, answer: Any) -> None:
        if not shiboken6.isValid(self) or number != self._asked:  # the page is gone, or asks something else by now
            return
        self._patience.stop()
        self._awaited = None
        self._invite(self.views[name])
        if isinstance(answer, Sentence):
            self._answered.pop(name, None)
            self.problem.say(str(answer), "problem")
        else:
            self.problem.say("")
            self._answered[name] = asked
            self.views[name].answer(asked[1], answer)
        if self._once_more:
            self.ask()

    def _wanted(self, view: View) -> dict[str, Any]:
        """The settings of a creation that this view takes along."""
        values = self.form.values()
        return {one: values[one] for one in view.wants if one in values}

    def _expect(self) -> None:
        """Who stays on the page will ask something: the child takes seconds to start."""
        if self.model.value() is not None:
            self.jobs.expect_questions()

    def _still_waiting(self) -> None:
        view, sentence = self.views[self.tabs.current()], tr("The model is being loaded, or thinks…")
        view.invite(sentence)
        self.problem.say(sentence if view.shown else "")

    def _view_chosen(self) -> None:
        view = self.views[self.tabs.current()]
        self.text.setVisible(view.needs_text)
        for name, given in self._controls.items():
            given.setVisible(name == self.tabs.current())
        self.form.show_only(view.wants)
        self.form.setVisible(bool(view.wants))
        self.why.setText(view.explains())
        self._ask_soon()
        self.edited.emit()

    def _setting_changed(self) -> None:
        if self.tabs.current() and self.views[self.tabs.current()].in_turn:
            self.ask()
        else:
            self._ask_soon()

    def _ask_soon(self) -> None:
        self._typing.start()

    def _model_chosen(self) -> None:
        self._answered.clear()
        self._asked += 1
        for view in self.views.values():
            view.clear()
        self.problem.say("")
        self._show_place()
        self.ask()

    def _models_changed(self) -> None:
        before = self.model.value()
        self.model.refresh()
        if before != self.model.value():
            self._model_chosen()

    def _show_place(self) -> None:
        there = self.model.value() is not None
        self._stack.setCurrentIndex(1 if there else 0)
        if there:
            return
        if self.spec.train is not None:
            self.empty.say(
                tr("There is no model yet. Train one first."), tr("Train a model"), lambda: self.train_wanted.emit()
            )
        else:
            self.empty.say(
                tr("Choose a model's folder, or drop one on the window."),
                tr("Choose a folder…"),
                self.model.choose_folder,
            )

    def _go_on(self, token: str) -> None:
        """The user took a token: it stands in the text, and what follows it is asked."""
        self.text.moveCursor(self.text.textCursor().MoveOperation.End)
        self.text.insertPlainText(token)
        self.ask()

    def state(self) -> dict[str, Any]:
        """What the page holds, as plain JSON."""
        return {
            "model": self.model.value(),
            "folders": self.model.folders(),
            "text": self.text.toPlainText()[:LONGEST],
            "params": self.form.values(),
            "split": self.splitter.sizes(),
            "view": self.tabs.current(),
            "views": {name: view.state() for name, view in self.views.items()},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave; what does not fit any more is passed over."""
        self.form.set_values(state.get("params") or {})
        self.text.setPlainText(str(state.get("text") or ""))
        for name, view in self.views.items():
            view.restore((state.get("views") or {}).get(name) or {})
        self.tabs.show_view(state.get("view"))
        if state.get("split"):
            self.splitter.setSizes(state["split"])
            self.splitter.setProperty("shared", True)
        self.model.remember(state.get("folders") or [])
        if isinstance(state.get("model"), str):
            self.choose_model(state["model"])

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        share(self.splitter, self.width())
        self._warming.start()
        self._ask_soon()

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self._warming.stop()

    # Building

    def _build(self) -> None:
        self.splitter = Sides(GAP, self)
        column(self).addWidget(self.splitter)
        left, right = QWidget(self.splitter), QWidget(self.splitter)
        self._stack = QStackedLayout(right)
        self.empty = EmptyPlace(right)
        self._stack.addWidget(self.empty)
        self.tabs = ViewTabs(tr("What to look at"), right)
        self._stack.addWidget(self.tabs)
        for name in self.spec.explores:
            self._add_view(name)
        self._build_left(left)
        self.tabs.bar.currentChanged.connect(self._view_chosen)
        self._view_chosen()
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)

    def _add_view(self, name: str) -> None:
        view = view_for(name, self.spec, self.tabs.stack)
        self.views[name] = view
        self.tabs.add(name, view)
        self._invite(view)
        view.asks.connect(self.ask if view.in_turn else self._ask_soon)
        view.edited.connect(self.edited)
        view.keeps.connect(partial(self.keep, view))
        if hasattr(view, "taken"):
            view.takes = True
            view.taken.connect(self._go_on)

    def _invite(self, view: View) -> None:
        """Say what has to be done for something to be seen."""
        typed = tr("Type a text on the left: what the model makes of it appears here.")
        view.invite(typed if view.needs_text else view.invitation())

    def _build_left(self, left: QWidget) -> None:
        whole = column(left)
        area, inside = scrolling(left)
        whole.addWidget(area, 1)
        fields = column(inside)
        fields.setContentsMargins(0, 0, GRID, GRID)
        self.model = ModelChooser(self._model_names, parent=inside)
        self.model.setAccessibleName(tr("Model"))
        self.model.setMinimumHeight(HEIGHT)
        self.model.chosen.connect(self._model_chosen)
        fields.addLayout(labelled(tr("Model"), self.model))
        self.text = FittedText(FEWEST, MOST, inside)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Text to look at"))
        self.text.setPlaceholderText(tr("A sentence, or the beginning of a story"))
        self.text.textChanged.connect(self._ask_soon)
        fields.addWidget(self.text)
        wanted = {one for view in self.views.values() for one in view.wants}
        described = describe(self.spec.create) if self.spec.create is not None else []
        self.form = Form([replace(one, when={}) for one in described if one.name in wanted], parent=inside)
        self.form.changed.connect(self._setting_changed)
        fields.addWidget(self.form)
        self._controls: dict[str, QWidget] = {}
        for name, view in self.views.items():
            given = view.controls(inside)
            if given is not None:
                self._controls[name] = given
                fields.addWidget(given)
        self.why = QLabel(inside)
        self.why.setWordWrap(True)
        self.why.setAlignment(Qt.AlignmentFlag.AlignTop)
        muted(small(self.why))
        fields.addWidget(self.why)
        fields.addStretch()
        self.problem = SentenceLabel(left)
        whole.addWidget(self.problem)
        for changed in (self.model.chosen, self.text.textChanged, self.form.changed):
            changed.connect(self.edited)

    def _model_names(self) -> list[str]:
        rows = models.usable(self.project.models.list(), self.spec)
        return [row.name for row in sorted(rows, key=lambda row: row.created, reverse=True)]
