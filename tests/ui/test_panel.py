"""The panel of a generator with the real queue: data, training, what is seen of it, creating."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from aigc_desktop.engine import events, machine, registry
from aigc_desktop.engine.job import STARTER, Job
from aigc_desktop.engine.registry import Preflight
from aigc_desktop.library.project import Project
from aigc_desktop.ui import amounts, preflight
from aigc_desktop.ui.generator_panel import GeneratorPanel
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.seed_field import SeedField
from aigc_desktop.ui.settings import Settings
from tests.tiny import TINY

SECONDS = 60_000
GENERATORS = ("text.lstm", "image.gan")


@pytest.fixture
def window(project: Project, qapp: Any, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """What a panel needs of the window."""
    settings = Settings(tmp_path / "settings")
    jobs = Jobs(project, settings)
    opened: list[Any] = []
    library = SimpleNamespace(open_item=opened.append)
    yield SimpleNamespace(project=project, jobs=jobs, settings=settings, library=library, opened=opened)
    jobs.shutdown()


@pytest.fixture
def open_panel(qtbot: Any, window: SimpleNamespace) -> Callable[..., GeneratorPanel]:
    def make(id: str = "image.gan") -> GeneratorPanel:
        panel = GeneratorPanel(registry.get(id), window)
        qtbot.addWidget(panel)
        panel.resize(1000, 640)
        panel.show()
        return panel

    return make


def without_sizes(state: dict[str, Any]) -> dict[str, Any]:
    """The state, but for where the handles between left and right stand."""
    return {
        name: {key: one for key, one in value.items() if key != "split"} if isinstance(value, dict) else value
        for name, value in state.items()
    }


def click(qtbot: Any, button: QWidget) -> None:
    assert button.isVisible() and button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def drop(widget: QWidget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    given = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(5, 5), *given))
    QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), *given))


def settle(qtbot: Any, panel: GeneratorPanel, data: Path, id: str = "image.gan", **params: Any) -> None:
    """Choose data and tiny settings; wait until the data was looked at."""
    panel.train.form.set_values({"precision": "float32", "max_seconds": 0} | TINY[id]["train"] | params)
    drop(panel.train.data.zone, data)
    qtbot.waitUntil(lambda: panel.train.data.found is not None, timeout=SECONDS)


def until(qtbot: Any, panel: GeneratorPanel, state: str) -> None:
    """The shown run is in this state, and the window knows."""
    jobs, page = panel.window_.jobs, panel.train
    qtbot.waitUntil(lambda: not jobs.is_running(page.run) and page._state() == state, timeout=SECONDS)
    QApplication.processEvents()


# From data to a creation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", GENERATORS)
def test_train_watch_create(
    qtbot: Any, open_panel: Any, window: SimpleNamespace, id: str, tiny_text: Path, tiny_pictures: Path
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
    assert panel.create.model.value() == "my first"
    click(qtbot, page.status.create)
    assert panel.action() == "create"
    panel.create.form.set_values(TINY[id]["create"])
    panel.create.seed.set_value(11)
    click(qtbot, panel.create.create)
    batch = panel.create.results.batches[0]
    qtbot.waitUntil(lambda: batch.over, timeout=SECONDS)
    assert batch.sentence.level != "problem", batch.sentence.text()
    assert len(batch.saved) == TINY[id]["create"].get("count", 1)
    items = window.project.items.search()
    assert {item.id for item in items} == {one.item for one in batch.saved}
    assert items[0].model == "my first"
    batch.opened.emit(batch.saved[0])
    assert window.opened[0].id == batch.saved[0].item


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


def test_a_training_can_wait_behind_another(qtbot: Any, open_panel: Any, window: Any, tiny_pictures: Path) -> None:
    panel = open_panel()
    page = panel.train
    settle(qtbot, panel, tiny_pictures, max_steps=0)
    click(qtbot, page.controls.start)
    first = page.run
    page.form.set_values({"max_steps": 2})
    click(qtbot, page.controls.start)
    assert page.run == first  # what runs stays in sight
    assert [row.state for row in window.jobs.rows()] == ["running", "waiting"]
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
    actions = third.train.status.menu.actions()
    assert len(actions) == 1 and "Finished" in actions[0].text()
    actions[0].trigger()
    third.show_run(state["train"]["run"])
    assert third.train.run == state["train"]["run"]
    assert third.train._stack.currentIndex() == 1


def test_what_was_interrupted_is_offered_for_continuing(
    qtbot: Any, open_panel: Any, window: Any, tiny_pictures: Path
) -> None:
    panel = open_panel()
    settle(qtbot, panel, tiny_pictures, max_steps=0)
    click(qtbot, panel.train.controls.start)
    qtbot.waitUntil(lambda: panel.train.views["losses"].curves.count > 2, timeout=SECONDS)
    run = panel.train.run
    window.jobs.pause(run)
    until(qtbot, panel, "paused")
    window.project.runs.set(run, state="interrupted")
    again = open_panel()
    assert again.train.run == run
    assert again.train.status.state.text() == "Interrupted"
    assert again.train.controls.resume.isVisible()
    assert again.train.views["losses"].curves.count > 2


def test_a_lost_training_says_so_and_can_be_continued(
    qtbot: Any, open_panel: Any, window: Any, tiny_pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIGC_CHECKPOINT_SECONDS", "0.2")
    panel = open_panel()
    settle(qtbot, panel, tiny_pictures, max_steps=0)
    click(qtbot, panel.train.controls.start)
    folder = window.project.runs.folder(panel.train.run) / "checkpoints"
    qtbot.waitUntil(lambda: folder.is_dir() and any(folder.iterdir()), timeout=SECONDS)
    window.jobs._running[panel.train.run].worker.kill()
    until(qtbot, panel, "lost")
    qtbot.waitUntil(lambda: panel.train.status.sentence.isVisible())
    assert panel.train.controls.resume.isVisible()


# Data -----------------------------------------------------------------------------------------------------------------


def test_nothing_starts_without_data(qtbot: Any, open_panel: Any, window: Any) -> None:
    panel = open_panel()
    click(qtbot, panel.train.controls.start)
    assert panel.train.problem.text() == "Choose what to learn from first."
    assert window.jobs.rows() == []


def test_data_that_cannot_be_used_is_refused_with_its_sentence(
    qtbot: Any, open_panel: Any, window: Any, tmp_path: Path
) -> None:
    lying = tmp_path / "train-images-idx3-ubyte.gz"
    lying.write_bytes(gzip.compress(b"\0\0\x08\x03" + b"\0\0\0\x64" * 3 + b"few"))
    panel = open_panel()
    drop(panel.train.data.zone, lying)
    qtbot.waitUntil(lambda: panel.train.data.problem is not None, timeout=SECONDS)
    said = panel.train.data.summary.text()
    assert "train-images-idx3-ubyte" in said
    click(qtbot, panel.train.controls.start)
    assert panel.train.problem.text() == said
    assert window.jobs.rows() == []
    click(qtbot, panel.train.data.clear)
    assert panel.train.data.path is None and not panel.train.data.summary.isVisible()


def test_what_is_left_out_is_listed_with_the_reason(qtbot: Any, open_panel: Any, tiny_pictures: Path) -> None:
    (tiny_pictures / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing more")
    panel = open_panel()
    settle(qtbot, panel, tiny_pictures)
    fold = panel.train.data.skipped
    assert fold.isVisible() and fold.heading.text() == "1 left out"
    click(qtbot, fold.heading)
    assert panel.train.data.list.isVisible()
    assert panel.train.data.list.toPlainText().startswith("broken.png: ")


def test_data_can_be_chosen_by_keyboard_and_dialog(
    qtbot: Any, open_panel: Any, tiny_text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = open_panel("text.lstm")
    data = panel.train.data
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tiny_text), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    qtbot.keyClick(data.file, Qt.Key.Key_Space)
    assert data.path == str(tiny_text)
    assert data.name.text() == "tiny.txt"
    data.set_path(None)
    qtbot.keyClick(data.folder, Qt.Key.Key_Space)
    assert data.path == str(tmp_path)
    data.set_path(None)
    qtbot.keyClick(data.zone, Qt.Key.Key_Return)
    assert data.path == str(tiny_text)
    data.set_path(None)
    copied = QMimeData()
    copied.setUrls([QUrl.fromLocalFile(str(tiny_text))])
    QGuiApplication.clipboard().setMimeData(copied)
    qtbot.keyClick(data.zone, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert data.path == str(tiny_text)
    data.set_path(None)
    qtbot.keyClick(data.starter, Qt.Key.Key_Space)
    assert data.path == STARTER
    assert panel.train.name.placeholderText()


def test_several_files_at_once_are_not_taken(open_panel: Any, tiny_pictures: Path) -> None:
    panel = open_panel()
    zip_and_folder = (tiny_pictures / "00.png", tiny_pictures / "01.png")
    drop(panel.train.data.zone, *zip_and_folder)
    assert panel.train.data.path is None
    assert "2 files" in panel.train.data.summary.text()


def test_a_panel_closed_while_its_data_is_looked_at_or_its_run_goes_on(
    qtbot: Any, open_panel: Any, window: Any, tiny_pictures: Path
) -> None:
    panel = open_panel()
    settle(qtbot, panel, tiny_pictures, max_steps=0)
    click(qtbot, panel.train.controls.start)
    panel.train.data.set_path(STARTER)
    run = panel.train.run
    panel.close()
    panel.deleteLater()
    QApplication.sendPostedEvents(None, 52)
    qtbot.waitUntil(lambda: (window.jobs.progress(run) or events.Progress(0, 0)).step > 3, timeout=SECONDS)
    qtbot.wait(300)
    again = open_panel()
    assert again.train.run == run  # a training under way is shown at once
    qtbot.waitUntil(lambda: again.train.views["losses"].curves.count > 0, timeout=SECONDS)


# Settings -------------------------------------------------------------------------------------------------------------


def test_settings_of_a_job_come_back(open_panel: Any) -> None:
    panel = open_panel("text.lstm")
    job = Job(
        generator="text.lstm",
        params={"width": 96, "layers": 3, "gone": 1},
        data=STARTER,
        seed=42,
        name="poems",
    )
    panel.fill(job)
    values = panel.train.form.values()
    assert (values["width"], values["layers"]) == (96, 3)
    assert panel.train.job() == job.model_copy(update={"params": panel.train.job().params})
    panel.fill(Job(generator="text.lstm", action="create", params={"prompt": "To be"}, model="poems", seed=7))
    assert panel.action() == "create"
    assert panel.create.form.values()["prompt"] == "To be"
    assert panel.create.seed.value() == 7
    panel.fill(Job(generator="text.lstm", data="/other"))  # data alone: nothing else moves
    assert panel.train.form.values() == values
    assert panel.train.name.text() == "poems"


def test_the_cost_is_told_before_and_too_much_is_warned_of(
    qtbot: Any, open_panel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = registry.get("image.gan")
    facts = {"count": 100, "heldout": 10, "width": 28, "height": 28, "channels": 1}
    params = spec.train(max_seconds=120)
    said = preflight.line(spec, params, facts)
    assert "parameters" in said.text and said.text.endswith("about 2 min") and not said.warning
    assert preflight.line(spec, spec.train(max_seconds=0), {}).text == "until you stop it"
    assert preflight.line(spec, spec.train(max_seconds=0, max_steps=5000), facts).text.endswith("5,000 steps")
    key = machine.size_key(spec.id, params.model_dump(mode="json"), machine.shape_of(facts), machine.threads(0), "cpu")
    machine.Speeds().put(key, {"float32": 0.02, "bfloat16": 0.01})
    by_steps = spec.train(max_seconds=0, max_steps=6000)
    assert preflight.line(spec, by_steps, facts).text.endswith("about 60 s")
    monkeypatch.setattr(machine, "memory_bytes", lambda: 10**6)
    assert preflight.line(spec, params, facts).warning
    assert "1 MB" in preflight.line(spec, params, facts).text


def test_amounts_are_said_in_few_words() -> None:
    from aigc_desktop import i18n

    assert amounts.count(950) == "950"
    assert amounts.count(1_234_567) == "1.2 million"
    assert amounts.memory(400_000_000) == "0.4 GB"
    assert amounts.memory(12_000_000) == "12 MB"
    assert [amounts.about(s) for s in (0, 45, 300, 7200, 10**6)] == ["1 s", "45 s", "5 min", "2 h", "12 days"]
    assert [amounts.clock(s) for s in (0, 47.2, 725, 3723)] == ["0:00", "0:48", "12:05", "1:02:03"]
    assert [amounts.value(v) for v in (1.5231, 0.00123, 12.345, 0.0, -2.5)] == [
        "1.523",
        "0.0012",
        "12.35",
        "0.000",
        "-2.500",
    ]
    i18n.use("zh_CN")
    assert amounts.count(1_234_567) == "123 万"


def test_a_seed_changes_with_each_use_unless_locked_or_chosen(qtbot: Any) -> None:
    seed = SeedField(lock=True)
    qtbot.addWidget(seed)
    seed.set_value(5)
    assert seed.next() == 5
    second = seed.next()
    assert second != 5
    assert seed.value() == second
    seed.set_locked(True)
    assert seed.next() == second == seed.next()
    seed.set_locked(False)
    seed.line.setText("123")
    assert seed.next() == 123
    seed.line.setText("99999999999999999999"[:19])
    assert seed.value() < 2**63
    qtbot.keyClicks(seed.line, "abc-")
    assert seed.line.text().isdigit()


# Creating -------------------------------------------------------------------------------------------------------------


def test_without_a_model_the_way_to_train_one_is_offered(qtbot: Any, open_panel: Any) -> None:
    panel = open_panel()
    panel.show_action("create")
    assert not panel.create.create.isEnabled()
    assert panel.create.empty.sentence.text() == "There is no model yet. Train one first."
    click(qtbot, panel.create.empty.button)
    assert panel.action() == "train"


def test_models_appear_by_themselves_and_a_folder_can_be_chosen(
    qtbot: Any, open_panel: Any, window: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = open_panel()
    panel.show_action("create")
    for name in ("one", "two"):
        folder = window.project.models.prepare()
        (folder / "config.json").write_text("{}")
        window.project.models.add(
            folder, name=name, generator="image.gan", medium="picture", figures={"heldout_distance": 0.5}
        )
        window.jobs.library_changed.emit()
    page = panel.create
    assert page.model.value() == "one"  # what was chosen stays chosen
    assert [page.model.itemText(i) for i in range(2)] == ["two", "one"]
    assert "0.5" in page.about.text()
    assert page.create.isEnabled()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "elsewhere"))
    page.model.setCurrentIndex(page.model.count() - 1)
    page.model.activated.emit(page.model.count() - 1)
    assert page.model.value() == str(tmp_path / "elsewhere")
    window.jobs.library_changed.emit()
    assert page.model.value() == str(tmp_path / "elsewhere")
    assert page.job().model == str(tmp_path / "elsewhere")


def test_a_creation_that_fails_says_why(qtbot: Any, open_panel: Any, window: Any) -> None:
    panel = open_panel()
    folder = window.project.models.prepare()
    (folder / "config.json").write_text("{}")
    window.project.models.add(folder, name="hollow", generator="image.gan", medium="picture")
    window.jobs.library_changed.emit()
    panel.show_action("create")
    click(qtbot, panel.create.create)
    batch = panel.create.results.batches[0]
    qtbot.waitUntil(lambda: batch.over, timeout=SECONDS)
    assert batch.sentence.isVisible() and batch.sentence.text()
    assert batch.sentence.level == "problem"


def test_results_come_back_with_the_panel(qtbot: Any, open_panel: Any, window: Any) -> None:
    import numpy as np

    from aigc_desktop.media.picture import Picture

    job = {"generator": "image.gan", "action": "create", "model": "one", "params": {}, "seed": 3}
    panel = open_panel()
    batch = panel.create.results.add_batch("run-1", job)
    for grey in (1, 2):
        item = window.project.items.add(Picture(np.full((8, 8), grey, np.uint8)), name="", job=job, seed=3)
        batch.add(events.Saved(item.id, str(item.path), "picture", item.name))
    batch.end(events.Finished())
    window.project.items.trash(batch.saved[0].item)
    again = open_panel()
    again.restore(panel.state())
    assert [one.item for one in again.create.results.batches[0].saved] == [batch.saved[1].item]


# The panel ------------------------------------------------------------------------------------------------------------


def test_the_panel_tells_what_the_generator_is(qtbot: Any, open_panel: Any) -> None:
    panel = open_panel("text.lstm")
    assert not panel.text.isVisible()
    click(qtbot, panel.about)
    assert panel.text.isVisible()
    assert len(panel.text.toPlainText()) > 200
    assert panel.text.height() <= 0.4 * panel.height() + 1


def test_ctrl_return_does_what_the_main_button_does(qtbot: Any, open_panel: Any) -> None:
    panel = open_panel()
    panel.activateWindow()
    panel.train.name.setFocus()
    qtbot.waitUntil(panel.train.name.hasFocus)
    qtbot.keyClick(panel.train.name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert panel.train.problem.isVisible()


@pytest.mark.parametrize("id", GENERATORS)
def test_a_state_of_another_time_does_no_harm(open_panel: Any, id: str) -> None:
    panel = open_panel(id)
    before = panel.state()
    panel.restore({})
    panel.restore({"action": "fly", "train": {"params": {"x": 1}, "run": "gone", "views": {"tea": {}}}, "create": {}})
    assert panel.state()["train"]["params"] == before["train"]["params"]
    assert panel.train.run is None


def test_a_preflight_that_reads_no_facts_is_not_asked() -> None:
    spec = registry.get("image.gan")
    asked: list[Any] = []

    def count(params: Any, facts: dict[str, Any]) -> Preflight:
        asked.append(facts)
        return Preflight(1, 1)

    from dataclasses import replace

    preflight.line(replace(spec, preflight=count), spec.train(), {})
    assert not asked
