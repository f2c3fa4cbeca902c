"""Checkpoints come back as they were, whole or not at all."""

from pathlib import Path

import pytest
import torch

from aigc_desktop.engine import checkpoint
from aigc_desktop.problems import BadInput


def test_everything_comes_back(tmp_path: Path) -> None:
    shared = torch.arange(6.0).reshape(2, 3)
    state = {
        "step": 3,
        "nested": {0: {"a": shared, "b": shared}, "list": [1, (2.5, None)], "inf": float("inf")},
        "half": torch.ones(2, dtype=torch.bfloat16),
        "scalar": torch.tensor(7),
        "empty": torch.zeros(0),
        "view": shared.t(),
    }
    checkpoint.write(tmp_path, 3, state)
    back = checkpoint.read_latest(tmp_path)
    assert back["step"] == 3
    assert back["nested"]["list"] == [1, (2.5, None)]
    assert back["nested"]["inf"] == float("inf")
    assert torch.equal(back["nested"][0]["a"], shared) and torch.equal(back["view"], shared.t())
    assert back["half"].dtype is torch.bfloat16 and back["scalar"].ndim == 0 and back["empty"].shape == (0,)


def test_two_are_kept_and_a_broken_one_is_passed_over(tmp_path: Path) -> None:
    for step in (1, 2, 3):
        checkpoint.write(tmp_path, step, {"step": step})
    assert checkpoint.steps(tmp_path) == [2, 3]
    (tmp_path / "000000003" / "state.json").write_text("{", encoding="utf-8")
    assert checkpoint.read_latest(tmp_path)["step"] == 2


@pytest.mark.parametrize("break_it", ["truncate", "remove", "lie", "structure"])
def test_a_broken_one_is_one_sentence(tmp_path: Path, break_it: str) -> None:
    path = checkpoint.write(tmp_path, 1, {"a": torch.ones(100)})
    tensors = path / "state.safetensors"
    if break_it == "truncate":
        tensors.write_bytes(tensors.read_bytes()[:-50])
    elif break_it == "remove":
        tensors.unlink()
    elif break_it == "lie":
        tensors.write_bytes((2**62).to_bytes(8, "little") + tensors.read_bytes()[8:])
    else:
        (path / "state.json").write_text('{"dict": [["a", {"tensor": "nowhere"}]]}', encoding="utf-8")
    with pytest.raises(BadInput, match="checkpoint"):
        checkpoint.read_latest(tmp_path)


def test_a_half_written_one_is_not_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint.write(tmp_path, 1, {"step": 1})

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(OSError):
        checkpoint.write(tmp_path, 2, {"step": 2})
    assert [path.name for path in tmp_path.iterdir()] == ["000000001"]


def test_what_cannot_be_held_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="object"):
        checkpoint.write(tmp_path, 1, {"bad": object()})


def test_on_a_full_disk_an_older_checkpoint_makes_way_and_the_newest_stays(tmp_path: Path) -> None:
    from tests import disks

    with disks.small_disk(tmp_path / "drive", 5) as drive:
        folder = drive / "checkpoints"
        for step in (1, 2, 3):
            checkpoint.write(folder, step, {"weights": torch.full((2**19,), float(step))})  # 2 MB
        assert checkpoint.steps(folder) == [2, 3]
        with pytest.raises(Exception, match=r"No space|os error 28"):
            checkpoint.write(folder, 4, {"weights": torch.zeros(2**20)})
        assert checkpoint.steps(folder) == [3] and checkpoint.read_latest(folder)["weights"][0] == 3.0
        assert [path.name for path in folder.iterdir()] == ["000000003"]
