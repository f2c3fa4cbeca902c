"""Creating with a trained StyleGAN: new pictures, mixing tables, clips, a picture found again, pictures changed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from aigc_desktop.engine.run import Run
from aigc_desktop.generators.image.stylegan.asked import components, seeds
from aigc_desktop.generators.image.stylegan.finding import Found, find, target
from aigc_desktop.generators.image.stylegan.maker import Maker, maker
from aigc_desktop.i18n import mark
from aigc_desktop.media.clip import Clip
from aigc_desktop.media.picture import Picture
from aigc_desktop.problems import BadInput

if TYPE_CHECKING:
    from aigc_desktop.generators.image.stylegan.spec import Create

ROWS, COLUMNS = 4, 6  # of a table without seeds of its own
WIDE = 256  # pixels that a clip has at least: H.264 keeps colours at half the resolution


def create(folder: Path, params: "Create", run: Run) -> None:
    """What `params.mode` says, with the model in this folder."""
    model = maker(folder, run.device)
    modes = {"new": _new, "mixing": _mixing, "clip": _clip, "project": _project, "edit": _edit}
    modes[params.mode](model, params, run)


def _new(model: Maker, params: "Create", run: Run) -> None:
    for number in range(params.count):
        seed = run.seed + number
        pixels = model.picture(model.w(seed, params.truncation))
        run.save(Picture(pixels), seed=seed, truncation=params.truncation)
        run.progress(number + 1, params.count)


def _mixing(model: Maker, params: "Create", run: Run) -> None:
    """One sheet: each cell has the coarse layers of its row's picture and the fine ones of its column's; of one row and one
    column the picture alone.
    """
    rows = seeds(params.rows) or [run.seed + number for number in range(ROWS)]
    columns = seeds(params.columns) or [rows[-1] + 1 + number for number in range(COLUMNS)]
    said = {"crossover": min(params.crossover, model.layers), "truncation": params.truncation}
    made = table(model, rows, columns, params.crossover, params.truncation, run.progress)
    if len(made.cells) == 1:  # one mixture, which needs no table around it
        run.save(Picture(made.cells[0]), rows=rows, columns=columns, **said)
        return
    corner = np.full_like(made.rows[0], 255)
    pictures = [corner, *made.columns]
    for row, own in enumerate(made.rows):
        pictures += [own, *made.cells[row * len(columns) : (row + 1) * len(columns)]]
    run.save(
        Picture.grid(pictures, 1 + len(columns), fill=255),
        rows=rows,
        columns=columns,
        **said,
    )


class Table(NamedTuple):
    """Pictures uint8 [H, W, C] of the rows, of the columns, and of all cells row by row."""

    rows: list[np.ndarray]
    columns: list[np.ndarray]
    cells: list[np.ndarray]


def table(
    model: Maker,
    rows: list[int],
    columns: list[int],
    crossover: int,
    truncation: float,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Table:
    """Each cell has the first `crossover` layers of its row's seed and the others of its column's."""
    coarse = [model.w(seed, truncation) for seed in rows]
    fine = [model.w(seed, truncation) for seed in columns]
    cells = []
    for one in coarse:
        for other in fine:
            cells.append(model.picture(model.mixed(one, other, crossover)))
            progress(len(cells), len(rows) * len(columns))
    return Table([model.picture(w) for w in coarse], [model.picture(w) for w in fine], cells)


def _clip(model: Maker, params: "Create", run: Run) -> None:
    """A closed way through the w of `keyframes` seeds: the last frame is followed by the first."""
    keys = torch.stack([model.w(run.seed + number, params.truncation) for number in range(params.keyframes)])
    frames = []
    times = -(-WIDE // model.side)
    for number, w in enumerate(closed_way(keys, params.frames)):
        pixels = model.picture(w)
        if pixels.shape[2] == 1:
            pixels = pixels.repeat(3, axis=2)
        frames.append(pixels.repeat(times, axis=0).repeat(times, axis=1))
        if number % max(1, params.frames // 8) == 0:
            run.preview(Picture(pixels), number + 1)
        run.progress(number + 1, params.frames)
    run.save(Clip(np.stack(frames), params.fps), keyframes=params.keyframes, truncation=params.truncation)


def closed_way(keys: Tensor, frames: int) -> Tensor:
    """Points [frames, w_size], evenly in time, on the smooth closed curve through `keys` [k, w_size] (Catmull and Rom 1974)."""
    count = len(keys)
    at = torch.arange(frames, dtype=torch.float64) * count / frames
    first = at.floor().long()
    t = (at - first).to(keys)[:, None]
    a, b, c, d = (keys[(first + shift) % count] for shift in (-1, 0, 1, 2))
    return b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))


def _project(model: Maker, params: "Create", run: Run) -> None:
    if params.picture is None:
        raise BadInput(mark("Choose the picture that is to be found."))
    found = _search(model, params, run, params.steps)
    run.save(Picture(model.picture(found.ws, found.noises)), distance=round(found.distance, 5), steps=params.steps)


def _edit(model: Maker, params: "Create", run: Run) -> None:
    distances = components(params.components)
    if params.picture is not None:
        total = params.steps + 1
        found = _search(model, params, run, total)
        pixels = model.picture(model.moved(found.ws, distances), found.noises)
        run.save(Picture(pixels), components=params.components, distance=round(found.distance, 5))
        run.progress(total, total)
        return
    for number in range(params.count):
        seed = run.seed + number
        w = model.moved(model.w(seed, params.truncation), distances)
        run.save(Picture(model.picture(w)), seed=seed, truncation=params.truncation, components=params.components)
        run.progress(number + 1, params.count)


def _search(model: Maker, params: "Create", run: Run, total: int) -> Found:
    """The picture of the parameters, found; shown beside the real one as the search goes."""
    assert params.picture is not None
    wanted = target(Path(params.picture), model)

    def look(step: int, now: np.ndarray) -> None:
        run.preview(Picture.grid([wanted, now], 2), step)

    return find(model, wanted, params.steps, run.seed, look, lambda step: run.progress(step, total))
