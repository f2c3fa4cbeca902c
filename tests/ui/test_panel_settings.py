"""The panel's data and settings, and what it says before anything starts."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog

from aigc_desktop.engine import events, machine, registry
from aigc_desktop.engine.job import STARTER, Job
from aigc_desktop.engine.registry import Preflight
from aigc_desktop.ui import amounts, preflight
from aigc_desktop.ui.seed_field import SeedField
from tests import tiny
from tests.ui.panels import GENERATORS, SECONDS, click, drop, settle

# Data -----------------------------------------------------------------------------------------------------------------


def test_nothing_starts_without_data(qtbot: Any, open_panel: Any, panel_window: Any) -> None:
    panel = open_panel()
    click(qtbot, panel.train.controls.start)
    assert panel.train.problem.text() == "Choose what to learn from first."
    assert panel_window.jobs.rows() == []


def test_data_that_cannot_be_used_is_refused_with_its_sentence(
    qtbot: Any, open_panel: Any, panel_window: Any, tmp_path: Path
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
    assert panel_window.jobs.rows() == []
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
    qtbot: Any, open_panel: Any, panel_window: Any, tiny_pictures: Path
) -> None:
    panel = open_panel()
    settle(qtbot, panel, tiny_pictures, max_steps=0)
    click(qtbot, panel.train.controls.start)
    panel.train.data.set_path(STARTER)
    run = panel.train.run
    panel.close()
    panel.deleteLater()
    QApplication.sendPostedEvents(None, 52)
    qtbot.waitUntil(lambda: (panel_window.jobs.progress(run) or events.Progress(0, 0)).step > 3, timeout=SECONDS)
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
    writer = open_panel("text.lstm")
    writer.show_action("create")
    prompt = writer.create.form.field("prompt").edit
    writer.activateWindow()
    prompt.setFocus()
    qtbot.waitUntil(prompt.hasFocus)
    qtbot.keyClick(prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert writer.create.problem.text() == "Choose a model first."
    assert prompt.toPlainText() == ""


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


def test_a_model_that_is_not_chosen_yet_is_no_fault_until_one_starts(
    open_panel: Any, qtbot: Any, tmp_path: Path
) -> None:
    page = open_panel("text.finetune").train
    page._say_cost()
    assert "Choose a model" in page.cost.text() and page.cost.level == "quiet"
    page.data.set_path(str(tiny.data("texts", tmp_path)))
    qtbot.waitUntil(lambda: page.data.found is not None, timeout=SECONDS)
    page.start()
    assert "Choose a model" in page.problem.text() and page.problem.level == "problem"
    assert page.run is None and not page.project.runs.list()
    page.form.set_values({"base": str(tmp_path / "gone")})
    page._say_cost()
    assert page.cost.level == "problem"
