"""The views of a training, by the names that a spec asks for them with. Each is imported when it is first asked for."""

import importlib

from PySide6.QtWidgets import QWidget

from aigc_desktop.engine.registry import Spec
from aigc_desktop.ui.views.base import View

__all__ = ["VIEWS", "View", "view_for"]

VIEWS = {
    "attention": ("aigc_desktop.ui.views.attention", "Attention"),
    "discriminator": ("aigc_desktop.ui.views.discriminator", "Discriminator"),
    "direction": ("aigc_desktop.ui.views.direction", "Direction"),
    "latent_plane": ("aigc_desktop.ui.views.latent_plane", "LatentPlane"),
    "losses": ("aigc_desktop.ui.views.losses", "Losses"),
    "mixing": ("aigc_desktop.ui.views.mixing", "Mixing"),
    "morph": ("aigc_desktop.ui.views.morph", "Morph"),
    "next_tokens": ("aigc_desktop.ui.views.next_tokens", "NextTokens"),
    "principal": ("aigc_desktop.ui.views.principal", "Principal"),
    "reconstruct": ("aigc_desktop.ui.views.reconstruct", "Reconstruct"),
    "samples": ("aigc_desktop.ui.views.samples", "Samples"),
    "surprise": ("aigc_desktop.ui.views.surprise", "Surprise"),
}


def view_for(name: str, spec: Spec, parent: QWidget | None = None) -> View:
    """A new view; KeyError for a name that no view has."""
    module, kind = VIEWS[name]
    view: View = getattr(importlib.import_module(module), kind)(spec, parent)
    return view
