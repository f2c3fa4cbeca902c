"""Picture: pixels; a PNG file with its metadata inside."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import numpy as np
from numpy.typing import NDArray

from aigc_desktop.media import png
from aigc_desktop.media.base import THUMBNAIL, sha256
from aigc_desktop.media.files import with_suffix_added, write_bytes

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture: uint8 [H, W] or [H, W, 1] grey, [H, W, 3] colour, [H, W, 4] colour with transparency."""

    pixels: Pixels
    medium: ClassVar[str] = "picture"
    suffix: ClassVar[str] = ".png"

    def __post_init__(self) -> None:
        pixels = np.ascontiguousarray(self.pixels)
        if pixels.ndim == 3 and pixels.shape[2] == 1:
            pixels = pixels[:, :, 0]
        if (
            pixels.dtype != np.uint8
            or pixels.ndim not in (2, 3)
            or (pixels.ndim == 3 and pixels.shape[2] not in (3, 4))
        ):
            raise ValueError(f"not a picture: {pixels.dtype} {pixels.shape}")
        if pixels.size == 0:
            raise ValueError("a picture has at least one pixel")
        object.__setattr__(self, "pixels", pixels)

    def write(self, path: Path, metadata: dict[str, Any] | None = None) -> Path:
        """`path`.png, metadata inside as iTXt."""
        target = with_suffix_added(path, self.suffix)
        content = encode(self.pixels)
        write_bytes(target, content if metadata is None else png.with_metadata(content, metadata))
        return target

    @classmethod
    def read(cls, source: Path | str | BinaryIO, name: str = "") -> "Picture":
        """The first picture of a file (or of an open one called `name`), upright, 8 bits a channel, as sRGB.

        EXIF rotation, palettes, CMYK, 16 bits, colour profiles and animation are dealt with. BadInput where the file is
        missing, broken, cut off, of no known kind, or has more than `decode.MAX_PIXELS` pixels.
        """
        from aigc_desktop.media.decode import decode

        return cls(decode(source, name))

    @staticmethod
    def grid(pictures: Sequence[Pixels], columns: int = 0, gap: int = 2, fill: int = 0) -> "Picture":
        """Pictures of one size side by side in rows, `gap` pixels apart (columns 0: as square as possible)."""
        if not len(pictures):
            raise ValueError("a grid has at least one picture")
        layered = _same_channels(pictures)
        columns = columns or int(np.ceil(np.sqrt(len(layered))))
        columns = min(columns, len(layered))
        rows = -(-len(layered) // columns)
        height, width, channels = layered[0].shape
        sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), fill, np.uint8)
        for place, pixels in enumerate(layered):
            top, left = place // columns * (height + gap), place % columns * (width + gap)
            sheet[top : top + height, left : left + width] = pixels
        return Picture(sheet)

    def preview_text(self) -> str | None:
        return None

    def thumbnail(self, size: int = THUMBNAIL) -> bytes | None:
        """A PNG that fits into `size` × `size`; a smaller picture stays as it is."""
        return encode(self.reduced(size).pixels)

    def reduced(self, size: int) -> "Picture":
        """The same, small enough to fit into `size` × `size`; a smaller picture stays as it is."""
        from PIL import Image

        width, height = self.dimensions
        if max(width, height) <= size:
            return self
        scale = size / max(width, height)
        image = Image.fromarray(self.pixels).resize(
            (max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.LANCZOS, reducing_gap=3
        )
        return Picture(np.asarray(image))

    def digest(self) -> str:
        return sha256(repr(self.pixels.shape).encode(), self.pixels.data)

    @property
    def dimensions(self) -> tuple[int, int]:
        return self.pixels.shape[1], self.pixels.shape[0]


def encode(pixels: Pixels) -> bytes:
    """A PNG file's bytes."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=6)
    return out.getvalue()


def _same_channels(pictures: Sequence[Pixels]) -> list[Pixels]:
    """The pictures as [H, W, C] with as many channels as the richest."""
    layered = [pixels[:, :, None] if pixels.ndim == 2 else pixels for pixels in pictures]
    most = max(pixels.shape[2] for pixels in layered)
    return [_with_channels(pixels, most) for pixels in layered]


def _with_channels(pixels: Pixels, channels: int) -> Pixels:
    if pixels.shape[2] == 1 and channels >= 3:
        pixels = np.repeat(pixels, 3, axis=2)
    if pixels.shape[2] == 3 and channels == 4:
        pixels = np.concatenate([pixels, np.full_like(pixels[:, :, :1], 255)], axis=2)
    return pixels
