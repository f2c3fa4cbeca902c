"""Pictures to train on: a folder, a zip, idx files, or the starter set."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from aigc_desktop.engine.job import STARTER
from aigc_desktop.engine.registry import Found
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

if TYPE_CHECKING:  # a spec names Pictures when the window starts: NumPy and Pillow must wait until pictures are read
    from collections.abc import Callable

    from torch import Tensor

    from aigc_desktop.data.gather import Part, Size, Survey
    from aigc_desktop.data.seen import Seen

SUFFIXES = (".png", ".jpg", ".jpeg", ".jfif", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".avif")
COMMON = 0.5  # a size that more than this share of the pictures has is the set's

Framing = Literal["crop", "fit", "pad"]
Colours = Literal["auto", "grey", "colour"]
Doubles = Literal["keep", "copies", "alike"]


@dataclass(frozen=True)
class PictureData:
    """uint8 tensors [N,C,H,W], read-only: of a set of any size they lie on the disk, and only what is taken is read. The
    first held-out pictures are a fair part of all.

    `labels`, int64 [N], number the `classes`, where the pictures have any; those of held-out pictures of their own may be
    unknown. `facts` are count, heldout, width, height, channels, the number of classes, copies and alike; `sha256` is of
    the files' contents.
    """

    train: "Tensor"
    heldout: "Tensor"
    sha256: str
    facts: dict[str, Any]
    skipped: list[tuple[str, Sentence]] = field(default_factory=list)
    labels: "Tensor | None" = None
    heldout_labels: "Tensor | None" = None
    classes: tuple[str, ...] = ()
    ahead: "Callable[[list[int]], None] | None" = None  # told which pictures are read next, where they are on the disk

    def take(self, at: "Tensor", mirror: bool = False) -> "Tensor":
        """The training pictures with these numbers, uint8 [n,C,H,W]; with `mirror` each flipped half of the time.

        Flips are drawn from torch's own generator.
        """
        import torch

        if self.ahead is not None:
            self.ahead(at.tolist())
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
    suffixes: tuple[str, ...] = SUFFIXES + (".gz", ".idx", "-ubyte")

    def look(self, path: str, **options: Any) -> Found:
        """Count, sizes, colour, classes, what is there twice, and what is skipped and why.

        Every file is decoded, so that broken ones are found. `options` are those of `load`; where none are given nothing
        is said about framing by a kind that has a choice of it.
        """
        from aigc_desktop.data import picture_words
        from aigc_desktop.data.sides import Chosen

        found = self._survey(path, "training", keep=0)
        chosen = Chosen(found, options.get("duplicates", "keep"))
        size = self.target(options.get("size") or 0, _sizes(found))
        facts = _facts(chosen, chosen.count, chosen.heldout, size, _colour(found, options.get("colours", "auto")))
        framing = options.get("framing", "" if "framing" in getattr(self, "options", ()) else "crop")
        return Found(facts, picture_words.summary(chosen, facts, framing), found.skipped, picture_words.doubles(chosen))

    def load(
        self,
        path: str,
        heldout: str | None,
        seed: int,
        size: int | None = None,
        framing: Framing = "crop",
        colours: Colours = "auto",
        duplicates: Doubles = "keep",
    ) -> PictureData:
        """The pictures, all of one size.

        Held out is everything in `heldout`, else a tenth by content, whatever the seed; none of it is in the training.
        """
        from aigc_desktop.data import picture_cache
        from aigc_desktop.data.sides import Chosen

        found = self._survey(path, "training")
        others = None if heldout is None else self._survey(heldout, "heldout")
        chosen = Chosen(found, duplicates, others)
        shape = self.target(size or 0, _sizes(found))
        colour = _colour(found, colours)
        train, held, ahead = picture_cache.framed(chosen, shape, framing, colour)
        facts = _facts(chosen, len(train) + len(held), len(held), shape, colour)
        return PictureData(train, held, found.sha256, facts, found.skipped, *chosen.labels(), found.classes, ahead)

    def sample(
        self,
        path: str,
        count: int,
        size: int = 0,
        framing: Framing = "crop",
        colours: Colours = "auto",
        duplicates: Doubles = "keep",
        mirror: bool = False,
    ) -> "list[Seen]":
        """Up to `count` of them, evenly spread, as a training with these settings sees them. Without torch."""
        from aigc_desktop.data import seen
        from aigc_desktop.data.sides import Chosen

        found = self._survey(path, "training")
        shape = self.target(size, _sizes(found))
        return seen.sample(Chosen(found, duplicates), count, shape, framing, _colour(found, colours), mirror)

    def target(self, size: int, own: "dict[Size, int]") -> "Size":
        """Width and height of all pictures, where `size` is asked for (0: as they are) and so many have these own sizes."""
        return (size, size) if size else common_size(own, self.max_size)

    def _survey(self, path: str, part: "Part", keep: int | None = None) -> "Survey":
        from aigc_desktop.data import surveyed

        if path == STARTER:
            from aigc_desktop.data import starter_pictures
            from aigc_desktop.data.gather import of_array

            return of_array(*starter_pictures.make(), path=path)
        found = surveyed.survey(path, part, keep)
        least = self.min_count if part == "training" else 1
        count = len(found.pictures)
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


def common_size(own: "dict[Size, int]", max_size: int) -> "Size":
    """The set's size: the one most pictures have, else a square as high as the middle one's shorter side."""
    size, most = max(own.items(), key=lambda item: (item[1], item[0]))
    total = sum(own.values())
    if most <= COMMON * total:
        sides = sorted((min(one), count) for one, count in own.items())
        passed = 0
        for side, count in sides:
            passed += count
            size = (side, side)
            if 2 * passed >= total:
                break
    scale = min(1.0, max_size / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _sizes(found: "Survey") -> "dict[Size, int]":
    import numpy as np

    pictures = found.pictures
    both = np.stack([pictures["width"], pictures["height"]], axis=1)
    sizes, counts = np.unique(both, axis=0, return_counts=True)
    return {(width, height): count for (width, height), count in zip(sizes.tolist(), counts.tolist(), strict=True)}


def _colour(found: "Survey", colours: str) -> bool:
    return found.colour if colours == "auto" else colours == "colour"


def _facts(chosen: Any, count: int, heldout: int, size: "Size", colour: bool) -> dict[str, Any]:
    return {
        "count": count,
        "heldout": heldout,
        "width": size[0],
        "height": size[1],
        "channels": 3 if colour else 1,
        "classes": len(chosen.found.classes),
        "copies": chosen.copies,
        "alike": chosen.alike,
    }
