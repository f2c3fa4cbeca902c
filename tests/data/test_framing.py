"""How pictures are framed, and what class they are of."""

import gzip
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from aigc_desktop.data.framing import Framed, FramedPictures, frame
from aigc_desktop.data.pictures import Pictures
from aigc_desktop.problems import BadInput

RANDOM = np.random.RandomState(5)
WIDE = np.zeros((8, 16), np.uint8)  # black at the left, white in the middle, grey at the right
WIDE[:, 4:12], WIDE[:, 12:] = 255, 90


def put(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def noise(*shape: int) -> np.ndarray:
    return RANDOM.randint(0, 256, shape).astype(np.uint8)


def noisy(folder: Path, count: int, *shape: int) -> list[Path]:
    return [put(folder / f"{number:02d}.png", noise(*(shape or (8, 8)))) for number in range(count)]


def labels(path: Path, numbers: list[int]) -> None:
    content = bytes([0, 0, 8, 1]) + struct.pack(">I", len(numbers)) + bytes(numbers)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def images(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes([0, 0, 8, pixels.ndim]) + struct.pack(f">{pixels.ndim}I", *pixels.shape) + pixels.tobytes())


# Framing --------------------------------------------------------------------------------------------------------------


def test_cut_squeezed_or_with_a_border() -> None:
    one = WIDE[None]
    assert (frame(one, (8, 8), "crop")[0] == 255).all()
    squeezed = frame(one, (8, 8), "fit")[0]
    assert squeezed[0, 0] < 30 and squeezed[0, 4] > 225 and 60 < squeezed[0, 7] < 120
    padded = frame(one, (16, 16), "pad")[0]
    assert np.array_equal(padded[4:12], WIDE)
    assert len(np.unique(padded[:4])) == 1 and np.array_equal(padded[:4], padded[12:])
    colour = np.repeat(one[..., None], 3, axis=3)
    assert frame(colour, (8, 4), "pad").shape == (1, 4, 8, 3)
    assert frame(one, (16, 8), "pad") is one


def test_the_border_has_the_colour_of_the_edge() -> None:
    red = np.full((1, 6, 12, 3), (200, 10, 20), np.uint8)
    red[:, 2:4, 4:8] = (0, 0, 255)
    padded = frame(red, (12, 12), "pad")[0]
    assert (padded[0, 0] == (200, 10, 20)).all() and (padded[6, 6] == (0, 0, 255)).all()


def test_every_framing_reaches_the_network(tmp_path: Path) -> None:
    for number in range(12):
        put(tmp_path / f"{number}.png", np.clip(WIDE.astype(int) + number, 0, 255).astype(np.uint8))
    kind = FramedPictures(sides=(8,))
    seen = {how: kind.load(str(tmp_path), None, 0, framing=how) for how in ("crop", "fit", "pad")}
    assert {data.train.shape[1:] for data in seen.values()} == {(1, 8, 8)}
    assert len({data.train.numpy().tobytes() for data in seen.values()}) == 3
    assert len({data.sha256 for data in seen.values()}) == 1
    said = [str(kind.look(str(tmp_path), framing=how).summary[1]) for how in ("crop", "fit", "pad")]
    assert said == [
        "They are cut in the middle and scaled to 8×8.",
        "They are squeezed to 8×8.",
        "They are scaled to 8×8 with a border around.",
    ]


def test_sides_are_the_nearest(tmp_path: Path) -> None:
    noisy(tmp_path, 4, 20, 28)
    kind = FramedPictures(sides=(8, 16, 32))
    assert kind.look(str(tmp_path)).facts["width"] == 16  # 20 is nearer to 16 than to 32
    assert kind.load(str(tmp_path), None, 0, size=30).train.shape[1:] == (1, 32, 32)
    facts = kind.look(str(tmp_path)).facts
    assert kind.shape(Framed(), facts) == (1, 16, 16)
    assert kind.shape(Framed(size=9, colours="colour"), facts) == (3, 8, 8)
    assert FramedPictures(max_size=14).look(str(tmp_path)).facts["width"] == 14


def test_colours_can_be_chosen(tmp_path: Path) -> None:
    noisy(tmp_path, 4, 6, 6, 3)
    assert FramedPictures().load(str(tmp_path), None, 0).train.shape[1] == 3
    assert FramedPictures().load(str(tmp_path), None, 0, colours="grey").train.shape[1] == 1
    grey = FramedPictures().load(str(tmp_path), None, 0, colours="grey").train
    assert FramedPictures().look(str(tmp_path), colours="grey").facts["channels"] == grey.shape[1]


def test_mirrored_half_of_the_time(tmp_path: Path) -> None:
    noisy(tmp_path, 24)
    data = FramedPictures().load(str(tmp_path), None, 0)
    every = torch.arange(len(data.train))
    assert torch.equal(data.take(every), data.train)
    torch.manual_seed(3)
    taken = data.take(every, mirror=True)
    flipped = [torch.equal(one, of.flip(2)) for one, of in zip(taken, data.train, strict=True)]
    same = [torch.equal(one, of) for one, of in zip(taken, data.train, strict=True)]
    assert all(a != b for a, b in zip(flipped, same, strict=True)) and 3 < sum(flipped) < len(every) - 3
    torch.manual_seed(3)
    assert torch.equal(data.take(every, mirror=True), taken)


# Classes --------------------------------------------------------------------------------------------------------------


def test_classes_are_the_folders(tmp_path: Path) -> None:
    for place, name in enumerate(("10", "9", "2")):
        for number in range(10):
            put(tmp_path / "set" / name / "deep" / f"{number}.png", np.full((4, 4), 60 * place + number + 1, np.uint8))
    data = Pictures().load(str(tmp_path), None, 0)
    assert data.classes == ("2", "9", "10") and data.facts["classes"] == 3
    assert data.labels is not None and data.heldout_labels is not None
    for pictures, known in ((data.train, data.labels), (data.heldout, data.heldout_labels)):
        assert (2 - pictures[:, 0, 0, 0].long() // 60).tolist() == known.tolist()
    assert "3 classes: 2, 9, 10." in [str(one) for one in Pictures().look(str(tmp_path)).summary]
    packed = tmp_path / "set.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (tmp_path / "set").rglob("*.png"):
            archive.write(path, path.relative_to(tmp_path))
    assert torch.equal(Pictures().load(str(packed), None, 0).labels, data.labels)


def test_parts_have_classes_below(tmp_path: Path) -> None:
    for part, count in (("train", 6), ("test", 2)):
        for name in ("cat", "dog") if part == "train" else ("dog",):
            noisy(tmp_path / part / name, count)
    noisy(tmp_path / "test" / "cat", 1)
    data = Pictures().load(str(tmp_path), str(tmp_path), 0)
    assert data.classes == ("cat", "dog") and sorted(data.heldout_labels.tolist()) == [0, 1, 1]
    noisy(tmp_path / "test" / "emu", 1)
    with pytest.raises(BadInput, match="have a class emu, which .* has not"):
        Pictures().load(str(tmp_path), str(tmp_path), 0)
    noisy(tmp_path / "flat", 2)
    assert Pictures().load(str(tmp_path / "train"), str(tmp_path / "flat"), 0).heldout_labels is None


@pytest.mark.parametrize("names", [("a-images-idx3-ubyte", "a-labels-idx1-ubyte"), ("a-images.idx", "a-labels.idx.gz")])
def test_label_files_beside_idx_files(tmp_path: Path, names: tuple[str, str]) -> None:
    pixels = np.arange(200, dtype=np.uint8)[:, None, None].repeat(4, 1).repeat(4, 2)
    images(tmp_path / names[0], pixels)
    labels(tmp_path / names[1], [value // 20 for value in range(200)])
    for path in (tmp_path, tmp_path / names[0]):
        data = Pictures().load(str(path), None, 0)
        assert data.classes == tuple("0123456789")
        assert torch.equal(data.train[:, 0, 0, 0].long() // 20, data.labels)
        assert torch.equal(data.heldout[:, 0, 0, 0].long() // 20, data.heldout_labels)
    labels(tmp_path / names[1], [1, 2, 3])
    found = Pictures().look(str(tmp_path))
    assert found.facts["classes"] == 0 and found.facts["count"] == 200
    assert "are not those of these pictures: 3 of 200" in str(found.skipped[0][1])


def test_what_is_no_class(tmp_path: Path) -> None:
    noisy(tmp_path / "a", 3)
    noisy(tmp_path / "b", 3)
    put(tmp_path / "beside.png", noise(8, 8))
    found = Pictures().look(str(tmp_path))
    assert found.facts["classes"] == 0
    assert "1 lie in no folder, so that the folders are not taken as classes." in [str(one) for one in found.summary]
    for number in range(4):
        noisy(tmp_path / "each" / str(number), 1)
    assert Pictures().load(str(tmp_path / "each"), None, 0).labels is None


def test_a_class_of_one_picture_is_learned_and_not_held_out(tmp_path: Path) -> None:
    for seed in range(6):  # whichever picture's contents come first
        folder = tmp_path / str(seed)
        noisy(folder / "many", 3)
        noisy(folder / "one", 1)
        data = Pictures().load(str(folder), None, 0)
        assert sorted(data.labels.tolist()) == [0, 0, 1] and data.heldout_labels.tolist() == [0]
    said = [str(one) for one in Pictures().look(str(tmp_path / "0")).summary]
    assert "Only one picture, learned by heart and never held out: one." in said


def test_the_first_held_out_pictures_are_of_every_class(tmp_path: Path) -> None:
    pixels = noise(400, 4, 4)
    images(tmp_path / "a-images.idx", pixels)
    labels(tmp_path / "a-labels.idx", [number // 200 for number in range(400)])
    data = Pictures().load(str(tmp_path), None, 0)
    assert len(data.heldout) == 40 and 3 <= data.heldout_labels[:20].sum() <= 17
    assert torch.equal(data.heldout, Pictures().load(str(tmp_path), None, 9).heldout)


# What is shown --------------------------------------------------------------------------------------------------------


def test_a_sample_is_what_the_training_gets(tmp_path: Path) -> None:
    for name in ("a", "b"):
        noisy(tmp_path / name, 10, 12, 20, 3)
    kind = FramedPictures(sides=(8, 16))
    data = kind.load(str(tmp_path), None, 0, framing="pad")
    known = {one.numpy().tobytes() for one in (*data.train, *data.heldout)}
    seen = kind.sample(str(tmp_path), 6, framing="pad")
    assert len(seen) == 6 and {one.label for one in seen} == {"a", "b"} and seen[0].name == "a/00.png"
    assert all(one.pixels.transpose(2, 0, 1).tobytes() in known for one in seen)
    mirrored = kind.sample(str(tmp_path), 6, framing="pad", mirror=True)
    assert np.array_equal(mirrored[0].pixels, seen[0].pixels)
    assert np.array_equal(mirrored[1].pixels, seen[1].pixels[:, ::-1])
    assert kind.sample(str(tmp_path), 3, colours="grey")[0].pixels.ndim == 2
    assert len(kind.sample("starter", 5)) == 5
