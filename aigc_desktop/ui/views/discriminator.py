"""What a discriminator makes of pictures: where real and created ones lie, and what it says of each."""

from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from aigc_desktop.i18n import tr
from aigc_desktop.ui import numerals, scales
from aigc_desktop.ui.elided_label import ElidedLabel
from aigc_desktop.ui.sheets import Sheet
from aigc_desktop.ui.theme import GAP, GRID, colours
from aigc_desktop.ui.views.insight import InsightView
from aigc_desktop.ui.views.plain_table import PlainTable
from aigc_desktop.ui.views.scale_bar import ScaleBar
from aigc_desktop.ui.views.scatter import NOTHING, Scatter, mark
from aigc_desktop.ui.views.score_histogram import ScoreHistogram
from aigc_desktop.ui.views.verdicts import BINS, Verdicts

ROOM, TALL = 440, 340  # pixels: the hills stand beside the points, but under them where it is narrow and high
BESIDE, SHARE = 200, 0.38  # pixels of the hills there, and their part of the width, at most
UNDER = 72
ANY = (1 << 24) - 1  # QWIDGETSIZE_MAX


class Discriminator(InsightView):
    """Points for real and created pictures; the colour of each is what the discriminator says of it."""

    name = "discriminator"
    stretch = 5

    def build(self) -> None:
        self.verdicts: Verdicts | None = None
        self.sheet: Sheet | None = None
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, self.body)
        self._both.setContentsMargins(0, 0, 0, 0)
        self._both.setSpacing(GAP)
        self.scatter = Scatter(scales.verdict, self.body)
        self.scatter.setAccessibleName(tr("Real and created pictures as points; the table has the numbers"))
        self.scatter.looked.connect(self._look)
        self._both.addWidget(self.scatter, 1)
        self.side = QWidget(self.body)
        hills = QVBoxLayout(self.side)
        hills.setContentsMargins(0, 0, 0, 0)
        hills.setSpacing(0)
        self.histogram = ScoreHistogram(self.side)
        self.histogram.setAccessibleName(tr("How many have which score"))
        self.histogram.looked.connect(self._look_at_part)
        self.scale = ScaleBar(scales.verdict, self.side)
        hills.addWidget(self.histogram, 1)
        hills.addWidget(self.scale)
        self._both.addWidget(self.side)
        self.table = PlainTable(tr("What the discriminator says of each picture"), parent=self)
        self.add_table(self.table)
        self._build_foot()

    def explains(self) -> str:
        return tr(
            "Each point is a picture; near ones look alike to the discriminator. While it takes discs and diamonds for "
            "the same, it cannot tell what was created from what is real."
        )

    def invitation(self) -> str:
        return tr("Where real and created pictures lie, and what the discriminator says of each, appears here.")

    def read(self, data: dict[str, Any]) -> None:
        verdicts = Verdicts(data)
        self.sheet = Sheet(data["sheet"], data["tile"], data["columns"], len(verdicts.samples))
        self.verdicts = verdicts

    def draw(self) -> None:
        assert self.verdicts is not None and self.sheet is not None
        verdicts = self.verdicts
        self.scatter.show_samples(verdicts, self.sheet.tile)
        self.histogram.show_samples(verdicts)
        self.scale.set_marks(self._marks(verdicts))
        if self.as_table.isChecked():
            self._fill_table(verdicts)
        apart = verdicts.told_apart()
        said = [self.step_words()]
        if apart is not None:
            said.append(tr("picks the real one in {share} of pairs", share=numerals.percent(apart)))
        self.place.setText(" · ".join(filter(None, said)))
        self.place.setToolTip(
            tr(
                "Of each pair of a real and a created picture: how often the real one has the higher score. 50 % is "
                "guessing: the discriminator cannot tell them apart."
            )
        )
        self._look(self.scatter.current())

    def about(self, number: int) -> str:
        """What the discriminator says of a sample, in a sentence."""
        if self.verdicts is None or not 0 <= number < len(self.verdicts.samples):
            return tr("Point at a picture, or use the arrow keys, to see it and its score.")
        one = self.verdicts.samples[number]
        said = self.verdicts.said(one)
        if self.verdicts.unbounded:
            return (
                tr("Real picture {n}: score {score}", n=one.place + 1, score=said)
                if one.real
                else tr("Created picture {n}: score {score}", n=one.place + 1, score=said)
            )
        return (
            tr("Real picture {n}: held for real with {score}", n=one.place + 1, score=said)
            if one.real
            else tr("Created picture {n}: held for real with {score}", n=one.place + 1, score=said)
        )

    # Inside

    def _look(self, number: int) -> None:
        self.detail.setText(self.about(number))
        self.scatter.setAccessibleDescription(self.about(number))

    def _look_at_part(self, part: int) -> None:
        """All samples with such a score stand out, and are counted."""
        if self.verdicts is None or part == NOTHING:
            self.scatter.light(set())
            self._look(self.scatter.current())
            return
        found = [
            one for one in self.verdicts.samples if min(BINS - 1, int(self.verdicts.share(one.score) * BINS)) == part
        ]
        self.scatter.light({one.number for one in found} or {NOTHING})
        real = sum(one.real for one in found)
        self.detail.setText(tr("With this score: {real} real, {created} created", real=real, created=len(found) - real))

    def _marks(self, verdicts: Verdicts) -> list[tuple[float, list[str]]]:
        if verdicts.unbounded:
            middle = (verdicts.low + verdicts.high) / 2
            low, high = numerals.fraction(verdicts.low, 1), numerals.fraction(verdicts.high, 1)
            return [
                (0.0, [low, tr("created")]),
                (0.5, [numerals.fraction(middle, 1)]),
                (1.0, [high, tr("real")]),
            ]
        ends = [numerals.percent(share) for share in (0.0, 0.5, 1.0)]
        return [(0.0, [ends[0], tr("created")]), (0.5, [ends[1], tr("undecided")]), (1.0, [ends[2], tr("real")])]

    def _fill_table(self, verdicts: Verdicts) -> None:
        rows = [
            [
                f"{tr('Real') if one.real else tr('Created')} {numerals.plain(one.place + 1)}",
                verdicts.said(one),
                numerals.fraction(one.x, 2),
                numerals.fraction(one.y, 2),
            ]
            for one in verdicts.samples
        ]
        score = tr("Score") if verdicts.unbounded else tr("Held for real")
        self.table.rows.show([tr("Picture"), score, "x", "y"], rows)

    def _build_foot(self) -> None:
        under = QHBoxLayout(self.foot)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(GAP)
        self.detail = ElidedLabel("", self.foot)
        under.addWidget(self.detail, 1)
        self.kinds = [Kind(real, self.foot) for real in (True, False)]
        for kind in self.kinds:
            under.addWidget(kind)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= ROOM or self.height() < TALL
        way = QBoxLayout.Direction
        self._both.setDirection(way.LeftToRight if beside else way.TopToBottom)
        self.side.setMinimumWidth(min(BESIDE, round(SHARE * self.width())) if beside else 0)
        self.side.setMaximumWidth(self.side.minimumWidth() if beside else ANY)
        self.side.setMaximumHeight(ANY if beside else UNDER + self.scale.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.shown:
            self._redraw()


class Kind(QWidget):
    """An entry of the legend: the shape of a kind, and its name."""

    def __init__(self, real: bool, parent: QWidget | None = None):
        super().__init__(parent)
        self._real = real
        self._title = tr("real") if real else tr("created")
        self.setAccessibleName(self._title)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(GAP + metrics.horizontalAdvance(self._title) + 2, metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mark(painter, QPointF(GRID - 1, self.height() / 2), self._real, QColor(colours().base), 1.2)
        painter.setPen(self.palette().color(self.foregroundRole()))
        words = QRectF(GAP, 0, self.width() - GAP, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._title)
