"""Projects in folders of every name; items, models and runs called by every name."""

import re
from pathlib import Path

import pytest

from aigc_desktop.library.project import Project
from aigc_desktop.media.base import Media
from aigc_desktop.media.text import Text
from aigc_desktop.problems import BadInput
from tests.hostile_names import NAMES, UNDECODABLE, possible
from tests.library.makers import add, add_model, clip, picture, sound

EVERYWHERE = re.compile(r'[^<>:"/\\|?*\x00-\x1f\x7f]*[^<>:"/\\|?*\x00-\x1f\x7f. ]')
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)")


def use(project: Project, name: str) -> None:
    """Save, find, rename, trash, restore, rebuild under this name."""
    for media in (Text("spring"), picture(7, 300)):
        item = add(project, media, name=name, prompt=name * 3)
        assert item.path.exists() and project.items.get(item.id) == item
        again = project.items.rename(item.id, "2 " + name)
        assert again.path.exists() and not item.path.exists()
        project.items.trash(item.id)
        project.items.restore(item.id)
    model = add_model(project, name)
    assert project.models.find(model.name) == model.path
    project.models.rename(model.name, "3 " + name)
    assert project.models.find(name) == model.path  # by the name that it had
    project.models.trash("3 " + name)
    project.models.restore("3 " + name)
    run = project.runs.add({"generator": name, "name": name, "action": "train"})
    project.runs.set(run, state="failed", problem=name, model=name)


@pytest.mark.parametrize("kind", NAMES)
def test_items_models_and_runs_called_so(kind: str, tmp_path: Path) -> None:
    name = NAMES[kind]
    with Project.open(tmp_path / "project") as project:
        use(project, name)
        items, models = project.items.ids(), [model.name for model in project.models.list()]
        rebuilt = project.rebuild()
        assert project.items.ids() == items and [model.name for model in project.models.list()] == models
        assert rebuilt["items"] == 2 and rebuilt["skipped"] == 0
        assert project.verify() == []
        for one in project.items.search():
            assert one.name == " ".join(one.name.split()) and one.name.isprintable() | ("\u200d" in one.name)
        assert project.items.count(project.items.search()[0].name) >= 1
    for path in (tmp_path / "project").rglob("*"):
        assert EVERYWHERE.fullmatch(path.name) and not DEVICES.match(path.name), path.name
        assert len(path.name.encode()) <= 200 and not path.name.endswith(".new")


@pytest.mark.parametrize("kind", NAMES)
def test_a_project_in_a_folder_called_so(kind: str, tmp_path: Path) -> None:
    if not possible(NAMES[kind]):
        pytest.skip("no file can be called so here")
    folder = tmp_path / NAMES[kind] / "?#%20&mode=ro"
    with Project.open(folder) as project:
        item = add(project, picture(), name="a")
        assert project.verify() == []
    with Project.open(folder, create=False) as project:
        assert project.items.get(item.id).path.is_relative_to(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAMES[kind]]


def test_a_path_that_is_too_long_for_an_index(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="too long"):
        Project.open(tmp_path / ("春" * 80) / ("天" * 80))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_whose_name_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no letters"):
        Project.open(tmp_path / UNDECODABLE)
    assert list(tmp_path.iterdir()) == []


def test_words_that_are_no_text_are_looked_for_and_kept(tmp_path: Path) -> None:
    with Project.open(tmp_path / "project") as project:
        item = add(project, Text("a \udcff b"), name="half \ud800", prompt="half \udc00 of it")
        assert item.prompt == "half ? of it" and item.name == "half"
        assert project.items.search("half \udc00") == project.items.search("half ?") != []
        with pytest.raises(BadInput, match="There is no item"):
            project.items.get("\udcff")
        with pytest.raises(BadInput, match="There is no run"):
            project.runs.get("\udcff")
        with pytest.raises(BadInput, match="There is no model"):
            project.models.find("\udcff")
        assert project.verify() == []


@pytest.mark.parametrize("media", [picture(), sound(), clip()], ids=["picture", "sound", "clip"])
def test_an_item_whose_file_is_no_more_what_it_was_keeps_its_name(media: Media, tmp_path: Path) -> None:
    with Project.open(tmp_path / "project") as project:
        item = add(project, media, name="before")
        item.path.write_bytes(b"something else")
        with pytest.raises(BadInput, match=item.path.name):
            project.items.rename(item.id, "after")
        assert project.items.get(item.id).name == "before" and item.path.read_bytes() == b"something else"
        assert [path.name for path in item.path.parent.iterdir()] == [item.path.name]
