"""Diffusion: what the window and the command line must know."""

from typing import Any, Literal

from aigc_desktop.data.framing import Framed, FramedPictures
from aigc_desktop.engine import diffusers_folder
from aigc_desktop.engine.params import field
from aigc_desktop.engine.registry import Preflight, Spec
from aigc_desktop.generators.image.ddpm.about import ABOUT
from aigc_desktop.i18n import mark
from aigc_desktop.nets.diffusion import shape
from aigc_desktop.nets.diffusion.params import Draw
from aigc_desktop.problems import BadInput


class Train(Framed):
    by_class: Literal["auto", "on", "off"] = field(
        "auto",
        title="By class",
        help="Learns what each folder of your pictures is called, so that you can ask for one when creating. Automatic: where "
        "they lie in a folder for each kind. Other programs open a model with classes only if they know how to ask for one; "
        "switched off, diffusers' own pipeline opens it.",
        choices={"auto": mark("Automatic"), "on": mark("On"), "off": mark("Off")},
    )
    width: int = field(
        32,
        ge=8,
        le=256,
        step=8,
        title="Width",
        help="How many channels the network has at the full size of the picture; it has more where the picture is smaller. "
        "Twice the width is nearly four times the work: go up (64) for colour, larger pictures and a long training.",
    )
    layers: int = field(
        1,
        ge=1,
        le=4,
        title="Layers",
        help="How many layers each level of the network has. More draw finer detail; each takes its time.",
    )
    attention: bool = field(
        False,
        advanced=True,
        title="Attention",
        help="Where the picture is smallest, each place looks at all others. For pictures whose far parts must agree, as in "
        "faces; digits and icons do without.",
    )
    prediction: Literal["v", "epsilon"] = field(
        "v",
        title="Predicts",
        help="What the network says of a noisy picture. v, a mixture of noise and picture, is a sensible question however much "
        "noise there is; the noise alone is what the first diffusion models said.",
        choices={"v": mark("v, noise against picture"), "epsilon": mark("The noise (ε)")},
    )
    schedule: Literal["cosine", "linear"] = field(
        "cosine",
        title="Noise",
        help="How fast noise is mixed in. Cosine suits small pictures; linear is that of the first diffusion models.",
        choices={"cosine": mark("Cosine"), "linear": mark("Linear")},
    )
    min_snr: float = field(
        5.0,
        ge=0,
        le=100,
        zero="Off",
        advanced=True,
        title="Min-SNR",
        help="Limits how much the easy times with little noise count, so that strength is left for those that decide "
        "what the picture becomes. 5 suits nearly everything; off, every time counts alike.",
    )
    label_dropout: float = field(
        0.1,
        ge=0,
        le=0.9,
        step=0.05,
        advanced=True,
        when={"by_class": ("auto", "on")},
        title="Class left out",
        help="How often the network is not told the class while it learns. Guidance needs some of it; 0.1 is usual.",
    )
    dropout: float = field(
        0.0,
        ge=0,
        le=0.9,
        step=0.05,
        advanced=True,
        title="Dropout",
        help="The share of numbers left out at random between layers while training. Against learning by heart: try 0.1 for "
        "a few hundred pictures and a long training.",
    )
    average: float = field(
        0.998,
        ge=0,
        le=0.99999,
        zero="Off",
        advanced=True,
        title="Averaging",
        help="Pictures come from the network's average over its last steps (0.998: about five hundred). Go up to 0.9999 for a "
        "training of hours.",
    )
    batch_size: int = field(
        32,
        ge=1,
        le=4096,
        advanced=True,
        title="Batch size",
        help="How many pictures are learned from in one step. More is smoother, but makes fewer steps in the same time.",
    )
    learning_rate: float = field(
        0.01,
        ge=1e-8,
        le=1,
        advanced=True,
        title="Learning rate",
        help="How far each step changes the network at the start; it falls to zero by the end. It is that of Muon, for the "
        "kernels and matrices; biases and scales change more slowly. Lower it if the loss jumps about.",
    )


def classes(params: Train, facts: dict[str, Any]) -> int:
    """How many classes the network learns; BadInput where it shall and there are none."""
    if params.by_class == "off":
        return 0
    count = int(facts.get("classes") or 0)
    if count > 1:
        return count
    if params.by_class == "on":
        raise BadInput(
            mark(
                "To learn by class, the pictures must lie in two folders at least, one for each class. Sort them, or switch By class off."
            )
        )
    return 0


def settings(params: Train, facts: dict[str, Any]) -> dict[str, Any]:
    """The U-Net's settings for these pictures; BadInput where they fit no U-Net."""
    if params.width % shape.STEP:
        raise BadInput(
            mark("The width is a multiple of {step}: choose {near}."),
            step=shape.STEP,
            near=max(shape.STEP, round(params.width / shape.STEP) * shape.STEP),
        )
    size = facts["height"], facts["width"], facts["channels"]
    found = shape.settings(*size, params.width, params.layers, classes(params, facts), params.attention)
    return found | {"dropout": params.dropout}


PICTURES = FramedPictures(min_count=2, max_size=128, sides=tuple(range(8, 129, 4)))


def preflight(params: Train, facts: dict[str, Any]) -> Preflight:
    """Exact parameter count; memory of weights, gradients, optimisers, average, the activations of a batch."""
    channels, height, width = PICTURES.shape(params, facts)
    config = settings(params, facts | {"channels": channels, "height": height, "width": width})
    count = shape.weights(config)
    kept = params.batch_size * shape.activations(config)
    return Preflight(count, RUNTIME + 4 * (6 * count + kept))


RUNTIME = 520 << 20  # torch and diffusers themselves, measured

SPEC = Spec(
    id="image.ddpm",
    title=mark("Diffusion"),
    medium="picture",
    summary=mark("Learns to clean pictures of noise, until it can draw new ones from nothing else."),
    about=ABOUT,
    data=PICTURES,
    train=Train,
    create=Draw,
    opens=diffusers_folder.opens,
    views=("losses", "samples"),
    curves={"loss": mark("Training"), "heldout_loss": mark("Held out")},
    preflight=preflight,
    precisions=("float32", "bfloat16", "compiled", "compiled-bfloat16"),
    order=40,
)
