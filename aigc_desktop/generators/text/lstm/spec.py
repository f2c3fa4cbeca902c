"""The recurrent language model: what the window and the command line must know."""

from typing import Any, Literal

from aigc_desktop.data.texts import Texts
from aigc_desktop.engine.params import Params, Prompt, Training, field
from aigc_desktop.engine.registry import Preflight, Spec, Welcome
from aigc_desktop.i18n import mark

GATES = {"lstm": 4, "gru": 3, "rnn": 1}


class Train(Training):
    cell: Literal["lstm", "gru", "rnn"] = field(
        "lstm",
        title="Cell",
        help="What remembers. LSTM learns most. GRU has a quarter fewer weights and is nearly as good. RNN is the "
        "oldest and simplest: it forgets after a few words, which is worth seeing once.",
        choices={"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"},
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
        2,
        ge=1,
        le=8,
        title="Layers",
        help="How many layers of cells stand one above the other. One is faster; more than three rarely help.",
    )
    width: int = field(
        512,
        ge=8,
        le=4096,
        step=64,
        title="Width",
        help="How many numbers each layer remembers. Twice the width is four times the work; go up for a large text.",
    )
    embedding: int = field(
        128,
        ge=4,
        le=4096,
        step=16,
        advanced=True,
        title="Embedding",
        help="How many numbers describe one character or word piece where it enters. Use more with word pieces.",
    )
    dropout: float = field(
        0.2,
        ge=0,
        le=0.9,
        step=0.05,
        title="Dropout",
        help="The share of numbers left out at random between layers while training. Raise it if the held-out curve "
        "turns up while the training curve still falls; lower it for a large text or a short training.",
    )
    tied: bool = field(
        False,
        advanced=True,
        title="Tied weights",
        help="Use one table for reading and writing. Saves memory with word pieces; makes little difference otherwise.",
    )
    sequence_length: int = field(
        64,
        ge=2,
        le=4096,
        step=16,
        advanced=True,
        title="Sequence length",
        help="How many steps back each correction reaches (truncated backpropagation through time). The memory itself "
        "is carried on from one stretch to the next, so the model can learn from further back than this.",
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
        16,
        ge=1,
        le=4096,
        advanced=True,
        title="Batch size",
        help="At how many places the text is read at once. More is smoother, but makes fewer steps in the same time.",
    )
    learning_rate: float = field(
        6e-3,
        ge=1e-8,
        le=10,
        advanced=True,
        title="Learning rate",
        help="How far each step changes the model at the start; it falls to zero by the end. Lower it if the loss "
        "jumps about, or for a model much wider than usual.",
    )


class Create(Params):
    prompt: Prompt = field(
        "",
        title="Start text",
        max_length=1_000_000,
        help="The text to go on from. It stays at the beginning of what is written. Empty: the model begins by itself.",
    )
    max_new_tokens: int = field(
        500,
        ge=1,
        le=1_000_000,
        step=100,
        title="Length",
        help="How many characters (or word pieces, for a model that uses them) to write at most.",
    )
    temperature: float = field(
        0.8,
        ge=0,
        le=10,
        step=0.05,
        title="Temperature",
        help="How daring the choice is. 1 chooses as often as the model thinks likely; lower is safer and repeats "
        "itself; higher is wilder. 0 always takes the likeliest.",
    )
    top_k: int = field(
        0,
        ge=0,
        le=100_000,
        zero="Off",
        title="Top k",
        help="Choose among this many likeliest characters or pieces only. 5 to 40 keeps odd slips out.",
    )
    top_p: float = field(
        1.0,
        ge=0,
        le=1,
        step=0.05,
        title="Top p",
        help="Choose among the fewest likeliest whose chances add up to this. 0.9 keeps odd slips out and still leaves "
        "a choice where there is one; 1 is off.",
    )
    repetition_penalty: float = field(
        1.0,
        ge=0.1,
        le=10,
        step=0.05,
        advanced=True,
        title="Repetition penalty",
        help="Above 1, what was just written becomes less likely. Useful with word pieces; with characters stay "
        "below 1.1, since every word needs its letters again. 1 is off.",
    )
    repetition_window: int = field(
        64,
        ge=1,
        le=100_000,
        advanced=True,
        title="Repetition window",
        help="How many of the last characters or pieces the repetition penalty looks at.",
    )
    count: int = field(
        1,
        ge=1,
        le=256,
        title="How many",
        help="How many texts to write at once, each from a seed of its own: the seed, the next one, and so on.",
    )
    stop_text: str = field(
        "",
        title="Stop before",
        advanced=True,
        max_length=1000,
        help="A text ends where this would come, for example a name or a sign that begins the next part.",
    )


