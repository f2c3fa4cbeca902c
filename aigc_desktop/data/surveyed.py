"""What was found out about a set of pictures, remembered until one of its files changes."""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from aigc_desktop import foreign_json
from aigc_desktop.data import cache, gather
from aigc_desktop.data.archives import open_files, state
from aigc_desktop.data.duplicates import TONES
from aigc_desktop.data.filed import plain, sentence
from aigc_desktop.data.gather import PICTURE, Part, Survey
from aigc_desktop.problems import BadInput

VERSION = 1  # of what is remembered
MAPPED = 1 << 16  # bytes: a smaller file is read
SMALL = 1 << 20  # bytes of files: less is looked at again


def survey(path: str, part: Part, keep: int | None = None) -> Survey:
    """`gather.survey`; what it said about a large set is remembered."""
    key = _key(path, part)
    known = None if key is None else _remembered(key)
    if known is not None:
        return known
    found = gather.survey(path, part, gather.KEPT if keep is None else keep)
    if key is not None and len(found.pictures):
        with suppress(BadInput):  # a full disk: it is found out again
            _remember(key, found)
            return replace(_remembered(key) or found, kept=found.kept)
    return found


def _key(path: str, part: Part) -> str | None:
    """What names the files as they are now; None where they cannot be seen, or are too small to be remembered."""
    try:
        with open_files(path) as files:
            if sum(entry.bytes for entry in files.entries) <= SMALL:
                return None
            facts = [(entry.name, *entry.state) for entry in files.entries]
            if files.archive is not None or files.single:
                beside = Path(files.path).parent.glob("*labels*") if files.single else ()
                facts = [(place.name, *state(place.stat())) for place in (Path(files.path), *beside)]
    except (BadInput, OSError):
        return None  # looking says what is wrong
    text = json.dumps([VERSION, part, os.path.abspath(os.path.expanduser(path)), facts])
    return "looked-" + hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _mapped(path: Path) -> np.ndarray:
    """The array in a file, read-only: it takes no memory of this process. An empty one cannot be mapped."""
    array: np.ndarray = np.load(path, allow_pickle=False) if path.stat().st_size < MAPPED else np.load(path, "r")
    return array


def _remember(key: str, found: Survey) -> None:
    facts = {
        "path": found.path,
        "files": found.files,
        "sha256": found.sha256,
        "classes": found.classes,
        "skipped": [[name, plain(said)] for name, said in found.skipped],
        "apart": found.apart,
        "others": found.others,
        "astray": found.astray,
    }
    with cache.making(key, found.pictures.nbytes + found.tones.nbytes + 200 * len(found.files) + (1 << 16)) as folder:
        (folder / "looked.json").write_text(json.dumps(facts), encoding="utf-8")
        np.save(folder / "pictures.npy", found.pictures, allow_pickle=False)
        np.save(folder / "tones.npy", found.tones, allow_pickle=False)


def _remembered(key: str) -> Survey | None:
    folder = cache.find(key)
    if folder is None:
        return None
    try:
        facts: Any = foreign_json.parse((folder / "looked.json").read_bytes())
        pictures = _mapped(folder / "pictures.npy")
        tones = _mapped(folder / "tones.npy")
        files, classes = facts["files"], tuple(facts["classes"])
        if pictures.dtype != PICTURE or pictures.ndim != 1 or not len(pictures):
            raise ValueError(key)
        if pictures["file"].max() >= len(files) or pictures["label"].max() >= len(classes):
            raise ValueError(key)
        if tones.dtype != np.uint8 or tones.shape != (np.count_nonzero(pictures["hash"]), TONES):
            raise ValueError(key)
        skipped = [(name, sentence(said)) for name, said in facts["skipped"]]
        return Survey(
            facts["path"], pictures, tones, files, facts["sha256"], classes, skipped, facts["apart"],
            facts["others"], facts["astray"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        cache.forget(key)
        return None
