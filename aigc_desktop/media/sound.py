"""Sound: samples; a FLAC file with its metadata inside."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from aigc_desktop.i18n import mark
from aigc_desktop.media import flac
from aigc_desktop.media.base import THUMBNAIL, read_file, sha256, why
from aigc_desktop.media.files import with_suffix_added, write_bytes
from aigc_desktop.problems import BadInput

_FULL = 2**23  # a 24-bit sample at full scale


@dataclass(frozen=True, eq=False)
class Sound:
    """A sound: float32 [n] or [n, channels] in -1…1 (louder is cut), and its sampling rate in hertz."""

    samples: NDArray[np.float32]
    rate: int
    medium: ClassVar[str] = "sound"
    suffix: ClassVar[str] = ".flac"

    def __post_init__(self) -> None:
        samples = np.ascontiguousarray(self.samples, dtype=np.float32)
        if samples.ndim == 2 and samples.shape[1] == 1:
            samples = samples[:, 0]
        if samples.ndim not in (1, 2) or samples.size == 0 or (samples.ndim == 2 and samples.shape[1] > 8):
            raise ValueError(f"not a sound: {samples.shape}")
        if not np.isfinite(samples).all():
            raise ValueError("a sound has a sample that is no number")
        object.__setattr__(self, "samples", samples)
        object.__setattr__(self, "rate", int(self.rate))

    def write(self, path: Path, metadata: dict[str, Any] | None = None) -> Path:
        """`path`.flac, 24 bits, metadata inside as a tag."""
        import soundfile

        out = io.BytesIO()
        soundfile.write(out, self._integers() << 8, self.rate, format="FLAC", subtype="PCM_24")
        content = out.getvalue()
        target = with_suffix_added(path, self.suffix)
        write_bytes(target, content if metadata is None else flac.with_metadata(content, metadata))
        return target

    @classmethod
    def read(cls, path: Path) -> "Sound":
        """A FLAC, WAV, OGG or MP3 file; BadInput where it is missing, broken, empty or of another kind."""
        import soundfile

        content = read_file(path)
        try:
            samples, rate = soundfile.read(io.BytesIO(content), dtype="float32")
            return cls(samples, rate)
        except (soundfile.SoundFileError, ValueError, RuntimeError) as error:
            raise BadInput(
                mark("{path} is not a sound that can be read ({reason})."), path=path, reason=_reason(error)
            ) from None

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    def preview_text(self) -> str | None:
        return None

    def thumbnail(self, size: int = THUMBNAIL) -> bytes | None:
        """The wave as a PNG, `size` wide and half as high, on a transparent ground."""
        from aigc_desktop.media.picture import encode

        mono = self.samples if self.samples.ndim == 1 else self.samples.mean(axis=1)
        edges = np.linspace(0, len(mono), size + 1).astype(np.int64)
        starts = np.minimum(edges[:-1], len(mono) - 1)
        height = size // 2
        top = (1 - np.maximum.reduceat(mono, starts).clip(-1, 1)) / 2 * (height - 1)
        bottom = (1 - np.minimum.reduceat(mono, starts).clip(-1, 1)) / 2 * (height - 1)
        rows = np.arange(height)[:, None]
        inside = (rows >= np.floor(top)) & (rows <= np.ceil(bottom))
        pixels = np.zeros((height, size, 4), np.uint8)
        pixels[inside] = (128, 128, 128, 255)  # seen on a light ground and on a dark one
        return encode(pixels)

    def digest(self) -> str:
        samples = self._integers().astype("<i4")
        return sha256(repr((samples.shape, self.rate)).encode(), samples.data)

    @property
    def dimensions(self) -> tuple[int, int] | None:
        return None

    def _integers(self) -> NDArray[np.int32]:
        """The samples as they are kept: 24 bits."""
        return np.clip(np.rint(self.samples.astype(np.float64) * _FULL), -_FULL, _FULL - 1).astype(np.int32)


def _reason(error: Exception) -> str:
    """The library's reason without the "Error opening <…>:" before it."""
    return why(error).rpartition(": ")[2]
