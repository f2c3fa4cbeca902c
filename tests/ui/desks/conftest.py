"""Fixtures for writing desks: a small desk of the user's own, a small real language model, the real window."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from aigc_desktop import desks
from aigc_desktop.ui.jobs import Jobs
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.main_window import MainWindow
from aigc_desktop.ui.settings import Settings

RHYME = """
format = 1
title = "Rhyme"
about = "Two lines that rhyme."
template = \"\"\"
About: {topic}
Mood: {mood}
Lines: {lines}
Rhyme:\"\"\"
separator = "\\n"
answer = "Rhyme"
stop = ["\\nAbout:"]

[settings]
max_new_tokens = 6
temperature = 0.7
count = 2

[[fields]]
name = "topic"
title = "Topic"
help = "What it is about."
default = "a fox"

[[fields]]
name = "mood"
title = "Mood"
kind = "choice"
choices = ["sad", "merry"]

[[fields]]
name = "lines"
title = "Lines"
kind = "number"
low = 1
high = 8
default = 2
"""
EXAMPLES = "".join(
    f'\n[[examples]]\ntopic = "thing {number}"\nmood = "merry"\nlines = 2\nanswer = "rhyme {number}"\n'
    for number in range(1, 7)
)


@pytest.fixture
def rhyme() -> desks.Desk:
    """A desk of the user's own, with six examples."""
    return desks.save(RHYME + EXAMPLES, "rhyme")


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real language model of random weights, as others publish them."""
    from tests.language_models import tiny_llama

    return tiny_llama(tmp_path_factory.mktemp("models") / "tiny", max_position_embeddings=512)


@pytest.fixture
def make_window(qtbot: Any, project: Any, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[], MainWindow]]:
    """A function that opens the real window on the project, complete."""
    settings = Settings(tmp_path / "settings")
    settings["welcomed"] = True
    jobs, log = Jobs(project, settings), Log()
    made: list[MainWindow] = []

    def open_window() -> MainWindow:
        window = MainWindow(settings, project, jobs, log)
        made.append(window)
        window.resize(1280, 720)
        with qtbot.waitSignal(window.painted):
            window.show()
        window.complete()
        return window

    yield open_window
    for window in made:
        if shiboken6.isValid(window):
            window.put_away()
            window.close()
            window.deleteLater()
    jobs.shutdown()
    log.stop()


@pytest.fixture
def window(make_window: Callable[[], MainWindow]) -> MainWindow:
    return make_window()
