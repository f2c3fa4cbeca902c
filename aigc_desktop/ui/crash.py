"""How a window's process ended: a mark that stands while it runs, and the trace of a fault in native code.

A mark whose process is gone says that it ended unexpectedly: killed, crashed, or the power went. `Mark.take` makes the
report of it, which stays on this machine, and removes the mark, so that it is told once.
"""

import faulthandler
import json
import logging
import os
import platform
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from PySide6.QtCore import qVersion

from aigc_desktop import __version__
from aigc_desktop.library import processes

SHOWN = 200  # lines of the log
TAIL = 200_000  # bytes at the end of the log that are looked at
FIRST = "INFO    aigc_desktop.ui.app: AIGC Desktop "  # in the first line that a window writes into the log
DISPLAY_GONE = "connection broke"  # Qt's words when the display server ended first, as it may when the user logs out
REPORT = "crash-report.txt"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Crash:
    """An unexpected end: what can be told of it, in a text without names of the user's own."""

    report: str
    file: Path | None  # where the report was kept


class Mark:
    """This process's mark, in `folder`; `logged` is the log that all windows write."""

    def __init__(self, logged: Path):
        self.logged = logged
        self.folder = logged.parent / "running"
        self._path: Path | None = None
        self._trace: IO[str] | None = None

    def start(self) -> None:
        """From now on an end without `end` is one that was not expected."""
        pid, born, host = processes.me()
        path = self.folder / f"{pid}-{born!r}.json"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            about = {"pid": pid, "born": born, "host": host, "began": time.time(), "version": __version__}
            path.write_text(json.dumps(about), encoding="utf-8")
            self._trace = path.with_suffix(".trace").open("w", encoding="utf-8")
        except OSError as error:
            log.info("an unexpected end will leave no mark: %s", error)
            return
        self._path = path
        faulthandler.enable(self._trace)

    def end(self) -> None:
        """The process ends as it should; harmless when called twice."""
        if self._trace is not None:
            faulthandler.disable()
            self._trace.close()
            self._trace = None
        if self._path is not None:
            _remove(self._path)
            self._path = None

    def take(self) -> Crash | None:
        """The latest end that was not expected, and no mark of it any more; None where there was none."""
        try:
            marks = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
        except OSError:
            return None
        dead = [(path, about) for path in marks if _is_dead(about := _read(path))]
        if not dead:
            return None
        path, about = dead[-1]
        lines = _last_lines(self.logged)
        trace = _text(path.with_suffix(".trace"))
        for one, _ in dead:
            _remove(one)
        if any(DISPLAY_GONE in line for line in lines[-3:]):
            return None
        report = _report(about, trace, lines)
        kept: Path | None = self.logged.with_name(REPORT)
        assert kept is not None
        try:
            kept.write_text(report, encoding="utf-8")
        except OSError:
            kept = None
        return Crash(report, kept)


def without_names(text: str) -> str:
    """The text with the user's home folder as ~, and without the values that an error message quotes."""
    homes = {str(Path.home()), os.path.realpath(Path.home())} - {"/", ""}
    for home in sorted(homes, key=len, reverse=True):
        for spelled in (home, home.replace("\\", "\\\\"), home.replace("\\", "/")):
            text = re.sub(re.escape(spelled) + r"(?![\w-])", "~", text)
    return re.sub(r"(?<=input_value=).*?(?=, input_type=)", "…", text)


def _report(about: dict[str, Any], trace: str, lines: list[str]) -> str:
    """In English, for whoever is asked for help."""
    began = about.get("began")
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(began)) if began else "at an unknown time"
    text = "\n".join(
        [
            f"AIGC Desktop {about.get('version', __version__)} ended unexpectedly.",
            f"Started {when}.",
            f"{platform.platform()}, Python {platform.python_version()}, Qt {qVersion()}",
            "",
            "Trace:",
            trace.strip() or "none (the process was ended from outside, or the machine stopped)",
            "",
            "Log:",
            *(lines or ["nothing"]),
            "",
        ]
    )
    return without_names(text)


def _read(path: Path) -> dict[str, Any]:
    """What a mark says; where the power went before it was on the disk, its name says enough."""
    pid, _, born = path.stem.partition("-")
    try:
        about = {"pid": int(pid), "born": float(born)}
    except ValueError:
        about = {"pid": None, "born": None}
    about["host"] = processes.me()[2]
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        fits = isinstance(said["pid"], int) and isinstance(said["born"], int | float) and isinstance(said["host"], str)
        began = said.get("began")
        return {**said, "began": began if isinstance(began, int | float) else None} if fits else about
    except (OSError, ValueError, TypeError, KeyError):
        return about


def _is_dead(about: dict[str, Any]) -> bool:
    if about["host"] != processes.me()[2]:
        return False  # a home folder on several machines: that one will tell its own
    return processes.gone(about["pid"], about["born"], about["host"])


def _last_lines(logged: Path) -> list[str]:
    """What the last window wrote into the log, at most `SHOWN` lines."""
    try:
        with logged.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
            lines = file.read().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return []
    begins = max((number for number, line in enumerate(lines) if FIRST in line), default=0)
    return lines[begins:][-SHOWN:]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _remove(path: Path) -> None:
    for one in (path, path.with_suffix(".trace")):
        try:
            one.unlink(missing_ok=True)
        except OSError as error:
            log.info("%s stays: %s", one, error)
