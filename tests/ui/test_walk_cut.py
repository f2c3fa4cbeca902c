"""No text is cut off in any place of the window at 1280×720, in both languages."""

from aigc_desktop.ui.main_window import MainWindow
from tests.ui import walk
from tests.ui.cut import cut_off


def test_no_text_is_cut_off(walked_window: MainWindow, spoken: str) -> None:
    found = [f"{name}: {what}" for name, widget in walk.walk(walked_window) for what in cut_off(widget)]
    assert not found, "\n".join(dict.fromkeys(found))
