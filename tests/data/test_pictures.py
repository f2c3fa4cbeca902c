"""Pictures: what is found in folders and zips, every odd and broken file, sizes, colours, what is held out."""

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aigc_desktop.data.pictures import Pictures
from aigc_desktop.media import decode
from aigc_desktop.problems import BadInput

RANDOM = np.random.RandomState(11)


def noise(*shape: int) -> np.ndarray:
    return RANDOM.randint(0, 256, shape).astype(np.uint8)


def grey_set(folder: Path, count: int = 12, size: tuple[int, int] = (10, 8)) -> list[np.ndarray]:
    folder.mkdir(parents=True, exist_ok=True)
    written = [noise(size[1], size[0]) for _ in range(count)]
    for i, pixels in enumerate(written):
        Image.fromarray(pixels).save(folder / f"{i:03d}.png")
    return written


def said(path: Path, **kind: int) -> list[str]:
    return [str(one) for one in Pictures(**kind).look(str(path)).summary]


def refused(path: Path | str, kind: Pictures | None = None, heldout: object = None) -> str:
    """The one sentence with which both look and load refuse."""
    kind = kind or Pictures()
    with pytest.raises(BadInput) as loading:
        kind.load(str(path), None if heldout is None else str(heldout), 0)
    if heldout is None:
        with pytest.raises(BadInput) as looking:
            kind.look(str(path))
        assert str(looking.value) == str(loading.value)
    assert "\n" not in str(loading.value)
    return str(loading.value)


def one(path: Path, **kind: int) -> np.ndarray:
    """The pixels [C, H, W] of the one coloured or grey picture that is there beside twelve black ones of the same size."""
    data = Pictures(**kind).load(str(path), None, 0)
    both = np.concatenate([data.train.numpy(), data.heldout.numpy()])
    assert len(both) == 13
    (found,) = [pixels for pixels in both if pixels.max() > 20]
    return found


def beside_black(folder: Path, width: int, height: int) -> Path:
    folder.mkdir(parents=True)
    for i in range(12):
        Image.fromarray(np.full((height, width), i, np.uint8)).save(folder / f"{i}.png")
    return folder


# What is there --------------------------------------------------------------------------------------------------------


def test_a_folder_of_grey_pictures(tmp_path: Path) -> None:
    written = grey_set(tmp_path / "set" / "deep" / "er", 20)
    data = Pictures().load(str(tmp_path / "set"), None, 0)
    assert data.facts.items() >= {"count": 20, "heldout": 2, "width": 10, "height": 8, "channels": 1}.items()
    assert data.train.shape == (18, 1, 8, 10) and str(data.train.dtype) == "torch.uint8"
    both = [pixels.tobytes() for pixels in (*data.train.numpy(), *data.heldout.numpy())]
    assert sorted(both) == sorted(pixels.tobytes() for pixels in written)
    assert Pictures().look(str(tmp_path / "set")).facts == data.facts
    assert said(tmp_path / "set") == ["20 grey pictures, 10×8 pixels.", "Held out to measure the learning: 2."]


def test_colour_is_when_any_picture_has_it(tmp_path: Path) -> None:
    grey_set(tmp_path)
    Image.fromarray(np.repeat(noise(8, 10, 1), 3, axis=2)).save(tmp_path / "grey_as_rgb.png")
    assert Pictures().look(str(tmp_path)).facts["channels"] == 1
    Image.fromarray(noise(8, 10, 3)).save(tmp_path / "colour.png")
    data = Pictures().load(str(tmp_path), None, 0)
    assert data.facts["channels"] == 3 and data.train.shape[1:] == (3, 8, 10)
    assert said(tmp_path)[0] == "14 pictures in colour, 10×8 pixels."


