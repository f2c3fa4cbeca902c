"""Text: letters; a UTF-8 file, its metadata in a JSON file of the same name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from aigc_desktop.i18n import mark
from aigc_desktop.media.base import THUMBNAIL, metadata_json, parse_metadata, read_file, sha256
from aigc_desktop.media.files import with_suffix_added, write_bytes
from aigc_desktop.problems import BadInput


@dataclass(frozen=True)
class Text:
    """A piece of text."""

    text: str
    medium: ClassVar[str] = "text"
    suffix: ClassVar[str] = ".txt"

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TypeError("a Text is made of a str")

    def write(self, path: Path, metadata: dict[str, Any] | None = None) -> Path:
        """`path`.txt as UTF-8, line ends untouched; with metadata also `path`.json (written first: no text without it)."""
        target = with_suffix_added(path, self.suffix)
        if metadata is not None:
            write_bytes(sidecar(target), metadata_json(metadata).encode("utf-8", "replace"))
        write_bytes(target, self._bytes())
        return target

    @classmethod
    def read(cls, path: Path) -> "Text":
        """A UTF-8 file's text; BadInput where it is missing, binary or in another encoding."""
        content = read_file(path)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadInput(mark("{path} is not text in UTF-8. Save it as UTF-8 and try again."), path=path) from None
        if "\0" in text:
            raise BadInput(mark("{path} is not a text file."), path=path)
        return cls(text)

    def preview_text(self) -> str | None:
        return self.text

    def thumbnail(self, size: int = THUMBNAIL) -> bytes | None:
        return None

    def digest(self) -> str:
        return sha256(self._bytes())

    @property
    def dimensions(self) -> tuple[int, int] | None:
        return None

    def _bytes(self) -> bytes:
        return self.text.encode("utf-8", "replace")  # half of a surrogate pair has no UTF-8


def sidecar(path: Path) -> Path:
    """The file that holds a text file's metadata."""
    return path.with_suffix(".json")


def read_metadata(path: Path) -> dict[str, Any] | None:
    """The metadata of a text file; None where there is none."""
    try:
        return parse_metadata(sidecar(path).read_bytes())
    except OSError:
        return None


def copy_with_metadata(source: Path, target: Path, metadata: dict[str, Any]) -> None:
    """A copy of a text file with this metadata beside it."""
    write_bytes(sidecar(target), metadata_json(metadata).encode("utf-8", "replace"))
    write_bytes(target, source.read_bytes())
