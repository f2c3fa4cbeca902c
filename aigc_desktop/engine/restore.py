"""A checkpoint's state put back into the parts of a training; Misfit where it is of another, or of none."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

MOST = 2**53  # steps, seconds, processes
_ERRORS = (KeyError, TypeError, ValueError, RuntimeError, AttributeError, IndexError, OverflowError)


class Misfit(Exception):
    """Names the part of a checkpoint that does not fit the training."""


def part(name: str, here: nn.Module | Optimizer | Tensor, stored: Any) -> None:
    """Give a network, an optimiser or a tensor that is carried from step to step the state that was stored."""
    try:
        if isinstance(here, Tensor):
            copy(here, stored)
        elif isinstance(here, Optimizer):
            here.load_state_dict({"state": _moments(here, stored), "param_groups": _groups(here, stored)})
        else:
            here.load_state_dict(stored)
    except _ERRORS:
        raise Misfit(name) from None


def copy(here: Tensor, stored: Any) -> None:
    """Copy numbers of the same shape and kind; ValueError where they are of another, which `copy_` would bend to fit."""
    if not isinstance(stored, Tensor) or stored.shape != here.shape or stored.dtype != here.dtype:
        raise ValueError
    here.copy_(stored)


def number(state: Any, name: str, kind: type = float, low: float = 0.0) -> Any:
    """A number of the state, not below `low` and, for an int, countable; Misfit where there is none."""
    value: Any = state.get(name) if isinstance(state, dict) else None
    if type(value) not in (int, kind) or (type(value) is int and abs(value) > MOST) or not low <= value:
        raise Misfit(name)
    return kind(value)


def _groups(here: Optimizer, stored: Any) -> list[dict[str, Any]]:
    """The stored settings of each group; one that an older version had not is as it is here."""
    groups = []
    for mine, theirs in zip(here.param_groups, stored["param_groups"], strict=True):
        known = {name: value for name, value in theirs.items() if name in mine}
        if any(_kind(value) != _kind(mine[name]) for name, value in known.items() if name != "params"):
            raise ValueError
        groups.append({name: value for name, value in mine.items() if name != "params"} | known)
    return groups


def _moments(here: Optimizer, stored: Any) -> dict[Any, dict[str, Tensor]]:
    """What the optimiser remembers of each parameter, of the parameter's own shape or a single number.

    It lies in memory as the parameter does (channels last or not): the fused optimisers go through both by their place.
    """
    parameters = [one for group in here.param_groups for one in group["params"]]
    places = [place for group in stored["param_groups"] for place in group["params"]]
    state: dict[Any, dict[str, Tensor]] = stored["state"]
    names = {tuple(values) for values in state.values()}
    if len(places) != len(parameters) or len(names) > 1:
        raise ValueError
    for place, values in state.items():
        like = parameters[places.index(place)]
        for one in values.values():
            if one.shape not in (like.shape, torch.Size([])) or one.dtype not in (like.dtype, torch.float32):
                raise ValueError
    return {
        place: {name: _lying_as(parameters[places.index(place)], one) for name, one in values.items()}
        for place, values in state.items()
    }


def _lying_as(like: Tensor, one: Tensor) -> Tensor:
    if one.shape != like.shape or one.stride() == like.stride():
        return one
    return torch.empty_like(like, dtype=one.dtype, device=one.device).copy_(one)


def _kind(value: Any) -> Any:
    return tuple(map(_kind, value)) if isinstance(value, tuple) else type(value)
