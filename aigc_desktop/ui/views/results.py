"""What was created, the newest batch first; each result appears as it comes."""

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from aigc_desktop.engine import events
from aigc_desktop.i18n import tr
from aigc_desktop.ui import pixmaps
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.job_words import fraction, time_left
from aigc_desktop.ui.queue_row import Bar
from aigc_desktop.ui.sentence_label import SentenceLabel
from aigc_desktop.ui.subscriptions import Subscriptions
from aigc_desktop.ui.theme import GAP, GRID, HALF, muted
from aigc_desktop.ui.views.clip_card import ClipCard
from aigc_desktop.ui.views.picture_grid import PictureGrid
from aigc_desktop.ui.views.text_card import TextCard

MOST = 20  # batches that stay in sight


class Batch(QWidget):
    """The results of one creation: listens to its run until it ends. `brief`: where there is little room, what is said
    comes after the results, and what they were made with is left to what stands around."""

    opened = Signal(object)  # a Saved
    grew = Signal()

    def __init__(self, run: str, job: dict[str, Any], jobs: Any, thumbnails: pixmaps.Thumbnails, brief: bool = False):
        super().__init__()
        self.run, self.job, self._brief = run, job, brief
        self.saved: list[events.Saved] = []
        self.over = False
        self._live = jobs.is_running(run)  # what is brought back does not play by itself
        self._thumbnails = thumbnails
        self._subscriptions = Subscriptions(self)
        self._cards: dict[int, TextCard] = {}
        self._unsaved: list[TextCard] = []
        self._grid: PictureGrid | None = None
        self._build()
        for kind, listener in (
            (events.Started, self._started),
            (events.Progress, self._progress),
            (events.Preview, self._previewed),
            (events.Saved, self.add),
            (events.Message, self._message),
            (events.Last, self.end),
        ):
            self._subscriptions.add(jobs.subscribe(run, kind, listener))

    def add(self, event: events.Saved) -> None:
        """A result exists."""
        self.saved.append(event)
        if event.medium == "picture":
            self._show_grid().add(event)
        elif event.medium == "clip":
            if self._grid is not None:
                self._grid.give_up()  # its frames were seen one by one
            card = ClipCard(event, play=self._live and not self.over)
            card.opened.connect(self.opened)
            self.body.addWidget(card)
        else:
            # Texts are saved in the order of their slots.
            text = self._unsaved.pop(0) if self._unsaved else self._new_card()
            text.finish(event)
        self._say_what()

    def end(self, event: events.Last) -> None:
        """Nothing more comes."""
        self._subscriptions.end()
        self.over = True
        self.bar.setVisible(False)
        self.left.setVisible(False)
        for card in self._unsaved:
            card.name.setText(tr("Not finished"))
        if self._grid is not None:
            self._grid.give_up()
        if isinstance(event, events.Failed | events.Lost):
            self.sentence.say(str(event.text), "problem")
        elif isinstance(event, events.Cancelled):
            self.sentence.say(tr("Stopped."))
        elif self.sentence.level == "quiet":
            self.sentence.say("")
        self._say_what()

    def _started(self, event: events.Started) -> None:
        self._live = True
        self.sentence.say("")

    def _progress(self, event: events.Progress) -> None:
        share = fraction(event)
        if share is not None:
            self.bar.setValue(round(1000 * share))
        self.bar.setVisible(True)
        self.left.setText(time_left(event))

    def _previewed(self, event: events.Preview) -> None:
        text = event.text if event.text is not None else event.media.preview_text()
        if text is not None:
            if event.slot not in self._cards:
                self._cards[event.slot] = self._new_card()
                self._unsaved = [card for _, card in sorted(self._cards.items()) if card.saved is None]
            if self._cards[event.slot].saved is None:
                self._cards[event.slot].stream(text)
        elif event.medium == "picture":
            self._show_grid().emerge(event.slot, pixmaps.image(event.media))

    def _message(self, event: events.Message) -> None:
        self.sentence.say(str(event.text), "warning" if event.level == "warning" else "quiet")

    def _new_card(self) -> TextCard:
        card = TextCard()
        card.opened.connect(self.opened)
        card.grew.connect(self.grew)
        self.body.addWidget(card)
        return card

    def _show_grid(self) -> PictureGrid:
        if self._grid is None:
            self._grid = PictureGrid(self._thumbnails)
            self._grid.opened.connect(self.opened)
            self.body.addWidget(self._grid)
        return self._grid

    def _say_what(self) -> None:
        seed = tr("seed {seed}", seed=self.job.get("seed", 0))
        count = tr("{n} results", n=len(self.saved)) if len(self.saved) > 1 else ""
        model = self.job.get("model") or ""
        self.title.setText(
            " · ".join(part for part in (model.replace("\\", "/").rpartition("/")[2], seed, count) if part)
        )

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF)
        head = QHBoxLayout()
        self.title = ElidedLabel()
        muted(self.title)
        self.left = QLabel()
        muted(self.left)
        head.addWidget(self.title, 1)
        head.addWidget(self.left)
        column.addLayout(head)
        self.bar = Bar()
        self.bar.setAccessibleName(tr("Progress"))
        self.bar.setVisible(False)
        column.addWidget(self.bar)
        self.sentence = SentenceLabel()
        self.sentence.say(tr("Waiting for its turn"))
        self.body = QVBoxLayout()
        self.body.setSpacing(GRID)
        if self._brief:
            self.title.hide()
            column.addLayout(self.body)
            column.addWidget(self.sentence)
        else:
            column.addWidget(self.sentence)
            column.addLayout(self.body)
        self._say_what()


class Results(QScrollArea):
    """Batches, the newest on top."""

    opened = Signal(object)  # a Saved

    def __init__(self, jobs: Any, parent: QWidget | None = None, brief: bool = False):
        super().__init__(parent)
        self.jobs, self._brief = jobs, brief
        self.batches: list[Batch] = []
        self._thumbnails = pixmaps.Thumbnails()
        close = self._thumbnails.close
        self.destroyed.connect(lambda: close())  # a function holds it; PySide would hold the method weakly
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, GRID, 0)
        self._column.setSpacing(GAP)
        self._column.addStretch(1)
        self.setWidget(inside)
        self._follow = QTimer(self, interval=0, singleShot=True)
        self._follow.timeout.connect(self._keep_end_in_sight)

    def add_batch(self, run: str, job: dict[str, Any]) -> Batch:
        """A place for what this run creates."""
        batch = Batch(run, job, self.jobs, self._thumbnails, self._brief)
        batch.opened.connect(self.opened)
        batch.grew.connect(self._grew)
        self._column.insertWidget(0, batch)
        self.batches.insert(0, batch)
        for old in [one for one in self.batches[MOST:] if one.over]:
            self.batches.remove(old)
            old.deleteLater()
        self.verticalScrollBar().setValue(0)
        return batch

    def forget(self, run: str) -> None:
        """Take away what is over of this run."""
        for old in [one for one in self.batches if one.run == run and one.over]:
            self.batches.remove(old)
            old.hide()
            old.deleteLater()

    def has(self, run: str) -> bool:
        return any(batch.run == run for batch in self.batches)

    def _grew(self) -> None:
        bar = self.verticalScrollBar()
        # Only who was reading along at the end goes on with it.
        if self.batches and not self.batches[0].over and bar.value() >= bar.maximum() - GAP:
            self._follow.start()

    def _keep_end_in_sight(self) -> None:
        # What is brought back is over by now, and read from its beginning.
        one = self.batches[0] if len(self.batches) == 1 else None
        if one is not None and not one.over and one.height() > self.viewport().height():
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
