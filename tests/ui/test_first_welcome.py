"""The first start: one click trains and ends with something made, with a real child process and tiny settings."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from aigc_desktop.engine import events, registry
from aigc_desktop.engine.params import make
from aigc_desktop.ui.app import Studio
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.settings import Settings
from aigc_desktop.ui.welcome import Welcome, firsts
from tests.tiny import TINY
from tests.ui.panels import SECONDS

ENDLESS = {"max_steps": 0, "max_seconds": 3600}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> dict[str, registry.Spec]:
    """Both generators, welcoming with tiny settings; the text's training goes on until it is stopped."""
    known = dict(registry.specs())
    for id, steps in (("text.lstm", ENDLESS), ("image.gan", {"max_steps": 2, "max_seconds": 0})):
        welcome = known[id].welcome
        assert welcome is not None
        train = TINY[id]["train"] | {"precision": "float32"} | steps
        known[id] = replace(known[id], welcome=replace(welcome, train=train, create=TINY[id]["create"]))
    monkeypatch.setattr(registry, "specs", lambda: known)
    return known


@pytest.fixture
def studio(qapp: QApplication, tmp_path: Path) -> Iterator[Studio]:
    made = Studio(qapp, Settings(), Log())
    made.start(tmp_path / "project")
    assert made.window is not None
    made.window.resize(1280, 720)
    yield made
    made.end()
    made.window.close()
    made.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.removeTranslator(made._qt_words)


@pytest.fixture
def window(studio: Studio, qtbot: Any) -> MainWindow:
    window = studio.window
    assert window is not None
    qtbot.waitUntil(lambda: window._complete)
    return window


def shown(window: MainWindow) -> bool:
    return window.stage.welcome is not None and window.stage.welcome.isVisible()


def click(button: QPushButton) -> None:
    assert button.isVisible() and button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_from_a_click_to_something_made(
    tiny: dict[str, registry.Spec], window: MainWindow, tiny_text: Path, qtbot: Any
) -> None:
    jobs, project = window.jobs, window.project
    ends: list[events.Last] = []
    jobs.ended.connect(lambda run, last: ends.append(last))

    # Pictures, on the starter data; the user only watches.
    welcome = window.stage.welcome
    assert welcome is not None and shown(window) and list(welcome.cards) == ["text.lstm", "image.gan", "files"]
    click(welcome.cards["image.gan"].buttons[0])
    assert not shown(window) and window.settings["welcomed"]
    panel = window.area.docks["image.gan"].panel
    assert panel.action() == "train" and panel.train.run == jobs.running, "the live page of this training"
    assert panel.train.job().params["max_steps"] == 2, "filled in, as a user would have"
    assert "Training" in window.notices.texts()["welcome"]
    qtbot.waitUntil(lambda: len(ends) == 2, timeout=SECONDS)
    assert all(isinstance(one, events.Finished) for one in ends)
    assert panel.action() == "create" and panel.create.results.isVisible()
    assert len(panel.create.results.batches[0].saved) == TINY["image.gan"]["create"]["count"]
    assert len(project.items.search()) == TINY["image.gan"]["create"]["count"], "in the library"
    assert window.library.isVisible() and "kept in the library" in window.notices.texts()["welcome"]

    # Text, on a file of the user's own; stopped in the middle, while another panel is looked at.
    window.commands["welcome"].trigger()
    assert shown(window)
    window.stage.welcome.use_files(str(tiny_text))
    qtbot.waitUntil(lambda: "text.lstm" in window.area.docks, timeout=SECONDS)
    steps: list[int] = []
    jobs.subscribe(None, events.Metrics, lambda event: steps.append(event.step))
    qtbot.waitUntil(lambda: bool(steps), timeout=SECONDS)
    window.open_generator("image.gan")
    jobs.stop(jobs.running)
    qtbot.waitUntil(lambda: len(ends) == 4, timeout=SECONDS)
    assert isinstance(ends[2], events.Cancelled) and isinstance(ends[3], events.Finished)
    (text,) = [item for item in project.items.search() if item.medium == "text"]
    assert text.job["params"]["prompt"] == TINY["text.lstm"]["create"]["prompt"]
    assert str(tiny_text) in [row.job["data"] for row in project.runs.list() if row.job["action"] == "train"]
    assert window.area.current().objectName() == "image.gan", "nobody is pulled away from what he looks at"
    (button,) = [one for one in window.notices.findChildren(QPushButton) if one.text() == "Show" and one.isVisible()]
    click(button)
    assert window.area.current().objectName() == "text.lstm"
    assert window.area.docks["text.lstm"].panel.action() == "create"


