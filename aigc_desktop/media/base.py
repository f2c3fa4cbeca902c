"""What every medium can do. Text, Picture, Sound and Clip each have a file of their own."""

from pathlib import Path
from typing import Any, ClassVar, Protocol


class Media(Protocol):
    """A piece of text, a picture, a sound or a clip in memory; picklable, so that it can cross to the window."""

    medium: ClassVar[str]  # text, picture, sound, clip
    suffix: ClassVar[str]  # of the file it is written to

    def write(self, path: Path, metadata: dict[str, Any] | None = None) -> Path:
        """Write to `path` with this medium's suffix added, whole or not at all, metadata inside; the path written."""

    def preview_text(self) -> str | None:
        """The text itself for a text; None for what cannot be said in letters."""
