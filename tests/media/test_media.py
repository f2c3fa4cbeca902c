"""What all media have in common: written and read again, metadata inside, the same bytes every time, picklable."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aigc_desktop.media import kinds
from aigc_desktop.media.base import Media
from aigc_desktop.media.clip import Clip
from aigc_desktop.media.picture import Picture
from aigc_desktop.media.sound import Sound
from aigc_desktop.media.text import Text
from aigc_desktop.problems import BadInput

RNG = np.random.default_rng(0)
MEDIA: dict[str, Media] = {
    "text": Text("spring\r\n春天\n\ttab  "),
    "empty text": Text(""),
    "grey": Picture(RNG.integers(0, 256, (20, 30)).astype(np.uint8)),
    "grey with a channel": Picture(RNG.integers(0, 256, (20, 30, 1)).astype(np.uint8)),
    "colour": Picture(RNG.integers(0, 256, (20, 30, 3)).astype(np.uint8)),
    "clear": Picture(RNG.integers(0, 256, (20, 30, 4)).astype(np.uint8)),
    "not contiguous": Picture(RNG.integers(0, 256, (3, 20, 30)).astype(np.uint8).transpose(1, 2, 0)),
    "large": Picture(RNG.integers(0, 256, (700, 400, 3)).astype(np.uint8)),
    "mono": Sound(RNG.uniform(-1, 1, 4000).astype(np.float32), 22_050),
    "stereo": Sound(RNG.uniform(-1, 1, (4000, 2)).astype(np.float32), 48_000),
    "loud": Sound(np.array([2.0, -2.0, 1.0, -1.0, 0.0], np.float32), 8000),
    "clip": Clip(RNG.integers(0, 256, (9, 32, 48, 3)).astype(np.uint8), 12),
    "odd clip": Clip(RNG.integers(0, 256, (3, 15, 17, 3)).astype(np.uint8), 29.97),
}
METADATA = {
    "name": 'a "name" 春 \u202e\n',
    "seed": 2**62,
    "figures": [1.5, None, True],
    "job": {"params": {"prompt": "很长" * 20_000}},
}


@pytest.fixture(params=MEDIA, ids=str)
def media(request: pytest.FixtureRequest) -> Media:
    return MEDIA[request.param]


def test_written_and_read_again(media: Media, tmp_path: Path) -> None:
    path = media.write(tmp_path / "v1.5 春")
    assert path == tmp_path / ("v1.5 春" + media.suffix) and os.listdir(tmp_path) == [path.name]
    again = kinds.read(path)
    assert type(again) is type(media) and kinds.medium_of(path) == media.medium
    if isinstance(media, Clip):
        assert isinstance(again, Clip) and len(again.frames) == len(media.frames)
        assert abs(again.fps - media.fps) < 0.01
        assert again.dimensions == tuple(side + side % 2 for side in media.dimensions)
    else:
        assert again.digest() == media.digest() and again.dimensions == media.dimensions
    assert kinds.read_metadata(path) is None


def test_metadata_is_inside_and_can_be_replaced(media: Media, tmp_path: Path) -> None:
    path = media.write(tmp_path / "a", METADATA)
    assert kinds.read_metadata(path) == METADATA
    content = kinds.read(path).digest()
    copy = tmp_path / ("b" + media.suffix)
    for metadata in ({"name": "new"}, METADATA, {}):
        kinds.copy_with_metadata(path, copy, metadata)
        assert kinds.read_metadata(copy) == metadata
        assert kinds.read(copy).digest() == content
        kinds.copy_with_metadata(copy, path, metadata)
    assert kinds.read_metadata(path) == {}
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".new")]


def test_the_same_again_is_the_same_bytes(media: Media, tmp_path: Path) -> None:
    for metadata in (None, METADATA):
        one, two = (media.write(tmp_path / name, metadata).read_bytes() for name in "ab")
        assert one == two


def test_media_can_cross_to_another_process(media: Media) -> None:
    again = pickle.loads(pickle.dumps(media))
    assert again.digest() == media.digest() and type(again) is type(media)


def test_thumbnails_are_small_pngs(media: Media, tmp_path: Path) -> None:
    content = media.thumbnail(64)
    assert (content is None) == isinstance(media, Text)
    if content is not None:
        (tmp_path / "t.png").write_bytes(content)
        width, height = Picture.read(tmp_path / "t.png").dimensions
        assert 0 < max(width, height) <= 64


def test_only_a_text_can_be_said(media: Media) -> None:
    assert media.preview_text() == (media.text if isinstance(media, Text) else None)


def test_a_disk_that_is_full_leaves_nothing(media: Media, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aigc_desktop.media import files

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "sync", full)
    with pytest.raises(OSError, match="No space"):
        media.write(tmp_path / "a", METADATA)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: Picture(np.zeros((4, 4))),  # type: ignore[arg-type]
        lambda: Picture(np.zeros((4, 4, 2), np.uint8)),
        lambda: Picture(np.zeros((0, 4), np.uint8)),
        lambda: Picture(np.zeros(4, np.uint8)),
        lambda: Sound(np.zeros(0, np.float32), 8000),
        lambda: Sound(np.zeros((4, 9), np.float32), 8000),
        lambda: Sound(np.array([np.nan], np.float32), 8000),
        lambda: Clip(np.zeros((2, 4, 4), np.uint8), 12),
        lambda: Clip(np.zeros((2, 4, 4, 3), np.uint8), 0),
    ],
)
def test_what_is_no_media_is_a_fault(make: Any) -> None:
    with pytest.raises(ValueError):
        make()


@pytest.mark.parametrize("suffix", [".txt", ".png", ".flac", ".mp4", ".wav", ".jpg", ".gif", ".mp3"])
@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"fLaC", b"\x80\0\1abc" * 50, b"RIFF\0\0\0\0WAVE"])
def test_broken_files_are_said_so(suffix: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / ("broken" + suffix)
    path.write_bytes(content)
    if suffix == ".txt" and content in (b"", b"fLaC"):
        assert kinds.read(path).preview_text() == content.decode()
    else:
        with pytest.raises(BadInput, match="broken"):
            kinds.read(path)
    assert kinds.read_metadata(path) is None


@pytest.mark.parametrize("name", ["text", "colour", "mono", "clip"])
def test_cut_off_files_are_said_so(name: str, tmp_path: Path) -> None:
    path = MEDIA[name].write(tmp_path / "cut", METADATA)
    content = path.read_bytes()
    for part in (8, 30, 200, len(content) // 2, len(content) - 30):
        path.write_bytes(content[:part])
        if name != "text":
            try:
                kinds.read(path)
            except BadInput as problem:
                assert "cut" in str(problem)
            else:
                assert part > len(content) // 3  # a player, too, shows a file that lacks its end
        kinds.read_metadata(path)


@pytest.mark.parametrize("suffix", [".txt", ".png", ".flac", ".mp4"])
def test_missing_files_are_said_so(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        kinds.read(tmp_path / ("missing" + suffix))
    with pytest.raises(BadInput):
        kinds.read(tmp_path)
    (tmp_path / ("folder" + suffix)).mkdir()
    with pytest.raises(BadInput):
        kinds.read(tmp_path / ("folder" + suffix))


def test_other_kinds_of_file_are_said_so(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_text("x")
    with pytest.raises(BadInput, match="neither text nor"):
        kinds.read(tmp_path / "a.doc")
    assert kinds.read_metadata(tmp_path / "a.doc") is None
