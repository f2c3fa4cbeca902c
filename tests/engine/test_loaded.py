"""Data is read once for several trainings, and again when anything about it changed."""

from pathlib import Path

from aigc_desktop.engine import loaded, params, registry
from aigc_desktop.engine.child import _prepare
from tests.tiny import data, train_job


def test_the_same_data_is_read_once(tmp_path: Path) -> None:
    job = train_job("image.gan", tmp_path, None)
    spec = registry.get("image.gan")
    chosen = params.make(spec.train, job.params)
    _prepare(job)
    first = loaded.load(spec, job, chosen)
    assert loaded.load(spec, job.model_copy(update={"seed": 9}), chosen) is first
    (data("pictures", tmp_path) / "0.png").unlink()
    second = loaded.load(spec, job, chosen)
    assert second is not first and len(second.train) + len(second.heldout) == len(first.train) + len(first.heldout) - 1


def test_another_size_is_read_anew(tmp_path: Path) -> None:
    spec = registry.get("image.gan")
    small, large = train_job("image.gan", tmp_path, None, size=8), train_job("image.gan", tmp_path, None, size=12)
    one = loaded.load(spec, small, params.make(spec.train, small.params))
    two = loaded.load(spec, large, params.make(spec.train, large.params))
    assert (one.train.shape[-1], two.train.shape[-1]) == (8, 12)


def test_preparing_bad_data_says_nothing(tmp_path: Path) -> None:
    job = train_job("text.lstm", tmp_path, None).model_copy(update={"data": str(tmp_path / "missing.txt")})
    _prepare(job)
