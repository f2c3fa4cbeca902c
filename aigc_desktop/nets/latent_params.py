"""What creating with a generator of pictures from latents can be told. Imports no torch."""

from pydantic import field_validator

from aigc_desktop.engine.params import Params, field
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput


class Draw(Params):
    """Pictures of seeds, or a walk between two."""

    count: int = field(
        16, ge=1, le=10_000, title="How many", help="How many pictures. Each has a seed of its own, one after another."
    )
    truncation: float = field(
        1.0,
        ge=0,
        le=2,
        step=0.05,
        title="Variety",
        help="1 gives everything that was learned. Below it pictures come closer to the average one: safer and more alike; at 0 "
        "all are the same. Above 1 they become stranger.",
    )
    walk: int = field(
        0,
        ge=0,
        le=256,
        zero="No walk",
        title="Walk, frames",
        help="Makes one strip instead: this many pictures side by side, from the seed's picture to that of another seed, each "
        "a small step further. Two frames show just the two ends.",
    )
    walk_to: int | None = field(
        None,
        ge=0,
        le=2**62,
        advanced=True,
        title="Walk to seed",
        help="The seed at the end of the walk. Left empty, it is the one after the first.",
    )

    @field_validator("walk")
    @classmethod
    def _has_two_ends(cls, frames: int) -> int:
        if frames == 1:
            raise BadInput(mark("A walk has at least 2 frames; 0 makes no walk."))
        return frames
