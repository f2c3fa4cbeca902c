"""A few of `packaging/dev.py bench mutate`'s files of every kind; and that it sees what must not happen."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.mutate import pool
from tests.bench.mutate.kind import KINDS
from tests.bench.mutate.misbehaving import WAYS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="watches and limits processes as Linux can")

FEW = 20
EXPECTED = {"well": "worked", "refuse": "refused", "crash": "crash", "hang": "hang"}


@pytest.fixture(scope="module")
def opener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pool.Pool]:
    place = Path("/dev/shm") if Path("/dev/shm").is_dir() else tmp_path_factory.getbasetemp()
    import tempfile

    with (
        tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder,
        pool.Pool(Path(folder), 1) as one,
    ):
        yield one


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_files_are_used_or_refused(kind: str, opener: pool.Pool) -> None:
    counted = opener.count(kind, range(FEW), seed=1)
    assert not counted.faults, "\n".join(counted.faults)
    assert counted.outcomes["worked"] + counted.outcomes["refused"] == FEW


@pytest.mark.parametrize("way", WAYS)
def test_what_must_not_happen_is_seen(way: str, opener: pool.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "PATIENCE", 1.0 if way == "hang" else 40.0)
    counted = opener.count(f"misbehaving-{way}", range(1), seed=1)
    assert list(counted.outcomes) == [EXPECTED.get(way, "fault")], counted.faults
