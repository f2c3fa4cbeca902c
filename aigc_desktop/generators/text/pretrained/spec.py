"""Any causal language model in a local folder: what the window and the command line must know."""

from pathlib import Path

from aigc_desktop.engine import doctor
from aigc_desktop.engine.registry import Spec
from aigc_desktop.generators.text.pretrained.about import ABOUT
from aigc_desktop.i18n import mark
from aigc_desktop.nets.causal.params import Write


class Create(Write):
    """As for every causal language model."""


def opens(folder: Path) -> bool:
    """Whether the folder is meant to be a language model that goes on from a text, by its config.json."""
    return doctor.looks_like_one(folder)


SPEC = Spec(
    id="text.pretrained",
    title=mark("Pretrained model"),
    medium="text",
    summary=mark("Writes on from your text with any language model in a folder on this machine."),
    about=ABOUT,
    create=Create,
    views=(),
    create_views=("next_tokens",),
    explores=("attention", "next_tokens", "surprise"),
    opens=opens,
    order=30,
)
