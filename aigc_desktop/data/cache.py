"""What was made of the user's large data and takes long to make again: kept in the cache folder, for a while.

All of it together has at most LIMIT bytes: the longest unused goes first, and all that was not used for DAYS.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.library import disk
from aigc_desktop.media.files import UNFINISHED, cache_folder, sync_tree

LIMIT = 8 << 30
DAYS = 30
SPARE = 64 << 20  # bytes that are left free on the disk
DAY = 86_400


def find(key: str) -> Path | None:
    """The folder that was made under this key, if it is still there; it counts as used now."""
    folder = _folder() / key
    try:
        os.utime(folder)
    except OSError:
        return None
    return folder


@contextmanager
def making(key: str, size: int) -> Iterator[Path]:
    """An empty folder to fill with about `size` bytes; found under the key once the block ends well, else it vanishes.

    disk.Trouble where the disk has no room for it, or the cache folder cannot be written to.
    """
    home = _folder()
    with _said(home):
        home.mkdir(parents=True, exist_ok=True)
        _tidy(home, size)
        _require_room(home, size)
        fresh = home / f".{os.getpid()}-{os.urandom(6).hex()}{UNFINISHED}"
        fresh.mkdir()
    try:
        with _said(home):
            yield fresh
            sync_tree(fresh)
            with suppress(FileExistsError, OSError):  # another process was faster: its work is the same
                fresh.rename(home / key)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)  # gone already, where all went well


def forget(key: str) -> None:
    """What is under this key is not as it was made."""
    shutil.rmtree(_folder() / key, ignore_errors=True)


def place(key: str) -> Path:
    """Where it is, or would be."""
    return _folder() / key


def _folder() -> Path:
    return cache_folder() / "data"


@contextmanager
def _said(home: Path) -> Iterator[None]:
    """What the disk does becomes one sentence."""
    try:
        yield
    except OSError as error:
        trouble = disk.trouble(error, home, project=False)
        if trouble is not None:
            raise trouble from None
        raise disk.Unwritable(
            mark("The cache folder {path} cannot be written to: {reason}. Choose another with AIGC_CACHE."),
            path=home,
            reason=error.strerror or str(error),
        ) from None


def _require_room(home: Path, size: int) -> None:
    free = shutil.disk_usage(home).free
    if free < size + SPARE:
        raise disk.Full(
            mark(
                "The disk with {path} is too full: this data needs {needed} MB there while it is learned, and {free} MB "
                "are free. Make room, or choose another folder with AIGC_CACHE."
            ),
            path=home,
            needed=(size + SPARE) >> 20,
            free=free >> 20,
        )


def _tidy(home: Path, coming: int) -> None:
    """Remove what was not used for long, what was never finished, and the longest unused until `coming` bytes have room."""
    now = time.time()
    kept: list[tuple[float, int, Path]] = []
    for folder in home.iterdir():
        try:
            used = folder.stat().st_mtime
            size = sum(path.stat().st_size for path in folder.iterdir())
        except OSError:
            continue
        age = (now - used) / DAY
        if age > (1 if folder.name.endswith(UNFINISHED) else DAYS):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            kept.append((used, size, folder))
    total = coming + sum(size for _, size, _ in kept)
    for _, size, folder in sorted(kept):
        if total <= LIMIT:
            break
        if not folder.name.endswith(UNFINISHED):  # another process is at work there
            shutil.rmtree(folder, ignore_errors=True)
            total -= size
