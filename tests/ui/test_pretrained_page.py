"""A model folder that was trained elsewhere, in its panel: chosen, written with by a real child process, remembered."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog

from tests.language_models import tiny_llama
from tests.ui.panels import SECONDS, click


def choose(panel: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    chooser = panel.create.model
    chooser.setCurrentIndex(chooser.count() - 1)
    chooser.activated.emit(chooser.count() - 1)


def test_choose_a_folder_and_write(
    qtbot: Any, open_panel: Any, panel_window: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny_llama(tmp_path / "models--someone--tiny-llama" / "snapshots" / "0123abc")
    panel = open_panel("text.pretrained")
    assert panel.train is None and panel.create is not None
    page = panel.create
    choose(panel, folder, monkeypatch)
    assert page.model.value() == str(folder) and page.model.currentText() == "tiny-llama"
    page.form.set_values({"prompt": "the {fox|hen}", "count": 3, "max_new_tokens": 8, "precision": "float32"})
    click(qtbot, page.create)
    batch = page.results.batches[0]
    qtbot.waitUntil(lambda: batch.over, timeout=SECONDS)
    assert batch.sentence.level != "problem", batch.sentence.text()
    assert len(batch.saved) == 3
    for item in panel_window.project.items.search():
        assert item.generator == "text.pretrained" and item.model == "tiny-llama" and item.expanded["alternatives"] == 3
        assert item.path.read_bytes().decode().startswith(item.prompt) and item.prompt in ("the fox", "the hen")


def test_folders_are_remembered_while_they_are_there(
    open_panel: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = open_panel("text.pretrained")
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
        (folder / "config.json").write_text('{"model_type": "llama"}')
        choose(panel, folder, monkeypatch)
    state = panel.state()
    shutil.rmtree(folders[0])
    again = open_panel("text.pretrained")
    again.restore(state)
    chooser = again.create.model
    assert chooser.value() == str(folders[2])
    assert {chooser.itemText(place) for place in range(2)} == {"two", "three"}
    assert chooser.itemText(2) not in ("one", "two", "three")


def test_models_of_others_that_it_opens_are_on_offer(open_panel: Any, panel_window: SimpleNamespace) -> None:
    models = panel_window.project.models
    for name, generator, kind in (("a GPT", "text.gpt", "gpt2"), ("an LSTM", "text.lstm", "aigc-recurrent")):
        folder = models.prepare()
        (folder / "config.json").write_text(f'{{"model_type": "{kind}"}}')
        models.add(folder, name=name, generator=generator, medium="text")
    chooser = open_panel("text.pretrained").create.model
    assert chooser.value() == "a GPT"
    assert "an LSTM" not in [chooser.itemText(place) for place in range(chooser.count())]


def test_a_folder_that_was_chosen_once_is_offered_everywhere(
    open_panel: Any, panel_window: SimpleNamespace, tmp_path: Path
) -> None:
    tiny_llama(tmp_path / "a model")
    first = open_panel("text.pretrained")
    assert first.create.model.value() is None and first.pages["explore"].model.value() is None
    first.create.model.set_value(str(tmp_path / "a model"))
    first.create.model.chosen.emit()
    assert first.pages["explore"].model.value() == str(tmp_path / "a model")
    assert panel_window.settings["models"] == [str(tmp_path / "a model")]
    assert open_panel("text.pretrained").create.model.value() == str(tmp_path / "a model")
