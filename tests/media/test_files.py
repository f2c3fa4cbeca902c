"""Files written whole or not at all."""

import os
from pathlib import Path

import pytest

from aigc_desktop.media.files import replacing, sync_tree, with_suffix_added, write_bytes


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_bytes(path, b"old")
    with replacing(path) as temporary:
        temporary.write_bytes(b"new")
        assert path.read_bytes() == b"old" and temporary.parent == tmp_path
        assert temporary.name.startswith(".") and temporary.name.endswith(".new")
    assert path.read_bytes() == b"new" and os.listdir(tmp_path) == ["a.txt"]


def test_nothing_stays_of_what_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_bytes(path, b"old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as temporary:
        temporary.write_bytes(b"half")
        raise KeyboardInterrupt
    with pytest.raises(FileNotFoundError), replacing(path):
        pass  # nothing was written
    with pytest.raises(IsADirectoryError):
        write_bytes(tmp_path, b"x")
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["a.txt"]


def test_names_with_dots_keep_them(tmp_path: Path) -> None:
    assert with_suffix_added(tmp_path / "step 1.5", ".png") == tmp_path / "step 1.5.png"


def test_trees_are_synced(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text("x")
    sync_tree(tmp_path)