def test_what_has_learned_nothing_makes_nothing(tiny: dict[str, registry.Spec], window: MainWindow, qtbot: Any) -> None:
    """Stopped before it began: no model, no creation, and the sentence goes."""
    window.jobs.warm()
    click(window.stage.welcome.cards["text.lstm"].buttons[0])
    run = window.jobs.running
    window.jobs.stop(run)
    window.jobs.stop(run)
    qtbot.waitUntil(lambda: window.jobs.running is None, timeout=SECONDS)
    assert "welcome" not in window.notices.texts()
    assert [row.state for row in window.project.runs.list()] == ["cancelled"]


def test_skipped_for_good(studio: Studio, window: MainWindow, tmp_path: Path, qtbot: Any) -> None:
    assert shown(window) and window.settings["welcomed"] is False
    studio.settings["language"] = "zh_CN"
    qtbot.waitUntil(lambda: shown(window))  # in the other language
    studio.settings["language"] = "en"
    qtbot.waitUntil(lambda: shown(window))
    window.stage.welcome.setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not shown(window) and window.area.isVisible() and window.area.centralWidget().isVisible()
    assert Settings()["welcomed"] is True
    studio.open_project(tmp_path / "other", create=True)
    other = studio.window
    assert other is not None
    qtbot.waitUntil(lambda: other._complete)
    assert not shown(other) and other.area.isVisible()
    other.commands["welcome"].trigger()
    assert shown(other)
    other.open_generator("image.gan")
    assert not shown(other) and other.area.docks["image.gan"].panel.isVisible()
    other.commands["welcome"].trigger()
    click(other.stage.welcome.skip)
    assert not shown(other) and other.area.docks["image.gan"].panel.isVisible(), "what was open is still there"


def test_nothing_else_flashes_up_before_it(studio: Studio, qtbot: Any) -> None:
    window = studio.window
    assert window is not None and not window._complete
    with qtbot.waitSignal(window.painted):
        pass
    assert not window.area.isVisible() and not shown(window)
    qtbot.waitUntil(lambda: shown(window))


def test_cards_beside_or_above_each_other(window: MainWindow, qtbot: Any) -> None:
    welcome = window.stage.welcome
    assert isinstance(welcome, Welcome)
    cards = list(welcome.cards.values())

    def tops() -> list[int]:
        return [card.mapTo(welcome, card.rect().topLeft()).y() for card in cards]

    assert len(set(tops())) == 1 and len({card.height() for card in cards}) == 1
    assert max(card.width() for card in cards) - min(card.width() for card in cards) <= 1
    assert len({button.geometry().bottom() for card in cards for button in card.buttons}) == 1
    window.docks["library"].hide()
    window.resize(700, 720)
    qtbot.waitUntil(lambda: len(set(tops())) == 3)
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: len(set(tops())) == 1)


def test_what_the_generators_declare() -> None:
    assert [spec.medium for spec in firsts()] == ["text", "picture"]
    for spec in registry.specs().values():
        if spec.welcome is not None:
            train = make(spec.params("train"), spec.welcome.train)
            assert 10 <= train.max_seconds <= 90, "a user waits for it"  # type: ignore[attr-defined]
            make(spec.params("create"), spec.welcome.create)
            assert spec.welcome.title and spec.welcome.text.endswith(".") and spec.welcome.button
