"""How pictures of any shape become what a network sees: settings that every picture training has."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from aigc_desktop.data.pictures import Colours, Doubles, Framing, Pictures, common_size
from aigc_desktop.engine.params import Training, field
from aigc_desktop.i18n import mark

if TYPE_CHECKING:
    import numpy as np

    from aigc_desktop.data.gather import Size


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
    duplicates: Doubles = field(
        "keep",
        advanced=True,
        title="Duplicates",
        help="What is in your set several times is learned so much more often. Leave out exact copies, or also what looks the "
        "same: saved again, in another size, a little brighter.",
        choices={
            "keep": mark("Keep all"),
            "copies": mark("Leave out copies"),
            "alike": mark("Leave out look-alikes too"),
        },
    )


@dataclass(frozen=True)
class FramedPictures(Pictures):
    """Pictures that a training can ask for in a size and framing of its own.

    With `sides` they are square, with the nearest of these sides; else of any shape up to `max_size`.
    """

    max_size: int = 128
    sides: tuple[int, ...] = ()
    options: ClassVar[tuple[str, ...]] = ("size", "framing", "colours", "duplicates")

    def target(self, size: int, own: "dict[Size, int]") -> "Size":
        if not self.sides:
            return super().target(size, own)
        side = self.side(size or min(common_size(own, max(map(max, own)))))
        return side, side

    def side(self, wanted: int) -> int:
        """The nearest of the sides, by their ratio."""
        return min(self.sides, key=lambda side: max(side / wanted, wanted / side))

    def shape(self, params: Framed, facts: dict[str, Any]) -> tuple[int, int, int]:
        """Channels, height and width of what is learned with these settings from data that was found to be so."""
        channels = {"grey": 1, "colour": 3}.get(params.colours, facts["channels"])
        if not params.size:
            return channels, facts["height"], facts["width"]
        side = self.side(params.size) if self.sides else params.size
        return channels, side, side


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
        inner = np.asarray(ImageOps.contain(image, size, how))
        edge = [inner[0], inner[-1], inner[:, 0], inner[:, -1]]
        framed = np.empty((size[1], size[0], *inner.shape[2:]), np.uint8)
        framed[:] = np.median(np.concatenate(edge), axis=0)
        left, top = (size[0] - inner.shape[1]) // 2, (size[1] - inner.shape[0]) // 2
        framed[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
        return framed

    return np.stack([one(picture) for picture in pixels])
