"""What can be chosen for any diffusion model that draws: one set of parameters. Imports no torch, so that specs can use it."""

from typing import Literal

from aigc_desktop.engine.params import Class, Mask, Params, Picture, field
from aigc_desktop.i18n import mark


class Draw(Params):
    """Parameters of pictures that are made out of noise."""

    count: int = field(
        16, ge=1, le=10_000, title="How many", help="How many pictures. Each has a seed of its own, one after another."
    )
    by_class: Class = field(
        "",
        max_length=200,
        title="Class",
        help="What to draw, by the name of its folder in what was learned from; for models that learned classes. Empty: each "
        "picture draws a class of its own.",
    )
    start: Picture | None = field(
        None,
        title="Start from",
        help="A picture to change instead of beginning with noise alone. It is brought to the size that the model draws.",
    )
    strength: float = field(
        0.6,
        ge=0.02,
        le=1,
        step=0.05,
        when={"mask": (None, "")},
        title="Strength",
        help="How far the start picture is dissolved in noise before it is drawn anew: 0.3 changes details, 0.6 keeps the rough "
        "shape, 1 keeps nothing. Counts only with a start picture and without a mask.",
    )
    mask: Mask | None = field(
        None,
        of="start",
        title="Mask",
        help="A picture of the start picture's size: what is white there is drawn anew so that it fits the rest, what is black "
        "stays as it is, pixel by pixel.",
    )
    sampler: Literal["dpmsolver++", "ddim", "euler", "ddpm"] = field(
        "dpmsolver++",
        title="Sampler",
        help="How the noise is taken away. DPM-Solver++ looks back a step and needs the fewest. DDIM and Euler go straight ahead "
        "and want about 50. DDPM throws in fresh noise at each step, as in training, and wants several hundred.",
        choices={"dpmsolver++": "DPM-Solver++", "ddim": "DDIM", "euler": "Euler", "ddpm": "DDPM"},
    )
    steps: int = field(
        20,
        ge=1,
        le=1000,
        title="Steps",
        help="How often the network looks at each picture. More take longer in proportion; 15 to 30 are enough for DPM-Solver++.",
    )
    guidance: float = field(
        1.5,
        ge=0,
        le=20,
        step=0.25,
        of="by_class",
        title="Guidance",
        help="How much each picture is to look like its class. 1 as learned; 1.5 to 3 clearer and more alike; above, colours and "
        "edges become harsh. Other than 1 it takes twice as long. Counts only for models that learned classes.",
    )
    eta: float = field(
        0.0,
        ge=0,
        le=1,
        step=0.1,
        zero="None",
        advanced=True,
        when={"sampler": ("ddim",)},
        title="Fresh noise",
        help="How much fresh noise DDIM throws in at each step (η). None: the same noise always becomes the same picture; 1 is "
        "as DDPM.",
    )
    resample: int = field(
        4,
        ge=1,
        le=50,
        advanced=True,
        title="Passes per step in a mask",
        help="How often each step is gone back and taken again, so that what is drawn in the mask grows together with what "
        "is kept (RePaint). More fit better and take longer in proportion.",
    )
    framing: Literal["crop", "fit", "pad"] = field(
        "crop",
        advanced=True,
        title="Framing",
        help="How a start picture of another shape is brought to the model's size: cut in the middle, squeezed until it fits, or "
        "kept whole with a border in the colour of its edge.",
        choices={"crop": mark("Cut in the middle"), "fit": mark("Squeeze"), "pad": mark("Keep whole, with a border")},
    )
    precision: Literal["auto", "float32", "bfloat16"] = field(
        "auto",
        advanced=True,
        title="Precision",
        help="How numbers are computed. Automatic measures which is fastest on this machine, once, and remembers it. The same "
        "seed gives the same picture in each, up to differences that are hardly seen.",
        choices={
            "auto": mark("Automatic"),
            "float32": mark("32-bit"),
            "bfloat16": mark("16-bit (bfloat16)"),
        },
    )
