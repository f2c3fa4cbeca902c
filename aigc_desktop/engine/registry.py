"""Finds the generators: every `generators/<medium>/<name>/spec.py` that declares a SPEC."""

import difflib
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

from aigc_desktop.engine.params import Params, Training
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence


@dataclass(frozen=True)
class Found:
    """What was found in the user's data, before anything starts.

    `facts` are plain numbers and texts that a preflight reads (count, width, height, channels, characters, vocabulary);
    `summary` says it to the user; `skipped` names each file that is left out, and why, `doubles` each that is like another.
    """

    facts: dict[str, Any]
    summary: list[Sentence]
    skipped: list[tuple[str, Sentence]] = field(default_factory=list)
    doubles: list[tuple[str, Sentence]] = field(default_factory=list)


class DataKind(Protocol):
    """A kind of training data (`data.texts.Texts`, `data.pictures.Pictures`)."""

    name: str  # text, pictures, sounds, …
    suffixes: tuple[str, ...]  # of single files that can be dropped; folders and zips always can

    def look(self, path: str, **options: Any) -> Found:
        """What is there, without torch; BadInput where it cannot be used. `path` may be "starter".

        `options` are those settings of a training that the kind names in `options`, if any.
        """

    def load(self, path: str, heldout: str | None, seed: int, **options: Any) -> Any:
        """The data, split into training and held out, for a Trainer."""


@dataclass(frozen=True)
class Preflight:
    """What a training will cost: parameters of all networks, bytes of memory at its peak."""

    parameters: int
    memory_bytes: int


@dataclass(frozen=True)
class Welcome:
    """What a new user makes first of this medium, by one click: a short training on the starter data, then a creation.

    `train` and `create` are the parameters that differ from their defaults; a prompt is translated.
    """

    title: str  # what comes of it
    text: str  # what happens, in a sentence or two
    button: str
    train: dict[str, Any]  # max_seconds among them: how long a user waits
    create: dict[str, Any]


@dataclass(frozen=True)
class Spec:
    """What the window and the command line must know of a generator. Texts are English; the window translates them.

    `curves` titles the metrics worth plotting, training first; `figures` the held-out results that are no curve.
    `convert` is how a model of it becomes another: `model.convert(folder, target, params, run)` fills the empty folder.
    `views` stand beside a training, `create_views` beside what is being created, `explores` on a page of their own, where
    a trained model answers questions. `opens`: whether it can create with a model folder that was not trained here.
    """

    id: str
    title: str
    medium: str  # text, picture, sound, clip, chat, game: what it makes
    summary: str  # one line under the title
    about: str  # how it works, in the user's words, with the formula and the paper; Markdown
    data: DataKind | None = None
    train: type[Training] | None = None
    create: type[Params] | None = None
    convert: type[Params] | None = None
    views: tuple[str, ...] = ("losses", "samples")
    create_views: tuple[str, ...] = ()
    explores: tuple[str, ...] = ()
    opens: Callable[[Path], bool] | None = None
    curves: dict[str, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    preflight: Callable[[Any, dict[str, Any]], Preflight] | None = None
    precisions: tuple[str, ...] = ("float32", "bfloat16", "compiled-bfloat16")
    order: int = 100  # place in its group on the left
    welcome: Welcome | None = None  # the first of each medium is shown to a new user

    @property
    def actions(self) -> list[str]:
        return [name for name in ("train", "create") if getattr(self, name) is not None]

    def params(self, action: str) -> type[Params]:
        """The parameter set of an action; BadInput if the generator cannot do it."""
        found = getattr(self, action, None) if action in ("train", "create", "convert") else None
        if found is None:
            raise BadInput(mark("{id} cannot {action}."), id=self.id, action=action)
        return found


@cache
def specs() -> dict[str, Spec]:
    """Every spec by id, in the window's order."""
    import aigc_desktop.generators as package

    found = []
    for medium in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        folder = importlib.import_module(medium.name)
        for one in pkgutil.iter_modules(folder.__path__, medium.name + "."):
            if one.ispkg:
                found.append(importlib.import_module(one.name + ".spec").SPEC)
    return {spec.id: spec for spec in sorted(found, key=lambda spec: (spec.order, spec.id))}


def get(id: str) -> Spec:
    """The spec with this id; BadInput suggests the nearest."""
    known = specs()
    if id in known:
        return known[id]
    nearest = difflib.get_close_matches(id, known, n=1, cutoff=0.4)
    if nearest:
        raise BadInput(mark("There is no generator {id}; did you mean {nearest}?"), id=id, nearest=nearest[0])
    raise BadInput(mark("There is no generator {id}; there are: {known}."), id=id, known=", ".join(known))


def model(id: str) -> ModuleType:
    """The generator's `model` module (imports torch): `Trainer`, `create`."""
    return importlib.import_module(type_module(get(id)) + ".model")


def type_module(spec: Spec) -> str:
    """The package that a spec was declared in."""
    declared = spec.train or spec.create
    assert declared is not None
    return declared.__module__.removesuffix(".spec")