def test_a_zip_is_the_same_as_its_folder(tmp_path: Path) -> None:
    grey_set(tmp_path / "set")
    (tmp_path / "set" / "notes.txt").write_text("about them", encoding="utf-8")
    packed = tmp_path / "set.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((tmp_path / "set").iterdir()):
            archive.write(path, f"set/{path.name}")
    folder, zipped = Pictures().load(str(tmp_path / "set"), None, 0), Pictures().load(str(packed), None, 0)
    assert folder.sha256 == zipped.sha256 and folder.facts == zipped.facts
    assert np.array_equal(folder.train.numpy(), zipped.train.numpy())
    assert np.array_equal(folder.heldout.numpy(), zipped.heldout.numpy())
    assert said(packed)[-1] == "Other files, not pictures: 1."


def test_parts_named_train_and_test(tmp_path: Path) -> None:
    train, test = grey_set(tmp_path / "set" / "train" / "cats", 10), grey_set(tmp_path / "set" / "test" / "cats", 5)
    assert "test is left alone; choose it as held-out data to measure with it." in said(tmp_path)
    for heldout in (tmp_path, tmp_path / "set" / "test"):
        data = Pictures().load(str(tmp_path), str(heldout), 0)
        assert [len(data.train), len(data.heldout)] == [10, 5]
        assert np.array_equal(data.train[:, 0].numpy(), train)
        assert sorted(one.tobytes() for one in data.heldout.numpy()) == sorted(one.tobytes() for one in test)
    alone = tmp_path / "trains"
    grey_set(alone, 4)
    (alone / "000.png").rename(alone / "train_blue.png")
    (alone / "001.png").rename(alone / "test.png")
    assert Pictures().look(str(alone)).facts["count"] == 4


# What is held out -----------------------------------------------------------------------------------------------------


def test_copies_are_never_on_both_sides(tmp_path: Path) -> None:
    grey_set(tmp_path, 30)
    for path in list(tmp_path.iterdir()):
        (tmp_path / f"copy of {path.name}").write_bytes(path.read_bytes())
    data = Pictures().load(str(tmp_path), None, 0)
    train, held = ({pixels.tobytes() for pixels in side.numpy()} for side in (data.train, data.heldout))
    assert not train & held
    assert len(data.train) == 54 and len(data.heldout) == 6


def test_seed_size_and_names_do_not_change_the_sides(tmp_path: Path) -> None:
    written = grey_set(tmp_path / "one", 20, (16, 16))
    (tmp_path / "two").mkdir()
    for path in (tmp_path / "one").iterdir():
        (tmp_path / "two" / f"{99 - int(path.stem)}.png").write_bytes(path.read_bytes())
    held = Pictures().load(str(tmp_path / "one"), None, 1).heldout[:, 0].numpy()
    again = Pictures().load(str(tmp_path / "two"), None, 2).heldout[:, 0].numpy()
    assert sorted(pixels.tobytes() for pixels in held) == sorted(pixels.tobytes() for pixels in again)
    small = Pictures().load(str(tmp_path / "one"), None, 0, size=8).heldout[:, 0].numpy()
    places = [next(i for i, pixels in enumerate(written) if np.array_equal(pixels, one)) for one in held]
    for place, pixels in zip(places, small, strict=True):
        expected = Image.fromarray(written[place]).resize((8, 8), Image.Resampling.LANCZOS)
        assert np.array_equal(pixels, np.asarray(expected))


def test_held_out_data_of_its_own_takes_size_and_colour_of_the_training(tmp_path: Path) -> None:
    grey_set(tmp_path / "set", 6)
    (tmp_path / "other").mkdir()
    Image.fromarray(noise(40, 30, 3)).save(tmp_path / "other" / "a.png")
    data = Pictures().load(str(tmp_path / "set"), str(tmp_path / "other"), 0)
    assert data.train.shape == (6, 1, 8, 10) and data.heldout.shape == (1, 1, 8, 10)
    assert data.facts["count"] == 7 and data.facts["heldout"] == 1
    data = Pictures(min_count=1).load(str(tmp_path / "other"), str(tmp_path / "set"), 0)
    assert data.train.shape == (1, 3, 40, 30) and data.heldout.shape == (6, 3, 40, 30)


