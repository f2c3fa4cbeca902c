"""idx files: MNIST's own, and every way in which their header can lie."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from aigc_desktop.data.pictures import Pictures
from aigc_desktop.problems import BadInput

DIGITS = np.random.RandomState(3).randint(0, 256, (30, 6, 5)).astype(np.uint8)


def idx(pixels: np.ndarray, shape: tuple[int, ...] | None = None, kind: int = 0x08) -> bytes:
    shape = shape or pixels.shape
    return bytes([0, 0, kind, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + pixels.tobytes()


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(BadInput) as looking:
        Pictures().look(str(path))
    with pytest.raises(BadInput) as loading:
        Pictures().load(str(path), None, 0)
    assert str(looking.value) == str(loading.value)
    return str(looking.value)


@pytest.mark.parametrize("name", ["train-images-idx3-ubyte", "train-images.idx3-ubyte.gz", "digits.idx", "digits.bin"])
def test_idx_pictures(tmp_path: Path, name: str) -> None:
    path = put(tmp_path / name, idx(DIGITS))
    data = Pictures().load(str(path), None, 0)
    assert data.facts.items() >= {"count": 30, "heldout": 3, "width": 5, "height": 6, "channels": 1}.items()
    assert data.train.shape == (27, 1, 6, 5) and data.heldout.shape == (3, 1, 6, 5)
    both = [bytes(one.numpy().tobytes()) for one in (*data.train, *data.heldout)]
    assert sorted(both) == sorted(one.tobytes() for one in DIGITS)
    assert Pictures().look(str(path)).facts == data.facts


def test_colour_idx(tmp_path: Path) -> None:
    pixels = np.random.RandomState(0).randint(0, 256, (10, 4, 4, 3)).astype(np.uint8)
    data = Pictures().load(str(put(tmp_path / "a.idx", idx(pixels))), None, 0)
    assert data.train.shape == (9, 3, 4, 4)
    assert (data.train[0].permute(1, 2, 0).numpy() == pixels).all(axis=(1, 2, 3)).any()


def test_duplicates_are_on_one_side(tmp_path: Path) -> None:
    path = put(tmp_path / "a.idx", idx(np.concatenate([DIGITS, DIGITS, DIGITS[:7]])))
    data = Pictures().load(str(path), None, 0)
    train, held = ({one.numpy().tobytes() for one in side} for side in (data.train, data.heldout))
    assert not train & held and len(train) == 27 and len(held) == 3
    assert data.facts["count"] == 67


def test_a_folder_like_mnist(tmp_path: Path) -> None:
    put(tmp_path / "train-images-idx3-ubyte.gz", idx(DIGITS[:20]))
    put(tmp_path / "train-labels-idx1-ubyte.gz", idx(np.zeros(20, np.uint8)))
    put(tmp_path / "t10k-images-idx3-ubyte.gz", idx(DIGITS[20:]))
    put(tmp_path / "t10k-labels-idx1-ubyte.gz", idx(np.zeros(10, np.uint8)))
    found = Pictures().look(str(tmp_path))
    assert found.facts["count"] == 20 and found.skipped == []
    said = [str(one) for one in found.summary]
    assert "t10k-images-idx3-ubyte.gz is left alone; choose it as held-out data to measure with it." in said
    for heldout in (tmp_path, tmp_path / "t10k-images-idx3-ubyte.gz"):
        data = Pictures().load(str(tmp_path), str(heldout), 0)
        assert data.train.shape == (20, 1, 6, 5)
        assert sorted(one.tobytes() for one in data.heldout.numpy()) == sorted(one.tobytes() for one in DIGITS[20:])


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (idx(DIGITS, (31, 6, 5)), "says in its header that it holds 31 pictures of 5×6, but has data for 30."),
        (idx(DIGITS, (0xFFFFFFFF, 6, 5)), "4,294,967,295 pictures of 5×6, but has data for 30."),
        (idx(DIGITS, (0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF)), "but has data for 0."),
        (idx(DIGITS, (29, 6, 5)), "29 pictures of 5×6, but there is more data."),
        (idx(DIGITS, (0, 6, 5)), "is empty: its header says 0×6×5."),
        (idx(DIGITS[:0], (30, 0, 5)), "is empty: its header says 30×0×5."),
        (b"\1" + idx(DIGITS)[1:], "is no idx file: it does not begin like one."),
        (idx(DIGITS, kind=0x07), "is no idx file: it does not begin like one."),
        (idx(DIGITS, kind=0x0D), "holds float32 values"),
        (idx(DIGITS.reshape(30, 30)), "holds no pictures: its shape is 30×30."),
        (idx(DIGITS.reshape(30, 1, 6, 5)), "holds no pictures: its shape is 30×1×6×5."),
        (idx(DIGITS[:, 0, 0]), "holds labels, not pictures"),
        (idx(DIGITS)[:9], "is cut short."),
        (b"", "is no idx file"),
    ],
)
def test_a_header_that_lies(tmp_path: Path, suffix: str, content: bytes, says: str) -> None:
    path = put(tmp_path / f"train-images-idx3-ubyte{suffix}", content)
    said = refused(path)
    assert says in said and str(path) in said and "\n" not in said


def test_a_gzip_that_is_cut_or_damaged(tmp_path: Path) -> None:
    whole = gzip.compress(idx(DIGITS))
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(whole[: len(whole) // 2])
    assert refused(path) == f"{path} is cut short. Copy or download it again."
    path.write_bytes(whole[:-8] + b"\0\0\0\0" + whole[-4:])
    assert "cannot be read: CRC check failed" in refused(path)
    path.write_bytes(b"\x1f\x8bnothing of the kind")
    assert "cannot be read" in refused(path)


def test_among_others_a_bad_idx_file_is_skipped(tmp_path: Path) -> None:
    put(tmp_path / "a-idx3-ubyte", idx(DIGITS))
    put(tmp_path / "b-idx3-ubyte", idx(DIGITS, (31, 6, 5)))
    found = Pictures().look(str(tmp_path))
    assert found.facts["count"] == 30
    assert [(name, str(reason)[:30]) for name, reason in found.skipped] == [
        ("b-idx3-ubyte", "This file says in its header t")
    ]
    (tmp_path / "a-idx3-ubyte").unlink()
    assert "No picture in" in refused(tmp_path) and "but has data for 30" in refused(tmp_path)
