"""Sounds and clips: what other programs make of them, and of theirs we."""

from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from aigc_desktop.media.clip import Clip
from aigc_desktop.media.sound import Sound
from aigc_desktop.problems import BadInput

TONE = (np.sin(np.arange(8000) / 8000 * 2 * np.pi * 440) / 2).astype(np.float32)


@pytest.mark.parametrize(
    ("kind", "subtype"), [("WAV", "PCM_16"), ("WAV", "FLOAT"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", None)]
)
def test_sounds_of_other_programs(kind: str, subtype: str | None, tmp_path: Path) -> None:
    path = tmp_path / f"a.{kind.lower()}"
    soundfile.write(path, np.stack([TONE, TONE], 1), 8000, format=kind, subtype=subtype)
    sound = Sound.read(path)
    assert sound.rate == 8000 and sound.samples.dtype == np.float32
    assert sound.samples.shape[1] == 2 and abs(sound.seconds - 1) < 0.2
    middle = sound.samples[2000:6000, 0]
    assert abs(float(np.sqrt((middle**2).mean())) - 0.3535) < 0.02


def test_our_sounds_are_read_by_other_programs(tmp_path: Path) -> None:
    path = Sound(TONE, 8000).write(tmp_path / "a", {"name": "one tone"})
    with soundfile.SoundFile(path) as file:
        assert (file.format, file.subtype, file.samplerate, file.title) == ("FLAC", "PCM_24", 8000, "one tone")
        assert np.abs(file.read(dtype="float32") - TONE).max() < 2**-23
    with av.open(str(path)) as container:
        assert container.metadata["TITLE"] == "one tone" and '"name":"one tone"' in container.metadata["AIGC"]


def test_silence_and_numbers_that_are_none(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "nan.wav", np.array([0, np.nan], np.float32), 8000, subtype="FLOAT")
    with pytest.raises(BadInput, match="nan.wav is not a sound"):
        Sound.read(tmp_path / "nan.wav")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0, np.float32), 8000)
    with pytest.raises(BadInput, match="empty.wav is not a sound"):
        Sound.read(tmp_path / "empty.wav")


def test_a_wave_is_drawn() -> None:
    import io

    from aigc_desktop.media.decode import decode

    content = Sound(np.concatenate([np.zeros(4000, np.float32), TONE]), 8000).thumbnail(200)
    assert content is not None
    pixels = decode(io.BytesIO(content))
    assert pixels.shape == (100, 200, 4)
    high = (pixels[:, :, 3] > 0).sum(0)
    assert high[:60].max() <= 3 and high[80:].min() > 40
    assert Sound(TONE[:3], 8000).thumbnail(200) is not None


def test_our_clips_are_read_by_other_programs(tmp_path: Path) -> None:
    ramp = np.linspace(0, 255, 24)[:, None, None, None]
    frames = np.broadcast_to(ramp, (24, 32, 48, 3)).astype(np.uint8)
    path = Clip(frames, 12.5).write(tmp_path / "a", {"name": "rising"})
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height, stream.frames) == ("h264", 48, 32, 24)
        assert float(stream.average_rate or 0) == 12.5 and container.metadata["title"] == "rising"
    again = Clip.read(path)
    assert np.abs(again.frames.astype(int) - frames.astype(int)).mean() < 3


def test_a_sound_is_no_clip_and_a_long_clip_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aigc_desktop.media import clip

    path = Sound(TONE, 8000).write(tmp_path / "a")
    with pytest.raises(BadInput, match="has no moving pictures"):
        Clip.read(path)
    path = Clip(np.zeros((20, 16, 16, 3), np.uint8), 12).write(tmp_path / "b")
    monkeypatch.setattr(clip, "MAX_BYTES", 16 * 16 * 3 * 10)
    with pytest.raises(BadInput, match="too long"):
        Clip.read(path)