def test_what_is_held_out_by_hand_is_not_learned_from(tmp_path: Path) -> None:
    grey_set(tmp_path, 6)
    data = Pictures().load(str(tmp_path), str(tmp_path / "003.png"), 0)
    assert [len(data.train), len(data.heldout)] == [5, 1]
    assert "none is left to learn from" in refused(tmp_path, heldout=tmp_path)


# Sizes ----------------------------------------------------------------------------------------------------------------


def test_large_pictures_are_scaled_down_and_it_is_said(tmp_path: Path) -> None:
    grey_set(tmp_path, 4, (200, 100))
    assert Pictures().look(str(tmp_path)).facts["width"] == 64
    assert said(tmp_path)[:2] == ["4 grey pictures, 200×100 pixels.", "They are scaled to 64×32."]
    assert Pictures(max_size=20).load(str(tmp_path), None, 0).train.shape[1:] == (1, 10, 20)


def test_different_sizes_are_cut_in_the_middle(tmp_path: Path) -> None:
    grey_set(tmp_path, 9, (16, 16))
    wide = np.zeros((16, 48), np.uint8)
    wide[:, 16:32] = 200
    Image.fromarray(wide).save(tmp_path / "wide.png")
    lines = said(tmp_path)
    assert lines[0] == "10 grey pictures of different sizes, from 16×16 to 48×16, most often 16×16."
    assert lines[1] == "They are cut in the middle and scaled to 16×16."
    data = Pictures().load(str(tmp_path), None, 0)
    flat = [pixels for pixels in (*data.train.numpy(), *data.heldout.numpy()) if pixels.std() == 0]
    assert len(flat) == 1 and flat[0].shape == (1, 16, 16) and (flat[0] == 200).all()


def test_without_a_common_size_it_is_a_square(tmp_path: Path) -> None:
    for i, (width, height) in enumerate([(40, 30), (30, 50), (20, 60), (70, 24), (90, 10)]):
        Image.fromarray(noise(height, width)).save(tmp_path / f"{i}.png")
    facts = Pictures().look(str(tmp_path)).facts
    assert (facts["width"], facts["height"]) == (24, 24)
    assert Pictures().load(str(tmp_path), None, 0).train.shape == (4, 1, 24, 24)
    assert Pictures().load(str(tmp_path), None, 0, size=12).train.shape == (4, 1, 12, 12)


# Odd pictures are used right ------------------------------------------------------------------------------------------


def test_transparency_is_put_on_white(tmp_path: Path) -> None:
    folder = beside_black(tmp_path / "set", 4, 4)
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:2] = (255, 0, 0, 255)
    pixels[2] = (0, 0, 255, 128)
    Image.fromarray(pixels).save(folder / "clear.png")
    found = one(folder)
    assert found[:, 0, 0].tolist() == [255, 0, 0]
    assert found[:, 3, 0].tolist() == [255, 255, 255]
    assert found[:, 2, 0].tolist() == [127, 127, 255]


def test_palette_with_transparency(tmp_path: Path) -> None:
    folder = beside_black(tmp_path / "set", 4, 4)
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 10, 200, 30])
    image.putpixel((0, 0), 0)
    image.save(folder / "palette.png", transparency=0)
    found = one(folder)
    assert found[:, 0, 0].tolist() == [255, 255, 255] and found[:, 1, 1].tolist() == [10, 200, 30]


def test_sixteen_bits(tmp_path: Path) -> None:
    folder = beside_black(tmp_path / "set", 4, 4)
    Image.fromarray(np.linspace(0, 65535, 16).reshape(4, 4).astype(np.uint16)).save(folder / "deep.png")
    assert np.abs(one(folder)[0].astype(int) - np.linspace(0, 255, 16).reshape(4, 4)).max() <= 1


def test_cmyk(tmp_path: Path) -> None:
    folder = beside_black(tmp_path / "set", 16, 16)
    Image.new("RGB", (16, 16), (255, 0, 0)).convert("CMYK").save(folder / "print.jpg", quality=95)
    found = one(folder)[:, 8, 8].astype(int)
    assert found[0] > 230 and found[1] < 30 and found[2] < 30


