"""Training data in files of every name, in folders and zips: used, or skipped by a name that can be read."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aigc_desktop.data.pictures import Pictures
from aigc_desktop.data.texts import Texts
from aigc_desktop.problems import BadInput
from aigc_desktop.shown import shown
from tests.hostile_names import NAMES, UNDECODABLE, file_named, possible


def fill(folder: Path, suffix: str) -> list[str]:
    """A file of every name that is possible here; their names."""
    names = [file_named(name, suffix) for name in [*NAMES.values(), UNDECODABLE]]
    names = [name for name in names if possible(name) and not name.startswith(".")]
    for number, name in enumerate(names):
        if suffix == ".png":
            Image.fromarray(np.full((8, 8), number, np.uint8)).save(folder / name)
        else:
            (folder / name).write_text(f"the owl sees {number} birds\n" * 20, encoding="utf-8")
    return names


@pytest.mark.parametrize(("kind", "suffix"), [(Pictures(), ".png"), (Texts(), ".txt")])
def test_a_folder_of_them(kind: Pictures | Texts, suffix: str, tmp_path: Path) -> None:
    names = fill(tmp_path, suffix)
    found = kind.look(str(tmp_path))
    assert found.facts.get("count", found.facts.get("files")) == len(names) >= 15 and not found.skipped
    assert kind.load(str(tmp_path), None, 0).sha256
    for name in names:
        (tmp_path / name).write_bytes(b"\x89\0" * 300)
    with pytest.raises(BadInput) as problem:
        kind.look(str(tmp_path))
    assert str(problem.value).isprintable() or "\u2068" in str(problem.value)
    for name in names:  # each for itself, as it is dropped
        with pytest.raises(BadInput) as problem:
            kind.look(str(tmp_path / name))
        said = str(problem.value)
        said.encode()
        assert "\n" not in said and "\u202e" not in said and len(said) < 300
        assert shown(tmp_path / name) in said


def test_a_zip_of_them(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "names.zip", "w") as archive:
        for number, name in enumerate(NAMES.values()):
            info = zipfile.ZipInfo("x")
            info.filename = f"{number} {name}.txt"
            archive.writestr(info, f"the owl sees {number} birds\n" * 20)
    assert Texts().look(str(tmp_path / "names.zip")).facts["files"] == len(NAMES)


def test_a_zip_whose_names_differ_by_case_or_composition_only(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "twins.zip", "w") as archive:
        for number, name in enumerate(("A.txt", "a.txt", "é.txt", "e\u0301.txt", "a.txt/b.txt")):
            archive.writestr(name, f"the owl sees {number} birds\n" * 20)
    assert Texts().look(str(tmp_path / "twins.zip")).facts["files"] == 5
