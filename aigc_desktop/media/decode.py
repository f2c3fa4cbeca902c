"""Picture files of every kind as plain 8-bit pixels."""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from aigc_desktop.i18n import mark
from aigc_desktop.media.base import why
from aigc_desktop.problems import BadInput

if TYPE_CHECKING:
    from PIL import Image as ImageModule

    Image = ImageModule.Image

MAX_PIXELS = 100_000_000  # more is a broken header or a bomb, and would take over 300 MB
# Pillow warns of what decode looks at itself or raises; said once here, since catch_warnings is no use in threads.
warnings.filterwarnings("ignore", module=r"PIL\.")
BLOCK = 1 << 22  # pixels brought to 8 bits at once
_ORIENTATION = 0x0112  # the EXIF tag
_ON_ITS_SIDE = (5, 6, 7, 8)
_PLAIN = ("L", "RGB", "RGBA")
_CLEAR = ("LA", "La", "PA", "RGBa")  # have transparency
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    EOFError,
    RuntimeError,
    OverflowError,
    struct.error,
    zlib.error,
)


def decode(source: Path | str | BinaryIO, name: object = "", at_least: int = 0) -> NDArray[np.uint8]:
    """A picture file's pixels: uint8 [H, W], [H, W, 3] or [H, W, 4], upright, sRGB; its first frame.

    BadInput says what is wrong with the file. `name` is what it calls an open file. With `at_least` a JPEG may come at a
    half, a quarter or an eighth of its size, no side shorter than that: much faster, and enough for a small copy.
    """
    with _opened(source, name) as image:
        if at_least:
            image.draft(None, (at_least, at_least))
        return _pixels(image, _shown(source, name))


def measure(source: Path | str | BinaryIO, name: object = "") -> tuple[int, int]:
    """Width and height of a picture as `decode` would give it, from the file's header; BadInput as there."""
    with _opened(source, name) as image:
        width, height = image.size
        turned = (
            image.getexif().get(_ORIENTATION, 1) in _ON_ITS_SIDE and image.format != "TIFF"
        )  # Pillow turns that itself
        return (height, width) if turned else (width, height)


def _shown(source: Path | str | BinaryIO, name: object) -> Any:
    return name or (getattr(source, "name", "picture") if not isinstance(source, Path | str) else source)


@contextmanager
def _opened(source: Path | str | BinaryIO, name: object) -> Iterator["Image"]:
    """The file opened, its size looked at; what goes wrong with it inside the block becomes a BadInput."""
    from PIL import Image, UnidentifiedImageError

    shown = _shown(source, name)
    try:
        with Image.open(source) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise BadInput(
                    mark("{path} is too large: {width} × {height} pixels; at most {millions} million can be used."),
                    path=shown,
                    width=width,
                    height=height,
                    millions=MAX_PIXELS // 1_000_000,
                )
            yield image
    except FileNotFoundError:
        raise BadInput(mark("There is no file {path}."), path=shown) from None
    except (IsADirectoryError, PermissionError) as error:
        raise BadInput(mark("The file {path} cannot be read: {reason}."), path=shown, reason=why(error)) from None
    except UnidentifiedImageError:
        raise BadInput(mark("{path} is not a picture of a known kind."), path=shown) from None
    except Image.DecompressionBombError:
        raise BadInput(
            mark("{path} is too large: at most {millions} million pixels can be used."),
            path=shown,
            millions=MAX_PIXELS // 1_000_000,
        ) from None
    except MemoryError:
        raise BadInput(mark("There is not enough memory to open {path}; make it smaller."), path=shown) from None
    except _BROKEN as error:
        raise BadInput(mark("{path} is broken or cut off ({reason})."), path=shown, reason=why(error)) from None


def _pixels(image: "Image", shown: Any) -> NDArray[np.uint8]:
    from PIL import ImageOps

    image.seek(0)
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I") or upright.mode == "F":
        return _deep(np.asarray(upright), upright.mode, shown)
    managed = _to_srgb(upright)
    if managed.mode not in _PLAIN or (managed.mode != "RGBA" and "transparency" in managed.info):
        managed = managed.convert(_plain_mode(managed))
    return np.array(managed, dtype=np.uint8)


def _plain_mode(image: "Image") -> str:
    if image.mode in _CLEAR or "transparency" in image.info:
        return "RGBA"
    return "L" if image.mode == "1" else "RGB"


def _deep(values: NDArray[Any], mode: str, shown: Any) -> NDArray[np.uint8]:
    """Grey with more than 8 bits, or in floating point, brought to 8 bits."""
    low, high = float(values.min()), float(values.max())
    if mode == "F" and low >= 0 and high <= 1:
        scale = 255.0
    elif mode == "F" and low >= 0 and high <= 255:
        scale = 1.0
    elif mode != "F" and low >= 0 and high <= 65535:
        scale = 255 / 65535
    else:  # also where a value is no number
        raise BadInput(
            mark(
                "{path} holds measurements from {low} to {high}, not brightness; save it as an 8-bit or 16-bit picture."
            ),
            path=shown,
            low=low,
            high=high,
        )
    pixels = np.empty(values.shape, np.uint8)
    rows = max(1, BLOCK // values.shape[1])
    for start in range(0, len(values), rows):  # a large picture as floats would take eight times its room
        pixels[start : start + rows] = np.rint(values[start : start + rows].astype(np.float64) * scale)
    return pixels


def _to_srgb(image: "Image") -> "Image":
    """Colours as sRGB, by the file's own colour profile where it has another."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "LAB"):
        return image
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(own).lower():
            return image
        target = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=target)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image  # a broken profile: the plain conversion is the best there is
    return image if converted is None else converted
