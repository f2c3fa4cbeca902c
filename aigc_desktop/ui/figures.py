"""What a measured figure is called."""

from aigc_desktop.engine.registry import Spec
from aigc_desktop.i18n import tr


def title(name: str, spec: Spec | None = None) -> str:
    """The spec's title for it, else its name as words: heldout_nats_per_char → "Held-out nats per char"."""
    titles = spec.curves | spec.figures if spec is not None else {}
    if name in titles:
        return tr(titles[name])
    words = name.replace("heldout_", "held-out ").replace("_", " ")
    return words[:1].upper() + words[1:]
