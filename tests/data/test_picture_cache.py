"""What is remembered of a set of pictures: the look at it, and the framed array that is mapped."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from aigc_desktop.data import cache, gather, picture_cache, surveyed
from aigc_desktop.data.framing import FramedPictures
from aigc_desktop.library import disk
from aigc_desktop.media.files import cache_folder
from aigc_desktop.problems import BadInput

KIND = FramedPictures(sides=(16,))


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twenty of them; nothing is too small to be remembered."""
    monkeypatch.setattr(picture_cache, "SMALL", 0)
    monkeypatch.setattr(surveyed, "SMALL", 0)
    random = np.random.RandomState(1)
    for name in ("a", "b"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(10):
            pixels = random.randint(0, 256, (20, 20, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "set" / name / f"{number}.png")
    (tmp_path / "set" / "a" / "broken.png").write_bytes(b"nothing")
    return tmp_path / "set"


def refuse(*_: object) -> None:
    raise AssertionError("this was to be remembered")


def kept(what: str) -> list[Path]:
    return sorted((cache_folder() / "data").glob(what))


def test_a_second_start_decodes_nothing(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, data = KIND.look(str(pictures)), KIND.load(str(pictures), None, 0)
    monkeypatch.setattr(gather, "decode", refuse)
    again, mapped = KIND.look(str(pictures)), KIND.load(str(pictures), None, 5)
    assert again == found and found.skipped[0][0] == "a/broken.png"
    assert torch.equal(mapped.train, data.train) and torch.equal(mapped.heldout, data.heldout)
    assert (mapped.sha256, mapped.facts, mapped.classes) == (data.sha256, data.facts, data.classes)
    assert torch.equal(mapped.labels, data.labels) and mapped.skipped == data.skipped
    assert mapped.train.untyped_storage().data_ptr() == mapped.heldout.untyped_storage().data_ptr()


def test_what_changes_is_looked_at_again(pictures: Path) -> None:
    before = KIND.load(str(pictures), None, 0)
    Image.new("RGB", (20, 20), "red").save(pictures / "a" / "3.png")
    after = KIND.load(str(pictures), None, 0)
    assert after.sha256 != before.sha256
    assert any((one[0] == 255).all() for one in (*after.train, *after.heldout))
    small = FramedPictures(sides=(8, 16)).load(str(pictures), None, 0, size=8)
    assert small.train.shape[2:] == (8, 8) and len(kept("pictures-*")) == 3


@pytest.mark.parametrize("spoil", ["cut", "zeros", "other sums", "no facts"])
def test_a_broken_array_is_made_again(pictures: Path, spoil: str) -> None:
    data = KIND.load(str(pictures), None, 0)
    whole = data.train.clone()
    (folder,) = kept("pictures-*")
    size = (folder / "pictures").stat().st_size
    del data
    if spoil == "cut":
        (folder / "pictures").write_bytes(b"\1" * (size - 1))
    elif spoil == "zeros":
        (folder / "pictures").write_bytes(bytes(size))
    elif spoil == "other sums":
        (folder / "pictures.json").write_text('{"shape": [1], "sums": [1, 2]}')
    else:
        (folder / "pictures.json").unlink()
    assert torch.equal(KIND.load(str(pictures), None, 0).train, whole)


@pytest.mark.parametrize("name", ["looked.json", "pictures.npy"])
def test_a_broken_memory_is_made_again(pictures: Path, name: str) -> None:
    found = KIND.look(str(pictures))
    (folder,) = kept("looked-*")
    (folder / name).write_bytes((folder / name).read_bytes()[:50])
    assert KIND.look(str(pictures)) == found


def test_half_of_an_array_is_none(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    KIND.look(str(pictures))
    (pictures / "b" / "7.png").rename(pictures / "b" / "7.gone")  # between the look and the reading
    monkeypatch.setattr(surveyed, "_key", lambda *_: kept("looked-*")[0].name)
    with pytest.raises(BadInput, match="was changed while it was read. Start again."):
        KIND.load(str(pictures), None, 0)
    assert not kept("pictures-*") and not kept(".*")


def test_without_room_on_the_disk_a_small_set_is_in_memory(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = KIND.load(str(pictures), None, 0).train.clone()
    for folder in kept("*"):
        cache.forget(folder.name)
    monkeypatch.setattr(cache, "SPARE", 1 << 60)
    assert torch.equal(KIND.load(str(pictures), None, 0).train, whole) and not kept("*")
    monkeypatch.setattr(picture_cache, "IN_MEMORY", 100)
    with pytest.raises(disk.Full, match=r"too full: this data needs .* MB there"):
        KIND.load(str(pictures), None, 0)


def test_the_system_is_told_what_is_read_next(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_cache.machine, "memory_bytes", lambda: 1000)
    data = KIND.load(str(pictures), None, 0)
    assert data.ahead is not None
    at = torch.tensor([17, 0, 3])
    assert torch.equal(data.take(at), data.train[at])


LIMITED = """
import sys, threading
import torch
from aigc_desktop.data import gather, idx
from aigc_desktop.data.framing import FramedPictures
from aigc_desktop.data.order import Shuffled
from aigc_desktop.engine import memory
idx.PIECE, gather.KEPT, gather.THREADS = 1 << 18, 1 << 20, 1
threading.stack_size(1 << 18)
torch.set_num_threads(1)
path, limit = sys.argv[1], int(sys.argv[2])
kind = FramedPictures(sides=(63,))

def learn():
    data = kind.load(path, None, 0)
    order = Shuffled(len(data.train), 16, 1)
    torch.manual_seed(0)
    return data, [int(data.take(order.take(step), mirror=True)[:, 0, :, :9].sum()) for step in range(40)]

kind.load(sys.argv[3], None, 0)  # what is imported on the way counts as there already
memory.limit(limit / 2**30)
first, second = learn(), learn()
assert first[1] == second[1] and first[0].sha256 == second[0].sha256
try:
    first[0].train.clone()
except (MemoryError, RuntimeError):
    print(first[0].train.numel() + first[0].heldout.numel(), "bytes, learned twice")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process within a limit by itself")
def test_pictures_ten_times_the_memory(tmp_path: Path) -> None:
    """Where all of them cannot be in memory, they are learned from all the same, and the same way the second time."""
    limit, one = 6 << 20, 63 * 63 * 3
    count = 10 * limit // one + 1
    path, few = tmp_path / "large.idx", tmp_path / "few.idx"
    random = np.random.RandomState(0)
    for place, many in ((path, count), (few, 400)):
        shape = b"".join(size.to_bytes(4, "big") for size in (many, 63, 63, 3))
        place.write_bytes(bytes([0, 0, 8, 4]) + shape + random.bytes(many * one))
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path), str(limit), str(few)], capture_output=True, text=True, check=False
    )
    assert done.stdout == f"{count * one} bytes, learned twice\n", done.stderr[-1500:]
