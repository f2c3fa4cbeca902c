"""VAE: what the window and the command line must know."""

from itertools import pairwise
from typing import Any, Literal

from pydantic import field_validator

from aigc_desktop.data.framing import Framed, FramedPictures
from aigc_desktop.engine.params import Params, Picture, Pictures, field
from aigc_desktop.engine.registry import Preflight, Spec
from aigc_desktop.generators.image.vae.about import ABOUT
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

LARGEST = 128  # pixels a side
WIDEST, MOST_LAYERS, MOST_LATENT, MOST_CHANNELS = 4096, 6, 512, 128
FEWEST = 4  # pixels a side that a convolutional network ends at, or fewer
FARTHEST = 8.0  # from the middle of the latent space
GROWTH = 4  # channels of the last stage, in times of the first, at most
RUNTIME = 400 << 20  # torch itself, measured


class Train(Framed):
    network: Literal["perceptron", "convolutional"] = field(
        "perceptron",
        title="Network",
        help="Perceptron: every neuron sees the whole picture; the best for small pictures that are centred, such as digits. "
        "Convolutional: looks with small windows that slide over the picture; for larger pictures and colour. Each of its "
        "steps takes longer.",
        choices={"perceptron": mark("Perceptron"), "convolutional": mark("Convolutional")},
    )
    latent_size: int = field(
        32,
        ge=2,
        le=MOST_LATENT,
        title="Latent size",
        help="How many numbers describe one picture. The network leaves those unused that it has no need of. Two make a map of "
        "all pictures on one plane, but blurred; try 64 or 128 for faces and photographs.",
    )
    beta: float = field(
        1.0,
        ge=0,
        le=100,
        step=0.5,
        title="Beta",
        help="How much the description's length counts against the picture's likeness. 1 is the true bound. Above it (2 to 10) "
        "the numbers become fewer and mean more each, the pictures softer; below it pictures get sharper, but new ones come "
        "out worse. The held-out figure is always that of 1.",
    )
    likelihood: Literal["bernoulli", "gaussian"] = field(
        "bernoulli",
        title="Likelihood",
        help="How likeness is measured. Bernoulli takes each pixel for the probability of white: for drawings, digits, icons. "
        "Gaussian takes it for a measured brightness with a spread that is learned too: for photographs.",
        choices={"bernoulli": mark("Bernoulli"), "gaussian": mark("Gaussian")},
    )
    width: int = field(
        512,
        ge=1,
        le=WIDEST,
        advanced=True,
        title="Width",
        help="How many neurons each hidden layer has. Wider learns finer detail and takes longer for each step.",
    )
    layers: int = field(
        2,
        ge=1,
        le=MOST_LAYERS,
        advanced=True,
        title="Layers",
        help="How many hidden layers stand on each side of the latent numbers.",
        when={"network": ("perceptron",)},
    )
    channels: int = field(
        32,
        ge=1,
        le=MOST_CHANNELS,
        advanced=True,
        title="Channels",
        help="How many filters the first convolution has; every further one has twice as many, up to four times.",
        when={"network": ("convolutional",)},
    )
    average: float = field(
        0.999,
        ge=0,
        le=0.99999,
        zero="Off",
        advanced=True,
        title="Averaging",
        help="The model is the average of the network over its last steps (0.999: about a thousand): better than any one of "
        "them. Lower it only for trainings of a few hundred steps.",
    )
    batch_size: int = field(
        512, ge=1, le=65_536, advanced=True, title="Batch size", help="How many pictures are learned from in one step."
    )
    learning_rate: float = field(
        2e-3,
        ge=1e-8,
        le=10,
        advanced=True,
        title="Learning rate",
        help="How far each step changes the network. It stays for the first half of the training and then falls to zero. Lower "
        "it (0.0005) when the curves jump about.",
    )


