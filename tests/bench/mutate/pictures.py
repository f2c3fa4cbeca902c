"""Pictures: looked at and loaded as training data, read, shown small, found as items of a library, shown by the window."""

import json
import struct
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image, ImageCms
from PySide6.QtCore import QSize

from aigc_desktop.data.pictures import Pictures
from aigc_desktop.library import found
from aigc_desktop.library.item import KEPT
from aigc_desktop.media import kinds, png
from aigc_desktop.media.picture import Picture
from aigc_desktop.ui import pixmaps
from tests.bench.mutate.harm import harm
from tests.bench.mutate.kind import Attempts
from tests.bench.mutate.png_chunks import lie

SUFFIX = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "gif": ".gif", "tiff": ".tif"}
FORMAT = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF", "tiff": "TIFF"}


def kind(name: str) -> "Kind":
    return Kind(name)


class Kind:
    def __init__(self, name: str):
        self.name, self.suffix = name, SUFFIX[name]

    def seeds(self, folder: Path) -> None:
        for number, (image, options) in enumerate(_images(self.name)):
            image.save(folder / f"{number}{self.suffix}", FORMAT[self.name], **options)
        if self.name == "tiff":
            (folder / "tiled.tif").write_bytes(_tiled())
        if self.name == "png":
            content = (folder / "0.png").read_bytes()
            (folder / "ours.png").write_bytes(png.with_metadata(content, _metadata()))

    def open(self, folder: Path, case: Path, random: Random) -> Attempts:
        seeds = sorted(folder.iterdir())
        content = random.choice(seeds).read_bytes()
        content = lie(content, random) if self.name == "png" and random.random() < 0.5 else harm(content, random)
        project = case / "project"
        items = project / "items" / "2026-11-22"
        items.mkdir(parents=True)
        file = items / f"harmed{self.suffix}"
        file.write_bytes(content)
        for number in range(2):
            Image.new("L", (8, 8), number * 100).save(items / f"whole {number}.png")

        attempt = Attempts((file.name, items.name))
        looked = attempt(Pictures().look, str(items))
        for _, sentence in looked.skipped:
            attempt.hear(str(sentence), names=False)
        loaded = attempt(Pictures().load, str(items), None, 0, 16)
        assert len(loaded.train) + len(loaded.heldout) + len(loaded.skipped) == looked.facts["count"] + len(
            looked.skipped
        )
        Attempts(attempt.names)(Pictures().look, str(file))  # one picture is too few, whole or not
        picture = attempt(Picture.read, file)
        if picture is not None:
            picture.thumbnail()
        metadata = kinds.read_metadata(file)
        if metadata is not None:
            json.dumps(metadata)
        if file.suffix in found.SUFFIXES:
            attempt(kinds.copy_with_metadata, file, case / "renamed.png", _metadata())
            found.item(project, f"items/{items.name}/{file.name}", trashed=False)
        pixmaps.read(file, QSize(256, 256))
        return attempt


def _metadata() -> dict[str, Any]:
    texts: dict[str, Any] = dict.fromkeys(KEPT, "a text")
    numbers = {"seed": 5, "width": 24, "height": 16}
    return texts | {"medium": "picture", "job": {"params": {}}, "expanded": {}, "parents": []} | numbers


def _images(name: str) -> list[tuple[Image.Image, dict[str, Any]]]:
    """Small pictures of every feature that the kind has."""
    random = np.random.default_rng(0)
    colour = Image.fromarray(random.integers(0, 255, (16, 24, 3), np.uint8))
    grey, clear, palette = colour.convert("L"), colour.convert("RGBA"), colour.convert("P")
    frames = [colour.rotate(angle) for angle in (0, 90, 180)]
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ" if name == "gif" else "sRGB")).tobytes()
    animated = {"save_all": True, "append_images": frames[1:], "duration": 50}
    deep = Image.fromarray(random.integers(0, 65535, (16, 24), np.uint16))
    of: dict[str, list[tuple[Image.Image, dict[str, Any]]]] = {
        "png": [(colour, {}), (deep, {}), (palette, {"transparency": 3}), (clear, {"exif": exif, "icc_profile": profile}),
                (colour, animated), (grey.convert("1"), {})],
        "jpeg": [(colour, {"exif": exif, "icc_profile": profile}), (grey, {}), (colour.convert("CMYK"), {}),
                 (colour.resize((200, 100)), {"progressive": True, "optimize": True}), (colour, {"comment": b"hello"})],
        "webp": [(colour, {}), (clear, {"lossless": True, "exif": exif}), (frames[0], animated),
                 (colour, {"icc_profile": profile})],
        "gif": [(palette, {}), (frames[0], animated | {"loop": 0}), (grey, {"interlace": 1, "transparency": 0}),
                (palette, {"comment": b"hello"})],
        "tiff": [(colour, {}), (colour, {"compression": "tiff_lzw"}), (frames[0], animated), (deep, {}),
                 (grey.convert("1"), {"compression": "group4"}), (colour.convert("CMYK"), {"compression": "jpeg"}),
                 (clear, {"compression": "tiff_adobe_deflate", "icc_profile": profile, "exif": exif}),
                 (Image.fromarray(random.random((16, 24), np.float32)), {}), (palette, {"compression": "packbits"})],
    }  # fmt: skip
    return of[name]


def _tiled() -> bytes:
    """A TIFF of four tiles of 16×16 grey pixels, which Pillow reads but does not write."""
    tags = [
        (256, 4, [32]), (257, 4, [32]), (258, 3, [8]), (259, 3, [1]), (262, 3, [1]), (277, 3, [1]),
        (322, 4, [16]), (323, 4, [16]), (324, 4, [300, 556, 812, 1068]), (325, 4, [256] * 4),
    ]  # fmt: skip
    entries, beyond, place = b"", b"", 8 + 2 + 12 * len(tags) + 4
    for tag, kind, values in tags:
        packed = struct.pack("<" + ("H" if kind == 3 else "I") * len(values), *values)
        if len(packed) > 4:
            packed, beyond = struct.pack("<I", place + len(beyond)), beyond + packed
        entries += struct.pack("<HHI", tag, kind, len(values)) + packed.ljust(4, b"\0")
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + beyond
    return head.ljust(300, b"\0") + bytes(range(256)) * 4
