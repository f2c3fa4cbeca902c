"""The files that a path stands for: a single file, a folder, or a zip, read where they are and never unpacked."""

import hashlib
import io
import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, cast

from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput, Sentence

DAMAGE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError)
WATCHED = 1 << 20  # bytes read at once
HARMLESS = 32 << 20  # bytes that may be packed as tightly as can be
DENSEST = 200  # times
LITTER = {"thumbs.db", "desktop.ini", "icon\r"}  # what file managers leave behind


@dataclass(frozen=True)
class Entry:
    """One file: its name with slashes below the folder or in the zip, its size, where to read it, and what says whether
    it was changed."""

    name: str
    bytes: int
    place: Path | zipfile.ZipInfo
    state: tuple[int, ...] = ()

    @property
    def packed(self) -> int:
        """Its bytes in the zip, where it is in one."""
        return self.bytes if isinstance(self.place, Path) else self.place.compress_size

    @property
    def suffix(self) -> str:
        """The last suffix, in lower case."""
        return os.path.splitext(self.name)[1].lower()


@dataclass
class Files:
    """The files under one path, sorted by name; a context manager. Reading is safe from several threads."""

    path: Path
    entries: list[Entry]
    skipped: list[tuple[str, Sentence]] = field(default_factory=list)
    archive: zipfile.ZipFile | None = None
    watch: Callable[[int], None] | None = None  # hears how many bytes of a file were just read

    @property
    def single(self) -> bool:
        """Is the path itself the one file?"""
        return self.archive is None and len(self.entries) == 1 and self.entries[0].place == self.path

    @property
    def only_zip(self) -> Path | None:
        """The one zip of a folder that has no other: what is meant where the folder holds nothing else of use."""
        found = [entry.place for entry in self.entries if entry.suffix == ".zip" and isinstance(entry.place, Path)]
        return found[0] if len(found) == 1 and not self.single else None

    def shown(self, entry: Entry) -> str | Sentence:
        """What a sentence about an entry calls it: the path if it is the only file, for the others stand in a list."""
        return str(self.path) if self.single else Sentence(mark("This file"))

    @contextmanager
    def open(self, entry: Entry) -> Iterator[BinaryIO]:
        """The file's bytes as a stream; BadInput where it cannot be opened, or turns out damaged inside the block."""
        try:
            if isinstance(entry.place, Path):
                with entry.place.open("rb") as file:
                    yield self._watched(file)
            else:
                with self._unpacked(entry.place) as packed:
                    yield self._watched(packed)
        except DAMAGE as error:
            raise unreadable(self.shown(entry), error) from None
        except MemoryError:
            raise BadInput(
                mark("There is not enough memory to open {path}; make it smaller."), path=self.shown(entry)
            ) from None

    def _watched(self, file: BinaryIO) -> BinaryIO:
        if self.watch is None:
            return file
        return cast(BinaryIO, io.BufferedReader(_Watched(file, self.watch), WATCHED))

    def _unpacked(self, info: zipfile.ZipInfo) -> BinaryIO:
        assert self.archive is not None
        try:
            return cast(BinaryIO, self.archive.open(info))
        except (UnicodeError, RuntimeError, ValueError) as error:  # a name that is none, a lock that is not in the list
            raise zipfile.BadZipFile(str(error)) from None

    def read(self, entry: Entry, limit: int) -> bytes:
        """The whole file; BadInput where it is damaged or holds more than `limit` bytes."""
        if entry.bytes > limit:
            raise BadInput(
                mark("{path} is too big: {megabytes} MB; {limit} MB at most."),
                path=self.shown(entry),
                megabytes=entry.bytes >> 20,
                limit=limit >> 20,
            )
        with self.open(entry) as file:
            return file.read()

    def sha256(self, entry: Entry) -> bytes:
        """The SHA-256 digest of the file."""
        with self.open(entry) as file:
            return hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.archive is not None:
            self.archive.close()


class _Watched(io.RawIOBase):
    """A file of which is told how much is read."""

    def __init__(self, file: BinaryIO, watch: Callable[[int], None]):
        self._file, self._watch = file, watch

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        count = self._file.readinto(buffer)  # type: ignore[attr-defined]
        self._watch(count)
        return int(count)


