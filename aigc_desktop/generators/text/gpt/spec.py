"""The decoder-only Transformer: what the window and the command line must know."""

from typing import Any, Literal

from aigc_desktop.data.texts import Texts
from aigc_desktop.engine.params import Training, field
from aigc_desktop.engine.registry import Preflight, Spec
from aigc_desktop.generators.text.gpt.about import ABOUT
from aigc_desktop.i18n import mark
from aigc_desktop.nets.causal.params import Write
from aigc_desktop.problems import BadInput


class Train(Training):
    architecture: Literal["llama", "gpt2"] = field(
        "llama",
        title="Architecture",
        help="How the network is built. Llama is the newer one and learns more in the same time. GPT-2 is the one that "
        "most explanations describe.",
        choices={"llama": "Llama", "gpt2": "GPT-2"},
    )
    tokens: Literal["characters", "bpe"] = field(
        "characters",
        title="Reads and writes",
        help="Characters suit most texts, Chinese ones too. Word pieces (byte-level BPE) suit a text of several "
        "megabytes: the model sees further back, but needs more to learn from.",
        choices={"characters": mark("Characters"), "bpe": mark("Word pieces (BPE)")},
    )
    vocabulary: int = field(
        2048,
        ge=257,
        le=32_768,
        advanced=True,
        title="Word pieces",
        help="How many different word pieces to use. More make longer pieces and a larger model. Characters ignore it.",
    )
    layers: int = field(
        4,
        ge=1,
        le=48,
        title="Layers",
        help="How many layers stand one above the other. More see more complicated patterns; each takes its time.",
    )
    heads: int = field(
        6,
        ge=1,
        le=64,
        title="Heads",
        help="How many places of the text each layer can look at for different reasons. They share the width between "
        "them, so that it must be a multiple of their number.",
    )
    width: int = field(
        192,
        ge=8,
        le=4096,
        step=64,
        title="Width",
        help="How many numbers describe each character or word piece inside. Twice the width is four times the work; go "
        "up for a large text and a long training.",
    )
    context: int = field(
        128,
        ge=8,
        le=4096,
        step=32,
        title="Context",
        help="How many characters or word pieces the model reads at once: nothing that stands further back can play a "
        "part. Twice as many take somewhat more than twice the time.",
    )
    dropout: float = field(
        0.0,
        ge=0,
        le=0.9,
        step=0.05,
        title="Dropout",
        help="The share of numbers left out at random between layers while training. Against learning by heart: 0.1 for a "
        "small text and a long training, where the held-out curve would turn up; it makes a short one learn less.",
    )
    tied: bool = field(
        False,
        advanced=True,
        title="Tied weights",
        help="Use one table for reading and writing. Saves memory with word pieces; makes little difference otherwise.",
    )
    weight_decay: float = field(
        0.01,
        ge=0,
        le=10,
        step=0.01,
        advanced=True,
        title="Weight decay",
        help="Pulls the weights gently to zero at every step. Raise it, like dropout, against learning by heart.",
    )
    batch_size: int = field(
        12,
        ge=1,
        le=4096,
        advanced=True,
        title="Batch size",
        help="How many stretches of the text are read in one step. More is smoother, but makes fewer steps in the same "
        "time.",
    )
    learning_rate: float = field(
        0.02,
        ge=1e-8,
        le=1,
        advanced=True,
        title="Learning rate",
        help="How far each step changes the model at the start; it falls to zero by the end. It is that of Muon, and "
        "suits models of every width; the tables of characters change more slowly. Lower it if the loss jumps about.",
    )


def feed_forward(params: Train) -> int:
    """The width inside a layer: of Llama eight thirds, of GPT-2 four times the model's."""
    return -(-params.width * 8 // 96) * 32 if params.architecture == "llama" else 4 * params.width


def require_even_heads(params: Train) -> None:
    """Refuse a width that the heads cannot share evenly."""
    step = 2 * params.heads if params.architecture == "llama" else params.heads  # positions turn numbers in pairs
    if params.width % step:
        near = max(step, round(params.width / step) * step)
        raise BadInput(
            mark("{heads} heads cannot share a width of {width} evenly: choose {near}, or another number of heads."),
            heads=params.heads,
            width=params.width,
            near=near,
        )


def weights(params: Train, characters: int) -> int:
    """How many trainable numbers a model has, for a text of this many different characters."""
    vocabulary = characters + 1 if params.tokens == "characters" else params.vocabulary
    width, inside = params.width, feed_forward(params)
    tables = vocabulary * width * (1 if params.tied else 2)
    if params.architecture == "llama":
        layer = 4 * width * width + 3 * width * inside + 2 * width
        return tables + params.layers * layer + width
    layer = 4 * width * width + 4 * width + 2 * width * inside + inside + width + 4 * width
    return tables + params.context * width + params.layers * layer + 2 * width


def preflight(params: Train, facts: dict[str, Any]) -> Preflight:
    """Exact parameter count; memory at the peak from it, the activations of one batch, and the text."""
    require_even_heads(params)
    from aigc_desktop.data.filed import memory

    count = weights(params, facts["vocabulary"])
    vocabulary = facts["vocabulary"] + 1 if params.tokens == "characters" else params.vocabulary
    places = params.batch_size * params.context
    # A layer keeps its norms, projections and turns, what it adds, gates, and the attention of each head.
    per_layer = 16 * params.width + 5 * feed_forward(params) + 3 * params.heads * params.context
    activations = 4 * places * (params.layers * per_layer + 4 * params.width + 4 * vocabulary)
    # Weights, gradients, the optimisers' memories, the moving average and a 16-bit copy with its gradient.
    return Preflight(count, RUNTIME + 4 * count * 6 + activations + memory(facts["characters"]))


RUNTIME = 480 << 20  # torch and transformers themselves, measured

SPEC = Spec(
    id="text.gpt",
    title="GPT",
    medium="text",
    summary=mark("A Transformer that learns to write from texts of yours, and opens in other programs, too."),
    about=mark(ABOUT),
    data=Texts(),
    train=Train,
    create=Write,
    views=("losses", "samples", "surprise", "attention"),
    create_views=("next_tokens",),
    explores=("attention", "next_tokens", "surprise"),
    curves={"nats_per_char": mark("Training"), "heldout_nats_per_char": mark("Held out")},
    figures={
        "heldout_bits_per_char": "Held-out bits per character",
        "heldout_perplexity": "Held-out perplexity per character",
    },
    preflight=preflight,
    precisions=("float32", "bfloat16", "compiled", "compiled-bfloat16"),
    order=20,
)
