"""How pictures of any shape become what a network sees: settings that every picture training has."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from aigc_desktop.data.pictures import Pictures
from aigc_desktop.engine.params import Training, field
from aigc_desktop.i18n import mark

if TYPE_CHECKING:
    import numpy as np

    from aigc_desktop.data.gather import Size

Framing = Literal["crop", "fit", "pad"]
Colours = Literal["auto", "grey", "colour"]


class Framed(Training):
    """The settings of a training on pictures."""

    size: int = field(
        0,
        ge=0,
        le=128,
        unit="px",
        zero="As they are",
        title="Picture size",
        help="Height and width of the pictures in pixels. Smaller pictures are learned much faster and more surely; try 32 "
        "when pictures in colour stay blurred.",
    )
    framing: Framing = field(
        "crop",
        title="Framing",
        help="How pictures of other shapes are brought to this size: cut in the middle, squeezed until they fit, or kept whole "
        "with a border in the colour of their edge.",
        choices={"crop": mark("Cut in the middle"), "fit": mark("Squeeze"), "pad": mark("Keep whole, with a border")},
    )
    mirror: bool = field(
        False,
        title="Mirrored too",
        help="Shows each picture left-right mirrored half of the time: as if there were twice as many. Not for digits, letters "
        "or anything that reads from one side.",
    )
    colours: Colours = field(
        "auto",
        advanced=True,
        title="Colours",
        help="Automatic: in colour where any of the pictures is. Grey is learned three times as easily.",
        choices={"auto": mark("Automatic"), "grey": mark("Grey"), "colour": mark("Colour")},
    )


@dataclass(frozen=True)
class FramedPictures(Pictures):
    """Pictures that a training can ask for in a size and framing of its own.

    With `sides` they are square, with the nearest of these sides; else of any shape up to `max_size`.
    """

    sides: tuple[int, ...] = ()
    options: ClassVar[tuple[str, ...]] = ("size", "framing", "colours")


def frame(pixels: "np.ndarray", size: "Size", framing: Framing = "crop") -> "np.ndarray":
    """Pictures uint8 [n, H, W] or [n, H, W, 3] at this size (width, height), scaled by Lanczos' filter."""
    import numpy as np
    from PIL import Image, ImageOps

    if pixels.shape[1:3] == (size[1], size[0]):
        return pixels
    how = Image.Resampling.LANCZOS

    def one(picture: "np.ndarray") -> "np.ndarray":
        image = Image.fromarray(picture)
        if framing == "fit":
            return np.asarray(image.resize(size, how))
        if framing == "crop":
            return np.asarray(ImageOps.fit(image, size, how))
        inner = ImageOps.contain(image, size, how)
        left, top = (size[0] - inner.width) // 2, (size[1] - inner.height) // 2
        around = [(top, size[1] - inner.height - top), (left, size[0] - inner.width - left)]
        framed = np.asarray(inner)
        return np.pad(framed, around + [(0, 0)] * (framed.ndim - 2), mode="edge")

    return np.stack([one(picture) for picture in pixels])
