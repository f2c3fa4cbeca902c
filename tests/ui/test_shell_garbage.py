"""Cyclic garbage goes, and it goes in the window's thread."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap, QPixmapCache
from PySide6.QtWidgets import QApplication

from aigc_desktop.engine import memory
from aigc_desktop.ui.garbage import Garbage


class Ring:
    freed_in: list[threading.Thread] = []  # noqa: RUF012

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        self.freed_in.append(threading.current_thread())


@pytest.fixture
def garbage(qapp) -> Iterator[Garbage]:
    made = Garbage()
    made._frozen = True  # freezing would hide other tests' objects from what looks for leaks
    yield made
    made.stop()
    assert gc.isenabled()


def test_a_busy_thread_frees_nothing_of_ours(garbage: Garbage, qtbot) -> None:
    Ring.freed_in.clear()
    ring = weakref.ref(Ring())

    def busy() -> None:
        kept.extend([] for _ in range(20_000))

    kept: list[list[object]] = []
    thread = threading.Thread(target=busy)
    thread.start()
    thread.join()
    assert ring() is not None, "the thread made far more objects than the threshold"
    garbage.look()
    assert ring() is None and Ring.freed_in == [threading.main_thread()]


def test_memory_is_given_back_when_the_user_looks_elsewhere(
    garbage: Garbage, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[int] = []
    monkeypatch.setattr(memory, "give_back", lambda: given.append(1))
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert not given
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert given == [1]


def test_what_the_style_kept_is_given_back_when_the_user_looks_elsewhere(garbage: Garbage, qapp) -> None:
    pixmap = QPixmap(4, 4)
    pixmap.fill(Qt.GlobalColor.red)
    assert QPixmapCache.insert("a control", pixmap)
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert QPixmapCache.find("a control", QPixmap())
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert not QPixmapCache.find("a control", QPixmap())
