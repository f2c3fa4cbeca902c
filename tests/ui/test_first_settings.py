"""The settings window, with the settings file that the command line reads too."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from aigc_desktop.engine import machine
from aigc_desktop.library import places
from aigc_desktop.ui.app import Studio
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.settings import Settings
from aigc_desktop.ui.settings_window import SettingsWindow


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def shown(settings: Settings, qtbot) -> SettingsWindow:
    found: list[tuple[str, ...]] = [()]
    window = SettingsWindow(settings, SimpleNamespace(devices=lambda: found[-1], found=found))
    qtbot.addWidget(window)
    window.show()
    return window


def on_disk() -> dict:
    return json.loads(places.settings_file().read_text(encoding="utf-8"))


def test_headings_and_what_automatic_is(shown: SettingsWindow) -> None:
    texts = [label.text() for label in shown.findChildren(QLabel)]
    assert [text for text in texts if text in ("General", "Work", "Privacy")] == ["General", "Work", "Privacy"]
    spin = shown.field("threads").spin
    assert spin.text() == f"Automatic ({machine.threads()} of {os.cpu_count()})"
    spin.stepUp()
    assert spin.text() == "1" and shown.settings["threads"] == 1
    spin.stepDown()
    assert shown.settings["threads"] == 0 and spin.text().startswith("Automatic")
    assert (
        shown.field("memory_gb").spin.text().startswith("Automatic (") and "GB" in shown.field("memory_gb").spin.text()
    )
    assert shown.field("project_folder").line.placeholderText() == str(places.documents_folder())


def test_only_devices_that_exist(shown: SettingsWindow, qtbot) -> None:
    box = shown.field("device").box
    assert all(box.model().item(row).isEnabled() for row in range(4)), "nobody has looked yet"
    shown.jobs.found.append(("cpu", "mps"))
    qtbot.waitUntil(lambda: box.itemText(0) == "Automatic (Apple graphics)")
    assert [box.model().item(row).isEnabled() for row in range(4)] == [True, True, False, True]
    assert box.itemText(2) == "NVIDIA graphics card – none that can be used here"
    assert not shown._look.isActive()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert shown.settings["device"] == "cpu"
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert shown.settings["device"] == "mps", "the arrow passes over what is not there"


def test_the_folder_for_projects(shown: SettingsWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = shown.field("project_folder").line

    def type_in(text: str) -> None:
        line.setText(text)
        QTest.keyClick(line, Qt.Key.Key_Return)

    type_in(str(tmp_path / "new"))
    assert on_disk()["project_folder"] == str(tmp_path / "new")
    assert places.default_project() == tmp_path / "new" / "My project"
    assert not (tmp_path / "new").exists(), "made when a project is"
    (tmp_path / "file").write_text("")
    for wrong, why in (("a/b", "whole path"), (str(tmp_path / "file" / "x"), "file, not a folder")):
        type_in(wrong)
        assert why in shown.problem.text() and shown.problem.isVisible()
        assert shown.settings["project_folder"] == str(tmp_path / "new"), "the last that could be used"
        shown.settings["theme"] = "dark"
        assert line.text() == wrong, "still being corrected"
        shown.settings["theme"] = "light"
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)  # root may write everywhere
    type_in(str(tmp_path / "other"))
    assert "cannot be written" in shown.problem.text()
    monkeypatch.undo()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    shown.field("project_folder").button.click()
    assert shown.problem.text() == "" and shown.settings["project_folder"] == str(tmp_path)
    type_in("~")
    assert shown.settings["project_folder"] == str(Path.home())


def test_the_command_line_means_the_same_folder(settings: Settings, tmp_path: Path, home: Path) -> None:
    """It reads the window's file, without Qt; what is in there may be anything."""
    settings["project_folder"] = str(tmp_path / "文件")
    code = "import sys; from aigc_desktop.library.places import *; print(ascii(str(default_project())), 'PySide6' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split("' ")
    assert said[0].strip("'").encode().decode("unicode_escape") == str(tmp_path / "文件" / "My project")
    assert said[1].strip() == "False"
    for odd in (
        '{"project_folder": 3}',
        '{"project_folder": "here"}',
        '{"project_folder": "~nobody-x/y"}',
        "[]",
        "[" * 99_999,
    ):
        places.settings_file().write_text(odd)
        assert places.default_project() == places.documents_folder() / "My project", odd
    os.environ["AIGC_PROJECT"] = str(tmp_path / "named")
    try:
        assert places.default_project() == tmp_path / "named"
    finally:
        del os.environ["AIGC_PROJECT"]


def test_reset_and_changes_made_elsewhere(shown: SettingsWindow) -> None:
    shown.set_values({"threads": 2, "theme": "dark", "offline": False, "autosave_seconds": 9})
    assert (shown.settings["threads"], shown.settings["offline"]) == (2, False)
    shown.settings["theme"] = "light"
    assert shown.field("theme").value() == "light"
    shown.restore.click()
    assert on_disk() == {}
    assert shown.field("threads").value() == 0


@pytest.fixture
def studio(qapp: QApplication, tmp_path: Path, qtbot) -> Iterator[Studio]:
    made = Studio(qapp, Settings(), Log())
    made.start(tmp_path / "one")
    assert made.jobs is not None and made.window is not None
    made.jobs.warm = lambda: None  # type: ignore[method-assign]
    qtbot.waitUntil(lambda: made.window is not None and made.window._complete)
    yield made
    made.end()
    made.window.close()
    made.window.deleteLater()
    qapp.removeTranslator(made._qt_words)


def test_a_change_of_language_keeps_the_window_open(studio: Studio, qtbot) -> None:
    window = studio.window
    assert window is not None
    window.show_settings()
    window.windows["settings"].set_values({"language": "zh_CN"})
    qtbot.waitUntil(lambda: "settings" in window.windows and window.windows["settings"].windowTitle() == "设置")
    assert window.windows["settings"].isVisible()
    window.windows["settings"].set_values({"language": "en"})
    qtbot.waitUntil(lambda: "settings" in window.windows and window.windows["settings"].windowTitle() == "Settings")
    qtbot.wait(10)  # what the first left to delete is gone
    assert window.windows["settings"].isVisible()


def test_the_folder_for_projects_is_gone(qapp: QApplication, tmp_path: Path) -> None:
    """A project of one's own is there all the same, in the documents."""
    (tmp_path / "file").write_text("")
    settings = Settings()
    settings["project_folder"] = str(tmp_path / "file" / "below")
    studio = Studio(qapp, settings, Log())
    assert studio.start()
    assert studio.project is not None and studio.project.path == places.documents_folder() / "My project"
    assert studio.window is not None and "file" in studio.window.notices.texts()["project"]
    studio.end()
    studio.window.close()
    studio.window.deleteLater()
