"""A desk's fields as a form: its titles and texts are in the desk's own language and shown as they are."""

from typing import Any

from PySide6.QtWidgets import QWidget

from aigc_desktop.desks import Desk, Field
from aigc_desktop.engine.params import Described
from aigc_desktop.i18n import Verbatim
from aigc_desktop.ui.form import Form

KINDS = {"text": "text", "long text": "prompt", "choice": "choice"}


class DeskForm(Form):
    """Its values are texts, as a desk takes them."""

    def __init__(self, desk: Desk, parent: QWidget | None = None):
        super().__init__([_described(one) for one in desk.fields], parent=parent)

    def texts(self) -> dict[str, str]:
        return {name: _text(value) for name, value in self.values().items()}

    def set_texts(self, texts: dict[str, Any]) -> None:
        """Show these; a number that is none and a choice that is not offered are passed over."""
        self.set_values({name: None if text == "" and self._is_number(name) else text for name, text in texts.items()})

    def _is_number(self, name: str) -> bool:
        return name in self.rows and self.rows[name].one.kind in ("int", "float")


def _described(field: Field) -> Described:
    kind = KINDS.get(field.kind) or ("int" if _is_whole(field) else "float")
    number = kind in ("int", "float")
    default: Any = field.default
    if number:
        default = float(field.default) if field.default else None
        default = int(default) if kind == "int" and default is not None else default
    return Described(
        name=field.name,
        kind=kind,
        default=default,
        title=Verbatim(field.title),
        help=Verbatim(field.help),
        optional=number and not field.default,
        low=field.low,
        high=field.high,
        choices={one: Verbatim(one) for one in field.choices},
    )


def _is_whole(field: Field) -> bool:
    given = [float(one) for one in (field.default or None, field.low, field.high) if one is not None]
    return all(one.is_integer() for one in given)


def _text(value: Any) -> str:
    return "" if value is None else format(value, ".15g") if isinstance(value, int | float) else str(value)
