"""Which file is which medium: reading any of them, and the metadata inside."""

import struct
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from aigc_desktop.i18n import mark
from aigc_desktop.media.base import Media, why
from aigc_desktop.problems import BadInput

# The suffixes that each medium is read from, ours first.
SUFFIXES = {
    "text": (".txt", ".md"),
    "picture": (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif"),
    "sound": (".flac", ".wav", ".ogg", ".mp3"),
    "clip": (".mp4", ".mov", ".mkv", ".webm", ".avi"),
}
_INSIDE = {".txt": "text", ".png": "png", ".flac": "flac", ".mp4": "clip"}  # the module that knows a suffix's metadata


def medium_of(path: Path) -> str | None:
    """The medium of a file by its suffix; None if it has none of ours."""
    suffix = path.suffix.lower()
    return next((medium for medium, suffixes in SUFFIXES.items() if suffix in suffixes), None)


def read(path: Path) -> Media:
    """The Text, Picture, Sound or Clip in a file; BadInput where there is none."""
    medium = medium_of(path)
    if medium is None:
        raise BadInput(mark("{path} is neither text nor a picture, a sound or a video."), path=path)
    kind = getattr(import_module(f"aigc_desktop.media.{medium}"), medium.capitalize())
    return cast(Media, kind.read(path))


def read_metadata(path: Path) -> dict[str, Any] | None:
    """The metadata inside a file (of a text: beside it); None where there is none."""
    module = _INSIDE.get(path.suffix.lower())
    if module is None:
        return None
    found: dict[str, Any] | None = import_module(f"aigc_desktop.media.{module}").read_metadata(path)
    return found


def copy_with_metadata(source: Path, target: Path, metadata: dict[str, Any]) -> None:
    """Copy a file written by us, with this metadata in place of its own; the content stays the same.

    BadInput where the file is broken.
    """
    copy: Callable[[Path, Path, dict[str, Any]], None] = import_module(
        f"aigc_desktop.media.{_INSIDE[source.suffix.lower()]}"
    ).copy_with_metadata
    try:
        copy(source, target, metadata)
    except OSError:
        raise
    except (ValueError, struct.error, RuntimeError) as error:  # FFmpeg's errors are of these and of OSError
        raise BadInput(mark("{path} is broken or cut off ({reason})."), path=source, reason=why(error)) from None
