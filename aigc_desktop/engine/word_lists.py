"""Word lists: text files with one entry a line, called in a prompt by their names: `colours.txt` is `__colours__`."""

import codecs
import difflib
import os
import re
from functools import lru_cache
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.library import names, places
from aigc_desktop.media.base import why
from aigc_desktop.media.files import write_bytes
from aigc_desktop.problems import BadInput, Sentence

LARGEST = 4 << 20  # bytes of a list
# A name between pairs of underscores, not in the middle of an English word or of a name with more underscores.
NAME = re.compile(r"(?<![A-Za-z0-9_])__([^\W_](?:[ _-]?[^\W_])*)__(?!_)")


def lists() -> dict[str, Path]:
    """Every word list by the `key` of its name: those that come with the program, and the user's own, which win."""
    found: dict[str, Path] = {}
    for folder in (places.RESOURCES / "words", places.words_folder()):
        try:
            files = sorted(entry.path for entry in os.scandir(folder) if entry.is_file())
        except OSError:  # the user has none, or has locked it
            continue
        found |= {key(Path(file).stem): Path(file) for file in files if file.lower().endswith(".txt")}
    return found


def key(name: str) -> str:
    """What names of the same list have in common, however they are typed."""
    return names.key(name)


def read(path: Path) -> tuple[str, ...]:
    """The entries of a list: its lines but for empty ones and `# comments`. BadInput where it is none."""
    try:
        state = path.stat()
        return _read(path, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise BadInput(mark("The word list {path} cannot be read: {reason}."), path=path, reason=why(error)) from None


@lru_cache(maxsize=256)
def _read(path: Path, changed: int, size: int) -> tuple[str, ...]:
    if size > LARGEST:
        raise BadInput(
            mark("The word list {path} is too big: at most {size} MB are read."), path=path, size=LARGEST >> 20
        )
    with path.open("rb") as file:
        content = file.read(LARGEST)
    text = _decoded(content)
    if text is None or "\0" in text:
        raise BadInput(mark("The word list {path} is no text; save it as UTF-8, one entry a line."), path=path)
    lines = [line.strip() for line in re.split(r"\r\n|\r|\n", text)]
    entries = tuple(line for line in lines if line and not line.startswith("#"))
    if not entries:
        raise BadInput(mark("The word list {path} is empty; write one entry a line."), path=path)
    return entries


def _decoded(content: bytes) -> str | None:
    """UTF-8, UTF-16 with its mark, else what Chinese editors wrote before."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def source(path: Path) -> str:
    """A list as its file has it, with its comments. BadInput as `read`."""
    read(path)
    return _decoded(path.read_bytes()) or ""


def is_own(path: Path) -> bool:
    """Whether the list in this file is the user's."""
    return path.parent == places.words_folder()


def save(name: str, text: str) -> Path:
    """Keep a list of the user's own, which wins over the program's of the same name.

    BadInput for a name that no prompt could call, for a text without entries, or where it cannot be written.
    """
    called = NAME.fullmatch(f"__{name}__")
    if called is None or len(name) > 80:
        raise BadInput(
            mark("A word list cannot be called {name}; use letters and digits, with single blanks or - between."),
            name=name,
        )
    path = places.words_folder() / f"{name}.txt"
    if not any(line.strip() and not line.strip().startswith("#") for line in text.splitlines()):
        raise BadInput(mark("The word list {path} is empty; write one entry a line."), path=path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, text.encode())
    except OSError as error:
        raise BadInput(
            mark("The word list {path} cannot be written: {reason}."), path=path, reason=why(error)
        ) from None
    return path


def delete(path: Path) -> None:
    """Delete a list of the user's own; the program's of the same name is there again."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(
            mark("The word list {path} cannot be deleted: {reason}."), path=path, reason=why(error)
        ) from None


def missing(text: str) -> list[Sentence]:
    """A sentence for each list that a text seems to ask for and that is not there; such a place stays as it is typed.

    Names that program code has of itself (`__init__`, `__FILE__`) are not meant.
    """
    known = lists()
    said: dict[str, Sentence] = {}
    for found in NAME.finditer(text):
        name = found[1]
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        code = before in (".", "\\") or after in ("(", "[") or name.isupper() or found[0] in _CODE
        if code or key(name) in known or key(name) in said:
            continue
        nearest = difflib.get_close_matches(key(name)[:80], known, n=1, cutoff=0.7)
        if not nearest and " " in name:  # emphasis, as Markdown writes it
            continue
        said[key(name)] = (
            Sentence(
                mark("There is no word list {name}, so it stays as typed; did you mean {nearest}?"),
                {"name": f"__{name}__", "nearest": f"__{known[nearest[0]].stem}__"},
            )
            if nearest
            else Sentence(mark("There is no word list {name}, so it stays as typed."), {"name": f"__{name}__"})
        )
    return list(said.values())


_CODE = {name for one in (object, type, int, str, list, dict, missing, re, BaseException) for name in dir(one)}
_CODE |= {
    f"__{name}__" for name in ("main", "all", "slots", "version", "author", "enter", "exit", "next", "iter", "del")
}
_CODE |= {f"__{name}__" for name in ("aenter", "aexit", "await", "missing", "index", "path", "future", "post_init")}
_CODE |= {f"__{name}__" for name in ("attribute", "declspec", "dirname", "filename", "typename", "proto")}
