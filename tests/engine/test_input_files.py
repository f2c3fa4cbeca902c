"""The files that a creation begins with: found again wherever the project goes, whoever typed them where."""

from pathlib import Path

import pytest

from aigc_desktop.engine import input_files
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.params import Mask, Params, Picture, Pictures, Prompt, field
from aigc_desktop.problems import BadInput


class Set(Params):
    prompt: Prompt = field("", title="Prompt", help="Words.")
    start: Picture | None = field(None, title="Start", help="A picture.")
    mask: Mask | None = field(None, title="Mask", help="A mask.")
    many: Pictures = field([], title="Many", help="Pictures.")


def creation(**params: object) -> Job:
    return Job(generator="x", action="create", model="m", params=params)


def test_what_lies_in_the_project_is_kept_by_its_path_in_there_and_found_where_it_now_is(tmp_path: Path) -> None:
    old, new, away = tmp_path / "old", tmp_path / "new", str(tmp_path / "elsewhere.png")
    (old / "inputs").mkdir(parents=True)
    (old / "inputs" / "面 具.png").write_bytes(b"")
    job = creation(
        prompt=str(old / "a"), start=away, mask=str(old / "inputs" / "面 具.png"), many=[away, str(old / "b")]
    )
    kept = input_files.kept(job, Set, old)
    assert kept.params == {"prompt": str(old / "a"), "start": away, "mask": "inputs/面 具.png", "many": [away, "b"]}
    old.rename(new)
    found = input_files.values(kept, Set, project=new)
    assert found["mask"] == str(new / "inputs" / "面 具.png") and found["start"] == away
    assert found["many"] == [away, "b"], "what is not there keeps its name, to be told of by it"
    assert input_files.values(kept, Set, project=None)["mask"] == "inputs/面 具.png"


def test_a_file_that_a_link_brings_into_the_project_lies_in_it(tmp_path: Path) -> None:
    (tmp_path / "real" / "inputs").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    job = creation(start=str(tmp_path / "link" / "inputs" / "a.png"))
    assert input_files.kept(job, Set, tmp_path / "real").params["start"] == "inputs/a.png"


def test_inputs_go_where_pictures_are_wanted_in_their_order(tmp_path: Path) -> None:
    job = creation(prompt="p").model_copy(update={"inputs": ["/a.png", "/b.png"]})
    assert input_files.values(job, Set) == {"prompt": "p", "start": "/a.png", "mask": "/b.png"}
    with pytest.raises(BadInput, match="takes 2 inputs, not 3"):
        input_files.values(job.model_copy(update={"inputs": ["/a", "/b", "/c"]}), Set, "Diffusion")
    inside = job.model_copy(update={"inputs": [str(tmp_path / "items" / "a.png"), "/b.png"]})
    assert input_files.kept(inside, Set, tmp_path).inputs == ["items/a.png", "/b.png"]


def test_what_is_typed_in_a_folder_is_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    typed = {"prompt": "a.png", "start": "a.png", "mask": None, "many": ["~/b.png"]}
    found = input_files.anchored(Set, typed)
    assert found["start"] == str(tmp_path / "a.png") and found["prompt"] == "a.png" and found["mask"] is None
    assert found["many"] == [str(tmp_path / "home" / "b.png")]
