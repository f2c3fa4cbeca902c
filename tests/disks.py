"""Small disks for tests: a real file system of a few megabytes, where this machine lets a test mount one."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, megabytes: int = 8) -> Iterator[Path]:
    """An empty disk at `folder`. The test is skipped where none may be mounted."""
    folder.mkdir(parents=True)
    if sys.platform != "linux":
        pytest.skip("a small disk is a tmpfs, which only Linux has")
    said = _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    if said.returncode != 0:
        pytest.skip(f"no small disk may be mounted here: {said.stderr.strip()}")
    try:
        yield folder
    finally:
        _run("umount", "-l", str(folder))


def read_only(folder: Path, yes: bool = True) -> None:
    """Let a small disk be read only, or written again; it must not be in use for writing."""
    said = _run("mount", "-o", f"remount,{'ro' if yes else 'rw'}", str(folder))
    assert said.returncode == 0, said.stderr


def fill(folder: Path, leave: int = 0) -> Path:
    """Leave no more than so many bytes free on the disk; the file whose removal makes room again."""
    import shutil

    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096):
            while shutil.disk_usage(folder).free > leave + size:
                file.write(bytes(size))
        while leave == 0:
            try:
                file.write(bytes(4096))
            except OSError:
                break
    return ballast


def _run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, capture_output=True, text=True, check=False)
