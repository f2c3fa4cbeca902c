"""The panel of a generator with the real queue: training, what is seen of it, creating."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog

from aigc_desktop.engine import events
from tests.tiny import TINY
from tests.ui.panels import GENERATORS, SECONDS, click, settle, until, without_sizes

# From data to a creation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", GENERATORS)
def test_train_watch_create(
    qtbot: Any, open_panel: Any, panel_window: SimpleNamespace, id: str, tiny_text: Path, tiny_pictures: Path
) -> None:
    panel = open_panel(id)
    page = panel.train
    settle(qtbot, panel, tiny_text if id.startswith("text") else tiny_pictures, id, max_steps=30)
    assert "24" in page.data.summary.text() or "characters" in page.data.summary.text()
    qtbot.waitUntil(lambda: "parameters" in page.cost.text())
    qtbot.keyClicks(page.name, "my first")
    click(qtbot, page.controls.start)
    assert page.controls.pause.isVisible() and page.controls.stop.isVisible()
    assert page.controls.start.text() == "Add to queue"
    losses, samples = page.views["losses"], page.views["samples"]
    qtbot.waitUntil(lambda: losses.curves.count > 0, timeout=SECONDS)
    until(qtbot, panel, "finished")
    assert losses.curves.last_step == 30
    assert len(samples.samples) >= 1
    assert samples.samples[-1].path
    qtbot.waitUntil(lambda: losses._plot is not None and len(losses._plot.lines) > 0)
    assert page.status.state.text() == "Finished"
    assert page.status.figures.isVisible()
    assert page.controls.start.text() == "Start" and not page.controls.stop.isVisible()
    # The model is there by itself; with it, create.
    click(qtbot, page.status.create)
    assert panel.action() == "create"
    assert panel.create.model.value() == "my first"
    panel.create.form.set_values(TINY[id]["create"])
    panel.create.seed.set_value(11)
    click(qtbot, panel.create.create)
    batch = panel.create.results.batches[0]
    qtbot.waitUntil(lambda: batch.over, timeout=SECONDS)
    assert batch.sentence.level != "problem", batch.sentence.text()
    assert len(batch.saved) == TINY[id]["create"].get("count", 1)
    items = panel_window.project.items.search()
    assert {item.id for item in items} == {one.item for one in batch.saved}
    assert items[0].model == "my first"
    batch.opened.emit(batch.saved[0])
    assert panel_window.opened[0].id == batch.saved[0].item


def test_pause_continue_stop(qtbot: Any, open_panel: Any, tiny_pictures: Path) -> None:
    panel = open_panel()
    page = panel.train
    settle(qtbot, panel, tiny_pictures, max_steps=0)
    click(qtbot, page.controls.start)
    losses = page.views["losses"]
    qtbot.waitUntil(lambda: losses.curves.count > 2, timeout=SECONDS)
    click(qtbot, page.controls.pause)
    assert page.status.state.text().startswith("Pausing")
    assert not page.controls.pause.isEnabled()
    until(qtbot, panel, "paused")
    rested = losses.curves.last_step
    click(qtbot, page.controls.resume)
    qtbot.waitUntil(lambda: losses.curves.last_step > rested, timeout=SECONDS)
    click(qtbot, page.controls.stop)
    assert page.controls.stop.text() == "Stop now"
    assert "lost" in page.controls.stop.toolTip()
    until(qtbot, panel, "cancelled")
    assert page.controls.resume.isVisible() and page.controls.resume.property("main")
    assert page.controls.start.text() == "Start anew" and not page.controls.start.property("main")


def test_a_training_can_wait_behind_another(
    qtbot: Any, open_panel: Any, panel_window: Any, tiny_pictures: Path
) -> None:
    panel = open_panel()
    page = panel.train
    settle(qtbot, panel, tiny_pictures, max_steps=0)
    click(qtbot, page.controls.start)
    first = page.run
    page.form.set_values({"max_steps": 2})
    click(qtbot, page.controls.start)
    assert page.run == first  # what runs stays in sight
    assert [row.state for row in panel_window.jobs.rows()] == ["running", "waiting"]
    qtbot.waitUntil(lambda: page.views["losses"].curves.count > 0, timeout=SECONDS)
    click(qtbot, page.controls.stop)
    qtbot.waitUntil(lambda: page.run != first, timeout=SECONDS)  # the next is followed by itself
    until(qtbot, panel, "finished")


def test_a_run_is_shown_again_from_disk(qtbot: Any, open_panel: Any, tiny_pictures: Path) -> None:
    panel = open_panel()
    settle(qtbot, panel, tiny_pictures, max_steps=12)
    click(qtbot, panel.train.controls.start)
    until(qtbot, panel, "finished")
    panel.train.views["losses"].log.setChecked(True)
    panel.train.form.advanced.set_open(True)
    panel.show_action("create")
    qtbot.waitUntil(lambda: panel.create.model.value() is not None)  # it hears of the model a moment later
    panel.show_action("train")
    seen = panel.train.views["losses"].curves
    state = panel.state()
    panel.close()
    panel.deleteLater()

    again = open_panel()
    again.restore(state)
    assert without_sizes(again.state()) == without_sizes(state)
    losses = again.train.views["losses"]
    qtbot.waitUntil(lambda: losses.curves.count == seen.count)
    assert losses.curves.latest == seen.latest
    assert again.train.views["samples"].samples
    assert again.train.status.state.text() == "Finished"
    assert again.train.status.figures.text()
    assert losses.logarithmic
    qtbot.waitUntil(lambda: again.train.data.found is not None, timeout=SECONDS)

    third = open_panel()
    assert third.train.run is None  # a finished run is not shown unasked
    assert third.train._stack.currentIndex() == 0
    third.train.status.menu.aboutToShow.emit()
    actions = third.train.status.menu.actions()
    assert len(actions) == 1 and "Finished" in actions[0].text()
    actions[0].trigger()
    third.show_run(state["train"]["run"])
    assert third.train.run == state["train"]["run"]
    assert third.train._stack.currentIndex() == 1


def test_what_was_interrupted_is_offered_for_continuing(
    qtbot: Any, open_panel: Any, panel_window: Any, tiny_pictures: Path
) -> None:
    panel = open_panel()
    settle(qtbot, panel, tiny_pictures, max_steps=0)
    click(qtbot, panel.train.controls.start)
    qtbot.waitUntil(lambda: panel.train.views["losses"].curves.count > 2, timeout=SECONDS)
    run = panel.train.run
    panel_window.jobs.pause(run)
    until(qtbot, panel, "paused")
    panel_window.project.runs.set(run, state="interrupted")
    again = open_panel()
    assert again.train.run == run
    assert again.train.status.state.text() == "Interrupted"
    assert again.train.controls.resume.isVisible()
    assert again.train.views["losses"].curves.count > 2


def test_a_lost_training_says_so_and_can_be_continued(
    qtbot: Any, open_panel: Any, panel_window: Any, tiny_pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIGC_CHECKPOINT_SECONDS", "0.2")
    panel = open_panel()
    settle(qtbot, panel, tiny_pictures, max_steps=0)
    click(qtbot, panel.train.controls.start)
    folder = panel_window.project.runs.folder(panel.train.run) / "checkpoints"
    qtbot.waitUntil(lambda: folder.is_dir() and any(folder.iterdir()), timeout=SECONDS)
    panel_window.jobs._running[panel.train.run].worker.kill()
    until(qtbot, panel, "lost")
    qtbot.waitUntil(lambda: panel.train.status.sentence.isVisible())
    assert panel.train.controls.resume.isVisible()


# Creating -------------------------------------------------------------------------------------------------------------


def test_without_a_model_the_way_to_train_one_is_offered(qtbot: Any, open_panel: Any) -> None:
    panel = open_panel()
    panel.show_action("create")
    assert not panel.create.create.isEnabled()
    assert panel.create.empty.sentence.text() == "There is no model yet. Train one first."
    click(qtbot, panel.create.empty.button)
    assert panel.action() == "train"


def test_models_appear_by_themselves_and_a_folder_can_be_chosen(
    qtbot: Any, open_panel: Any, panel_window: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = open_panel()
    panel.show_action("create")
    assert panel.create.isVisible()
    for name in ("one", "two"):
        folder = panel_window.project.models.prepare()
        (folder / "config.json").write_text("{}")
        panel_window.project.models.add(
            folder, name=name, generator="image.gan", medium="picture", figures={"heldout_distance": 0.5}
        )
        panel_window.jobs.library_changed.emit()
    page = panel.create
    qtbot.waitUntil(lambda: [page.model.itemText(i) for i in range(2)] == ["two", "one"])
    assert page.model.value() == "one"  # what was chosen stays chosen
    assert "0.5" in page.about.text()
    assert page.create.isEnabled()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "elsewhere"))
    page.model.setCurrentIndex(page.model.count() - 1)
    page.model.activated.emit(page.model.count() - 1)
    assert page.model.value() == str(tmp_path / "elsewhere")
    panel_window.jobs.library_changed.emit()
    assert page.model.value() == str(tmp_path / "elsewhere")
    assert page.job().model == str(tmp_path / "elsewhere")


def test_a_creation_that_fails_says_why(qtbot: Any, open_panel: Any, panel_window: Any) -> None:
    panel = open_panel()
    folder = panel_window.project.models.prepare()
    (folder / "config.json").write_text("{}")
    panel_window.project.models.add(folder, name="hollow", generator="image.gan", medium="picture")
    panel_window.jobs.library_changed.emit()
    panel.show_action("create")
    click(qtbot, panel.create.create)
    batch = panel.create.results.batches[0]
    qtbot.waitUntil(lambda: batch.over, timeout=SECONDS)
    assert batch.sentence.isVisible() and batch.sentence.text()
    assert batch.sentence.level == "problem"


def test_results_come_back_with_the_panel(qtbot: Any, open_panel: Any, panel_window: Any) -> None:
    import numpy as np

    from aigc_desktop.media.picture import Picture

    job = {"generator": "image.gan", "action": "create", "model": "one", "params": {}, "seed": 3}
    panel = open_panel()
    batch = panel.create.results.add_batch("run-1", job)
    for grey in (1, 2):
        item = panel_window.project.items.add(Picture(np.full((8, 8), grey, np.uint8)), name="", job=job, seed=3)
        batch.add(events.Saved(item.id, str(item.path), "picture", item.name))
    batch.end(events.Finished())
    panel_window.project.items.trash(batch.saved[0].item)
    again = open_panel()
    again.restore(panel.state())
    assert [one.item for one in again.create.results.batches[0].saved] == [batch.saved[1].item]