def test_animation_gives_its_first_frame(tmp_path: Path) -> None:
    folder = beside_black(tmp_path / "set", 6, 6)
    frames = [Image.new("RGB", (6, 6), colour) for colour in ("lime", "red", "blue")]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    assert one(folder)[:, 3, 3].tolist() == [0, 255, 0]


def test_exif_rotation(tmp_path: Path) -> None:
    folder = beside_black(tmp_path / "set", 8, 16)
    pixels = np.zeros((8, 16), np.uint8)
    pixels[:, :8] = 255  # the left half of the lying picture is the top of the upright one
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.fromarray(pixels).save(folder / "turned.png", exif=turned)
    found = one(folder)
    assert found.shape == (1, 16, 8)
    assert (found[0, :8] == 255).all() and (found[0, 8:] == 0).all()


def test_one_bit_and_other_formats(tmp_path: Path) -> None:
    folder = beside_black(tmp_path / "set", 8, 8)
    Image.fromarray(noise(8, 8) > 127).save(folder / "bits.png")
    pixels = noise(8, 8)
    for suffix in ("bmp", "tiff", "ppm", "gif"):
        Image.fromarray(pixels).save(folder / f"same.{suffix}")
    Image.fromarray(pixels).save(folder / "same.webp", lossless=True)
    data = Pictures().load(str(folder), None, 0)
    both = [found.tobytes() for found in (*data.train.numpy(), *data.heldout.numpy())]
    assert len(both) == 18 and both.count(pixels.tobytes()) == 5


