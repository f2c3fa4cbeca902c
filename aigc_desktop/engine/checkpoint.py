"""Checkpoints: safetensors for the numbers, JSON for the structure; written whole or not at all."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from aigc_desktop import foreign_json
from aigc_desktop.engine.restore import Misfit
from aigc_desktop.i18n import mark
from aigc_desktop.library import disk
from aigc_desktop.media.base import why
from aigc_desktop.problems import BadInput

KEEP = 2


def write(folder: Path, step: int, state: Any) -> Path:
    """Write `state` (dicts, lists, tuples, numbers, texts, tensors) as `folder/<step>`, and drop all but the last two.

    The folder appears under its name only when every byte is on the disk. Where the disk is full, all but the last one go
    first.
    """
    tensors: dict[str, Tensor] = {}
    structure = _pack(state, tensors, "state")
    folder.mkdir(exist_ok=True)  # not its parents: the project may be gone just now
    try:
        target = _write(folder, step, structure, tensors)
    except (OSError, SafetensorError) as error:
        older = steps(folder)[:-1]
        if not older or not isinstance(disk.trouble(error, folder, project=False), disk.Full):
            raise
        for old in older:
            shutil.rmtree(folder / f"{old:09d}", ignore_errors=True)
        target = _write(folder, step, structure, tensors)
    for old in steps(folder)[:-KEEP]:
        shutil.rmtree(folder / f"{old:09d}", ignore_errors=True)
    return target


def _write(folder: Path, step: int, structure: Any, tensors: dict[str, Tensor]) -> Path:
    target = folder / f"{step:09d}"
    fresh = folder / f".{os.getpid()}-{step:09d}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    try:
        save_file(tensors, fresh / "state.safetensors")
        (fresh / "state.json").write_text(json.dumps(structure), encoding="utf-8")
        for path in (fresh / "state.safetensors", fresh / "state.json", fresh):
            _to_disk(path)
        if target.exists():
            shutil.rmtree(target)
        fresh.rename(target)
        _to_disk(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def steps(folder: Path) -> list[int]:
    """The steps of the checkpoints in a folder, in order."""
    return sorted(int(path.name) for path in folder.glob("[0-9]*") if path.name.isdigit()) if folder.is_dir() else []


def read(path: Path, device: torch.device | str = "cpu") -> Any:
    """What `write` was given; BadInput where a file is missing or broken."""
    try:
        structure = foreign_json.parse((path / "state.json").read_bytes())
        tensors = load_file(path / "state.safetensors", device=str(device))
        return _unpack(structure, tensors)
    except FileNotFoundError as error:
        raise BadInput(
            mark("The checkpoint {path} is not whole: {file} is missing."), path=path, file=error.filename
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise BadInput(mark("The checkpoint {path} is broken: {reason}."), path=path, reason=why(error)) from None


def read_latest(
    folder: Path, device: torch.device | str = "cpu", use: Callable[[Any], None] = lambda state: None
) -> Any:
    """The newest checkpoint that can be read, and that `use` takes (else it raises Misfit); BadInput where there is none."""
    problem: BadInput | None = None
    for step in reversed(steps(folder)):
        path = folder / f"{step:09d}"
        try:
            state = read(path, device)
        except BadInput as error:
            problem = problem or error
            continue
        try:
            use(state)
            return state
        except Misfit as error:
            text = mark("The checkpoint {path} does not fit this training: its part {part} is of another one.")
            problem = problem or BadInput(text, path=path, part=error)
    raise problem or BadInput(mark("There is no checkpoint in {path} to continue from."), path=folder)


def _pack(value: Any, tensors: dict[str, Tensor], path: str) -> Any:
    if isinstance(value, Tensor):
        # A tensor of its own for each place: safetensors refuses memory that is shared, as tied weights share it.
        tensors[path] = value.detach().to("cpu", copy=True).contiguous()
        return {"tensor": path}
    if isinstance(value, dict):
        return {"dict": [[key, _pack(one, tensors, f"{path}.{key}")] for key, one in value.items()]}
    if isinstance(value, (list, tuple)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [_pack(one, tensors, f"{path}.{number}") for number, one in enumerate(value)]}
    if value is None or isinstance(value, (bool, int, float, str)):
        return {"value": value}
    raise TypeError(f"a checkpoint cannot hold {type(value).__name__} at {path}")


def _unpack(packed: Any, tensors: dict[str, Tensor]) -> Any:
    ((kind, value),) = packed.items()
    if kind == "tensor":
        return tensors[value]
    if kind == "dict":
        return {key: _unpack(one, tensors) for key, one in value}
    if kind in ("list", "tuple"):
        return (tuple if kind == "tuple" else list)(_unpack(one, tensors) for one in value)
    return value


def _to_disk(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no handle on a folder to flush
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
