"""What a writer can choose for any causal language model: one set of parameters for every generator that has one."""

from typing import Literal

from aigc_desktop.engine.params import Model, Params, Prompt, field
from aigc_desktop.i18n import mark


class Write(Params):
    """Parameters of a continuation. Imports no torch, so that specs can use it."""

    prompt: Prompt = field(
        "",
        title="Start text",
        max_length=1_000_000,
        help="The text to go on from. It stays at the beginning of what is written. Empty: the model begins by itself.",
    )
    max_new_tokens: int = field(
        200,
        ge=1,
        le=1_000_000,
        step=50,
        title="Length",
        help="How many tokens (characters, or word pieces of about four letters) to write at most.",
    )
    count: int = field(
        1,
        ge=1,
        le=256,
        title="How many",
        help="How many texts to write at once, each from a seed of its own: the seed, the next one, and so on. All are "
        "kept, side by side.",
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
    top_p: float = field(
        0.95,
        ge=0,
        le=1,
        step=0.05,
        title="Top p",
        help="Choose among the fewest likeliest whose chances add up to this. 0.9 keeps odd slips out and still leaves "
        "a choice where there is one; 1 is off.",
    )
    top_k: int = field(
        0,
        ge=0,
        le=1_000_000,
        zero="Off",
        advanced=True,
        title="Top k",
        help="Choose among this many likeliest characters or pieces only. 5 to 40 keeps odd slips out.",
    )
    min_p: float = field(
        0.0,
        ge=0,
        le=1,
        step=0.01,
        advanced=True,
        title="Min p",
        help="Leave out whatever is less likely than this share of the likeliest. 0.05 keeps high temperatures "
        "readable; 0 is off.",
    )
    repetition_penalty: float = field(
        1.0,
        ge=0.1,
        le=10,
        step=0.05,
        advanced=True,
        title="Repetition penalty",
        help="Above 1, what stands in the text already becomes less likely. 1.1 helps against loops; 1 is off.",
    )
    no_repeat_ngram: int = field(
        0,
        ge=0,
        le=1000,
        zero="Off",
        advanced=True,
        title="Never repeat runs of",
        help="No run of this many tokens is written twice. 3 or 4 stops loops for good, but also forbids refrains.",
    )
    beams: int = field(
        1,
        ge=1,
        le=64,
        advanced=True,
        title="Beams",
        help="Search instead of drawing: follow this many beginnings at once and keep the likeliest whole text. For "
        "exact tasks; stories become dull. 1 is off; above 1 the temperature plays no part.",
    )
    early_stopping: bool = field(
        True,
        advanced=True,
        title="Stop the search early",
        help="With beams: end as soon as as many whole texts as beams are found, instead of looking for better ones.",
    )
    stop_words: str = field(
        "",
        advanced=True,
        max_length=1000,
        title="Stop before",
        help="A text ends where one of these would come. Separate several by |; \\n is a line break.",
    )
    adapter: Model | None = field(
        None,
        advanced=True,
        title="Adapter",
        help="What a fine-tuning with LoRA has learned, applied to this model while it writes. None: the model alone.",
    )
    adapter_strength: float = field(
        1.0,
        ge=-2,
        le=4,
        step=0.1,
        advanced=True,
        title="Adapter's strength",
        help="How much of the adapter is applied. 1 is as it was trained, 0 is without it; between, a bit of both.",
    )
    precision: Literal["auto", "float32", "bfloat16", "int8"] = field(
        "auto",
        advanced=True,
        title="Precision",
        help="How numbers are computed while writing. Automatic measures which is fastest on this machine, once, and "
        "remembers it. 8-bit needs a quarter of the memory and writes a little differently.",
        choices={
            "auto": mark("Automatic"),
            "float32": mark("32-bit"),
            "bfloat16": mark("16-bit (bfloat16)"),
            "int8": mark("8-bit (int8)"),
        },
    )
