"""An hour of mixed jobs in the queue, shortened: what a busy user opens and starts is gone when all is done.

The long one is `packaging/dev.py bench faults --only soak`.
"""

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from aigc_desktop.engine.job import Job
from aigc_desktop.ui import pixmaps
from aigc_desktop.ui.app import Studio
from aigc_desktop.ui.log import Log
from aigc_desktop.ui.settings import Settings
from tests import tiny
from tests.bench.faults import counts
from tests.bench.faults.soak import EQUAL
from tests.bench.faults.soak_user import User

PATIENCE = 120_000  # milliseconds for a child process on a busy machine
ROUNDS = 2  # everything has been seen once after the first
WINDOW_MB, CHILD_MB = 10, 40  # more than any round may leave


def a_round(user: User, qtbot: Any, data: dict[str, Path]) -> None:
    """A dozen jobs of both generators, through the panels and straight into the queue, and everything opened once."""
    jobs, project = user.window.jobs, user.window.project
    ended: list[str] = []
    hears = jobs.ended.connect(lambda run, last: ended.append(run))
    for generator, path in data.items():
        values = tiny.TINY[generator]["train"] | {"precision": "float32", "max_steps": 2, "max_seconds": 0}
        job = Job(generator=generator, action="train", data=str(path), params=values, name=f"of {generator}")
        user.window.open_generator(generator, job).start()
        jobs.stop(jobs.submit(job))  # leaves the queue before it began
    user.panels()
    user.windows()
    qtbot.waitUntil(lambda: jobs.running is None, timeout=PATIENCE)
    for model in project.models.list():
        user.window.create_with(model.name)
        panel = user.window.area.docks[model.generator].panel
        panel.create.form.set_values(tiny.TINY[model.generator]["create"])
        for _ in range(4):
            panel.start()
    user.window.settings["language"] = "zh_CN"  # while they run
    qtbot.waitUntil(lambda: jobs.running is None, timeout=PATIENCE)
    assert len(ended) >= 10
    for act in (user.items, user.search, user.trash, user.rename, user.queue, user.scroll):
        act()
    jobs.ended.disconnect(hears)
    user.window.area.clear()
    user.theme()
    for wait in user.rest(0.1):
        qtbot.waitUntil(wait, timeout=PATIENCE)


def settled(jobs: Any, qtbot: Any, threads: int) -> dict[str, int]:
    """What is held once nothing is on its way out any more; `threads` there were before."""
    # What reads thumbnails goes on a while.
    qtbot.waitUntil(lambda: threading.active_count() <= threads, timeout=PATIENCE)
    last: dict[str, int] = {}
    while True:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        now = {name: count for name, count in counts.held(jobs).items() if name in EQUAL}
        if now == last:
            return now
        last = now
        qtbot.wait(200)


@pytest.mark.timeout(600)
def test_two_dozen_jobs_leave_nothing(qapp: QApplication, qtbot: Any, tmp_path: Path) -> None:
    import aigc_desktop.ui.views.plot  # noqa: F401 - the window does so when it has a moment; it takes 15 MB

    threads = threading.active_count()  # a library that an earlier test used may keep one
    data = {"text.lstm": tiny.data("texts", tmp_path), "image.gan": tiny.data("pictures", tmp_path)}
    studio = Studio(qapp, Settings(), Log())
    studio.start(tmp_path / "project")
    window, jobs = studio.window, studio.jobs
    assert window is not None and jobs is not None
    qtbot.waitUntil(lambda: window._complete)
    user = User(window, tmp_path, minutes=1, seed=0)
    held: list[dict[str, int]] = []
    memory: list[tuple[int, float, float]] = []
    for _ in range(ROUNDS):
        a_round(user, qtbot, data)
        qtbot.waitUntil(lambda: len(jobs._warm) == 1)
        held.append(settled(jobs, qtbot, threads))
        child = jobs._warm[0].pid
        assert child is not None
        memory.append((child, counts.memory()["own"], counts.memory(child)["own"]))
    changed = {name: [one[name] for one in held] for name in EQUAL if held[0][name] != held[-1][name]}
    assert not changed
    assert len({child for child, *_ in memory}) == 1, "the child was used again and again"
    assert memory[-1][1] - memory[0][1] < WINDOW_MB and memory[-1][2] - memory[0][2] < CHILD_MB, memory

    studio.end()
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_thumbnails_are_kept_by_weight_too() -> None:
    """Four hundred large ones would take hundreds of megabytes."""
    kept: pixmaps.Latest[QImage] = pixmaps.Latest(400, heavy=10 * 2**20)
    for number in range(20):
        kept.put(number, QImage(512, 512, QImage.Format.Format_RGB32))  # a megabyte
    assert list(kept) == list(range(10, 20))
    kept.put("larger than all", QImage(2048, 2048, QImage.Format.Format_RGB32))
    assert list(kept) == ["larger than all"]
    thumbnails = pixmaps.Thumbnails()
    assert all(one.heavy for one in (thumbnails._images, thumbnails._fitted, thumbnails._pixmaps))
