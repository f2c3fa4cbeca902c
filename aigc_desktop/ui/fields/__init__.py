"""One widget for each kind of parameter."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from aigc_desktop.engine.params import Described
from aigc_desktop.ui.fields.base import Field
from aigc_desktop.ui.fields.choices import BoolField, ChoiceField, ColourField
from aigc_desktop.ui.fields.classes import ClassField
from aigc_desktop.ui.fields.files import FolderField, InputField, PathField
from aigc_desktop.ui.fields.masks import MaskField
from aigc_desktop.ui.fields.models import ModelField
from aigc_desktop.ui.fields.numbers import NumberField
from aigc_desktop.ui.fields.pictures import PicturesField
from aigc_desktop.ui.fields.seeds import SeedInput, SeedsInput
from aigc_desktop.ui.fields.slide import SlideField
from aigc_desktop.ui.fields.texts import PromptField, TableField, TextField

__all__ = ["Field", "field_for"]

KINDS: dict[str, Callable[[Described, QWidget | None], Field]] = {
    "int": NumberField,
    "float": NumberField,
    "bool": BoolField,
    "choice": ChoiceField,
    "colour": ColourField,
    "text": TextField,
    "class": ClassField,
    "prompt": PromptField,
    "table": TableField,
    "path": PathField,
    "folder": FolderField,
    "picture": InputField,
    "pictures": PicturesField,
    "sound": InputField,
    "clip": InputField,
    "mask": MaskField,
    # These are no parameter's: views ask for them.
    "seed": SeedInput,
    "seeds": SeedsInput,
    "slide": SlideField,
}


def field_for(one: Described, models: Callable[[], list[str]] = list, parent: QWidget | None = None) -> Field:
    """The widget of this parameter; `models` names the project's models."""
    return ModelField(one, models, parent) if one.kind == "model" else KINDS[one.kind](one, parent)