def weights(params: Train, characters: int) -> int:
    """How many trainable numbers a model has, for a text of this many different characters."""
    vocabulary = characters + 1 if params.tokens == "characters" else params.vocabulary
    width, embedding = params.width, params.embedding
    inputs = [embedding] + [width] * (params.layers - 1)
    recurrent = sum(GATES[params.cell] * (width * (size + width) + 2 * width) for size in inputs)
    # Tied: a matrix from width to embedding, then the table again; a bias per token either way.
    writing = width * embedding + embedding if params.tied else width * vocabulary
    return vocabulary * embedding + recurrent + writing + vocabulary


def preflight(params: Train, facts: dict[str, Any]) -> Preflight:
    """Exact parameter count; memory at the peak from it, the activations of one batch, and the text."""
    from aigc_desktop.data.filed import memory

    count = weights(params, facts["vocabulary"])
    vocabulary = facts["vocabulary"] + 1 if params.tokens == "characters" else params.vocabulary
    places = params.batch_size * params.sequence_length
    per_layer = (2 * GATES[params.cell] + 6) * params.width  # gates and their gradients, states, dropout
    activations = 4 * places * (params.layers * per_layer + params.embedding + 4 * vocabulary)
    # Weights, gradients, two moments, the moving average and a 16-bit copy with its gradient; text and its tokens.
    return Preflight(count, RUNTIME + 4 * count * 6 + activations + memory(facts["characters"]))


RUNTIME = 400 << 20  # torch itself, measured

ABOUT = """
A recurrent network reads a text one character (or word piece) at a time and keeps a memory, a list of numbers. At each
place it changes its memory by what it reads, and says how likely every possible next character is. Training shows it
the true next character, millions of times, and shifts its weights so that the truth becomes a little likelier. To write,
it draws a character from its own probabilities, reads it, and goes on.

**The simple cell (RNN).** The new memory mixes the input x and the old memory h:

    h' = tanh(W x + U h + b)

What was read long ago fades at every step, and so does the correction that training sends back.

**LSTM** keeps a second memory c, which is only added to, and gates (numbers from 0 to 1) that decide what is let in (i),
what is kept (f) and what is shown (o):

    i, f, o = σ(W x + U h + b)      g = tanh(W x + U h + b)
    c' = f · c + i · g              h' = o · tanh(c')

**GRU** does the same with one memory and two gates:

    h' = (1 − z) · n + z · h        n = tanh(W x + r · (U h))

**What is measured.** The loss is the mean of −ln p(true next character): nats per character, the same unit for
characters and word pieces. Divided by ln 2 it is bits per character; e to its power is the perplexity, the number of
characters the model wavers between. The held-out figure is taken on the last tenth of one long text (or a tenth of the
files), which training never sees: where it stops falling, the model begins to learn by heart.

**How it is trained here.** The text is read at many places at once, in stretches (truncated backpropagation through
time); the memory is carried on from stretch to stretch. AdamW, a learning rate that falls to zero along a cosine, and
dropout between layers. Looks, samples and the model kept are those of a moving average of the weights.

Elman 1990, *Finding structure in time*. Hochreiter and Schmidhuber 1997, *Long short-term memory*. Mikolov et al. 2010,
*Recurrent neural network based language model*. Cho et al. 2014, *Learning phrase representations using RNN
encoder–decoder* (GRU). Gal and Ghahramani 2016, *A theoretically grounded application of dropout in recurrent neural
networks*.
""".strip()

SPEC = Spec(
    id="text.lstm",
    title="LSTM",
    medium="text",
    summary=mark("A recurrent network that learns to write from a text of yours, letter by letter."),
    about=mark(ABOUT),
    data=Texts(),
    train=Train,
    create=Create,
    views=("losses", "samples", "surprise"),
    explores=("surprise", "next_tokens"),
    curves={"nats_per_char": mark("Training"), "heldout_nats_per_char": mark("Held out")},
    figures={
        "heldout_bits_per_char": "Held-out bits per character",
        "heldout_perplexity": "Held-out perplexity per character",
    },
    preflight=preflight,
    precisions=("float32", "bfloat16", "compiled", "compiled-bfloat16"),
    order=10,
    welcome=Welcome(
        title=mark("A small writer"),
        text=mark(
            "Reads little stories, letter by letter, until it can go on by itself. Then it writes some of its own."
        ),
        button=mark("Train and write"),
        train={"max_seconds": 60, "width": 256, "dropout": 0.0},  # small, so that a minute is enough
        create={"prompt": mark("One windy evening, "), "count": 2, "max_new_tokens": 400, "temperature": 0.6},
    ),
)
