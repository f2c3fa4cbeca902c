"""Pictures to train on: a folder, a zip, idx files, or the starter set."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from aigc_desktop.data.split import held_out
from aigc_desktop.engine.job import STARTER
from aigc_desktop.engine.registry import Found
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

if TYPE_CHECKING:  # a spec names Pictures when the window starts: NumPy and Pillow must wait until pictures are read
    import numpy as np
    from torch import Tensor

    from aigc_desktop.data.gather import Gathered, Part, Size

SUFFIXES = (".png", ".jpg", ".jpeg", ".jfif", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".avif")
COMMON = 0.5  # a size that more than this share of the pictures has is the set's


@dataclass(frozen=True)
class PictureData:
    """uint8 tensors [N,C,H,W]; `facts` are count, heldout, width, height, channels; `sha256` is of the files' contents.

    `labels`, int64 [N], number the `classes`, where the pictures have any.
    """

    train: "Tensor"
    heldout: "Tensor"
    sha256: str
    facts: dict[str, Any]
    skipped: list[tuple[str, Sentence]] = field(default_factory=list)
    labels: "Tensor | None" = None
    heldout_labels: "Tensor | None" = None
    classes: tuple[str, ...] = ()

    def take(self, at: "Tensor", mirror: bool = False) -> "Tensor":
        """The training pictures with these numbers, uint8 [n,C,H,W]; with `mirror` each flipped half of the time.

        Flips are drawn from torch's own generator.
        """
        import torch

        pictures = self.train.index_select(0, at)
        if not mirror:
            return pictures
        flipped = torch.rand(len(at)) < 0.5
        return torch.where(flipped[:, None, None, None], pictures.flip(3), pictures)


@dataclass(frozen=True)
class Pictures:
    """Pictures as training data: at least `min_count`; wider or higher than `max_size` they are scaled down."""

    min_count: int = 2
    max_size: int = 64
    name: str = "pictures"
    suffixes: tuple[str, ...] = (*SUFFIXES, ".gz", ".idx", "-ubyte")

    def look(self, path: str) -> Found:
        """Count, sizes, colour, and what is skipped and why. Every file is decoded, so that broken ones are found."""
        found = self._gather(path, "training", None, keep=False)
        held = sum(_held_out(found, path))
        return Found(_facts(len(found.digests), held, found.size, found.colour), _summary(found, held), found.skipped)

    def load(
        self,
        path: str,
        heldout: str | None,
        seed: int,
        size: int | None = None,
        framing: str = "crop",
        colours: str = "auto",
    ) -> PictureData:
        """The pictures, all of one size (`size`×`size` where given).

        Held out is everything in `heldout`, else a tenth by content, whatever the seed; none of it is in the training.
        """
        import numpy as np
        import torch

        found = self._gather(path, "training", (size, size) if size else None, keep=True)
        pixels = _stack(found, found.colour)
        if heldout is None:
            mask = np.array(_held_out(found, path))
            train, held = pixels[~mask], pixels[mask]
        else:
            others = self._gather(heldout, "heldout", found.size, keep=True)
            held = _stack(others, found.colour)
            known = set(others.digests)
            train = pixels[[digest not in known for digest in found.digests]]
            if not len(train):
                raise BadInput(
                    mark("All pictures in {path} are also in {heldout}: none is left to learn from."),
                    path=path,
                    heldout=heldout,
                )
        facts = _facts(len(train) + len(held), len(held), found.size, found.colour)
        return PictureData(torch.from_numpy(train), torch.from_numpy(held), found.sha256, facts, found.skipped)

    def _gather(self, path: str, part: "Part", size: "Size | None", keep: bool) -> "Gathered":
        from aigc_desktop.data.gather import gather, of_array

        choose = partial(_size, max_size=self.max_size) if size is None else lambda counted: size
        if path == STARTER:
            from aigc_desktop.data import starter_pictures

            return of_array(starter_pictures.make(), choose, keep)
        found = gather(path, part, choose, keep)
        least = self.min_count if part == "training" else 1
        count = len(found.digests)
        if count >= least:
            return found
        if found.skipped and not count:
            name, reason = found.skipped[0]
            raise BadInput(
                mark("No picture in {path} can be used. The first, {name}: {reason}"),
                path=path,
                name=name,
                reason=reason,
            )
        if not count:
            raise BadInput(
                mark("There are no pictures in {path}: choose a folder or zip of pictures, or an idx file."), path=path
            )
        if count == 1:
            raise BadInput(
                mark("There is only one picture in {path}; at least {least} are needed."), path=path, least=least
            )
        raise BadInput(
            mark("There are only {count} pictures in {path}; at least {least} are needed."),
            count=count,
            path=path,
            least=least,
        )


def _held_out(found: "Gathered", path: str) -> list[bool]:
    out = held_out(found.digests)
    if not any(out):
        raise BadInput(mark("All pictures in {path} are the same; at least two different ones are needed."), path=path)
    return out


def _size(counted: "Counter[Size]", max_size: int) -> "Size":
    """The set's size: the one most pictures have, else a square as high as the middle one's shorter side."""
    size, most = max(counted.items(), key=lambda item: (item[1], item[0]))
    if most <= COMMON * counted.total():
        sides = sorted((min(one), count) for one, count in counted.items())
        passed = 0
        for side, count in sides:
            passed += count
            size = (side, side)
            if 2 * passed >= counted.total():
                break
    scale = min(1.0, max_size / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _stack(found: "Gathered", colour: bool) -> "np.ndarray":
    """All kept pixels, which it forgets, as one array [N,C,H,W]; grey is weighed as in Rec. 601 where a colour picture must be grey."""
    import numpy as np

    width, height = found.size
    stacked = np.empty((len(found.digests), 3 if colour else 1, height, width), np.uint8)
    end = len(stacked)
    while found.pixels:  # from the last to the first, so that each can be forgotten
        pixels = found.pixels.pop()
        start = end - len(pixels)
        if pixels.ndim == 4 and not colour:
            stacked[start:end, 0] = (pixels @ np.array([0.299, 0.587, 0.114])).round().astype(np.uint8)
        else:
            stacked[start:end] = pixels[:, None] if pixels.ndim == 3 else pixels.transpose(0, 3, 1, 2)
        end = start
    return stacked


def _facts(count: int, heldout: int, size: "Size", colour: bool) -> dict[str, Any]:
    return {
        "count": count,
        "heldout": heldout,
        "width": size[0],
        "height": size[1],
        "channels": 3 if colour else 1,
    }


def _summary(found: "Gathered", heldout: int) -> list[Sentence]:
    sizes = found.sizes
    width, height = sizes.most_common(1)[0][0]
    values: dict[str, Any] = {"count": len(found.digests), "width": width, "height": height}
    said: list[Sentence] = []
    if len(sizes) == 1:
        pattern = (
            mark("{count:,} pictures in colour, {width}×{height} pixels.")
            if found.colour
            else mark("{count:,} grey pictures, {width}×{height} pixels.")
        )
        said.append(Sentence(pattern, values))
    else:
        pattern = (
            mark(
                "{count:,} pictures in colour of different sizes, from {smallest} to {largest}, most often {width}×{height}."
            )
            if found.colour
            else mark(
                "{count:,} grey pictures of different sizes, from {smallest} to {largest}, most often {width}×{height}."
            )
        )
        ordered = sorted(sizes, key=lambda size: size[0] * size[1])
        ends = {"smallest": "×".join(map(str, ordered[0])), "largest": "×".join(map(str, ordered[-1]))}
        said.append(Sentence(pattern, values | ends))
    if set(sizes) != {found.size}:
        pattern = (
            mark("They are scaled to {width}×{height}.")
            if len(sizes) == 1
            else mark("They are cut in the middle and scaled to {width}×{height}.")
        )
        said.append(Sentence(pattern, {"width": found.size[0], "height": found.size[1]}))
    said.append(Sentence(mark("Held out to measure the learning: {count:,}."), {"count": heldout}))
    for part in found.apart:
        said.append(
            Sentence(mark("{part} is left alone; choose it as held-out data to measure with it."), {"part": part})
        )
    if found.skipped:
        said.append(Sentence(mark("Skipped: {count:,}."), {"count": len(found.skipped)}))
    if found.others:
        said.append(Sentence(mark("Other files, not pictures: {count:,}."), {"count": found.others}))
    return said
