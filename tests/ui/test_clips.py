"""Clips: read ahead in a thread, played on and on, stepped through; as a result, in the library and in an item's window."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from aigc_desktop.engine import events
from aigc_desktop.library.project import Project
from aigc_desktop.media.clip import Clip
from aigc_desktop.media.picture import Picture
from aigc_desktop.ui.clip_frames import ClipFrames
from aigc_desktop.ui.clip_player import ClipPlayer
from aigc_desktop.ui.item_window import ItemWindow
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.library_model import ItemsModel
from aigc_desktop.ui.settings import Settings
from aigc_desktop.ui.views.results import Results

COUNT, STEP = 20, 12


def a_clip(count: int = COUNT) -> Clip:
    """Frames as grey as their numbers say."""
    return Clip(np.stack([np.full((16, 24, 3), STEP * number, np.uint8) for number in range(count)]), 50)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_clip().write(tmp_path_factory.mktemp("clip") / "clip")


@pytest.fixture
def player(qtbot: Any, file: Path) -> ClipPlayer:
    made = ClipPlayer()
    qtbot.addWidget(made)
    made.resize(300, 240)
    with qtbot.waitExposed(made):
        made.show()
    made.show_clip(file)
    qtbot.waitUntil(lambda: made.facts is not None and seen(made) == 0)
    return made


def seen(player: ClipPlayer) -> int:
    """Which frame is in sight, by its grey; -1 for none."""
    image = player.picture.image()
    return -1 if image.isNull() else round(image.pixelColor(5, 5).red() / STEP)


def test_it_stands_at_its_first_frame_and_goes_by_frames(player: ClipPlayer, qtbot: Any) -> None:
    assert (player.facts.count, player.facts.fps) == (COUNT, 50) and not player.playing
    QTest.keyClick(player, Qt.Key.Key_Period)
    qtbot.waitUntil(lambda: seen(player) == 1)
    for _ in range(3):
        QTest.keyClick(player, Qt.Key.Key_Comma)
    qtbot.waitUntil(lambda: seen(player) == COUNT - 2)
    assert player.where.text() == f"{COUNT - 1} / {COUNT}"
    player.timeline.setValue(7)
    qtbot.waitUntil(lambda: seen(player) == 7)
    assert player.timeline.accessibleDescription() == f"frame 8 of {COUNT}"


def test_it_plays_on_and_on_or_once(player: ClipPlayer, qtbot: Any) -> None:
    QTest.keyClick(player, Qt.Key.Key_Space)
    places: list[int] = []
    player._timer.timeout.connect(lambda: places.append(player.place))
    qtbot.waitUntil(lambda: COUNT - 1 in places and places[-1] < COUNT - 1)
    player.loop.setChecked(False)
    qtbot.waitUntil(lambda: not player.playing)
    assert player.place == COUNT - 1
    player.button.click()
    assert player.playing and player.place == 0
    player.hide()
    assert not player.playing and not player._timer.isActive()


def test_little_memory_and_far_jumps_give_the_right_frames(file: Path, qtbot: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(ClipFrames, "KEPT", 6 * 16 * 24 * 4)
    monkeypatch.setattr(ClipFrames, "AHEAD", 3)
    frames = ClipFrames(file)
    for number in (0, 15, 2, 19, 18, 0):
        frames.want(number)
        qtbot.waitUntil(lambda number=number: frames.frame(number) is not None)
        assert round(frames.frame(number).pixelColor(5, 5).red() / STEP) == number
    assert len(frames._images) <= 6
    frames.close()
    frames.deleteLater()


def test_the_file_is_let_go_of_when_nothing_is_wanted(file: Path, qtbot: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(ClipFrames, "IDLE", 0.05)
    frames = ClipFrames(file)
    frames.want(0)
    qtbot.waitUntil(lambda: frames._thread is not None and not frames._thread.is_alive())
    frames.want(3)
    qtbot.waitUntil(lambda: frames.frame(3) is not None)
    frames.close()
    frames.deleteLater()


def test_what_is_no_clip_says_so(player: ClipPlayer, qtbot: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(200))
    for path in (broken, tmp_path / "gone.mp4"):
        player.show_clip(path)
        qtbot.waitUntil(lambda: player.sentence.isVisible())
        assert not player.button.isEnabled()
    player.play()
    player.step(1)


def test_a_created_clip_plays_in_its_place_and_one_brought_back_waits(
    qtbot: Any, project: Project, tmp_path: Path
) -> None:
    jobs = Jobs(project, Settings(tmp_path / "settings"))
    results = Results(jobs)
    qtbot.addWidget(results)
    results.resize(500, 420)
    results.show()
    job = {"generator": "image.test", "action": "create", "params": {}, "model": "faces", "seed": 7}
    item = project.items.add(a_clip(), name="A walk", job=job, seed=1)
    saved = events.Saved(item.id, str(item.path), "clip", item.name)
    batch = results.add_batch("run-1", job)
    jobs._tell("run-1", events.Started("run-1", "image.test", "create"))
    jobs._tell("run-1", events.Preview("picture", Picture(np.zeros((16, 24, 3), np.uint8)), 1))
    assert batch._grid.pictures.rowCount() == 1
    jobs._tell("run-1", saved)
    assert not batch._grid.isVisibleTo(batch), "the clip takes the place of its frames"
    from aigc_desktop.ui.views.clip_card import ClipCard

    card = batch.findChild(ClipCard)
    qtbot.waitUntil(lambda: card.player.playing and seen(card.player) > 2)
    opened: list[Any] = []
    results.opened.connect(opened.append)
    card.open.click()
    assert opened == [saved] and card.name.text() == "A walk"
    old = results.add_batch("run-0", job)
    old.add(saved)
    again = old.findChild(ClipCard)
    qtbot.waitUntil(lambda: seen(again.player) == 0)
    assert not again.player.playing
    jobs.shutdown()


def test_an_item_s_window_plays_a_clip(qtbot: Any, project: Project, tmp_path: Path) -> None:
    job = {"generator": "image.test", "action": "create", "params": {}, "model": "faces", "seed": 7}
    item = project.items.add(a_clip(), name="A walk", job=job, seed=1)
    assert item.thumbnail is not None and (item.width, item.height) == (24, 16)
    jobs = Jobs(project, Settings(tmp_path / "settings"))
    items = ItemsModel(project)
    items.refresh()
    window = ItemWindow(items, SimpleNamespace(project=project, jobs=jobs), item)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: window.player.playing and seen(window.player) > 0)
    assert window.stage.currentWidget() is window.player and not window.zoom.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Period)
    assert not window.player.playing
    window.close()
    jobs.shutdown()
