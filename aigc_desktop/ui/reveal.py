"""Show a file in the system's file manager, selected where that can be done."""

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices


def reveal(path: Path) -> None:
    """Open the folder of a file or folder with it selected; at least the folder."""
    if sys.platform == "darwin" and QProcess.startDetached("open", ["-R", str(path)])[0]:
        return
    if sys.platform == "win32" and QProcess.startDetached("explorer", ["/select,", str(path)])[0]:
        return
    if sys.platform.startswith("linux") and _asked_file_manager(path):
        return
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _asked_file_manager(path: Path) -> bool:
    """Ask over D-Bus (freedesktop.org's FileManager1); whether somebody is there to be asked."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage

    bus = QDBusConnection.sessionBus()
    service = "org.freedesktop.FileManager1"
    if not bus.isConnected():
        return False
    interface = bus.interface()
    known = [*interface.registeredServiceNames().value(), *interface.activatableServiceNames().value()]
    if service not in known:
        return False
    call = QDBusMessage.createMethodCall(service, "/org/freedesktop/FileManager1", service, "ShowItems")
    address = QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)
    call.setArguments([[address], ""])
    return bus.send(call)
