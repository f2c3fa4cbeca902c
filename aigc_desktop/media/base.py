"""What every medium can do. Text, Picture, Sound and Clip each have a file of their own."""

import hashlib
import json
from pathlib import Path
from typing import Any, ClassVar, Protocol

from aigc_desktop import foreign_json
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput

THUMBNAIL = 256  # pixels, the longer side
SEEN = 640  # pixels, the longer side of what is shown while a training goes on


class Media(Protocol):
    """A piece of text, a picture, a sound or a clip in memory; picklable, so that it can cross to the window."""

    medium: ClassVar[str]  # text, picture, sound, clip
    suffix: ClassVar[str]  # of the file it is written to

    def write(self, path: Path, metadata: dict[str, Any] | None = None) -> Path:
        """Write to `path` with this medium's suffix added, whole or not at all, metadata inside; the path written."""

    def preview_text(self) -> str | None:
        """The text itself for a text; None for what cannot be said in letters."""

    def thumbnail(self, size: int = THUMBNAIL) -> bytes | None:
        """A PNG of at most `size` pixels a side; None for a text, which the window paints itself."""

    def digest(self) -> str:
        """SHA-256 of the content alone (letters, pixels, samples, frames), without metadata or file format."""

    @property
    def dimensions(self) -> tuple[int, int] | None:
        """Width and height in pixels, where it has any."""


def metadata_json(metadata: dict[str, Any]) -> str:
    """Metadata as it is kept inside a file."""
    return json.dumps(metadata, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def parse_metadata(text: str | bytes | None) -> dict[str, Any] | None:
    """Metadata read from a file; None where there is none, or none of ours."""
    if text is None:
        return None
    try:
        found = foreign_json.parse(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def read_file(path: Path) -> bytes:
    """A file's bytes; BadInput where there is none or it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadInput(mark("There is no file {path}."), path=path) from None
    except OSError as error:
        raise BadInput(mark("The file {path} cannot be read: {reason}."), path=path, reason=why(error)) from None


def why(error: BaseException) -> str:
    """An error's reason without the file name that Python adds, for use inside a sentence."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).strip().rstrip(".") or type(error).__name__


def sha256(*parts: bytes | memoryview) -> str:
    """SHA-256 of the parts one after another, in hexadecimal."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
