"""GAN: what the window and the command line must know."""

import math
from typing import Any, Literal

from pydantic import field_validator

from aigc_desktop.data.framing import FramedPictures
from aigc_desktop.engine.params import field
from aigc_desktop.engine.registry import Preflight, Spec, Welcome
from aigc_desktop.generators.image.gan.about import ABOUT
from aigc_desktop.i18n import mark
from aigc_desktop.nets.critic_params import WithCritic
from aigc_desktop.nets.latent_params import Draw
from aigc_desktop.problems import BadInput

WIDEST = 8192
MOST_LAYERS = 8
RUNTIME = 400 << 20  # torch itself, measured
DATA = FramedPictures(min_count=2, max_size=64)


def widths(text: str) -> list[int]:
    """The layers' widths in "256, 512"; BadInput where the text is no such list."""
    try:
        found = [int(part) for part in text.replace(",", " ").split()]
    except ValueError:
        found = []
    if not 1 <= len(found) <= MOST_LAYERS or not all(1 <= one <= WIDEST for one in found):
        raise BadInput(
            mark("Write the layers as up to {most} numbers from 1 to {widest}, as in 256, 512; not as {text}."),
            most=MOST_LAYERS,
            widest=WIDEST,
            text=repr(text),
        )
    return found


class Train(WithCritic):
    size: int = field(
        0,
        ge=0,
        le=64,
        unit="px",
        zero="As they are",
        title="Picture size",
        help="Height and width of the pictures in pixels. As they are: the size that your pictures have, 64 at most. Smaller "
        "pictures are learned much faster and more surely; try 32 when pictures in colour stay blurred.",
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
        help="How the two networks are judged. Non-saturating is the usual one and the best here. Least squares is gentler and "
        "learns more slowly. Wasserstein compares whole sets of pictures: slower still, but its curve tells how far they are "
        "apart; with the gradient penalty it learns more surely than with clipped weights.",
        choices={
            "non-saturating": mark("Non-saturating"),
            "least-squares": mark("Least squares"),
            "wasserstein": mark("Wasserstein, clipped"),
            "wasserstein-gp": mark("Wasserstein, gradient penalty"),
        },
    )
    generator_widths: str = field(
        "256, 512",
        max_length=80,
        advanced=True,
        title="Generator's layers",
        help="How many neurons each hidden layer of the generator has, from the latent numbers to the picture. Wider learns "
        "finer detail and takes longer for each step. Try 512, 1024 for colour or for larger pictures.",
    )
    discriminator_widths: str = field(
        "512, 256",
        max_length=80,
        advanced=True,
        title="Discriminator's layers",
        help="The same for the discriminator, from the picture to its verdict. Keep both networks about equally strong: if one "
        "is far ahead, the other learns nothing.",
    )
    gradient_penalty: float = field(
        2.0,
        ge=0,
        le=1000,
        zero="Off",
        advanced=True,
        when={"loss": ("non-saturating", "least-squares")},
        title="Gradient penalty",
        help="The main means against mode collapse (all pictures alike). It keeps the discriminator from being too sure around "
        "real pictures, so that the generator finds a slope to follow to every kind of picture, not only to the easiest. "
        "Raise it (5 to 20) when pictures become alike or you have few pictures; lower it when they stay blurred.",
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
        512,
        ge=2,
        le=65_536,
        advanced=True,
        title="Batch size",
        help="How many pictures are looked at in one step. The generator is normalised over the batch, so that it cannot make "
        "the same picture for all of it: keep 32 or more.",
    )
    learning_rate: float = field(
        1e-3,
        ge=1e-8,
        le=10,
        advanced=True,
        title="Learning rate",
        help="How far each step changes both networks. It stays for the first half of the training and then falls to zero, so "
        "that the networks settle. Lower it (0.0003) when the curves jump about.",
    )

    @field_validator("generator_widths", "discriminator_widths")
    @classmethod
    def _are_widths(cls, text: str) -> str:
        return ", ".join(map(str, widths(text)))


class Create(Draw):
    """As every generator from latents."""


def preflight(params: Train, facts: dict[str, Any]) -> Preflight:
    """Parameters exactly; memory of weights, gradients, optimisers, averages and activations."""
    pixels = math.prod(DATA.shape(params, facts))
    inner, outer = widths(params.generator_widths), widths(params.discriminator_widths)
    # A hidden layer of the generator has weights without bias, and batch normalisation's scale and shift.
    generator = sum(a * b + 2 * b for a, b in zip([params.latent_size, *inner], inner, strict=False))
    generator += inner[-1] * pixels + pixels
    discriminator = sum(a * b + b for a, b in zip([pixels, *outer], outer, strict=False)) + outer[-1] + 1
    parameters = generator + discriminator
    # Of each picture in a batch: what every layer gives, kept for backward, and its gradient.
    activations = params.batch_size * (3 * sum(inner) + 6 * sum(outer) + 10 * pixels)
    critics = params.critic_steps if params.loss == "wasserstein-gp" else 1
    memory = RUNTIME + 4 * (4 * parameters + generator + 2 * activations + params.batch_size * critics * pixels)
    return Preflight(parameters, memory)


SPEC = Spec(
    id="image.gan",
    title="GAN",
    medium="picture",
    summary="Learns to make small pictures like yours, by one network judging another.",
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
    order=10,
    welcome=Welcome(
        title=mark("Small pictures"),
        text=mark(
            "Looks at drawn digits and shapes until it can draw what passes for one. Then it draws a sheet of new ones."
        ),
        button=mark("Train and draw"),
        train={"max_seconds": 45},
        create={"count": 16},
    ),
)
