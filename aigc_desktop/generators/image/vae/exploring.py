"""What a trained VAE answers while one looks around in its latent space."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from aigc_desktop.engine import loaded
from aigc_desktop.generators.image.vae.creating import changed, way
from aigc_desktop.generators.image.vae.opened import Opened
from aigc_desktop.generators.image.vae.spec import FARTHEST
from aigc_desktop.i18n import mark
from aigc_desktop.nets.pixels import sheet
from aigc_desktop.problems import BadInput

EXTENT = 3.0  # of the plane, each way from the middle
MOST_POINTS, MOST_FRAMES, MOST_SEEN = 4096, 256, 256
SEEDS = 2**62


def explore(folder: Path, question: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """The data of the view that the question names, of the model in this folder, which stays loaded.

    {"view": "latent_plane", "axes": [i, j], "seed", "points": [[x, y]…]}, {"view": "morph", "first", "second", "frames"},
    {"view": "direction", "having", "lacking", "picture", "seed", "strengths"}, {"view": "reconstruct", "pictures"}; pictures
    are paths of files. BadInput for a folder or a question that cannot be used.
    """
    model: Opened = loaded.model(folder, lambda: Opened(folder, device), str(device))
    return VIEWS[question["view"]](model, question)


def _latent_plane(model: Opened, question: dict[str, Any]) -> dict[str, Any]:
    axes = _numbers(question, "axes", 0, model.latent_size - 1, 2, whole=True, default=[0, 1])
    points = question.get("points", [[0.0, 0.0]])
    if not isinstance(points, list) or not 1 <= len(points) <= MOST_POINTS:
        raise _unusable("points", points)
    places = [_numbers({"points": one}, "points", -FARTHEST, FARTHEST, 2) for one in points]
    if not all(len(one) == 2 for one in places):
        raise _unusable("points", points)
    z = model.plane([int(one) for one in axes], _seed(question), [(one[0], one[1]) for one in places])
    return _sheet(model.drawn(z)) | {"extent": EXTENT, "axes_count": model.latent_size}


def _morph(model: Opened, question: dict[str, Any]) -> dict[str, Any]:
    frames = question.get("frames", 8)
    if type(frames) is not int or not 2 <= frames <= MOST_FRAMES:
        raise _unusable("frames", frames)
    return _sheet(model.drawn(way(model, _path(question, "first"), _path(question, "second"), frames)))


def _direction(model: Opened, question: dict[str, Any]) -> dict[str, Any]:
    strengths = _numbers(question, "strengths", -FARTHEST, FARTHEST, MOST_FRAMES, default=[0.0, 1.0])
    along = model.direction(_paths(question, "having"), _paths(question, "lacking"))
    start = changed(model, _path(question, "picture"), _seed(question))
    z = torch.stack([start + strength * along for strength in strengths])
    return _sheet(model.drawn(z)) | {"strengths": strengths}


def _reconstruct(model: Opened, question: dict[str, Any]) -> dict[str, Any]:
    paths = _paths(question, "pictures")
    if not paths:
        raise BadInput(mark("Choose the pictures to reconstruct."))
    files = model.files(paths)
    if len(files) > MOST_SEEN:
        raise BadInput(
            mark("{count:,} pictures were given; at most {most:,} can be used at once."),
            count=len(files),
            most=MOST_SEEN,
        )
    pictures = np.stack([model.read(one) for one in files])
    originals = _sheet(list(pictures.transpose(0, 2, 3, 1)))
    nats = [round(one, 2) for one in model.nats(pictures)]
    return _sheet(model.drawn(model.points(files))) | {"originals": originals["sheet"], "nats": nats}


VIEWS = {"latent_plane": _latent_plane, "morph": _morph, "direction": _direction, "reconstruct": _reconstruct}


def _sheet(pictures: list[np.ndarray]) -> dict[str, Any]:
    return sheet(pictures, min(len(pictures), max(8, round(len(pictures) ** 0.5))))


def _seed(question: dict[str, Any]) -> int:
    seed = question.get("seed", 0)
    if type(seed) is not int or not 0 <= seed <= SEEDS:
        raise _unusable("seed", seed)
    return seed


def _path(question: dict[str, Any], name: str) -> str | None:
    path = question.get(name)
    if path is not None and not isinstance(path, str):
        raise _unusable(name, path)
    return path


def _paths(question: dict[str, Any], name: str) -> list[str]:
    paths = question.get(name, [])
    paths = [paths] if isinstance(paths, str) else paths
    if not isinstance(paths, list) or not all(isinstance(one, str) for one in paths):
        raise _unusable(name, paths)
    return paths


def _numbers(
    question: dict[str, Any],
    name: str,
    low: float,
    high: float,
    most: int,
    whole: bool = False,
    default: list[Any] | None = None,
) -> list[float]:
    """A list of up to `most` numbers from low to high."""
    values = question.get(name, default)
    kinds = (int,) if whole else (int, float)
    if (
        not isinstance(values, list)
        or not 1 <= len(values) <= most
        or not all(type(one) in kinds and low <= one <= high for one in values)
    ):
        raise _unusable(name, values)
    return values


def _unusable(name: str, value: object) -> BadInput:
    return BadInput(mark("The question's {name} cannot be {value}."), name=name, value=str(value)[:80])