def test_a_large_jpeg_is_decoded_small_and_still_right(tmp_path: Path) -> None:
    grey_set(tmp_path, 3, (64, 64))
    y, x = np.mgrid[0:1024, 0:1024]
    picture = np.stack([x // 4, y // 4, 255 - x // 4], axis=2).astype(np.uint8)
    Image.fromarray(picture).save(tmp_path / "photo.jpg", quality=92)
    data = Pictures().load(str(tmp_path), None, 0)
    colour = [found for found in (*data.train.numpy(), *data.heldout.numpy()) if (found[0] != found[1]).any()]
    expected = np.asarray(Image.fromarray(picture).resize((64, 64), Image.Resampling.LANCZOS)).transpose(2, 0, 1)
    assert len(colour) == 1 and np.abs(colour[0].astype(int) - expected).mean() < 2


# Broken pictures are skipped, with the reason -------------------------------------------------------------------------


def png(width: int, height: int) -> bytes:
    """A PNG whose header promises this size."""
    out = io.BytesIO()
    Image.new("L", (4, 4)).save(out, "PNG")
    content = bytearray(out.getvalue())
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    import zlib

    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    return bytes(content)


def test_broken_pictures_are_skipped_and_named(tmp_path: Path) -> None:
    grey_set(tmp_path, 5, (40, 40))
    photo = io.BytesIO()
    Image.fromarray(noise(40, 40, 3)).save(photo, "JPEG")
    whole = (tmp_path / "000.png").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(photo.getvalue()[: len(photo.getvalue()) // 2])
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "text.png").write_text("not a picture", encoding="utf-8")
    (tmp_path / "huge.png").write_bytes(png(30_000, 30_000))
    (tmp_path / "wide.png").write_bytes(png(100_000, 2000))
    (tmp_path / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic")
    Image.fromarray(np.linspace(-5, 900, 16, dtype=np.float32).reshape(4, 4)).save(tmp_path / "depth.tiff")
    found = Pictures().look(str(tmp_path))
    reasons = {name: str(reason) for name, reason in found.skipped}
    assert found.facts["count"] == 5
    assert reasons.keys() == {
        "cut.jpg",
        "cut.png",
        "empty.png",
        "text.png",
        "huge.png",
        "wide.png",
        "phone.heic",
        "depth.tiff",
    }
    assert all(reason.startswith("This file ") and "\n" not in reason for reason in reasons.values())
    assert "broken or cut off" in reasons["cut.jpg"] and "broken or cut off" in reasons["cut.png"]
    assert "not a picture of a known kind" in reasons["text.png"]
    assert "too large" in reasons["huge.png"] and "too large" in reasons["wide.png"]
    assert ".heic" in reasons["phone.heic"] and "measurements" in reasons["depth.tiff"]
    assert "Skipped: 8." in [str(line) for line in found.summary]
    data = Pictures().load(str(tmp_path), None, 0)
    assert data.skipped == found.skipped and data.facts == found.facts


def test_a_picture_that_takes_too_many_pixels_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grey_set(tmp_path, 4, (10, 10))
    Image.fromarray(noise(50, 50)).save(tmp_path / "large.png")
    monkeypatch.setattr(decode, "MAX_PIXELS", 1000)
    assert [name for name, _ in Pictures().look(str(tmp_path)).skipped] == ["large.png"]


def test_a_zip_with_a_damaged_picture(tmp_path: Path) -> None:
    packed = tmp_path / "set.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for i in range(4):
            out = io.BytesIO()
            Image.fromarray(noise(9, 9)).save(out, "BMP")
            archive.writestr(f"{i}.bmp", out.getvalue())
    content = bytearray(packed.read_bytes())
    content[content.find(b"BM", 10) + 300] ^= 0xFF
    packed.write_bytes(bytes(content))
    found = Pictures().look(str(packed))
    assert found.facts["count"] == 3
    assert [(name, "Bad CRC-32" in str(reason)) for name, reason in found.skipped] == [("0.bmp", True)]


# Nothing to use: one sentence -----------------------------------------------------------------------------------------


def test_no_or_one_picture(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert refused(empty).startswith(f"There are no pictures in {empty}:")
    (empty / "a.txt").write_text("words", encoding="utf-8")
    assert refused(empty).startswith(f"There are no pictures in {empty}:")
    Image.fromarray(noise(5, 5)).save(empty / "a.png")
    assert refused(empty) == f"There is only one picture in {empty}; at least 2 are needed."
    Image.fromarray(noise(5, 5)).save(empty / "b.png")
    assert Pictures().look(str(empty)).facts["count"] == 2
    assert refused(empty, Pictures(min_count=5)) == f"There are only 2 pictures in {empty}; at least 5 are needed."


def test_a_single_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone.png") == f"There is no file or folder {tmp_path / 'gone.png'}."
    Image.fromarray(noise(5, 5)).save(tmp_path / "a.png")
    assert refused(tmp_path / "a.png") == f"There is only one picture in {tmp_path / 'a.png'}; at least 2 are needed."
    Image.fromarray(noise(30, 30)).save(tmp_path / "b.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "b.png").read_bytes()[:400])
    assert refused(tmp_path / "b.png").startswith(f"{tmp_path / 'b.png'} is broken or cut off")
    (tmp_path / "c.txt").write_text("words", encoding="utf-8")
    assert refused(tmp_path / "c.txt").startswith(f"There are no pictures in {tmp_path / 'c.txt'}")
    (tmp_path / "d.zip").write_bytes(b"PK\x03\x04 and nothing else")
    assert refused(tmp_path / "d.zip").startswith(f"{tmp_path / 'd.zip'} is no complete zip file")


def test_only_broken_or_only_equal_pictures(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "The first, a.png: This file is" in refused(tmp_path)
    Image.fromarray(noise(5, 5)).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes())
    assert refused(tmp_path) == f"All pictures in {tmp_path} are the same; at least two different ones are needed."


def test_the_hash_is_of_the_files(tmp_path: Path) -> None:
    grey_set(tmp_path, 3)
    sums = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in sorted(tmp_path.iterdir()))
    assert Pictures().load(str(tmp_path), None, 0).sha256 == hashlib.sha256(sums).hexdigest()
    (tmp_path / "003.png").write_bytes((tmp_path / "002.png").read_bytes())
    assert Pictures().load(str(tmp_path), None, 0).sha256 != hashlib.sha256(sums).hexdigest()
