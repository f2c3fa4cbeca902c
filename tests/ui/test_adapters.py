"""Adapters in the library: their menu, and the jobs that it starts in the real child."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QFileDialog

from aigc_desktop.engine import adapter_files
from aigc_desktop.library.project import Project
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.library_dock import LibraryDock
from aigc_desktop.ui.settings import Settings
from tests.ui.library_world import model
from tests.ui.test_library_dock import close_menus, menu

PLAIN = "Merge into a new model"
ROOT = Path(__file__).resolve().parents[2]
TRAINING = """
import sys
from pathlib import Path
from aigc_desktop.engine.execute import perform
from tests.tiny import train_job
job = train_job("text.finetune", Path(sys.argv[1]), Path(sys.argv[2]), method="lora", rank=2)
perform(job, lambda event: None)
"""


@pytest.fixture
def jobs(project: Project, qapp: QApplication, tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(project, Settings(tmp_path / "settings"))
    yield made
    made.shutdown()


@pytest.fixture
def dock(qtbot: Any, project: Project, jobs: Jobs, tmp_path: Path) -> LibraryDock:
    """The library with an adapter, chosen, and a model that is none."""
    model(project, "digits")
    # In a process of its own: this one is the window's, which never imports torch.
    subprocess.run([sys.executable, "-c", TRAINING, str(tmp_path), str(project.path)], check=True, cwd=ROOT)
    shown = LibraryDock(project, jobs)
    qtbot.addWidget(shown)
    shown.show()
    shown.show_page("models")
    return shown


def open_menu(dock: LibraryDock, name: str) -> dict[str, Any]:
    row = next(row for row in dock.models.model.rows if row.name == name)
    dock.models.view.menu_wanted.emit(row, dock.mapToGlobal(QPoint(0, 0)))
    return menu(dock)


def test_merged_exported_and_left_off(
    qtbot: Any, dock: LibraryDock, jobs: Jobs, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert PLAIN not in open_menu(dock, "digits")
    close_menus(dock)
    said: list[str] = []
    dock.actions_.said.connect(lambda sentence, undo: said.append(sentence))

    def choose(title: str) -> Callable[[], None]:
        open_menu(dock, "tiny")[title].trigger()
        return lambda: close_menus(dock)

    choose(PLAIN)()
    qtbot.waitUntil(lambda: len(said) == 1, timeout=60_000)
    assert said == ["There is a new model: tiny, merged."]
    whole = project.models.find("tiny, merged")
    assert (whole / "model.safetensors").exists() and project.models.get("tiny, merged").generator == "text.finetune"

    (tmp_path / "out").mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    choose("Export the adapter…")()
    choose("Export as a whole model…")()
    qtbot.waitUntil(lambda: len(said) == 3, timeout=60_000)
    assert adapter_files.is_adapter(tmp_path / "out" / "tiny")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"tiny", "tiny 2"}, said
    assert (tmp_path / "out" / "tiny 2" / "config.json").exists()

    with qtbot.waitSignal(dock.use_settings) as wanted:
        choose("Create with its base alone")()
    assert wanted.args[0]["model"] == str(tmp_path / "base") and wanted.args[0]["action"] == "create"
    (tmp_path / "base").rename(tmp_path / "gone")
    choose("Create with its base alone")()
    assert "Put it back there" in said[-1]
    choose(PLAIN)()
    qtbot.waitUntil(lambda: len(said) == 5, timeout=60_000)
    assert "Put it back there" in said[-1] and len(project.models.list()) == 3
