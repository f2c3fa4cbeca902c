"""An unexpected end and what is told of it, with real processes that are killed."""

import os
import signal
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from aigc_desktop.library import processes
from aigc_desktop.ui import crash
from aigc_desktop.ui.app import Studio
from aigc_desktop.ui.crash import Crash, Mark, without_names
from aigc_desktop.ui.crash_window import CrashWindow
from aigc_desktop.ui.log import Log, log_file
from aigc_desktop.ui.settings import Settings
from tests.ui.window_process import WindowProcess


def crashed(lines: list[str]) -> bool:
    return any(line.startswith(("notice crash", "later crash")) for line in lines)


def test_killed_faulted_and_closed(tmp_path: Path, home: Path) -> None:
    """Only what ended by itself is told, once; a second window that is open meanwhile is none."""
    words = ("--project", str(tmp_path / "mine"))
    with WindowProcess(tmp_path, *words) as clean:
        assert not crashed(clean.until("ready")), "the first start of all"
        clean.order("close")
        assert clean.wait() == 0
    with WindowProcess(tmp_path, *words) as killed:
        assert not crashed(killed.until("ready")), "closed as it should be"
        with WindowProcess(tmp_path, "--project", str(tmp_path / "other")) as beside:
            assert not crashed(beside.until("ready")), "the one beside it lives"
            killed.process.kill()
            killed.wait()
            beside.process.send_signal(signal.SIGTERM)
            assert beside.wait() == 0
    with WindowProcess(tmp_path, *words) as faulty:
        assert crashed(faulty.until("ready")), "killed by SIGKILL"
        report = log_file().with_name(crash.REPORT).read_text(encoding="utf-8")
        assert "none (the process was ended from outside" in report
        faulty.order("fault")
        assert faulty.wait() == -signal.SIGSEGV
    with WindowProcess(tmp_path, *words) as last:
        assert crashed(last.until("ready")), "killed by SIGSEGV"
        report = log_file().with_name(crash.REPORT).read_text(encoding="utf-8")
        assert "Segmentation fault" in report and "app.py" in report and "Qt" in report
        assert "INFO    aigc_desktop.ui.app: AIGC Desktop" in report
        assert str(home) not in report
        last.order("close")
        assert last.wait() == 0
    assert list((log_file().parent / "running").iterdir()) == []


def test_a_start_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp) -> None:
    """A mark stays where the window could not be opened: the next start has the report."""
    gone = 99_999_999
    mark = Mark(tmp_path / "log.txt")
    monkeypatch.setattr(processes, "me", lambda: (gone, 1.0, processes._host()))
    mark.start()
    monkeypatch.undo()
    assert mark._trace is not None
    mark._trace.close()
    (tmp_path / "log.txt").write_text("ERROR aigc_desktop.ui.app: the window could not be opened\nValueError: here\n")
    found = Mark(tmp_path / "log.txt").take()
    assert found is not None and "ValueError: here" in found.report
    assert Mark(tmp_path / "log.txt").take() is None, "told once"


def leave(folder: Path, name: str, text: str = "", trace: str = "") -> None:
    (folder / "running").mkdir(exist_ok=True)
    (folder / "running" / f"{name}.json").write_text(text)
    (folder / "running" / f"{name}.trace").write_text(trace)


def test_marks_that_were_not_written_whole(tmp_path: Path) -> None:
    for name in ("99999999-1790000000.5", "nonsense", f"{os.getpid()}-1000.0"):  # the last: its number is used again
        for text in ("", "{", "[]", '{"pid": "x"}', '{"pid": 99999999, "born": 1, "host": 1, "began": "noon"}'):
            leave(tmp_path, name, text)
            found = Mark(tmp_path / "log.txt").take()
            assert found is not None and "ended unexpectedly" in found.report, (name, text)
    assert list((tmp_path / "running").iterdir()) == []


def test_who_lives_or_lives_elsewhere_is_left_alone(tmp_path: Path) -> None:
    pid, born, host = processes.me()
    for text in (f'{{"pid": {pid}, "born": {born}, "host": "{host}"}}', ""):
        leave(tmp_path, f"{pid}-{born!r}", text)
        leave(tmp_path, "99999999-1", '{"pid": 99999999, "born": 1, "host": "another-machine"}')
        assert Mark(tmp_path / "log.txt").take() is None
        assert len(list((tmp_path / "running").iterdir())) == 4


def test_the_display_went_first(tmp_path: Path) -> None:
    """Logging out may take the display away before the window has closed: nobody's fault."""
    leave(tmp_path, "99999999-1", trace="Fatal Python error: Aborted")
    (tmp_path / "log.txt").write_text("WARNING qt: The X11 connection broke (error 1). Did the X11 server die?\n")
    assert Mark(tmp_path / "log.txt").take() is None
    assert list((tmp_path / "running").iterdir()) == []


def test_only_the_last_window_is_in_the_report(tmp_path: Path) -> None:
    leave(tmp_path, "99999999-1")
    first = "2026-11-22 10:00:00,000  INFO    aigc_desktop.ui.app: AIGC Desktop 1 on X\n"
    lines = "".join(f"line {number}\n" for number in range(1000))
    (tmp_path / "log.txt").write_text(first + "an older window\n" + first + lines)
    found = Mark(tmp_path / "log.txt").take()
    assert found is not None
    assert "older" not in found.report and "line 999" in found.report and "line 100\n" not in found.report


def test_no_names_and_no_values(home: Path) -> None:
    said = without_names(f"{home}/Documents/x {home}-other\ninput_value='a secret prompt', input_type=str")
    assert said == f"~/Documents/x {home}-other\ninput_value=…, input_type=str"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    mark = Mark(tmp_path / "file" / "log.txt")
    mark.start()
    assert mark.take() is None
    mark.end()


def test_the_notice_and_the_report(qapp, qtbot, tmp_path: Path) -> None:
    report = "AIGC Desktop 1 ended unexpectedly.\nTrace: here\n"
    studio = Studio(qapp, Settings(), Log(), Crash(report, None))
    studio.start(tmp_path / "mine")
    window = studio.window
    assert window is not None and studio.jobs is not None
    studio.jobs.warm = lambda: None  # type: ignore[method-assign]
    qtbot.waitUntil(lambda: "crash" in window.notices.texts())
    assert qapp.activeModalWidget() is None
    button = next(one for one in window.notices.findChildren(QPushButton) if one.text() == "Show report")
    button.click()
    assert "crash" not in window.notices.texts()
    shown = window.windows["crash"]
    assert isinstance(shown, CrashWindow) and shown.text.toPlainText() == report and not shown.isModal()
    shown.copy.click()
    assert QGuiApplication.clipboard().text() == report
    shown.save_to(tmp_path / "report.txt")
    assert (tmp_path / "report.txt").read_text() == report
    shown.save_to(tmp_path / "gone" / "report.txt")
    assert "gone" in shown.said.text() and shown.said.level == "problem"
    shown.show_log.click()
    assert "log" in window.windows
    studio.end()
    window.close()
    window.deleteLater()
