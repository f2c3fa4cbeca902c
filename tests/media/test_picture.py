"""Pictures of every kind a user may have: used right, or refused with the reason."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from aigc_desktop.media import decode
from aigc_desktop.media.decode import measure
from aigc_desktop.media.picture import Picture
from aigc_desktop.problems import BadInput

# Four corners of different colours: red, green / blue, white.
CORNERS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8).repeat(8, 0).repeat(16, 1)


def near(pixels: np.ndarray, expected: np.ndarray, by: int = 40) -> None:
    assert pixels.shape == expected.shape and pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - expected.astype(int))[2::8, 2::8].max() <= by


def corners() -> Image.Image:
    return Image.fromarray(CORNERS)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_rotation(orientation: int, kind: str, tmp_path: Path) -> None:
    turn: dict[int, Callable[[np.ndarray], np.ndarray]] = {
        1: lambda x: x,
        2: lambda x: x[:, ::-1],
        3: lambda x: x[::-1, ::-1],
        4: lambda x: x[::-1],
        5: lambda x: x.transpose(1, 0, 2),
        6: lambda x: np.rot90(x, 1),
        7: lambda x: np.rot90(x.transpose(1, 0, 2), 2),
        8: lambda x: np.rot90(x, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "turned"
    Image.fromarray(np.ascontiguousarray(turn[orientation](CORNERS))).save(path, kind, exif=exif, quality=95)
    near(Picture.read(path).pixels, CORNERS)
    assert measure(path) == (32, 16)


def test_cmyk(tmp_path: Path) -> None:
    corners().convert("CMYK").save(tmp_path / "print.jpg", quality=95)
    corners().convert("CMYK").save(tmp_path / "print.tif")
    near(Picture.read(tmp_path / "print.jpg").pixels, CORNERS)
    near(Picture.read(tmp_path / "print.tif").pixels, CORNERS)


def test_16_bits(tmp_path: Path) -> None:
    ramp = np.arange(0, 65536, 256, dtype=np.uint16).reshape(16, 16)
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    Image.fromarray(ramp).save(tmp_path / "deep.tif")
    expected = np.rint(ramp / 257).astype(np.uint8)
    for name in ("deep.png", "deep.tif"):
        pixels = Picture.read(tmp_path / name).pixels
        assert pixels.dtype == np.uint8 and np.abs(pixels.astype(int) - expected.astype(int)).max() <= 1


def test_16_bit_colour(tmp_path: Path) -> None:
    """A PNG with 16 bits a channel, which Pillow cannot write: made by hand."""
    deep = (CORNERS.astype(np.uint16) * 257).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in deep)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 32, 16, 16, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    body = b"".join(struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in chunks)
    (tmp_path / "deep.png").write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    near(Picture.read(tmp_path / "deep.png").pixels, CORNERS, by=1)


def test_numbers_that_are_no_brightness_are_refused(tmp_path: Path) -> None:
    Image.fromarray(np.linspace(-4000, 4000, 64, dtype=np.float32).reshape(8, 8)).save(tmp_path / "heights.tif")
    with pytest.raises(BadInput, match="holds measurements from -4000"):
        Picture.read(tmp_path / "heights.tif")
    Image.fromarray(np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)).save(tmp_path / "unit.tif")
    assert Picture.read(tmp_path / "unit.tif").pixels.max() == 255
    Image.fromarray(np.full((8, 8), np.nan, np.float32)).save(tmp_path / "nan.tif")
    with pytest.raises(BadInput, match="holds measurements"):
        Picture.read(tmp_path / "nan.tif")


def test_palettes_and_transparency(tmp_path: Path) -> None:
    corners().quantize(8).save(tmp_path / "palette.png")
    corners().quantize(8).save(tmp_path / "palette.gif")
    near(Picture.read(tmp_path / "palette.png").pixels, CORNERS)
    near(Picture.read(tmp_path / "palette.gif").pixels, CORNERS)
    clear = corners().convert("RGBA")
    clear.putalpha(Image.fromarray(np.linspace(0, 255, 32, dtype=np.uint8)[None].repeat(16, 0)))
    clear.save(tmp_path / "clear.png")
    assert Picture.read(tmp_path / "clear.png").pixels.shape == (16, 32, 4)
    holes = corners().quantize(8)
    holes.save(tmp_path / "holes.png", transparency=holes.getpixel((0, 0)))
    pixels = Picture.read(tmp_path / "holes.png").pixels
    assert pixels[0, 0, 3] == 0 and pixels[-1, -1, 3] == 255


def test_grey_stays_grey_and_black_and_white_becomes_it(tmp_path: Path) -> None:
    corners().convert("L").save(tmp_path / "grey.png")
    corners().convert("LA").save(tmp_path / "grey with transparency.png")
    corners().convert("1").save(tmp_path / "two.png")
    assert Picture.read(tmp_path / "grey.png").pixels.shape == (16, 32)
    assert Picture.read(tmp_path / "grey with transparency.png").pixels.shape == (16, 32, 4)
    assert set(np.unique(Picture.read(tmp_path / "two.png").pixels)) <= {0, 255}


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_an_animation_the_first_picture_is_taken(kind: str, tmp_path: Path) -> None:
    later = [Image.fromarray(np.zeros_like(CORNERS)) for _ in range(3)]
    corners().save(tmp_path / "moving", kind, save_all=True, append_images=later, duration=50, lossless=True)
    near(Picture.read(tmp_path / "moving").pixels[:, :, :3], CORNERS)


def test_a_colour_profile_is_followed(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    in_lab = ImageCms.profileToProfile(corners(), srgb, lab, outputMode="LAB")
    assert in_lab is not None
    in_lab.save(tmp_path / "lab.tif", icc_profile=lab.tobytes())
    near(Picture.read(tmp_path / "lab.tif").pixels, CORNERS)
    corners().save(tmp_path / "broken profile.png", icc_profile=b"no profile at all")
    near(Picture.read(tmp_path / "broken profile.png").pixels, CORNERS, by=0)


def test_huge_pictures_are_refused_before_they_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in chunks)
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    with pytest.raises(BadInput, match="bomb.png is too large"):
        Picture.read(tmp_path / "bomb.png")
    corners().save(tmp_path / "a.png")
    monkeypatch.setattr(decode, "MAX_PIXELS", 500)
    with pytest.raises(BadInput, match="too large: 32 × 16"):
        Picture.read(tmp_path / "a.png")


@pytest.mark.warns  # Pillow's own log
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_no_cut_of_a_file_is_a_fault(kind: str, tmp_path: Path) -> None:
    whole = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 40, 3)).astype(np.uint8)).save(whole, kind)
    content = whole.getvalue()
    refused = 0
    for part in range(0, len(content) - 1, max(1, len(content) // 60)):
        try:
            decode.decode(io.BytesIO(content[:part]), "cut")
        except BadInput as problem:
            refused += 1
            assert str(problem).startswith("cut ")
    assert refused > 50


@pytest.mark.warns  # Pillow's own log
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_no_damage_is_a_fault(kind: str) -> None:
    whole = io.BytesIO()
    rng = np.random.default_rng(1)
    Image.fromarray(rng.integers(0, 256, (24, 24, 3)).astype(np.uint8)).save(whole, kind)
    for _ in range(150):
        content = bytearray(whole.getvalue())
        for place in rng.integers(0, min(len(content), 400), 4):
            content[place] = rng.integers(0, 256)
        try:
            pixels = decode.decode(io.BytesIO(content), "damaged")
            assert pixels.dtype == np.uint8
        except BadInput as problem:
            assert "damaged" in str(problem)


def test_open_files_and_folders(tmp_path: Path) -> None:
    corners().save(tmp_path / "a.png")
    with (tmp_path / "a.png").open("rb") as file:
        assert Picture.read(file, "inside.zip/a.png").dimensions == (32, 16)
    with pytest.raises(BadInput, match="inside.zip/b.png is not a picture"):
        Picture.read(io.BytesIO(b"nothing"), "inside.zip/b.png")
    with pytest.raises(BadInput, match="cannot be read"):
        Picture.read(tmp_path)
    with pytest.raises(BadInput, match="There is no file"):
        Picture.read(str(tmp_path / "missing.png"))


def test_thumbnails_keep_the_shape(tmp_path: Path) -> None:
    for size, expected in [
        ((1000, 500), (256, 128)),
        ((10, 2000), (1, 256)),
        ((256, 256), (256, 256)),
        ((5, 7), (5, 7)),
    ]:
        content = Picture(np.full((size[1], size[0], 4), 90, np.uint8)).thumbnail()
        assert content is not None
        picture = Picture(decode.decode(io.BytesIO(content)))
        assert picture.dimensions == expected and (picture.pixels == 90).all()


def test_grids() -> None:
    tiles = [np.full((4, 6), shade, np.uint8) for shade in range(1, 6)]
    sheet = Picture.grid(tiles, columns=3, gap=2, fill=9).pixels
    assert sheet.shape == (4 * 2 + 2, 6 * 3 + 4)
    assert (sheet[:4, 8:14] == 2).all() and (sheet[6:, :6] == 4).all()
    assert (sheet[:, 6:8] == 9).all() and (sheet[6:, 16:] == 9).all()
    assert Picture.grid(tiles).dimensions == (6 * 3 + 4, 4 * 2 + 2)
    assert Picture.grid(tiles[:1]).dimensions == (6, 4)
    assert Picture.grid(tiles[:2], columns=9, gap=0).dimensions == (12, 4)
    mixed = [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 4), np.uint8)]
    assert Picture.grid(mixed, columns=3, gap=0).pixels[:, :4, 3].min() == 255
    with pytest.raises(ValueError):
        Picture.grid([])


def test_a_png_keeps_other_programs_texts(tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    from aigc_desktop.media import png

    info = PngInfo()
    info.add_text("Author", "Ann")
    corners().save(tmp_path / "a.png", pnginfo=info)
    png.copy_with_metadata(tmp_path / "a.png", tmp_path / "b.png", {"name": "春"})
    with Image.open(tmp_path / "b.png") as image:
        image.load()
        assert image.info["Author"] == "Ann" and image.info["aigc"] == '{"name":"春"}'
    near(Picture.read(tmp_path / "b.png").pixels, CORNERS, by=0)
