"""DCGAN: what the window and the command line must know."""

from typing import Any, Literal

from aigc_desktop.data.framing import FramedPictures
from aigc_desktop.engine.params import field
from aigc_desktop.engine.registry import Preflight, Spec
from aigc_desktop.generators.image.dcgan.about import ABOUT
from aigc_desktop.generators.image.dcgan.shape import SIDES, sizes, widths
from aigc_desktop.i18n import mark
from aigc_desktop.nets.critic_params import WithCritic
from aigc_desktop.nets.latent_params import Draw

RUNTIME = 400 << 20  # torch itself, measured
MOST_WIDTH = 256
DATA = FramedPictures(min_count=2, max_size=128, sides=SIDES)


class Train(WithCritic):
    size: int = field(
        0,
        ge=0,
        le=128,
        unit="px",
        zero="As they are",
        title="Picture size",
        help="Side of the square pictures in pixels: the nearest of 28, 32, 48, 64, 96 and 128. Each step up takes about four "
        "times as long; start with 32 or 64 for colour.",
    )
    latent_size: int = field(
        64,
        ge=1,
        le=1024,
        title="Latent size",
        help="How many numbers describe one picture. More give more variety, fewer make walks from picture to picture "
        "smoother. Leave it unless your pictures differ very little (16 will do).",
    )
    loss: Literal["non-saturating", "least-squares", "wasserstein", "wasserstein-gp"] = field(
        "non-saturating",
        title="Loss",
        help="How the two networks are judged. Non-saturating is the usual one and the best here. Least squares is gentler. "
        "Wasserstein's curve tells how far apart created and real pictures are; with the gradient penalty it learns surely, but "
        "each step takes several times as long.",
        choices={
            "non-saturating": mark("Non-saturating"),
            "least-squares": mark("Least squares"),
            "wasserstein": mark("Wasserstein, clipped"),
            "wasserstein-gp": mark("Wasserstein, gradient penalty"),
        },
    )
    augment: Literal["auto", "on", "off"] = field(
        "auto",
        title="Augmentation",
        help="Shows the discriminator all pictures, real and created, with changed colours, moved, and with a part cut out, so "
        "that it cannot know a small set by heart. Automatic: with fewer than 5,000 pictures.",
        choices={"auto": mark("Automatic"), "on": mark("On"), "off": mark("Off")},
    )
    width: int = field(
        32,
        ge=1,
        le=MOST_WIDTH,
        advanced=True,
        title="Channels",
        help="How many features both networks look for at full size; they double with every halving of the picture. More learn "
        "finer detail and take longer for each step. Try 64 for colour or for long trainings.",
    )
    spectral: bool = field(
        False,
        advanced=True,
        title="Spectral normalisation",
        help="Holds the discriminator's layers to a slope of 1. Switch it on when the curves jump about, in place of the "
        "gradient penalty or beside it.",
    )
    gradient_penalty: float = field(
        1.0,
        ge=0,
        le=1000,
        zero="Off",
        advanced=True,
        when={"loss": ("non-saturating", "least-squares")},
        title="Gradient penalty",
        help="The main means against mode collapse (all pictures alike): keeps the discriminator from being too sure around "
        "real pictures. Raise it (3 to 10) when pictures become alike or you have few; lower it when they stay blurred.",
    )
    label_smoothing: float = field(
        0.0,
        ge=0,
        le=0.4,
        step=0.05,
        zero="Off",
        advanced=True,
        when={"loss": ("non-saturating", "least-squares")},
        title="Label smoothing",
        help="Lets the discriminator be only this much less than sure of real pictures, an older way to keep it from running "
        "ahead. The gradient penalty does this better; try 0.1 if you switch that off.",
    )
    critic_steps: int = field(
        5,
        ge=1,
        le=20,
        advanced=True,
        when={"loss": ("wasserstein-gp",)},
        title="Critic's steps",
        help="How often the critic learns for each time the generator does. Fewer are quicker, more let it measure better.",
    )
    weight_clip: float = field(
        0.05,
        ge=0.001,
        le=1,
        advanced=True,
        when={"loss": ("wasserstein",)},
        title="Weight clipping",
        help="The largest weight that the critic may have. Lower is steadier and slower.",
    )
    average: float = field(
        0.999,
        ge=0,
        le=0.99999,
        zero="Off",
        advanced=True,
        title="Averaging",
        help="Pictures come from the generator's average over its last steps (0.999: about a thousand), because the two networks "
        "circle around each other and a single step may be off. Lower it only for trainings of a few hundred steps.",
    )
    batch_size: int = field(
        128,
        ge=2,
        le=65_536,
        advanced=True,
        title="Batch size",
        help="How many pictures are looked at in one step. The generator is normalised over the batch, so that it cannot make "
        "the same picture for all of it: keep 32 or more.",
    )
    learning_rate: float = field(
        2e-3,
        ge=1e-8,
        le=10,
        advanced=True,
        title="Learning rate",
        help="How far each step changes both networks. It stays for the first half of the training and then falls to zero, so "
        "that the networks settle. Lower it (0.0005) when the curves jump about.",
    )


class Create(Draw):
    """As every generator from latents."""


def preflight(params: Train, facts: dict[str, Any]) -> Preflight:
    """Parameters exactly; memory of weights, gradients, optimisers, averages and activations."""
    channels, side, _ = DATA.shape(params, facts)
    generator, discriminator = sizes(params.latent_size, params.width, side, channels)
    parameters = generator + discriminator
    pixels = side * side * channels
    # Of each picture in a batch: what every layer gives, kept for backward, and its gradient.
    layers = sum(one * (side >> level + 1) ** 2 for level, one in enumerate(widths(params.width, side)))
    activations = params.batch_size * (12 * layers + 24 * pixels)
    critics = params.critic_steps if params.loss == "wasserstein-gp" else 1
    memory = RUNTIME + 4 * (4 * parameters + generator + 2 * activations + params.batch_size * critics * pixels)
    return Preflight(parameters, memory)


SPEC = Spec(
    id="image.dcgan",
    title="DCGAN",
    medium="picture",
    summary="Learns to make pictures like yours, up to 128 pixels, with networks that see in small windows.",
    about=ABOUT,
    data=DATA,
    train=Train,
    create=Create,
    views=("losses", "samples", "discriminator"),
    curves={
        "generator_loss": "Generator",
        "discriminator_loss": "Discriminator",
        "heldout_distance": "Distance to held-out pictures",
    },
    figures={"heldout_told_apart": "Told apart from created ones", "heldout_memorised": "Known by heart"},
    preflight=preflight,
    precisions=("float32", "bfloat16", "compiled", "compiled-bfloat16"),
    order=20,
)
