"""What this machine is, and what was measured on it: threads, device, memory, seconds per step. Imports no torch."""

import hashlib
import json
import os
import platform
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from aigc_desktop.media.files import cache_folder

# A run's budget and its learning rate change nothing about how long one step takes.
_NOT_SIZE = {"max_steps", "max_seconds", "patience", "learning_rate", "precision"}


def threads(wanted: int = 0) -> int:
    """Torch threads: as wanted, else half the processors (two at least, where there are two; eight at most)."""
    cores = os.cpu_count() or 1
    return min(wanted, cores) if wanted > 0 else min(cores, max(2, min(8, cores // 2)))


def share_processors() -> None:
    """Let a waiting thread spin briefly, then sleep; call before torch is imported.

    OpenMP's own choice, to spin for milliseconds, takes the processor from the very thread that is waited for once other
    programs want it too; never to spin wakes threads too late (`packaging/dev.py bench ground --only threads`).
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    # Tokenizers would take all cores otherwise; their threads stand in for torch's, never beside them.
    with suppress(ValueError):  # who reads it for torch says so
        os.environ.setdefault("RAYON_NUM_THREADS", str(threads(int(os.environ.get("AIGC_THREADS") or 0))))


def memory_bytes() -> int:
    """The machine's memory."""
    import psutil

    return psutil.virtual_memory().total


@cache
def name() -> str:
    """The processor's name, as far as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def size_key(generator: str, params: dict[str, Any], shape: dict[str, Any], threads: int, device: str) -> str:
    """What the speed of a step depends on: machine, threads, torch, generator, the sizes in its parameters and data."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        torch_version = version("torch")
    except PackageNotFoundError:
        torch_version = ""
    sizes = {key: value for key, value in sorted(params.items()) if key not in _NOT_SIZE}
    text = json.dumps([name(), os.cpu_count(), threads, device, torch_version, generator, sizes, shape], sort_keys=True)
    return f"{generator} {hashlib.sha256(text.encode()).hexdigest()[:16]}"


def shape_of(facts: dict[str, Any]) -> dict[str, Any]:
    """Those facts of the data that change what one step costs."""
    return {key: facts[key] for key in ("width", "height", "channels", "vocabulary") if key in facts}


class Speeds:
    """Seconds per step by precision, remembered from run to run in the user's cache folder."""

    def __init__(self, path: Path | None = None):
        self.path = path or cache_folder() / "speeds.json"

    def get(self, key: str) -> dict[str, float]:
        """Seconds per step by precision; empty where nothing was measured."""
        return dict(self._read().get(key, {}))

    def put(self, key: str, seconds: dict[str, float]) -> None:
        known = self._read() | {key: seconds}
        fresh = self.path.with_suffix(f".{os.getpid()}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(known, indent=1), encoding="utf-8")
            fresh.replace(self.path)
        except OSError:  # a full disk: it is measured again the next time
            with suppress(OSError):
                fresh.unlink()

    def _read(self) -> dict[str, dict[str, float]]:
        try:
            known = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}  # a cache: what cannot be read is measured again
        return known if isinstance(known, dict) else {}
