"""Explore, the third action: a trained model, kept loaded, answers small questions; an answer is the data of a view."""

from pathlib import Path
from typing import Any

from aigc_desktop.engine import memory, registry
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput


def answer(generator: str, folder: Path, question: dict[str, Any]) -> dict[str, Any]:
    """The data of the view that the question names, from the model in this folder; imports torch.

    BadInput where the generator has no such view, or the model or the question cannot be used.
    """
    spec = registry.get(generator)
    if not spec.explores:
        raise BadInput(mark("Nothing of the inside of {id} can be looked at."), id=spec.id)
    if question.get("view") not in spec.explores:
        known, view = ", ".join(spec.explores), question.get("view")
        raise BadInput(mark("{id} cannot show {view}; it can show: {known}."), id=spec.id, view=view, known=known)
    from aigc_desktop.engine.device import device

    memory.check()
    data: dict[str, Any] = registry.model(spec.id).explore(folder, question, device())
    return data
