"""Small pictures as text, inside JSON: `data:` addresses (RFC 2397) of PNG files."""

import base64
import binascii
import io

from aigc_desktop.media.decode import decode
from aigc_desktop.media.picture import Pixels

HEAD = "data:image/png;base64,"
QUICK = 1  # of zlib's levels: they are looked at once, and not kept


def inline(pixels: Pixels) -> str:
    """A picture, uint8 [H, W] or [H, W, C], as text."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels).save(
        out, "PNG", compress_level=QUICK
    )
    return HEAD + base64.b64encode(out.getvalue()).decode("ascii")


def content(text: str) -> bytes:
    """The PNG file in such a text; ValueError where it is none."""
    if not text.startswith(HEAD):
        raise ValueError("no picture in this text")
    try:
        return base64.b64decode(text[len(HEAD) :], validate=True)
    except binascii.Error as error:
        raise ValueError("no picture in this text") from error


def pixels_of(text: str) -> Pixels:
    """The picture of such a text, uint8 [H, W] or [H, W, C]; ValueError where it is none."""
    return decode(io.BytesIO(content(text)), "")
