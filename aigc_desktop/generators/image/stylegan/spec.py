"""StyleGAN: what the window and the command line must know."""

from typing import Any, Literal

from pydantic import field_validator

from aigc_desktop.data.framing import Framed, FramedPictures
from aigc_desktop.engine.params import Params, Picture, field
from aigc_desktop.engine.registry import Preflight, Spec
from aigc_desktop.generators.image.stylegan.about import ABOUT
from aigc_desktop.generators.image.stylegan.asked import components, seeds
from aigc_desktop.generators.image.stylegan.sizes import GROUP, SIDES, channels_at, sides
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

RUNTIME = 400 << 20  # torch itself, measured
DATA = FramedPictures(min_count=2, max_size=SIDES[-1], sides=SIDES)


class Train(Framed):
    max_seconds: float = field(
        600,
        ge=0,
        le=30 * 24 * 3600,
        unit="s",
        zero="No limit",
        title="Train for",
        help="How long to train, in seconds. Ten minutes give colours and forms; hours give detail. Training can be stopped "
        "earlier and continued later.",
    )
    size: int = field(
        0,
        ge=0,
        le=128,
        unit="px",
        zero="As they are",
        title="Picture size",
        help="Height and width of the pictures: 32, 64 or 128 pixels, whichever is nearest. Twice the side takes about twice "
        "as long for each step, and more of them.",
    )
    width: int = field(
        64,
        ge=4,
        le=512,
        title="Width",
        help="How many features each layer has up to 16 pixels; finer layers have half as many each time the side doubles. "
        "Twice the width makes a step up to four times as long, and pays off in trainings of hours.",
    )
    augment: Literal["adaptive", "off"] = field(
        "adaptive",
        title="Augmentation",
        help="Adaptive turns, moves and recolours the pictures that the discriminator sees, as much as is needed so that it "
        "does not learn a small set by heart. None of this appears in what is created.",
        choices={"adaptive": mark("Adaptive"), "off": mark("Off")},
    )
    augment_images: int = field(
        100,
        ge=1,
        le=100_000,
        unit="k",
        advanced=True,
        title="Augmentation adapts over",
        help="How many thousand pictures it takes to go from no augmentation to all of it. Fewer for a very small set.",
        when={"augment": ("adaptive",)},
    )
    w_size: int = field(
        128,
        ge=4,
        le=512,
        advanced=True,
        title="Latent size",
        help="How many numbers describe one picture, before (z) and after (w) the mapping network.",
    )
    mapping_layers: int = field(
        2,
        ge=1,
        le=8,
        advanced=True,
        title="Mapping layers",
        help="Layers between z and w. The paper has eight, which need long trainings; two serve short ones.",
    )
    r1: float = field(
        0.5,
        ge=0,
        le=1000,
        zero="Off",
        advanced=True,
        title="Gradient penalty",
        help="R1: keeps the discriminator smooth around real pictures. Raise it (2 to 10) when training falls apart or all "
        "pictures become alike; lower it when they stay coarse.",
    )
    path_length: float = field(
        0.0,
        ge=0,
        le=100,
        zero="Off",
        advanced=True,
        title="Path length",
        help="Keeps equal steps in w equal changes of the picture, so that clips move evenly and a picture dropped in is found "
        "again. It slows the learning of form: set it to 2 for trainings of an hour and more.",
    )
    mixing: float = field(
        0.5,
        ge=0,
        le=1,
        step=0.05,
        zero="Off",
        advanced=True,
        title="Style mixing",
        help="The share of created pictures that take their coarse and their fine styles from two different latents while "
        "training. It keeps the layers apart, which the mixing table lives on.",
    )
    average: float = field(
        0.998,
        ge=0,
        le=0.99999,
        zero="Off",
        advanced=True,
        title="Averaging",
        help="Pictures come from the generator's average over its last steps (0.998: about 500), fewer at the beginning.",
    )
    batch_size: int = field(
        8,
        ge=GROUP,
        le=4096,
        step=GROUP,
        advanced=True,
        title="Batch size",
        help="How many pictures are looked at in one step, a multiple of four: the discriminator compares them in fours.",
    )
    learning_rate: float = field(
        2.5e-3,
        ge=1e-8,
        le=10,
        advanced=True,
        title="Learning rate",
        help="How far each step changes both networks. Lower it (0.001) when the curves jump about.",
    )

    @field_validator("batch_size")
    @classmethod
    def _is_of_groups(cls, count: int) -> int:
        if count % GROUP:
            raise BadInput(
                mark("The batch size cannot be {count}; give a multiple of {group}."), count=count, group=GROUP
            )
        return count


