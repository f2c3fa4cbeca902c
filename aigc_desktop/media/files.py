"""Files written whole or not at all: temporary file, fsync, rename."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

UNFINISHED = ".new"  # the suffix of a temporary file; it begins with a dot and the process that writes it


@contextmanager
def replacing(path: Path, durable: bool = True) -> Iterator[Path]:
    """A temporary path beside `path` to write to; takes its place when the block ends well, vanishes when it does not.

    What need not survive a power cut is not waited for: `durable` False.
    """
    temporary = path.with_name(f".{os.getpid()}-{os.urandom(6).hex()}{UNFINISHED}")
    try:
        yield temporary
        if durable:
            sync(temporary)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        sync_folder(path.parent)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def sync(path: Path) -> None:
    """Have the file's bytes on the disk before going on."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the folder's names on the disk before going on (Windows does so by itself and cannot be asked)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:  # some network drives refuse; nothing more can be done there
        pass
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """`sync` of every file below the folder, and of the folders."""
    for here, _, names in os.walk(folder):
        for name in names:
            sync(Path(here, name))
        sync_folder(Path(here))


def with_suffix_added(path: Path, suffix: str) -> Path:
    """`path` with the suffix after its whole name ("step 1.5" keeps its dot)."""
    return path.with_name(path.name + suffix)


def cache_folder() -> Path:
    """Where what can be made again is kept on this platform, or in AIGC_CACHE."""
    from platformdirs import user_cache_dir

    return Path(os.environ.get("AIGC_CACHE") or user_cache_dir("AIGC Desktop", appauthor=False))
