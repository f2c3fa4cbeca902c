"""The config.json of a model that was trained here, read as if a stranger had written it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aigc_desktop import foreign_json
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

FILE = "config.json"
Check = Callable[[Any], bool]


def read(folder: Path, known: Mapping[str, Check]) -> dict[str, Any]:
    """Every setting in `known`, and no other, each passing its check; BadInput names the file and what is wrong."""
    path = folder / FILE
    try:
        config = foreign_json.parse(path.read_bytes())
    except FileNotFoundError:
        raise BadInput(mark("The model {path} is not whole: {file} is missing."), path=folder, file=FILE) from None
    except (OSError, ValueError):
        raise BadInput(mark("The file {path} is broken; train the model again."), path=path) from None
    if not isinstance(config, dict):
        raise BadInput(mark("The file {path} is broken; train the model again."), path=path)
    for name in known:
        if name not in config:
            raise BadInput(mark("The file {path} does not say {name}; use a copy that is whole."), path=path, name=name)
    for name, value in config.items():
        if name not in known:
            raise BadInput(mark("The file {path} has a setting that is not known here: {name}."), path=path, name=name)
        if not known[name](value):
            raise BadInput(mark("In the file {path}, {name} cannot be {value}."), path=path, name=name, value=value)
    return config


def whole(low: int, high: int) -> Check:
    """A whole number from low to high."""
    return lambda value: type(value) is int and low <= value <= high


def number(low: float, high: float) -> Check:
    """A number from low to high."""
    return lambda value: type(value) in (int, float) and low <= value <= high


def one_of(*choices: Any) -> Check:
    """One of these."""
    return lambda value: any(type(value) is type(one) and value == one for one in choices)


def wholes(low: int, high: int, most: int) -> Check:
    """A list of 1 to `most` whole numbers from low to high."""
    inside = whole(low, high)
    return lambda value: isinstance(value, list) and 1 <= len(value) <= most and all(map(inside, value))


def texts(most: int) -> Check:
    """A list of at most `most` texts."""
    return lambda value: isinstance(value, list) and len(value) <= most and all(isinstance(one, str) for one in value)
