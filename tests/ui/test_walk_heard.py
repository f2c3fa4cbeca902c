"""For who does not see: curves as a table, and what happens is said."""

from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest

from aigc_desktop.engine import events
from aigc_desktop.problems import Sentence
from aigc_desktop.ui import announce, tab_order
from aigc_desktop.ui.main_window import MainWindow
from tests.ui import walk
from tests.ui.walk_world import World, say, until

Key, Text = Qt.Key, QAccessible.Text


def losses_of(panel: Any) -> Any:
    return panel.train.views["losses"]


def test_curves_are_read_as_a_table_by_keyboard(walked_window: MainWindow) -> None:
    with walk.at(walked_window, "image.gan: train, a run and About") as panel:
        losses = losses_of(panel)
        tab_order.focus(losses.as_table)
        QTest.keyClick(losses.as_table, Key.Key_Space)
        table = losses._table
        assert table.isVisible() and table in tab_order.stops(panel)
        about = QAccessible.queryAccessibleInterface(table)
        assert about.role() == QAccessible.Role.Table and about.text(Text.Name)
        assert table.model().rowCount() == losses.curves.count == 50
        titles = [table.model().headerData(place, Qt.Orientation.Horizontal) for place in range(5)]
        assert titles[2:] == list(losses.titles().values()) and len(losses.curves.names) == 3, "held out too"

        QTest.keyClick(table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        lines = [line.split("\t") for line in QGuiApplication.clipboard().text().splitlines()]
        assert lines[0] == titles and len(lines) == 51
        newest = losses.curves.row(49)
        assert [float(number) for number in lines[1]] == [newest[0], newest[1], *newest[2].values()]
        assert lines[2][4] == "", "nothing was held out at that step"
        tab_order.focus(table)
        table.selectRow(3)
        walked_window.commands["copy"].trigger()
        assert len(QGuiApplication.clipboard().text().splitlines()) == 2

        tab_order.focus(losses.as_table)
        QTest.keyClick(losses.as_table, Key.Key_Space)
        assert losses._plot.isVisible() and not table.isVisible()


def test_the_table_goes_on_while_a_training_runs(walked_window: MainWindow, world: World) -> None:
    with walk.at(walked_window, "image.gan: train, running") as page:
        losses = page.views["losses"]
        losses.as_table.setChecked(True)
        say(world.studio, events.Metrics(10, {"generator": 1.25, "discriminator": 0.5}, 1.0))
        until(lambda: losses._table.model().rowCount() == 1 and losses._table.isVisible())
        table, model = losses._table, losses._table.model()
        table.selectionModel().setCurrentIndex(model.index(0, 0), QItemSelectionModel.SelectionFlag.SelectCurrent)
        say(world.studio, events.Metrics(20, {"generator": 1.0, "discriminator": 0.75}, 2.0))
        until(lambda: model.rowCount() == 2)
        assert model.index(0, 0).data() == "20" and table.currentIndex().row() == 1, "what one reads stays"
        losses.as_table.setChecked(False)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """What a screen reader would read out, and whether at once: the events as they are given to Qt."""
    found: list[tuple[str, bool]] = []

    class Listening:
        AnnouncementPoliteness = QAccessible.AnnouncementPoliteness

        @staticmethod
        def updateAccessibility(event: Any) -> None:
            QAccessible.updateAccessibility(event)
            found.append((event.message(), event.politeness() == announce.Politeness.Assertive))

    monkeypatch.setattr(announce, "QAccessible", Listening)
    return found


def test_what_happens_is_said(walked_window: MainWindow, heard: list[tuple[str, bool]]) -> None:
    walked_window.notices.show_sentence("problem", "The disk is full.")
    walked_window.library.bar.say("In the trash: Digit 3", True)
    with walk.at(walked_window, "image.gan: train, nothing chosen") as page:
        problem = page.problem.text()
    assert heard[:2] == [("The disk is full.", False), ("In the trash: Digit 3", False)]
    assert (problem, True) in heard


@pytest.mark.warns  # a failed job is logged
def test_how_a_job_ended_is_said(walked_window: MainWindow, heard: list[tuple[str, bool]]) -> None:
    run = walked_window.jobs.running
    assert run is not None
    for last in (events.Finished(), events.Failed(Sentence("There is no room left."))):
        walked_window.jobs.ended.emit(run, last)
    assert heard == [("running 0: Done", False), ("running 0: There is no room left.", True)]
