"""Settings and sessions on disk."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from aigc_desktop.engine.params import describe
from aigc_desktop.library import places
from aigc_desktop.ui.session import Session, pack, unpack
from aigc_desktop.ui.settings import GROUPS, Preferences, Settings


def test_settings_last(tmp_path: Path, qtbot) -> None:
    settings = Settings(tmp_path)
    assert settings["theme"] == "system"
    with qtbot.waitSignal(settings.changed) as said:
        settings["theme"] = "dark"
    assert said.args == ["theme"]
    assert Settings(tmp_path)["theme"] == "dark"
    assert json.loads(settings.path.read_text()) == {"theme": "dark"}, "defaults are not written"
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


def test_the_same_value_says_nothing(tmp_path: Path, qtbot) -> None:
    settings = Settings(tmp_path)
    with qtbot.assertNotEmitted(settings.changed):
        settings["threads"] = 0
    assert not settings.path.exists()


def test_only_declared_names_and_fitting_values(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    with pytest.raises(KeyError):
        settings["colour"]
    with pytest.raises(KeyError):
        settings["colour"] = "red"
    with pytest.raises(ValueError, match="threads"):
        settings["threads"] = -1
    assert settings["threads"] == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "\x00",
        '{"theme": "purple", "threads": 3, "later": 1}',
        '{"theme": [], "threads": 3, "language": {}, "offline": 1, "project_folder": 7, "projects": [1], "welcomed": "x"}',
        "[" * 100_000,
    ],
)
def test_a_damaged_file_counts_as_not_set(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text)
    settings = Settings(tmp_path)
    assert settings["theme"] == "system"
    assert settings["threads"] == (3 if "threads" in text else 0)


@pytest.mark.warns
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(tmp_path / "file" / "below")
    settings["theme"] = "dark"
    assert settings["theme"] == "dark"
    assert not Session(tmp_path / "file", tmp_path).save({"open": []})


def test_recent_projects(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    for name in [*"abcdefghijkl", "c"]:
        settings.opened(Path("/projects") / name)
    assert [Path(path).name for path in settings["projects"]] == [*"clkjihgfed"]


def test_every_preference_is_declared_for_the_form() -> None:
    declared = {one.name: one for one in describe(Preferences)}
    assert set(declared) == set(Preferences.model_fields)
    assert all(one.title and one.help.endswith(".") for one in declared.values())
    assert set(declared) == {name for group in GROUPS.values() for name in group.model_fields}, "each under a heading"


def test_settings_lie_in_the_platforms_folder(home: Path) -> None:
    assert Settings().path == places.settings_file() and places.settings_file().is_relative_to(home)


def test_sessions_are_a_projects_own(tmp_path: Path) -> None:
    one, other = Session(tmp_path, Path("/a")), Session(tmp_path, Path("/b"))
    assert one.load() == {}
    assert one.save({"open": ["x"]})
    assert not one.save({"open": ["x"]}), "unchanged: not written again"
    assert other.load() == {}
    assert Session(tmp_path, Path("/a")).load()["open"] == ["x"]


def test_qts_states_as_text() -> None:
    state = QByteArray(bytes(range(256)))
    assert unpack(pack(state)) == state
    for wrong in (None, 3, "ü", {}):
        assert unpack(wrong).isEmpty()
