"""Where desks lie: those of the program, and the user's own, which can be changed and deleted."""

import builtins
import difflib
import os
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from aigc_desktop import i18n
from aigc_desktop.desks import reading
from aigc_desktop.desks.desk import Desk
from aigc_desktop.desks.writing import write
from aigc_desktop.i18n import mark
from aigc_desktop.library import disk, names, places
from aigc_desktop.media.base import why
from aigc_desktop.media.files import write_bytes
from aigc_desktop.problems import BadInput, Sentence

SUFFIX = ".toml"
MOST = 1000  # files of one folder that are looked at


@dataclass(frozen=True)
class Broken:
    """A file of the user's that is no desk, and why."""

    id: str
    path: Path
    sentence: Sentence


def list(language: str | None = None) -> builtins.list[Desk]:
    """Every desk (that writes in this language): those in the language in use first, then by their order and title."""
    found = []
    for id, path in _files().items():
        try:
            found.append(_read(id, path))
        except BadInput:  # `broken` names it
            continue
    chosen = [desk for desk in found if language in (None, desk.language)]
    return sorted(chosen, key=lambda one: (one.language != i18n.language(), one.order, one.own, one.title, one.id))


def broken() -> builtins.list[Broken]:
    """The user's files that cannot be used."""
    found = []
    for id, path in _files().items():
        try:
            _read(id, path)
        except BadInput as problem:
            found.append(Broken(id, path, problem.sentence))
    return found


def get(id: str) -> Desk:
    """The desk with this id; without a language (`news`) the one in the language in use. BadInput suggests the nearest."""
    files = _files()
    for candidate in (id, f"{id}.{i18n.language()}", f"{id}.en"):
        if candidate in files:
            return _read(candidate, files[candidate])
    short = {one.removesuffix(f".{i18n.language()}") for one in files}
    nearest = difflib.get_close_matches(id[:200], [*short, *files], n=1, cutoff=0.5)
    if nearest:
        raise BadInput(mark("There is no desk {id}; did you mean {nearest}?"), id=id, nearest=nearest[0])
    raise BadInput(mark("There is no desk {id}; there are: {known}."), id=id, known=", ".join(files))


def source(id: str) -> str:
    """The TOML of a desk, also of the user's broken one, as it stands in the file."""
    path = _files().get(id) or get(id).path
    assert path is not None
    return _text(path)


def copy(id: str, title: str = "") -> Desk:
    """A copy of a desk in the user's folder, to be changed; named as the desk unless a title is given."""
    desk = get(id)
    title = names.clean_name(title) or desk.title
    new = replace(desk, title=title, order=100)
    return save(write(new), names.unique(names.file_name(title, 80, "desk"), _is_taken))


def save(text: str, id: str = "") -> Desk:
    """Keep a desk in the user's folder: in place of the user's own with this id, else as a new one called by its title.

    Checked first: BadInput where the text is no desk, and nothing is written.
    """
    desk = reading.parse(text, id or "desk")
    if not id:
        id = names.unique(names.file_name(desk.title, 80, "desk"), _is_taken)
    elif id not in _files():
        id = names.file_name(id, 80, "desk")
    if id in _files():
        _must_be_own(id)
    path = places.desks_folder() / f"{id}{SUFFIX}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, text.encode())
    except OSError as error:
        trouble = disk.trouble(error, path.parent, project=False)
        if isinstance(trouble, disk.Full):
            raise trouble from None
        raise BadInput(mark("The desk {path} cannot be written: {reason}."), path=path, reason=why(error)) from None
    return replace(desk, id=id, path=path, own=True)


def delete(id: str) -> str:
    """Delete one of the user's desks (a broken one, too); its text is returned, with which `save` brings it back."""
    path = _must_be_own(id)
    text = _text(path, errors="replace")
    try:
        path.unlink()
    except OSError as error:
        raise BadInput(mark("The desk {path} cannot be deleted: {reason}."), path=path, reason=why(error)) from None
    return text


def _must_be_own(id: str) -> Path:
    """The user's file with this id; BadInput where there is none."""
    path = _files().get(id) or get(id).path
    assert path is not None
    if path.parent != places.desks_folder():
        raise BadInput(
            mark("The desk {id} came with the program and stays as it is; copy it and change the copy."), id=id
        )
    return path


def _is_taken(id: str) -> bool:
    return any(id.casefold() == one.casefold() for one in _files())


def _files() -> dict[str, Path]:
    """The file of every id; the user's own win."""
    found: dict[str, Path] = {}
    for folder in (places.RESOURCES / "desks", places.desks_folder()):
        try:
            with os.scandir(folder) as entries:
                files = sorted(one.name for one in entries if one.name.endswith(SUFFIX) and one.is_file())
        except OSError:  # the user has none yet, or has locked the folder
            continue
        found |= {name.removesuffix(SUFFIX): folder / name for name in files[:MOST] if not name.startswith(".")}
    return found


def _read(id: str, path: Path) -> Desk:
    try:
        state = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from None
    return _parsed(id, path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=512)
def _parsed(id: str, path: Path, changed: int, size: int) -> Desk:
    """The desk in a file, parsed again only when it has changed."""
    if any("\ud800" <= letter <= "\udfff" for letter in id):
        raise BadInput(mark("The name {path} holds bytes that are no letters; rename it and try again."), path=path)
    return reading.parse(_text(path), id, path=path, own=path.parent == places.desks_folder())


def _text(path: Path, errors: str = "strict") -> str:
    try:
        with path.open("rb") as file:
            return file.read(4 * reading.LARGEST).decode("utf-8-sig", errors)
    except UnicodeDecodeError:
        raise BadInput(mark("The desk {path} is no text in UTF-8; save it again as UTF-8."), path=path) from None
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput(mark("The file {path} cannot be read: {reason}."), path=path, reason=why(error))
