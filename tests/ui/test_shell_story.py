"""One user's first hour in the real window, with a real child process: drop, train, watch, create, find, do it again."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from aigc_desktop.engine.events import Finished, Last, Metrics
from aigc_desktop.ui import dropped
from aigc_desktop.ui.app import Studio
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.settings import Settings
from tests import tiny

PATIENCE = 60_000  # milliseconds for a child process to import torch on a busy machine


@pytest.mark.usefixtures("nothing_modal")
def test_first_hour(qapp: QApplication, qtbot: Any, tmp_path: Path, tiny_text: Path) -> None:
    studio = Studio(qapp, Settings(), Log())
    studio.start(tmp_path / "project")
    window, jobs, project = studio.window, studio.jobs, studio.project
    assert window is not None and jobs is not None and project is not None
    qtbot.waitUntil(lambda: window._complete)

    dropped.use(window, [str(tiny_text)])
    qtbot.waitUntil(lambda: "text.lstm" in window.area.docks, timeout=PATIENCE)
    panel = window.area.docks["text.lstm"].panel
    assert panel.train.job().data == str(tiny_text), "chosen by the drop"

    settings = tiny.TINY["text.lstm"]["train"] | {"precision": "float32", "max_steps": 4}
    panel.train.form.set_values(settings)
    steps: list[int] = []
    ends: list[Last] = []
    jobs.subscribe(None, Metrics, lambda event: steps.append(event.step))
    jobs.ended.connect(lambda run, last: ends.append(last))
    panel.start()
    run = jobs.running
    assert run is not None

    studio.settings["language"] = "zh_CN"
    assert jobs.running == run, "the job goes on while the window is built anew"
    qtbot.waitUntil(lambda: bool(ends), timeout=PATIENCE)
    assert isinstance(ends[0], Finished) and steps
    studio.settings["language"] = "en"
    panel = window.area.docks["text.lstm"].panel
    assert panel.train.job().params["max_steps"] == 4, "what was typed outlasts a change of language"

    (model,) = project.models.list()
    window.create_with(model.name)
    assert panel.action() == "create"
    panel.create.form.set_values(tiny.TINY["text.lstm"]["create"])
    panel.start()
    qtbot.waitUntil(lambda: len(ends) == 2, timeout=PATIENCE)
    assert isinstance(ends[1], Finished)
    (item,) = project.items.search()

    window.library.use_settings.emit(item.job)
    assert panel.create.job().params["prompt"] == "the "
    window.commands["reset_layout"].trigger()
    assert "text.lstm" in window.area.docks

    studio.end()
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
