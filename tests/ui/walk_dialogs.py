"""Places of the walk: windows and dialogs beside the main one."""

from contextlib import suppress

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from aigc_desktop.ui.closing import Closing
from aigc_desktop.ui.crash import Crash
from aigc_desktop.ui.crash_window import CrashWindow
from aigc_desktop.ui.form import Form
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.mask_window import MaskWindow
from tests.ui.walk import place


@place("settings")
def _settings(window: MainWindow) -> QWidget:
    window.show_settings()
    for form in window.windows["settings"].findChildren(Form):
        for row in form.rows.values():
            row.why.setChecked(True)
    return window.windows["settings"]


@place("settings: a folder that cannot be used")
def _wrong_folder(window: MainWindow) -> QWidget:
    window.show_settings()
    window.windows["settings"].set_values({"project_folder": "neither/here/nor/there"})
    return window.windows["settings"]


@place("log")
def _log(window: MainWindow) -> QWidget:
    window.show_log()
    return window.windows["log"]


@place("keyboard shortcuts")
def _shortcuts(window: MainWindow) -> QWidget:
    window.show_shortcuts()
    return window.windows["shortcuts"]


@place("painting a mask")
def _mask(window: MainWindow) -> QWidget:
    painting = MaskWindow(lambda: window.project.path / "neither" / "here", window)
    painting.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    picture = QImage(96, 64, QImage.Format.Format_RGB888)
    picture.fill(Qt.GlobalColor.darkCyan)
    painting.show_picture(picture, ("a picture", None))
    painting.canvas.stroke(QPointF(20, 20), QPointF(70, 40))
    painting.canvas.set_erasing(True)
    painting.show()
    return painting


@place("about")
def _about(window: MainWindow) -> QWidget:
    window.show_about()
    return window.windows["about"]


@place("closing")
def _closing(window: MainWindow) -> QWidget:
    window.close()
    return next(one for one in window.findChildren(Closing) if one.isVisible())


class _StillSaving(Exception):
    pass


@place("closing, saving")
def _saving(window: MainWindow) -> QWidget:
    def save() -> None:
        raise _StillSaving

    asked = Closing("GAN", save, lambda: None, lambda: None, window)
    asked.finished.connect(asked.deleteLater)
    asked.open()
    with suppress(_StillSaving):
        asked._wait()
    return asked


@place("empty the trash?")
def _empty_the_trash(window: MainWindow) -> QWidget:
    window.library.trash.ask_to_empty()
    asked = QApplication.activeModalWidget()
    assert asked is not None
    return asked


@place("report of a crash")
def _crash(window: MainWindow) -> QWidget:
    shown = CrashWindow(Crash("Version 1\nSegmentation fault", None), window.show_log, window)
    shown.finished.connect(shown.deleteLater)
    shown.save_to(window.project.path / "nowhere" / "report.txt")
    shown.show()
    return shown
