"""A picture file's bytes as pixels."""

import io
import warnings
from typing import IO

import numpy as np
from PIL import ExifTags, Image, ImageOps

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

MAX_PIXELS = 100_000_000  # as many as the largest cameras give; more is a mistake or a decompression bomb

# Pillow warns at its own limit; ours is checked before anything is decoded.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def measure(file: IO[bytes]) -> tuple[int, int]:
    """Width and height of an upright picture, from its header; BadInput, to be read after the file's name."""
    try:
        with Image.open(file) as image:
            _check(image)
            turned = image.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
            return (image.height, image.width) if turned else image.size
    except BadInput:
        raise
    except Exception as error:  # Pillow's readers raise almost anything on broken files
        raise _broken(error) from None


def decode(data: bytes, at_least: int = 0) -> np.ndarray:
    """The picture in a file's bytes, uint8 [H,W] (grey) or [H,W,3] (colour): upright, the first frame, on white.

    With `at_least` a JPEG may come at a half, quarter or eighth of its size, no side shorter than that: far faster.
    BadInput, to be read after the file's name, where it is broken, too large, or of a kind that cannot be shown.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            _check(image)
            if at_least:
                image.draft(None, (at_least, at_least))
            image.load()
            return np.asarray(_eight_bits(ImageOps.exif_transpose(image)))
    except BadInput:
        raise
    except Exception as error:
        raise _broken(error) from None


def _check(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise BadInput(mark("It is too large: {width}×{height} pixels."), width=image.width, height=image.height)


def _broken(error: Exception) -> BadInput:
    if isinstance(error, Image.UnidentifiedImageError):
        return BadInput(mark("It is no picture that can be read."))
    if isinstance(error, Image.DecompressionBombError):
        return BadInput(mark("It is too large."))
    return BadInput(mark("It is broken or cut short ({reason})."), reason=str(error) or type(error).__name__)


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.int64)
        if values.min() < 0 or values.max() > 0xFFFF:
            raise BadInput(mark("Its numbers are out of the range of a 16-bit picture."))
        return Image.fromarray((values >> 8 if values.max() > 0xFF else values).astype(np.uint8))
    if image.mode == "F":
        raise BadInput(mark("It holds measurements (floating-point numbers), not colours."))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    if image.mode in ("L", "1", "LA", "La"):
        return image.convert("L")
    return image.convert("RGB")
