"""Pictures that are there twice: found, named, kept on one side, left out where that is wanted."""

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aigc_desktop.data import duplicates
from aigc_desktop.data.framing import FramedPictures
from aigc_desktop.data.pictures import Pictures
from aigc_desktop.problems import BadInput


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twelve soft pictures of 80×64 pixels."""
    random = np.random.RandomState(4)
    y, x = np.mgrid[0:64, 0:80] / 16
    for number in range(12):
        planes = [np.sin(a * x + b * y + c) * 90 + 128 for a, b, c in random.uniform(0.2, 3, (3, 3))]
        Image.fromarray(np.stack(planes, axis=2).astype(np.uint8)).save(tmp_path / f"{number:02d}.png")
    return tmp_path


def named(path: Path) -> dict[str, str]:
    return {name: str(sentence) for name, sentence in Pictures().look(str(path)).doubles}


def test_the_same_pixels_in_another_file(photos: Path) -> None:
    assert named(photos) == {}
    Image.open(photos / "03.png").save(photos / "again.bmp")
    found = Pictures().look(str(photos))
    assert named(photos) == {"again.bmp": "The same picture as 03.png."}
    assert (found.facts["copies"], found.facts["alike"]) == (1, 0)
    assert "The same picture again: 1." in [str(one) for one in found.summary]


def test_what_nobody_tells_apart(photos: Path) -> None:
    one = Image.open(photos / "05.png")
    one.save(photos / "saved.jpg", quality=85)
    one.resize((160, 128)).save(photos / "larger.png")
    one.point(lambda value: min(255, value + 6)).save(photos / "brighter.png")
    one.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(photos / "mirrored.png")
    one.point(lambda value: 255 - value).save(photos / "negative.png")
    changed = np.asarray(one).copy()
    changed[20:44, 30:54] = 255 - changed[20:44, 30:54]  # the same but for something in the middle
    Image.fromarray(changed).save(photos / "changed.png")
    assert named(photos) == {
        name: "Hardly different from 05.png." for name in ("brighter.png", "larger.png", "saved.jpg")
    }


def test_copies_are_left_out_where_that_is_wanted(photos: Path) -> None:
    for number in range(4):
        Image.open(photos / f"{number:02d}.png").save(photos / f"copy {number}.png", compress_level=0)
    Image.open(photos / "07.png").save(photos / "saved.jpg", quality=90)
    kind = FramedPictures()
    counts = {}
    for how in ("keep", "copies", "alike"):
        data = kind.load(str(photos), None, 0, duplicates=how)
        counts[how] = len(data.train) + len(data.heldout)
        assert data.facts["count"] == counts[how] == kind.look(str(photos), duplicates=how).facts["count"]
        train, held = ({one.numpy().tobytes() for one in side} for side in (data.train, data.heldout))
        assert not train & held  # also where the files differ
    assert counts == {"keep": 17, "copies": 13, "alike": 12}
    said = [str(one) for one in kind.look(str(photos), duplicates="alike").summary]
    assert "Left out because they are there twice: 5." in said
    assert len(kind.sample(str(photos), 20, duplicates="alike")) == 12


def test_small_pictures_are_not_alike_by_their_nature(tmp_path: Path) -> None:
    for number in range(8):
        pixels = np.zeros((28, 28), np.uint8)
        pixels[4:24, 13 + number % 2] = 255 - number
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    assert Pictures().look(str(tmp_path)).facts["alike"] == 0


def test_of_one_colour_they_are_the_same_in_every_size(tmp_path: Path) -> None:
    for side in (8, 9, 30):
        Image.new("RGB", (side, side)).save(tmp_path / f"{side}.png")
    refusal = f"All pictures in {tmp_path} are the same; at least two different ones are needed."
    for act in (lambda: Pictures().look(str(tmp_path)), lambda: Pictures().load(str(tmp_path), None, 0)):
        with pytest.raises(BadInput) as refused:
            act()
        assert str(refused.value) == refusal


def test_many_are_compared_quickly() -> None:
    """Also where all look the same from afar: twenty thousand with nothing in them."""
    random = np.random.RandomState(0)
    count = 20_000
    hashes = random.randint(1, 1 << 62, count).astype(np.uint64)
    hashes[: count // 2] = 1
    tones = random.randint(0, 256, (count, duplicates.TONES)).astype(np.uint8)
    hashes[-1], tones[-1] = hashes[-2] ^ np.uint64(0b101), tones[-2]
    began = time.process_time()
    first = duplicates.copies(np.arange(count, dtype=np.uint64))
    found = duplicates.alike(hashes, tones, first)
    assert time.process_time() - began < 5
    assert np.flatnonzero(found != first).tolist() == [count - 1] and found[-1] == count - 2
