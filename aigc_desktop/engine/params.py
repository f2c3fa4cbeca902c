"""Typed parameters: one declaration gives the form, the command line, JSON and the checks."""

import difflib
import types
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput


@dataclass(frozen=True)
class Kind:
    """Which widget and which spelling a text-valued parameter has."""

    name: str


# Values are plain JSON: a picture is the path of its file, a table a list of rows.
Prompt = Annotated[str, Kind("prompt")]
Colour = Annotated[str, Kind("colour"), Field(pattern=r"^#[0-9a-fA-F]{6}$")]
File = Annotated[str, Kind("path")]
Folder = Annotated[str, Kind("folder")]
Picture = Annotated[str, Kind("picture")]
Sound = Annotated[str, Kind("sound")]
Clip = Annotated[str, Kind("clip")]
Mask = Annotated[str, Kind("mask")]
Model = Annotated[str, Kind("model")]
Class = Annotated[str, Kind("class")]  # the name of one that the model learned; "": any
Table = Annotated[list[list[str]], Kind("table")]
Pictures = Annotated[list[str], Kind("pictures")]  # files, or folders that stand for the pictures in them

Precision = Literal["auto", "float32", "bfloat16", "compiled", "compiled-bfloat16"]


class Params(BaseModel):
    """A set of parameters; frozen, unknown names are refused."""

    # Built at first use: a start of the window imports every generator's parameters and checks none of them.
    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, protected_namespaces=(), defer_build=True
    )


def field(
    default: Any,
    *,
    title: str,
    help: str,
    advanced: bool = False,
    ge: float | None = None,
    le: float | None = None,
    step: float | None = None,
    unit: str = "",
    zero: str = "",
    choices: dict[str, str] | None = None,
    max_length: int | None = None,
    when: dict[str, tuple[Any, ...]] | None = None,
    of: str = "",
) -> Any:
    """One parameter: default, bounds, title and help in the user's words.

    `step` is the form's increment, `unit` follows the number, `zero` is shown instead of 0 ("No limit"), `choices`
    gives a Literal's values their titles, `advanced` folds it away. `when` names another setting and the values of it
    with which this one counts: the form shows it only then. `of` names the picture that a mask is brushed on, or the class
    without which it does not count.
    """
    extra: dict[str, Any] = {"advanced": advanced, "step": step, "unit": unit, "zero": zero, "choices": choices or {}}
    extra |= {"when": when or {}, "of": of}
    return Field(
        default, title=title, description=help, ge=ge, le=le, max_length=max_length, json_schema_extra={"form": extra}
    )


class Training(Params):
    """What every training can be told. A generator overrides a default by declaring the field again."""

    max_seconds: float = field(
        300,
        ge=0,
        le=30 * 24 * 3600,
        unit="s",
        zero="No limit",
        title="Train for",
        help="How long to train, in seconds. Training can be stopped earlier and continued later.",
    )
    max_steps: int = field(
        0,
        ge=0,
        le=100_000_000,
        zero="No limit",
        advanced=True,
        title="Steps at most",
        help="Stop after this many training steps. With a number here, the same seed gives the same model again.",
    )
    batch_size: int = field(
        64, ge=1, le=65_536, advanced=True, title="Batch size", help="How many examples are learned from in one step."
    )
    learning_rate: float = field(
        1e-3,
        ge=1e-8,
        le=10,
        advanced=True,
        title="Learning rate",
        help="How far each step changes the model. Lower it if the loss jumps about; raise it if nothing moves.",
    )
    accumulate: int = field(
        1,
        ge=1,
        le=1024,
        advanced=True,
        title="Batches per step",
        help="Gathers several batches before each change of the model: the effect of a large batch in little memory.",
    )
    patience: int = field(
        0,
        ge=0,
        le=10_000,
        zero="Off",
        advanced=True,
        title="Stop early after",
        help="Ends the training when the held-out figure has not improved for this many looks; the best model is kept.",
    )
    precision: Precision = field(
        "auto",
        advanced=True,
        title="Precision",
        help="How numbers are computed. Automatic measures which is fastest on this machine, once, and remembers it.",
        choices={
            "auto": mark("Automatic"),
            "float32": mark("32-bit"),
            "bfloat16": mark("16-bit (bfloat16)"),
            "compiled": mark("32-bit, compiled"),
            "compiled-bfloat16": mark("16-bit, compiled"),
        },
    )


