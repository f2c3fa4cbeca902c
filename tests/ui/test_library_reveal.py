"""Showing a file in the file manager: asked over a real D-Bus where one answers, else its folder is opened."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from aigc_desktop.ui import reveal

MANAGER = """
import sys
from PySide6.QtCore import ClassInfo, QCoreApplication, QObject, QProcess, QTimer, Slot
from PySide6.QtDBus import QDBusConnection
app = QCoreApplication([])
@ClassInfo({"D-Bus Interface": "org.freedesktop.FileManager1"})
class Manager(QObject):
    @Slot("QStringList", str)
    def ShowItems(self, addresses, startup):
        print(*addresses, flush=True)
        app.quit()
manager, bus = Manager(), QDBusConnection.sessionBus()
bus.registerService("org.freedesktop.FileManager1")
bus.registerObject("/org/freedesktop/FileManager1", manager, QDBusConnection.RegisterOption.ExportAllSlots)
code = "import sys; from pathlib import Path; from aigc_desktop.ui import reveal; reveal.reveal(Path(sys.argv[1]))"
asking = QProcess()
asking.start(sys.executable, ["-c", code, sys.argv[1]])
QTimer.singleShot(20000, app.quit)
app.exec()
asking.waitForFinished(10000)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="D-Bus is how Linux does it")
@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="dbus-run-session is not installed")
def test_the_file_manager_is_asked_to_show_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a picture, 图.png"
    path.touch()
    said = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", MANAGER, str(path)],
        check=False, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert [QUrl(address).toLocalFile() for address in said.stdout.split()] == [str(path)], said.stderr


def test_without_one_the_folder_is_opened(qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "other")
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    reveal.reveal(tmp_path / "a.png")
    assert [url.toLocalFile() for url in opened] == [str(tmp_path)]
