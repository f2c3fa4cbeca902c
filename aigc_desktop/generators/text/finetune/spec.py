"""Training a language model further: what the window and the command line must know."""

from pathlib import Path
from typing import Any, Literal

from aigc_desktop.data.texts import Texts
from aigc_desktop.engine import doctor
from aigc_desktop.engine.params import Model, Params, Training, field
from aigc_desktop.engine.registry import Preflight, Spec
from aigc_desktop.generators.text.finetune.about import ABOUT
from aigc_desktop.i18n import mark
from aigc_desktop.nets.causal.params import Write


class Train(Training):
    base: Model = field(
        "",
        title="Model to train further",
        help="A language model of the project, or the folder of one (Hugging Face format). It is read where it lies and "
        "stays as it is. An adapter is trained further as the adapter that it is, with its own rank and layers.",
    )
    method: Literal["lora", "full"] = field(
        "lora",
        title="What is trained",
        help="LoRA trains a small adapter beside the model: little memory, a small file, and the model forgets little. All "
        "weights learns most, takes four times the model's memory, and gives a model of the same size.",
        choices={"lora": mark("An adapter (LoRA)"), "full": mark("All weights")},
    )
    rank: int = field(
        8,
        ge=1,
        le=1024,
        title="Rank",
        help="LoRA: how wide the path beside each layer is. 4 to 16 is enough for a voice or a form; more for much new "
        "matter. Twice the rank has twice the weights.",
    )
    alpha: float = field(
        0,
        ge=0,
        le=4096,
        step=1,
        advanced=True,
        zero=mark("Twice the rank"),
        title="Alpha",
        help="LoRA: how strongly the adapter counts; what it adds is multiplied by alpha / rank.",
    )
    dropout: float = field(
        0.0,
        ge=0,
        le=0.9,
        step=0.05,
        advanced=True,
        title="Adapter dropout",
        help="LoRA: the share of inputs of the adapter left out at random while training. 0.05 to 0.1 against learning a "
        "small text by heart.",
    )
    targets: str = field(
        "",
        max_length=2000,
        advanced=True,
        title="Layers to adapt",
        help="LoRA: names of linear layers, separated by commas, for example q_proj, v_proj. Empty: all but the output. A "
        "name that the model does not have is answered by those that it has.",
    )
    sequence_length: int = field(
        256,
        ge=2,
        le=32_768,
        step=64,
        title="Stretch of text",
        help="How many tokens the model reads at once while it learns; at most as many as it can. Longer stretches teach "
        "longer connections and take more memory.",
    )
    batch_size: int = field(
        8,
        ge=1,
        le=4096,
        advanced=True,
        title="Batch size",
        help="How many stretches are learned from in one step. Fewer take less memory; Batches per step makes up for it.",
    )
    learning_rate: float = field(
        0,
        ge=0,
        le=10,
        advanced=True,
        zero=mark("Automatic"),
        title="Learning rate",
        help="How far each step changes the weights at the most. Automatic goes by the size of the model and by what is "
        "trained. Lower it if the loss jumps about; raise it if nothing moves.",
    )
    weight_decay: float = field(
        0.01,
        ge=0,
        le=10,
        step=0.01,
        advanced=True,
        title="Weight decay",
        help="Pulls the trained weights gently to zero at every step.",
    )
    recompute: bool = field(
        False,
        advanced=True,
        title="Save memory",
        help="Keeps little of each layer and computes it again when it is needed: a third slower, in much less memory. For "
        "large models or long stretches.",
    )


class Create(Write):
    """As for every causal language model."""


class Convert(Params):
    merged: bool = field(
        True,
        title="Merged into its model",
        help="A whole model comes of it, with what was learned in its own weights. Without it, the adapter alone.",
    )


def preflight(params: Train, facts: dict[str, Any]) -> Preflight:
    """How many weights are trained, and the memory that takes; `params.base` is a folder."""
    from aigc_desktop.generators.text.finetune import cost  # the window, when it starts, need not wait for it

    return cost.preflight(params, facts)


def opens(folder: Path) -> bool:
    """Whether the folder is meant to be a language model that goes on from a text, or an adapter for one."""
    return doctor.looks_like_one(folder)


SPEC = Spec(
    id="text.finetune",
    title=mark("Fine-tuning"),
    medium="text",
    summary=mark("Trains a language model that you have further on your own texts, until it writes in their voice."),
    about=ABOUT,
    data=Texts(),
    train=Train,
    create=Create,
    convert=Convert,
    views=("losses", "samples", "surprise"),
    create_views=("next_tokens",),
    explores=("attention", "next_tokens", "surprise"),
    curves={"nats_per_token": mark("Training"), "heldout_nats_per_token": mark("Held out")},
    figures={
        "heldout_nats_per_char": "Held-out nats per character",
        "heldout_perplexity": "Held-out perplexity per token",
    },
    opens=opens,
    preflight=preflight,
    precisions=("float32", "bfloat16"),
    order=40,
)