def too_dense(unpacked: int, packed: int) -> bool:
    """Whether a packed file grows as only one does that was made to fill memories: texts and pictures shrink 2 to 50 times."""
    return unpacked > HARMLESS and unpacked > DENSEST * packed


def unreadable(path: object, error: BaseException) -> BadInput:
    """The problem of a file that the system or its archive does not give."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
    return BadInput(mark("{path} cannot be read: {reason}."), path=path, reason=reason.rstrip("."))


def open_files(path: str | Path) -> Files:
    """The files that a path stands for; BadInput where there is nothing, or a zip that is none."""
    path = Path(os.path.expanduser(path))
    try:
        if path.is_dir():
            return _folder(path)
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):  # a pipe would block for ever, a device never end
            raise BadInput(mark("{path} is a device, not a file."), path=str(path))
        size = facts.st_size
        with path.open("rb") as file:
            zipped = file.read(4) in (b"PK\x03\x04", b"PK\x05\x06") or path.suffix.lower() == ".zip"
        return _zip(path) if zipped else Files(path, [Entry(path.name, size, path)])
    except FileNotFoundError:
        raise BadInput(mark("There is no file or folder {path}."), path=str(path)) from None
    except (OSError, ValueError) as error:
        raise unreadable(str(path), error) from None


def state(facts: os.stat_result) -> tuple[int, ...]:
    """What changes when a file does."""
    return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def _folder(path: Path) -> Files:
    entries: list[Entry] = []
    skipped: list[tuple[str, Sentence]] = []

    def refused(error: OSError) -> None:
        skipped.append((str(error.filename), Sentence(mark("The folder cannot be read."))))

    start = len(os.path.join(path, ""))
    for folder, folders, names in os.walk(path, onerror=refused):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if _litter(name):
                continue
            whole = os.path.join(folder, name)
            relative = whole[start:] if os.sep == "/" else whole[start:].replace(os.sep, "/")
            try:
                facts = os.stat(whole)
            except OSError:
                skipped.append((relative, Sentence(mark("The file cannot be read."))))
                continue
            if stat.S_ISREG(facts.st_mode):  # a pipe or a device would block for ever
                entries.append(Entry(relative, facts.st_size, Path(whole), state(facts)))
    return Files(path, sorted(entries, key=lambda entry: entry.name), skipped)


def _zip(path: Path) -> Files:
    try:
        archive = zipfile.ZipFile(path)
    except (*DAMAGE, UnicodeError, ValueError, OverflowError) as error:
        raise BadInput(
            mark("{path} is no complete zip file: {reason}. Copy or download it again."),
            path=str(path),
            reason=str(error).rstrip("."),
        ) from None
    if too_dense(sum(info.file_size for info in archive.infolist()), path.stat().st_size):
        archive.close()
        raise BadInput(mark("{path} unpacks to far more than any such file does, to fill the memory."), path=str(path))
    entries: list[Entry] = []
    skipped: list[tuple[str, Sentence]] = []
    for info in archive.infolist():
        name = _below(_name(info))
        if not name or info.filename.endswith("/") or _litter(name.rsplit("/", 1)[-1]) or name.startswith("__MACOSX/"):
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind == stat.S_IFLNK:
            skipped.append((name, Sentence(mark("It is a link, not a file."))))
        elif kind not in (0, stat.S_IFREG):
            skipped.append((name, Sentence(mark("It is a device, not a file."))))
        elif info.flag_bits & 1:
            skipped.append((name, Sentence(mark("It is locked with a password."))))
        elif too_dense(info.file_size, info.compress_size):
            skipped.append(
                (name, Sentence(mark("It unpacks to far more than any such file does, to fill the memory.")))
            )
        else:
            entries.append(Entry(name, info.file_size, info))
    return Files(path, sorted(entries, key=lambda entry: entry.name), skipped, archive)


def _name(info: zipfile.ZipInfo) -> str:
    """An entry's name. Zips made by Chinese Windows hold GBK names without saying so, which zipfile reads as cp437."""
    if not info.flag_bits & 0x800 and not info.filename.isascii():
        for encoding in ("utf-8", "gb18030"):
            with suppress(UnicodeError):
                return info.filename.encode("cp437").decode(encoding)
    return info.filename


def _below(name: str) -> str:
    """The name as a path below the zip, which it only is called by: nothing is ever written under it."""
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))


def _litter(name: str) -> bool:
    return name.startswith(".") or name.lower() in LITTER
