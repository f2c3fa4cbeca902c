"""JSON that anybody may have written, wherever it is read."""

import json
import struct
import tracemalloc
import zlib
from pathlib import Path

import pytest

from aigc_desktop import foreign_json
from aigc_desktop.engine import checkpoint, models
from aigc_desktop.library import found
from aigc_desktop.media import kinds, png
from aigc_desktop.media.picture import Picture
from aigc_desktop.problems import BadInput
from tests.library.makers import picture

DEEP = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize("content", [DEEP, '{"a":' * 5000, b"\xff\xfe\xff", "", "{", "1" * 5000, b"\x80\x04\x95"])
def test_whatever_is_wrong_is_a_value_error(content: str | bytes) -> None:
    with pytest.raises(ValueError):
        foreign_json.parse(content)


def test_halves_of_pairs_become_something_that_can_be_kept() -> None:
    value = foreign_json.parse('{"\\ud800": ["\\udfff x", {"a": "\\ud83d\\ude00"}]}')
    assert value == {"\ufffd": ["\ufffd x", {"a": "😀"}]}
    json.dumps(value, ensure_ascii=False).encode()


def test_records_nested_too_deep(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("the owl")
    (tmp_path / "text.json").write_text(DEEP)
    assert kinds.read_metadata(tmp_path / "text.txt") is None
    for name in ("training.json", "library.json", "job.json", "state.json"):
        (tmp_path / name).write_text(DEEP)
    assert found.model(tmp_path, trashed=False) is None and found.run(tmp_path, trashed=False) is None
    with pytest.raises(BadInput, match="training.json"):
        models.read_record(tmp_path)
    with pytest.raises(BadInput, match="checkpoint"):
        checkpoint.read(tmp_path)


def test_a_png_whose_text_is_nested_too_deep(tmp_path: Path) -> None:
    file = picture().write(tmp_path / "deep")
    whole, text = file.read_bytes(), b"iTXt" + b"aigc\0\0\0\0\0" + DEEP.encode()
    file.write_bytes(
        whole[:33] + struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text)) + whole[33:]
    )
    assert kinds.read_metadata(file) is None
    assert Picture.read(file).dimensions == (12, 12)


def test_a_png_that_lies_about_a_length_takes_no_memory(tmp_path: Path) -> None:
    file = picture().write(tmp_path / "lies", {"a": 1})
    content = file.read_bytes()
    for place in (33, 8):
        file.write_bytes(content[:place] + struct.pack(">I", 0xFFFFFF00) + content[place + 4 :])
        tracemalloc.start()
        assert png.read_metadata(file) is None
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 1_000_000
