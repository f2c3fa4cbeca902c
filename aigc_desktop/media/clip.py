"""Clip: moving pictures; an MP4 file (H.264) with its metadata inside."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from aigc_desktop.i18n import mark
from aigc_desktop.media.base import THUMBNAIL, metadata_json, parse_metadata, sha256, why
from aigc_desktop.media.files import replacing, with_suffix_added
from aigc_desktop.problems import BadInput

MAX_BYTES = 4_000_000_000  # of decoded frames; more would fill the memory
_EXACT = {"movflags": "faststart", "fflags": "+bitexact"}  # no version or time in the file


@dataclass(frozen=True, eq=False)
class Clip:
    """Moving pictures: uint8 [frames, H, W, 3], and how many are shown a second.

    The file is lossy, and has an even width and height (the last row or column is doubled where one is odd); `digest` is
    of the frames as they were made.
    """

    frames: NDArray[np.uint8]
    fps: float
    medium: ClassVar[str] = "clip"
    suffix: ClassVar[str] = ".mp4"

    def __post_init__(self) -> None:
        frames = np.ascontiguousarray(self.frames)
        if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] != 3 or frames.size == 0:
            raise ValueError(f"not a clip: {frames.dtype} {frames.shape}")
        if not 0 < self.fps < 1000:
            raise ValueError("a clip shows between 0 and 1000 frames a second")
        object.__setattr__(self, "frames", frames)

    def write(self, path: Path, metadata: dict[str, Any] | None = None) -> Path:
        """`path`.mp4, metadata inside as its comment."""
        import av

        _, height, width, _ = self.frames.shape
        even = np.pad(self.frames, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        target = with_suffix_added(path, self.suffix)
        rate = Fraction(self.fps).limit_denominator(1001)
        with (
            replacing(target) as temporary,
            av.open(str(temporary), "w", format="mp4", options=_EXACT) as container,
        ):
            _tag(container, metadata)
            stream = container.add_stream("libx264", rate=rate, options={"crf": "16", "preset": "medium"})
            stream.height, stream.width = even.shape[1:3]
            stream.pix_fmt = "yuv420p"  # the one that every player knows
            stream.codec_context.thread_count = 1  # the bytes depend on it
            for pixels in even:
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            container.mux(stream.encode())
        return target

    @classmethod
    def read(cls, path: Path) -> "Clip":
        """The pictures of a video file; BadInput where it is missing, broken, has none, or more than fit into memory."""
        import av

        if not path.exists():
            raise BadInput(mark("There is no file {path}."), path=path)
        try:
            with av.open(str(path)) as container:
                if not container.streams.video:
                    raise BadInput(mark("{path} has no moving pictures."), path=path)
                stream = container.streams.video[0]
                stream.thread_type = "AUTO"
                frames: list[NDArray[np.uint8]] = []
                for frame in container.decode(stream):
                    frames.append(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
                    if len(frames) * frames[0].nbytes > MAX_BYTES:
                        raise BadInput(mark("{path} is too long or too large to be loaded. Cut it first."), path=path)
                fps = float(stream.average_rate or stream.guessed_rate or 25)
        except (av.FFmpegError, ValueError) as error:
            raise BadInput(
                mark("{path} is not a video that can be read ({reason})."), path=path, reason=why(error)
            ) from None
        if not frames:
            raise BadInput(mark("{path} has no moving pictures."), path=path)
        return cls(np.stack(frames), fps)

    def preview_text(self) -> str | None:
        return None

    def thumbnail(self, size: int = THUMBNAIL) -> bytes | None:
        """The frame in the middle as a PNG that fits into `size` × `size`."""
        from aigc_desktop.media.picture import Picture

        return Picture(self.frames[len(self.frames) // 2]).thumbnail(size)

    def digest(self) -> str:
        return sha256(repr((self.frames.shape, self.fps)).encode(), self.frames.data)

    @property
    def dimensions(self) -> tuple[int, int]:
        return self.frames.shape[2], self.frames.shape[1]


def read_metadata(path: Path) -> dict[str, Any] | None:
    """The metadata of an MP4 file; None where there is none."""
    import av

    try:
        with av.open(str(path)) as container:
            return parse_metadata(container.metadata.get("comment"))
    except (av.FFmpegError, OSError):
        return None


def copy_with_metadata(source: Path, target: Path, metadata: dict[str, Any]) -> None:
    """A copy of an MP4 file with this metadata; its pictures stay the same bytes."""
    import av

    try:
        _copy(source, target, metadata)
    except av.FFmpegError as error:
        raise BadInput(
            mark("{path} is not a video that can be read ({reason})."), path=source, reason=why(error)
        ) from None


def _copy(source: Path, target: Path, metadata: dict[str, Any]) -> None:
    import av

    with (
        replacing(target) as temporary,
        av.open(str(source)) as old,
        av.open(str(temporary), "w", format="mp4", options=_EXACT) as new,
    ):
        _tag(new, metadata)
        streams = {stream.index: new.add_stream_from_template(stream) for stream in old.streams}
        for packet in old.demux():
            if packet.dts is not None:  # the empty one at the end
                packet.stream = streams[packet.stream.index]
                new.mux(packet)


def _tag(container: Any, metadata: dict[str, Any] | None) -> None:
    if metadata is not None:
        container.metadata["comment"] = metadata_json(metadata)
        if metadata.get("name"):
            container.metadata["title"] = str(metadata["name"])
