"""What class each picture belongs to: the folder that it lies in, or the label file beside an idx file."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from aigc_desktop.data import idx
from aigc_desktop.data.archives import Entry, Files, open_files
from aigc_desktop.problems import BadInput, Sentence

MOST = 1000  # more folders are no classes, but a way to file pictures


def find(
    files: Files, entries: Sequence[Entry], counts: Sequence[int]
) -> tuple[tuple[str, ...], np.ndarray, int, list[tuple[str, Sentence]]]:
    """The names of the classes; the number of each picture's, int32 [n] (-1: no classes); how many pictures lie beside
    the folders; and label files that cannot be used. `counts` says how many pictures are in each entry.

    There are classes only where each picture has one, and one of them has two pictures.
    """
    start = below([entry.name for entry in entries])
    names: list[np.ndarray] = []
    problems: list[tuple[str, Sentence]] = []
    for entry, count in zip(entries, counts, strict=True):
        first, slash, _ = entry.name[start:].partition("/")
        own = np.full(count, first if slash else "", object)
        try:
            labels = _labels(files, entry, count)
            own = own if labels is None else labels
        except BadInput as problem:
            problems.append((entry.name, problem.sentence))
        names.append(own)
    every = np.concatenate(names) if names else np.zeros(0, object)
    astray = int((every == "").sum())
    none = (), np.full(len(every), -1, np.int32), astray if astray < len(every) else 0, problems
    if astray:
        return none
    found, places, members = np.unique(every.astype(str), return_inverse=True, return_counts=True)
    if not 2 <= len(found) <= MOST or members.max() < 2:
        return none
    known = sorted(found.tolist(), key=lambda name: (int(name), "") if name.isdecimal() else (MOST, name))
    order = np.array([known.index(name) for name in found.tolist()], np.int32)
    return tuple(known), order[places], 0, problems


def below(names: Sequence[str]) -> int:
    """How many letters of every name are the folder that all of them lie in."""
    top = os.path.commonpath([os.path.dirname(name) for name in names]) if names else ""
    return len(top) + 1 if top else 0


def _labels(files: Files, entry: Entry, count: int) -> np.ndarray | None:
    """The labels, as texts, of an idx file's pictures; None where there is no label file."""
    name = _label_file(entry.name)
    if name == entry.name:
        return None
    for other in files.entries:
        if _plain(other.name) == name:
            return _texts(idx.labels(files, other, count))
    if files.single:
        for place in sorted(Path(files.path).parent.iterdir()):
            if _plain(place.name) == name:
                with open_files(place) as beside:
                    return _texts(idx.labels(beside, beside.entries[0], count))
    return None


def _label_file(name: str) -> str:
    """What the label file of an idx file of pictures is called, without .gz."""
    folder, slash, last = _plain(name).rpartition("/")
    last = re.sub("images", "labels", last, flags=re.IGNORECASE)
    return folder + slash + re.sub("idx[34]", "idx1", last, flags=re.IGNORECASE)


def _plain(name: str) -> str:
    return name[:-3] if name.lower().endswith(".gz") else name


def _texts(labels: np.ndarray) -> np.ndarray:
    return labels.astype(str).astype(object)