class Create(Params):
    mode: Literal["new", "reconstruct", "morph", "direction", "point"] = field(
        "new",
        title="Make",
        help="New pictures; your own pictures as the model sees them; the way from one picture to another; a picture with "
        "something added that a group of pictures has; or the picture at one point of the latent space.",
        choices={
            "new": mark("New pictures"),
            "reconstruct": mark("Reconstructions"),
            "morph": mark("A morph"),
            "direction": mark("A picture, changed"),
            "point": mark("The picture at a point"),
        },
    )
    count: int = field(
        16,
        ge=1,
        le=10_000,
        title="How many",
        help="How many pictures. Each has a seed of its own, one after another.",
        when={"mode": ("new",)},
    )
    truncation: float = field(
        1.0,
        ge=0,
        le=2,
        step=0.05,
        title="Variety",
        help="1 gives everything that was learned. Below it pictures come closer to the average one: cleaner and more alike; at "
        "0 all are the same. Above 1 they become stranger.",
        when={"mode": ("new",)},
    )
    pictures: Pictures = field(
        [],
        title="Pictures",
        help="Pictures to send through the model, of any size; a folder stands for all pictures in it.",
        when={"mode": ("reconstruct",)},
    )
    first: Picture | None = field(
        None, title="From", help="The picture that the morph begins with.", when={"mode": ("morph",)}
    )
    second: Picture | None = field(
        None, title="To", help="The picture that the morph ends with.", when={"mode": ("morph",)}
    )
    frames: int = field(
        8,
        ge=2,
        le=256,
        title="Frames",
        help="How many pictures the morph has, side by side in one strip, the first and the last included.",
        when={"mode": ("morph",)},
    )
    having: Pictures = field(
        [],
        title="With it",
        help="Pictures that have what is to be added: a smile, a slant, a colour. A dozen says more than one.",
        when={"mode": ("direction",)},
    )
    lacking: Pictures = field(
        [],
        title="Without it",
        help="Pictures that lack it, and are alike otherwise.",
        when={"mode": ("direction",)},
    )
    picture: Picture | None = field(
        None,
        title="Change this picture",
        help="The picture that the direction is added to. Left empty, the seed's new picture is changed.",
        when={"mode": ("direction",)},
    )
    strength: float = field(
        1.0,
        ge=-FARTHEST,
        le=FARTHEST,
        step=0.1,
        title="Strength",
        help="How much of the direction is added; below zero it is taken away.",
        when={"mode": ("direction",)},
    )
    axes: str = field(
        "1, 2",
        max_length=40,
        title="Axes",
        help="The two latent dimensions that the plane shows; 1 is the one that the model uses most.",
        when={"mode": ("point",)},
    )
    x: float = field(
        0.0,
        ge=-FARTHEST,
        le=FARTHEST,
        step=0.1,
        title="Across",
        help="The first dimension's value. Most pictures lie between −2 and 2.",
        when={"mode": ("point",)},
    )
    y: float = field(
        0.0,
        ge=-FARTHEST,
        le=FARTHEST,
        step=0.1,
        title="Upwards",
        help="The second dimension's value; all others come from the seed, and are zero for seed 0.",
        when={"mode": ("point",)},
    )

    @field_validator("axes")
    @classmethod
    def _are_two(cls, text: str) -> str:
        return ", ".join(map(str, axes(text)))


def axes(text: str) -> tuple[int, int]:
    """The two different dimensions in "1, 2", from 1; BadInput where the text does not say them."""
    try:
        found = [int(part) for part in text.replace(",", " ").split()]
    except ValueError:
        found = []
    if len(found) != 2 or found[0] == found[1] or not all(1 <= one <= MOST_LATENT for one in found):
        raise BadInput(
            mark("Write the axes as two different numbers from 1 to {most}, as in 1, 2; not as {text}."),
            most=MOST_LATENT,
            text=repr(text),
        )
    return found[0], found[1]


def stages(height: int, width: int, channels: int) -> list[tuple[int, int, int]]:
    """(height, width, channels) after each convolution, which halves the picture, until a side is 4 pixels or fewer."""
    found = []
    most = GROWTH * channels
    while not found or min(height, width) > FEWEST:
        height, width = -(-height // 2), -(-width // 2)
        found.append((height, width, channels))
        channels = min(2 * channels, most)
    return found


def preflight(params: Train, facts: dict[str, Any]) -> Preflight:
    """Parameters exactly; memory of weights, gradients, optimiser, averages and activations."""
    width, height = (params.size or facts["width"]), (params.size or facts["height"])
    planes = 1 if params.colours == "grey" else 3 if params.colours == "colour" else facts["channels"]
    pixels = width * height * planes
    if params.network == "perceptron":
        parameters, inner = _perceptron(params, pixels)
    else:
        parameters, inner = _convolutional(params, height, width, planes)
    parameters += params.likelihood == "gaussian"
    # Of each picture in a batch: what every layer gives, kept for backward, and its gradient; the loss's own copies.
    memory = RUNTIME + 4 * (5 * parameters + params.batch_size * (4 * inner + 12 * pixels))
    return Preflight(parameters, memory)


def _perceptron(params: Train, pixels: int) -> tuple[int, int]:
    """Parameters; numbers that a picture becomes on its way."""
    width, between = params.width, (params.layers - 1) * (params.width * params.width + params.width)
    encoder = pixels * width + width + between + 2 * params.latent_size * (width + 1)
    decoder = params.latent_size * width + width + between + pixels * (width + 1)
    return encoder + decoder, 4 * params.layers * width + 4 * params.latent_size


def _convolutional(params: Train, height: int, width: int, planes: int) -> tuple[int, int]:
    found = stages(height, width, params.channels)
    widths = [planes] + [one for _, _, one in found]
    flat = found[-1][0] * found[-1][1] * found[-1][2]
    kernels = sum(16 * a * b for a, b in pairwise(widths))
    encoder = (
        kernels + sum(widths[1:]) + flat * params.width + params.width + 2 * params.latent_size * (params.width + 1)
    )
    decoder = kernels + sum(widths[:-1]) + params.latent_size * params.width + params.width + flat * (params.width + 1)
    return encoder + decoder, 4 * sum(h * w * c for h, w, c in found) + 4 * params.width + 2 * flat


SPEC = Spec(
    id="image.vae",
    title="VAE",
    medium="picture",
    summary="Learns to describe each picture by a few numbers, and to draw it from them.",
    about=ABOUT,
    data=FramedPictures(min_count=2, max_size=LARGEST),
    train=Train,
    create=Create,
    views=("losses", "samples"),
    explores=("latent_plane", "morph", "direction", "reconstruct"),
    curves={
        "reconstruction": "Reconstruction",
        "kl": "Description (KL)",
        "heldout_elbo_nats": "−ELBO, held out",
    },
    figures={"heldout_reconstruction": "Reconstruction, held out", "heldout_kl": "Description (KL), held out"},
    preflight=preflight,
    precisions=("float32", "bfloat16", "compiled", "compiled-bfloat16"),
    order=30,
)