@dataclass(frozen=True)
class Described:
    """One parameter as a form or a help page needs it. `kind`: int, float, bool, text, choice, or a Kind's name."""

    name: str
    kind: str
    default: Any
    title: str
    help: str = ""
    optional: bool = False
    advanced: bool = False
    low: float | None = None
    high: float | None = None
    step: float | None = None
    unit: str = ""
    zero: str = ""
    choices: dict[str, str] = dataclass_field(default_factory=dict)
    when: dict[str, tuple[Any, ...]] = dataclass_field(default_factory=dict)
    of: str = ""

    def applies(self, values: dict[str, Any]) -> bool:
        """Whether it counts beside these values of the other settings."""
        return all(values.get(name) in wanted for name, wanted in self.when.items())

    def to_json(self) -> dict[str, Any]:
        entry: dict[str, Any] = {"name": self.name, "kind": self.kind, "default": self.default, "title": self.title}
        entry["help"] = self.help
        if self.low is not None:
            entry["min"] = self.low
        if self.high is not None:
            entry["max"] = self.high
        if self.choices:
            entry["choices"] = list(self.choices)
        if self.when:
            entry["when"] = {name: list(values) for name, values in self.when.items()}
        return entry | {"unit": self.unit, "optional": self.optional, "advanced": self.advanced}


def describe(params: type[Params]) -> list[Described]:
    """Every parameter of the set, in the order of declaration (a subclass's own fields first)."""
    own = [name for name in params.model_fields if name in params.__annotations__]
    rest = [name for name in params.model_fields if name not in own]
    return [_describe(name, params.model_fields[name]) for name in own + rest]


def _describe(name: str, info: FieldInfo) -> Described:
    kind, optional, values = _kind(info.annotation, info.metadata)
    extra = info.json_schema_extra
    form: Any = extra.get("form", {}) if isinstance(extra, dict) else {}
    bounds = {key: getattr(item, key) for item in info.metadata for key in ("ge", "le") if hasattr(item, key)}
    titles = form.get("choices") or {}
    return Described(
        name=name,
        kind=kind,
        default=info.default,
        title=info.title or name,
        help=info.description or "",
        optional=optional,
        advanced=bool(form.get("advanced")),
        low=bounds.get("ge"),
        high=bounds.get("le"),
        step=form.get("step"),
        unit=form.get("unit", ""),
        zero=form.get("zero", ""),
        choices={value: titles.get(value, str(value)) for value in values},
        when=form.get("when") or {},
        of=form.get("of", ""),
    )


def _kind(annotation: Any, metadata: list[Any]) -> tuple[str, bool, tuple[Any, ...]]:
    optional = False
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [part for part in get_args(annotation) if part is not type(None)]
        optional, annotation = len(inner) < len(get_args(annotation)), inner[0]
    if get_origin(annotation) is Annotated:
        metadata = [*metadata, *annotation.__metadata__]
        annotation = get_args(annotation)[0]
    for item in metadata:
        if isinstance(item, Kind):
            return item.name, optional, ()
    if get_origin(annotation) is Literal:
        return "choice", optional, get_args(annotation)
    return {bool: "bool", int: "int", float: "float", str: "text"}[annotation], optional, ()


def make(params: type[Params], values: dict[str, Any]) -> Params:
    """The set with these values; BadInput names the first parameter that is unknown or out of bounds."""
    known = {one.name: one for one in describe(params)}
    for name in values:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            if nearest:
                raise BadInput(
                    mark("There is no setting {name}; did you mean {nearest}?"), name=name, nearest=nearest[0]
                )
            raise BadInput(
                mark("There is no setting {name}; the settings are: {known}."), name=name, known=", ".join(known)
            )
    try:
        return params.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        raise _out_of_bounds(name, values.get(name), known.get(name), first["msg"]) from None


def _out_of_bounds(name: str, value: Any, one: Described | None, reason: str) -> BadInput:
    if one is not None and one.choices:
        return BadInput(
            mark("{name} cannot be {value}; choose one of: {choices}."),
            name=name,
            value=value,
            choices=", ".join(map(str, one.choices)),
        )
    if one is not None and one.kind in ("int", "float") and one.low is not None and one.high is not None:
        pattern = (
            mark("{name} cannot be {value}; give a whole number from {low} to {high}.")
            if one.kind == "int"
            else mark("{name} cannot be {value}; give a number from {low} to {high}.")
        )
        return BadInput(pattern, name=name, value=value, low=one.low, high=one.high)
    return BadInput(mark("{name} cannot be {value}: {reason}."), name=name, value=value, reason=reason)


def parse(params: type[Params], assignments: list[str]) -> dict[str, Any]:
    """`KEY=VALUE` texts of the command line as values; BadInput for one without `=`, unknown or out of bounds.

    A setting of several pictures is given once for each.
    """
    values: dict[str, Any] = {}
    known = {one.name: one for one in describe(params)}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise BadInput(mark("Write settings as NAME=VALUE, not {text}."), text=assignment)
        one = known.get(name)
        if one is not None and one.kind == "pictures":
            values[name] = [*values.get(name, []), text]
            continue
        values[name] = None if one is not None and one.optional and text.lower() == "none" else text
    return make(params, values).model_dump(include=set(values), mode="json")
