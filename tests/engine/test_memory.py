"""How much memory the work may take: kept by the system on Linux, looked after elsewhere."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from aigc_desktop.engine import machine, memory
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.run import Run

LIMITED = """
import numpy, sys
from aigc_desktop.engine import memory
memory.limit(0.25)
kept = numpy.zeros(int(0.2 * 2**30), numpy.uint8)
try:
    numpy.zeros(int(0.2 * 2**30), numpy.uint8)
except MemoryError:
    del kept
    numpy.zeros(int(0.2 * 2**30), numpy.uint8)
    print("refused, and usable")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps such a limit by itself")
def test_the_system_refuses_what_is_over_the_limit() -> None:
    said = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "refused, and usable"


HELD = """
import numpy, resource
from aigc_desktop.engine import memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(50):
        kept = [numpy.ones(1_000_000, numpy.uint8) for _ in range(8)]
        del kept
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

before = faults()
memory.hold()
faults()
print(before, faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives back what will be needed again")
def test_memory_of_one_step_serves_the_next() -> None:
    said = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, check=True)
    before, after = map(int, said.stdout.split())
    assert after < 100 < before, said.stdout


def test_elsewhere_the_work_looks_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "sys", type("System", (), {"platform": "win32"}))
    monkeypatch.setattr(memory, "_allowed", 0)
    monkeypatch.setattr(memory, "EVERY", 0.0)
    run = Run(Job(action="create", model="m"), lambda event: None)
    memory.limit(0.01)
    run.progress(1, 2)
    hoard = bytearray(40_000_000)
    with pytest.raises(MemoryError):
        run.progress(2, 2)
    del hoard


def test_automatic_leaves_some_for_everything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for total, low, high in ((2, 1, 1), (4, 2.9, 3.1), (16, 12, 13.5), (128, 100, 110)):
        monkeypatch.setattr(machine, "memory_bytes", lambda total=total: total * 2**30)
        assert low <= memory.budget() / 2**30 <= high
        assert memory.budget(3) == 3 * 2**30


def test_ends_for_lack_of_memory_are_counted_where_the_system_counts_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert memory.kills() >= 0
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "nr_free 1\noom_kill 12\noom_killer 3\n")
    assert memory.kills() == 12
