"""The process in which files are opened: it stays alive from case to case, and is replaced when it does not."""

import faulthandler
import os
import resource
import shutil
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

MEMORY = 3 << 30  # bytes of address space beyond what the libraries take
TOO_MUCH = 1200 << 20  # bytes that one small file may make a process hold


def run(pipe: Connection, world: Path, seeds: Path) -> None:
    """Answer ("prepare", kind) and ("case", kind, seed, number) until None comes: (outcome, what, megabytes)."""
    _settle(world)
    from tests.bench.mutate import kind as kinds
    from tests.bench.mutate.watch import Watch

    watch, known = Watch(world), {}
    while (asked := pipe.recv()) is not None:
        name = asked[1]
        try:
            if name not in known:
                known[name] = kinds.kind(name)
            folder = seeds / name
            if asked[0] == "prepare":
                folder.mkdir(parents=True)
                known[name].seeds(folder)
                pipe.send(("prepared", "", 0))
                continue
        except Exception:  # noqa: BLE001
            pipe.send(("fault", traceback.format_exc(), 0))
            continue
        pipe.send(_one(known[name], folder, world, Random(f"{asked[2]} {name} {asked[3]}"), watch))


def _one(kind, folder: Path, world: Path, random: Random, watch) -> tuple[str, str, int]:  # type: ignore[no-untyped-def]
    case = world / "parent" / "case"
    shutil.rmtree(case, ignore_errors=True)
    case.mkdir()
    before = _memory()
    watch.begin(case)
    outcome, what = "worked", ""
    try:
        attempts = kind.open(folder, case, random)
        if attempts.refused:
            outcome, what = "refused", attempts.refused[0]
    except Exception:  # noqa: BLE001 (whatever comes is what is looked for)
        outcome, what = "fault", traceback.format_exc()
    taken = (_memory(peak=True) - before) >> 20
    if seen := watch.end():
        outcome, what = "fault", what + "\n".join(seen[:5])
    if outcome != "fault" and taken << 20 > TOO_MUCH:
        outcome, what = "fault", f"memory: {taken} MB more"
    return outcome, what, taken


def _settle(world: Path) -> None:
    """A home, a working folder and a folder for temporary files, all watched; limits; no screen."""
    for name in ("home", "tmp", "parent/cwd"):
        (world / name).mkdir(parents=True)
        (world / name / "neighbour.txt").write_text("mine")
    (world / "parent" / "neighbour.txt").write_text("mine")
    os.environ |= {
        "HOME": str(world / "home"), "TMPDIR": str(world / "tmp"), "AIGC_CACHE": str(world / "tmp"), "MPLCONFIGDIR": str(world / "tmp"),
        "AIGC_THREADS": "1", "OMP_NUM_THREADS": "1", "QT_QPA_PLATFORM": "offscreen", "AIGC_LANGUAGE": "en",
    }  # fmt: skip
    os.chdir(world / "parent" / "cwd")
    faulthandler.enable(sys.__stderr__)
    faulthandler.register(signal.SIGUSR1, sys.__stderr__)
    sys.dont_write_bytecode = True
    import torch
    from PySide6 import QtGui

    assert QtGui
    torch.set_num_threads(1)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _memory(peak: bool = False) -> int:
    """Bytes that the process holds; or held most since it was last asked."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:" if peak else "VmRSS:"))
    if not peak:
        Path("/proc/self/clear_refs").write_text("5")  # forget the highest
    return int(line.split()[1]) << 10
