"""The first start: cards that each make something by one click. Nothing has to be read, everything can be skipped."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from aigc_desktop.engine import registry
from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import tr
from aigc_desktop.ui import dropped, theme
from aigc_desktop.ui.first_result import FirstResult, time_of
from aigc_desktop.ui.generator_list import MEDIA
from aigc_desktop.ui.theme import GAP, GRID
from aigc_desktop.ui.welcome_pictures import OF_MEDIUM, Files, Illustration, Sign

if TYPE_CHECKING:
    from aigc_desktop.ui.main_window import MainWindow

LEAST = GRID * 24  # of a card
BUTTON = GRID * 4  # high
WIDEST = GRID * 128  # of all the cards together


def firsts() -> list[Spec]:
    """Of each medium the first generator that welcomes, in the order of the list on the left."""
    found: dict[str, Spec] = {}
    for spec in registry.specs().values():
        if spec.welcome is not None:
            found.setdefault(spec.medium, spec)
    order = list(MEDIA)
    return sorted(found.values(), key=lambda spec: order.index(spec.medium) if spec.medium in order else len(order))


class Welcome(QWidget):
    """Stands in the middle of the window, over its panels. `left` says that it was used or skipped."""

    left = Signal()

    def __init__(self, window: "MainWindow"):
        super().__init__()
        self.window_ = window
        self.cards: dict[str, Card] = {}
        self._build()
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape),
            self,
            activated=lambda: self.left.emit(),
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    def use(self, spec: Spec) -> None:
        """One click: learn from the starter data, then create."""
        self.left.emit()
        FirstResult(self.window_, spec).start()

    def use_files(self, path: str) -> None:
        """The same with files of the user's own, for the first generator that can learn from them."""
        self.left.emit()
        dropped.use(self.window_, [path], lambda spec, path: FirstResult(self.window_, spec, path).start())

    def _build(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(GAP + GRID, GAP, GAP + GRID, GAP)
        column.setSpacing(GRID)
        column.addStretch(2)
        heading = QLabel(tr("Welcome"))
        font = QFont(heading.font())
        font.setPointSizeF(font.pointSizeF() * 1.8)
        font.setWeight(QFont.Weight.DemiBold)
        heading.setFont(font)
        promise = QLabel(tr("Make something in a minute. All of it happens on this computer."))
        promise.setWordWrap(True)
        theme.muted(promise)
        column.addWidget(heading)
        column.addWidget(promise)
        column.addSpacing(GAP)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(GAP)
        for spec in firsts():
            assert spec.welcome is not None
            card = Card(OF_MEDIUM.get(spec.medium, Sign)(), tr(spec.welcome.title), tr(spec.welcome.text))
            card.say(tr("{time} of training on the starter data.", time=time_of(spec)))
            button = card.add_button(tr(spec.welcome.button), lambda spec=spec: self.use(spec))
            if not self.cards:
                theme.main_action(button)
            self._add(spec.id, card)
        self._add("files", self._own_files())
        column.addLayout(self._row)
        column.addSpacing(GRID)
        self.skip = QPushButton(tr("Skip"))
        self.skip.setToolTip(tr("Go to the empty window (Esc). Help brings the welcome back."))
        self.skip.clicked.connect(self.left)
        column.addWidget(self.skip, 0, Qt.AlignmentFlag.AlignRight)
        column.addStretch(3)
        inside.setMaximumWidth(WIDEST)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self.setFocusProxy(next(iter(self.cards.values())).buttons[0])

    def _own_files(self) -> "Card":
        text = tr(
            "Files of your own: a text, a folder of pictures or a zip. It sees what they are, learns, and makes more."
        )
        card = Card(Files(), tr("What comes next"), text)
        card.say(tr("Or drop them anywhere in this window, at any time."))
        card.add_button(tr("File…"), self._choose_file).setToolTip(tr("Choose a file"))
        card.add_button(tr("Folder…"), self._choose_folder).setToolTip(tr("Choose a folder"))
        return card

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a file"))
        if path:
            self.use_files(path)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, tr("Choose a folder"))
        if path:
            self.use_files(path)

    def _add(self, name: str, card: "Card") -> None:
        self.cards[name] = card
        self._row.addWidget(card, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= sum(card.minimumWidth() + GAP for card in self.cards.values()) + 2 * GAP
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)


class Card(QFrame):
    """An illustration, a title, a few words, and at the foot what can be done."""

    def __init__(self, picture: Illustration, title: str, text: str):
        super().__init__()
        self.setObjectName("card")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # all are equally wide
        self.setMinimumWidth(LEAST)
        self.buttons: list[QPushButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GRID, GAP, GAP)
        column.setSpacing(GRID)
        column.addWidget(picture)
        heading = QLabel(title)
        font = QFont(heading.font())
        font.setPointSizeF(font.pointSizeF() * 1.15)
        font.setWeight(QFont.Weight.DemiBold)
        heading.setFont(font)
        heading.setWordWrap(True)
        words = QLabel(text)
        words.setWordWrap(True)
        self.note = QLabel()
        self.note.setWordWrap(True)
        theme.muted(theme.small(self.note))
        column.addWidget(heading)
        column.addWidget(words)
        column.addWidget(self.note)
        column.addStretch(1)
        self._foot = QHBoxLayout()
        self._foot.setSpacing(GRID)
        column.addSpacing(GRID)
        column.addLayout(self._foot)

    def say(self, text: str) -> None:
        self.note.setText(text)

    def add_button(self, title: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(title)
        button.setMinimumHeight(BUTTON)
        button.clicked.connect(lambda: act())
        self._foot.addWidget(button, 1)
        self.buttons.append(button)
        self.setMinimumWidth(max(LEAST, self.layout().minimumSize().width()))
        return button