class Create(Params):
    mode: Literal["new", "mixing", "clip", "project", "edit"] = field(
        "new",
        title="Make",
        help="New pictures; a table that mixes the forms of some with the colours of others; a clip that moves through several "
        "and returns; a picture of yours found again as the model can draw it; or pictures changed along principal directions.",
        choices={
            "new": mark("New pictures"),
            "mixing": mark("A mixing table"),
            "clip": mark("A clip"),
            "project": mark("A picture of mine, found again"),
            "edit": mark("Changed pictures"),
        },
    )
    count: int = field(
        16,
        ge=1,
        le=10_000,
        title="How many",
        help="How many pictures. Each has a seed of its own, one after another.",
        when={"mode": ("new", "edit")},
    )
    truncation: float = field(
        1.0,
        ge=0,
        le=2,
        step=0.05,
        title="Variety",
        help="1 gives everything that was learned. Below it pictures come closer to the average one: safer and more alike; at 0 "
        "all are the same. 0.7 is often the most pleasing.",
        when={"mode": ("new", "mixing", "clip", "edit")},
    )
    rows: str = field(
        "",
        max_length=400,
        title="Rows",
        help="Seeds of the pictures on the left, which give pose and form: 3, 8, 12-15. Empty: four from the seed below on.",
        when={"mode": ("mixing",)},
    )
    columns: str = field(
        "",
        max_length=400,
        title="Columns",
        help="Seeds of the pictures at the top, which give colour and detail. Empty: six that follow those of the rows.",
        when={"mode": ("mixing",)},
    )
    crossover: int = field(
        4,
        ge=0,
        le=11,
        title="Layers from the row",
        help="How many layers, from the coarsest on, follow the row's picture; the others follow the column's. The more, the "
        "more is kept of the row.",
        when={"mode": ("mixing",)},
    )
    frames: int = field(
        120,
        ge=2,
        le=10_000,
        title="Frames",
        help="How many pictures the clip has.",
        when={"mode": ("clip",)},
    )
    fps: int = field(
        24,
        ge=1,
        le=120,
        unit="/s",
        title="Frames a second",
        help="How fast they are shown.",
        when={"mode": ("clip",)},
    )
    keyframes: int = field(
        5,
        ge=1,
        le=1000,
        title="Key pictures",
        help="How many pictures the clip passes through, with seeds one after another, before it is back at the first.",
        when={"mode": ("clip",)},
    )
    picture: Picture | None = field(
        None,
        title="Your picture",
        help="The picture to find: the closest that the model can draw. It is cut square and brought to the model's size. When "
        "changing pictures, this one is found first and then changed; without it a new one is.",
        when={"mode": ("project", "edit")},
    )
    steps: int = field(
        300,
        ge=1,
        le=10_000,
        title="Search steps",
        help="How long to search for your picture. More come closer.",
        when={"mode": ("project", "edit")},
    )
    components: str = field(
        "1: 2",
        max_length=2000,
        title="Directions",
        help="How far to go along which principal direction, in standard deviations: 1: 2.5, 3: -1. The first ones change most. "
        "Look inside shows each as a slider.",
        when={"mode": ("edit",)},
    )

    @field_validator("rows", "columns")
    @classmethod
    def _are_seeds(cls, text: str) -> str:
        seeds(text)
        return text

    @field_validator("components")
    @classmethod
    def _are_components(cls, text: str) -> str:
        components(text)
        return text


def preflight(params: Train, facts: dict[str, Any]) -> Preflight:
    """Parameters exactly; memory of weights, gradients, optimisers, averages and activations."""
    channels, side, _ = DATA.shape(params, facts)
    width, w_size = params.width, params.w_size
    resolutions = sides(side)
    widths = [channels_at(one, width) for one in resolutions]
    generator = params.mapping_layers * (w_size + 1) * w_size + widths[0] * 16
    for number, after in enumerate(widths):
        before = [widths[number - 1], after] if number else [after]
        # A layer: style, weights, bias and the noise's strength. To colours: style, weights and bias.
        generator += sum((w_size + 1) * one + 9 * one * after + after + 1 for one in before)
        generator += (w_size + 1) * after + channels * after + channels
    discriminator = channels * widths[-1] + widths[-1]
    for one, other in zip(widths[:0:-1], widths[-2::-1], strict=True):
        discriminator += 9 * one * one + one + 9 * one * other + other + one * other
    last = widths[0]
    discriminator += 9 * (last + 1) * last + last + 16 * last * last + last + last + 1
    parameters = generator + discriminator
    # Of each picture in a batch: what every layer keeps for backward, about, of both networks and real and created ones.
    pixels = sum(one * one * after for one, after in zip(resolutions, widths, strict=True))
    activations = params.batch_size * 40 * pixels
    memory = RUNTIME + 4 * (4 * parameters + generator + activations)
    return Preflight(parameters, memory)


SPEC = Spec(
    id="image.stylegan",
    title="StyleGAN",
    medium="picture",
    summary="Learns to make pictures like yours whose form and colours can be mixed, moved and steered.",
    about=ABOUT,
    data=DATA,
    train=Train,
    create=Create,
    views=("losses", "samples", "discriminator"),
    explores=("mixing", "principal"),
    curves={
        "generator_loss": "Generator",
        "discriminator_loss": "Discriminator",
        "augmentation": "Augmentation",
        "heldout_distance": "Distance to held-out pictures",
    },
    figures={"heldout_told_apart": "Told apart from created ones", "heldout_memorised": "Known by heart"},
    preflight=preflight,
    precisions=("float32", "bfloat16"),
    order=35,
)
