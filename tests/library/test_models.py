"""Models: unique readable names, found by name or folder, renamed, trashed."""

import json
import os
from pathlib import Path

import pytest

from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from tests.library.makers import add, add_model, files


def test_a_model_is_a_readable_folder_in_the_project(project: Project) -> None:
    model = add_model(project, "GAN: on / mnist", figures={"loss": 0.5}, run="r", seed=7)
    assert model.path == project.path / "models" / "GAN- on - mnist"
    assert (model.name, model.figures, model.run, model.seed) == ("GAN: on / mnist", {"loss": 0.5}, "r", 7)
    assert project.models.list() == [model] == project.models.list(generator="image.gan")
    assert project.models.list(generator="text.lstm") == []
    assert project.models.get("gan: ON / mnist") == model
    assert [path.name for path in (project.path / "models").iterdir()] == ["GAN- on - mnist"]


def test_names_are_unique_whatever_their_case(project: Project) -> None:
    assert [add_model(project, name).name for name in ("gan", "gan", "GAN", "gan 2", "")] == [
        "gan",
        "gan 2",
        "GAN 3",
        "gan 2 2",
        "gan 4",
    ]
    assert len({model.path for model in project.models.list()}) == 5
    assert all((model.path / "config.json").exists() for model in project.models.list())


def test_find_takes_a_name_or_a_folder(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = add_model(project, "gan on mnist")
    assert project.models.find("gan on mnist") == model.path
    assert project.models.find(" Gan On MNIST ") == model.path
    assert project.models.find(str(model.path)) == model.path
    other = tmp_path / "elsewhere" / "gpt2"
    other.mkdir(parents=True)
    assert project.models.find(str(other)) == other.resolve()
    monkeypatch.chdir(other.parent)
    assert project.models.find("gpt2") == other.resolve()
    with pytest.raises(BadInput, match="There is no model folder .*gone"):
        project.models.find(str(other / "gone"))


def test_find_suggests_the_nearest(project: Project) -> None:
    with pytest.raises(BadInput, match="has none yet"):
        project.models.find("gan")
    add_model(project, "GAN on mnist")
    add_model(project, "唐诗")
    with pytest.raises(BadInput, match="did you mean GAN on mnist"):
        project.models.find("gan on mnits")
    with pytest.raises(BadInput, match="there are: 唐诗, GAN on mnist"):
        project.models.find("xyz")
    for odd in ("", " ", "zero\0byte", "~nobody/x", "a" * 5000):
        with pytest.raises(BadInput):
            project.models.find(odd)


def test_a_renamed_model_is_found_by_its_old_name_too(project: Project) -> None:
    model = add_model(project, "before")
    item = add(project, model="before")
    renamed = project.models.rename("before", "after 春")
    assert renamed.name == "after 春" and renamed.path == model.path
    assert project.models.find("after 春") == project.models.find("before") == model.path
    assert project.items.get(item.id).model == "after 春"
    assert [one.id for one in project.items.search("after")] == [item.id]
    assert json.loads((model.path / "library.json").read_text(encoding="utf-8"))["name"] == "after 春"
    new = add_model(project, "before")  # a newer model of that name comes first
    assert project.models.find("before") == new.path
    with pytest.raises(BadInput, match="There already is a model"):
        project.models.rename("after 春", "BEFORE")
    assert project.models.rename("after 春", "AFTER 春").name == "AFTER 春"
    with pytest.raises(BadInput, match="at least one letter"):
        project.models.rename("before", "\t")
    assert project.verify() == []


def test_trash_and_restore(project: Project) -> None:
    model = add_model(project, "gan")
    before = files(model.path)
    project.models.trash("gan")
    assert not model.path.exists() and project.models.list() == []
    (trashed,) = project.models.list(trashed=True)
    assert files(trashed.path) == before
    with pytest.raises(BadInput, match="is in the trash"):
        project.models.find("gan")
    second = add_model(project, "gan")  # the name is free again, the folder's is not
    assert second.name == "gan" and second.path != model.path
    restored = project.models.restore("gan")
    assert restored.name == "gan 2" and restored.path == model.path and files(model.path) == before
    with pytest.raises(BadInput, match="in the trash"):
        project.models.restore("gan")
    assert project.verify() == []


def test_an_earlier_state_makes_way_in_one_move(project: Project) -> None:
    add_model(project, "gan", run="the run")
    project.models.rename("gan", "mine")
    second = add_model(project, "gan", run="the run")
    assert second.name == "gan" and project.models.list() == [second]
    assert [model.name for model in project.models.list(trashed=True)] == ["mine"]
    assert add_model(project, "gan", run="another run").name == "gan 2"


def test_emptying_the_trash(project: Project) -> None:
    add_model(project, "gan")
    kept = add_model(project, "kept")
    project.models.trash("gan")
    gone = project.path / "trash" / "models" / "whose emptying was killed"
    gone.mkdir()
    (gone / "half").touch()
    assert project.models.empty_trash() == 1
    assert project.models.list(trashed=True) == [] and files(project.path / "trash") == set()
    assert kept.path.exists()


def test_a_folder_that_was_never_added_is_swept_when_its_process_is_gone(project: Project) -> None:
    mine = project.models.prepare("mine")
    young = project.models.prepare("young")
    gone = mine.with_name(".new-4194303-abc")  # more than the highest process id of Linux
    gone.mkdir()
    (gone / "model.safetensors").write_text("half")
    for path in (*mine.iterdir(), mine):
        os.utime(path, (1e9, 1e9))
    project.close()
    with Project.open(project.path):
        assert mine.exists() and young.exists() and not gone.exists()
        assert files(project.path / "trash") == set()


def test_a_whole_folder_without_a_row_is_taken_in(project: Project) -> None:
    """The process died between moving the folder and writing its row; or a user copied a model from another project."""
    model = add_model(project, "gan", figures={"loss": 1.5})
    project._database.execute("DELETE FROM models")
    os.utime(model.path, (1e9, 1e9))
    for path in model.path.iterdir():
        os.utime(path, (1e9, 1e9))
    project.close()
    with Project.open(project.path) as again:
        assert again.models.get("gan") == model
