"""What a job says while it runs: frozen, picklable, each with one JSON spelling."""

from dataclasses import dataclass, field, fields
from typing import Any

from aigc_desktop.problems import Sentence


@dataclass(frozen=True)
class Event:
    """One thing said. `to_json` gives {"event": type in lower case, …}."""

    def to_json(self) -> dict[str, Any]:
        entry: dict[str, Any] = {"event": type(self).__name__.lower()}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, Sentence):
                value = str(value)
            if one.metadata.get("json", True) and value is not None:
                entry[one.name] = value
        return entry


@dataclass(frozen=True)
class Started(Event):
    """The first event. `run` is the folder name under `runs/`, None where no project is used."""

    run: str | None
    generator: str
    action: str
    resumed_from: int = 0


@dataclass(frozen=True)
class Progress(Event):
    """`step` of `total` (0: unknown) done, `seconds_left` as it goes now; `phase` says what is being done."""

    step: int
    total: int
    seconds_left: float | None = None
    phase: str = ""
    fraction: float | None = None


@dataclass(frozen=True)
class Metrics(Event):
    """Scalars at a step; `seconds` of training so far. Names that begin with `heldout_` are of held-out data."""

    step: int
    values: dict[str, float]
    seconds: float = 0.0


@dataclass(frozen=True)
class Preview(Event):
    """A media that is shown but is no item. `slot` tells several at once apart; of each slot the latest counts."""

    medium: str
    media: Any = field(metadata={"json": False})
    step: int = 0
    slot: int = 0
    path: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Insight(Event):
    """What a model lets one see of its inside while it learns or makes: plain JSON for the view of that name.

    Of each view and slot the latest counts. `path` is the file that keeps it, in a training; its JSON line has only that.
    """

    view: str
    data: dict[str, Any] = field(metadata={"json": False})
    step: int = 0
    slot: int = 0
    path: str | None = None


@dataclass(frozen=True)
class Saved(Event):
    """An item exists: in the library (`item` is its id) or, with `--out`, as a plain file (`item` is None)."""

    item: str | None
    path: str
    medium: str = ""
    name: str = ""


@dataclass(frozen=True)
class Message(Event):
    """A sentence for the user; level is info or warning."""

    text: Sentence
    level: str = "info"


@dataclass(frozen=True)
class Last(Event):
    """Exactly one of the kinds below ends a job."""


@dataclass(frozen=True)
class Finished(Last):
    """Done. For a training: held-out figures by plain names, and the model's name and path."""

    figures: dict[str, float] = field(default_factory=dict)
    steps: int = 0
    train_seconds: float = 0.0
    model: dict[str, str] | None = None
    items: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Cancelled(Last):
    """Stopped on request. `run` can be resumed when `resumable`; `text` says what was unusual about it."""

    step: int = 0
    resumable: bool = False
    run: str | None = None
    text: Sentence | None = None


@dataclass(frozen=True)
class Failed(Last):
    """Ended by bad input or a fault; `text` is the sentence, `detail` the traceback for the log.

    `resting`: nothing is wrong with the work (a full disk, a project on a drive that was taken out); once what the text
    names is put right it goes on, and so the run counts as paused.
    """

    text: Sentence
    bad_input: bool = False
    detail: str = ""
    resumable: bool = False
    run: str | None = None
    resting: bool = False


@dataclass(frozen=True)
class Lost(Last):
    """The process that did the work died. `resumable`: a checkpoint is there."""

    text: Sentence
    resumable: bool = False
    run: str | None = None
