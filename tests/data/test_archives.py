"""The files under a path: folders and zips, and what is dangerous or damaged about them."""

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from aigc_desktop.data.archives import open_files
from aigc_desktop.data.texts import Texts
from aigc_desktop.problems import BadInput

TEXT = "A line of text that is long enough to be learned from, said the fox.\n" * 10


def names(path: Path) -> list[str]:
    with open_files(path) as files:
        return [entry.name for entry in files.entries]


def test_a_folder_is_read_to_its_depths_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.txt", ".hidden/x.txt", "a/.DS_Store", "Thumbs.db"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    assert names(tmp_path) == ["a/b/c.txt", "a/z.txt", "b.txt"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither pipes in folders nor links for everyone")
def test_pipes_and_broken_links_do_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "round").symlink_to(tmp_path)
    with open_files(tmp_path) as files:
        assert [entry.name for entry in files.entries] == ["a.txt"]
        assert [(name, str(reason)) for name, reason in files.skipped] == [("gone.txt", "The file cannot be read.")]


def test_entries_that_point_out_of_a_zip_stay_in_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret " * 100, encoding="utf-8")
    packed = tmp_path / "in" / "evil.zip"
    packed.parent.mkdir()
    link = zipfile.ZipInfo("link.txt")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../secret.txt", TEXT)
        archive.writestr(str(tmp_path / "absolute.txt"), TEXT + "absolute")
        archive.writestr(link, "../secret.txt")
        archive.writestr("__MACOSX/._a.txt", "litter")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    data = Texts().load(str(packed), None, 0)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert "the secret" not in "".join(data.train + data.heldout)
    assert [(name, str(reason)) for name, reason in data.skipped] == [("link.txt", "It is a link, not a file.")]


def test_chinese_names_of_windows_zips(tmp_path: Path) -> None:
    packed = tmp_path / "book.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ABCD.txt", TEXT)
    packed.write_bytes(packed.read_bytes().replace(b"ABCD", "故事".encode("gb18030")))
    assert names(packed) == ["故事.txt"]


def test_a_folder_with_nothing_of_use_but_a_zip_is_that_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "book.zip", "w") as archive:
        archive.writestr("a.txt", TEXT)
    (tmp_path / "README").write_text("where it is from", encoding="utf-8")
    assert Texts().look(str(tmp_path)).facts["characters"] == len(TEXT)


def encrypted(path: Path) -> None:
    """Mark every entry of a zip as locked with a password."""
    content = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(signature)
        while start >= 0:
            flags = struct.unpack_from("<H", content, start + place)[0]
            struct.pack_into("<H", content, start + place, flags | 1)
            start = content.find(signature, start + 4)
    path.write_bytes(bytes(content))


def test_damaged_and_locked_zips(tmp_path: Path) -> None:
    packed = tmp_path / "book.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("b.txt", TEXT + "more")
    whole = packed.read_bytes()

    packed.write_bytes(whole.replace(b"fox", b"cat", 3))  # the checksum of a.txt is wrong now
    found = Texts().look(str(packed))
    assert found.facts["files"] == 1
    assert [name for name, _ in found.skipped] == ["a.txt"] and "cannot be read" in str(found.skipped[0][1])

    packed.write_bytes(whole)
    encrypted(packed)
    with pytest.raises(BadInput, match="locked with a password"):
        Texts().look(str(packed))

    packed.write_bytes(whole[:-30])
    with pytest.raises(BadInput, match="is no complete zip file"):
        Texts().look(str(packed))


def test_a_path_that_cannot_be(tmp_path: Path) -> None:
    for path in ("bad\0path", "x" * 5000, str(tmp_path / "none")):
        with pytest.raises(BadInput):
            open_files(path)
