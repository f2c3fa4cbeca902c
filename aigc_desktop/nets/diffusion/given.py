"""What a user gives to a drawing: the picture to begin with and the mask of what is to be drawn anew."""

from dataclasses import dataclass

import numpy as np
import torch

from aigc_desktop.data.framing import Framing, frame
from aigc_desktop.engine.run import Run
from aigc_desktop.i18n import mark
from aigc_desktop.media.picture import Picture, Pixels
from aigc_desktop.nets.diffusion.opening import Diffuser
from aigc_desktop.nets.diffusion.params import Draw
from aigc_desktop.nets.diffusion.sampling import Given
from aigc_desktop.nets.pixels import floats
from aigc_desktop.problems import BadInput

WHITE = 128  # and above: drawn anew
MODES = {1: "L", 3: "RGB", 4: "RGBA"}

NO_START = mark("A mask needs the picture that it belongs to: choose what to start from, too.")
OTHER_SIZE = mark(
    "The mask {mask} is {mask_size} pixels and the picture {picture} {size}: a mask is as large as its picture."
)
NOTHING_WHITE = mark("Nothing is white in the mask {mask}: brush over what is to be drawn anew.")
FRAMED = mark(
    "The picture {picture} ({size}) was brought to {width} × {height} pixels, the size that this model draws."
)
NO_WHITE_LEFT = mark(
    "What is white in the mask {mask} lies outside of what is left of the picture; choose another framing."
)


@dataclass(frozen=True)
class Start:
    """A start picture as the model sees it, uint8 [H, W, C], and where it is drawn anew, bool [H, W] or None."""

    pixels: Pixels
    mask: np.ndarray | None

    @property
    def given(self) -> Given:
        picture = floats(torch.from_numpy(self.pixels.transpose(2, 0, 1).copy())[None])[0]
        return Given(picture, None if self.mask is None else torch.from_numpy(self.mask))

    def kept(self, made: Pixels) -> Pixels:
        """A picture made from it, with those pixels exactly that are not drawn anew."""
        return made if self.mask is None else np.where(self.mask[:, :, None], made, self.pixels)


def start(params: Draw, diffuser: Diffuser, run: Run) -> Start | None:
    """The start picture that was chosen, brought to the model's size; None where there is none. BadInput as the sentences say."""
    if not params.start:
        if params.mask:
            raise BadInput(NO_START)
        return None
    pixels = Picture.read(params.start).pixels
    height, width = pixels.shape[:2]
    mask = _mask(params, (width, height)) if params.mask else None
    size = (diffuser.width, diffuser.height)
    if (width, height) != size:
        words = {"width": size[0], "height": size[1]}
        run.message(FRAMED, picture=params.start, size=f"{width} × {height}", **words)
    framed = frame(_as_channels(pixels, diffuser.channels)[None], size, params.framing)[0]
    if mask is not None:
        mask = _framed_mask(mask, size, params)
    return Start(framed.reshape(*framed.shape[:2], -1), mask)


def _mask(params: Draw, size: tuple[int, int]) -> Pixels:
    """White and black, uint8 [H, W]."""
    assert params.mask is not None
    found = _as_channels(Picture.read(params.mask).pixels, 1)
    if found.shape[1::-1] != size:
        raise BadInput(
            OTHER_SIZE,
            mask=params.mask,
            mask_size=f"{found.shape[1]} × {found.shape[0]}",
            picture=params.start,
            size=f"{size[0]} × {size[1]}",
        )
    if not (found >= WHITE).any():
        raise BadInput(NOTHING_WHITE, mask=params.mask)
    return np.where(found >= WHITE, 255, 0).astype(np.uint8)


def _framed_mask(mask: Pixels, size: tuple[int, int], params: Draw) -> np.ndarray:
    framing: Framing = params.framing
    found: np.ndarray = frame(mask[None], size, framing)[0] >= WHITE
    if not found.any():
        raise BadInput(NO_WHITE_LEFT, mask=params.mask)
    return found


def _as_channels(pixels: Pixels, channels: int) -> Pixels:
    """Grey [H, W] or colour [H, W, 3 or 4]; what was transparent becomes white."""
    from PIL import Image

    image = Image.fromarray(pixels)
    if image.mode == "RGBA" and channels < 4:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.asarray(image.convert(MODES[channels]))
