"""What the window does, measured in a real window: `python -m tests.bench.window start|click|smooth|stream …` prints JSON."""

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.pictures import large_previews

TICK = 16  # ms
COUNTED_FROM = 3.0  # seconds after the start of a training: its own beginning is not its middle


def main() -> int:
    words = argparse.ArgumentParser()
    words.add_argument("part", choices=list(PARTS))
    words.add_argument("--project", required=True)
    words.add_argument("--generator", default="image.gan")
    words.add_argument("--data", default="starter")
    words.add_argument("--seconds", type=float, default=60)
    words.add_argument("--times", type=int, default=5)
    words.add_argument("--model", default="")
    chosen = words.parse_args()
    return opened(chosen.project, PARTS[chosen.part], chosen)


def opened(project: str, then: Callable[[Any, Any], None], chosen: Any) -> int:
    """Open the real window as the program does; `then` once it has been painted."""
    gc.disable()  # as the program's own start does
    from aigc_desktop.ui import app

    painted: list[float] = []

    def ready() -> None:
        if painted:
            return
        painted.append(time.monotonic())
        chosen.painted = painted[0]
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        window = next(one for one in QApplication.topLevelWidgets() if hasattr(one, "open_generator"))
        QTimer.singleShot(0, lambda: then(window, chosen))

    return app.main(["aigc-desktop", "--project", project], ready)


def say(**values: Any) -> None:
    print(json.dumps(values), flush=True)


def start(window: Any, chosen: Any) -> None:
    """The moment of the first paint, on the clock that all processes share."""
    say(painted=chosen.painted)
    window.close()


def panel_with(window: Any, chosen: Any, then: Callable[[Any], None], **params: Any) -> None:
    """The generator's panel, filled, its data looked at and the child warm."""
    from PySide6.QtCore import QTimer

    from aigc_desktop.engine.job import Job

    window.showMaximized()
    job = Job(generator=chosen.generator, action="train", data=chosen.data, params=params, seed=1)
    page = window.open_generator(chosen.generator, job).train
    QTimer.singleShot(12_000, lambda: then(page))  # the child imports torch meanwhile


def click(window: Any, chosen: Any) -> None:
    """From the click on Start to the first step that the window hears of, each time with a warm child."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtTest import QTest

    from aigc_desktop.engine import events

    seconds: list[float] = []

    def once(page: Any) -> None:
        number = len(seconds) + 1
        clicked = time.perf_counter()

        def progress(event: events.Progress) -> None:
            if event.step >= 1 and len(seconds) < number:
                seconds.append(time.perf_counter() - clicked)
                QTimer.singleShot(1000, lambda: window.jobs.stop(page.run))

        end = window.jobs.subscribe(None, events.Progress, progress)

        def over(*_: Any) -> None:
            end()
            window.jobs.ended.disconnect(over)
            # The first one measures the precisions, which is done once for each machine and size.
            if number < chosen.times + 1:
                QTimer.singleShot(3000, lambda: once(page))
            else:
                say(seconds=seconds[1:], median=statistics.median(seconds[1:]), first=seconds[0])
                QTimer.singleShot(0, window.close)

        window.jobs.ended.connect(over)
        QTest.mouseClick(page.controls.start, Qt.MouseButton.LeftButton)

    panel_with(window, chosen, once)


class Watch:
    """How late a 16 ms timer of the window is, from some seconds after `begin` until `end`."""

    def __init__(self, window: Any):
        from PySide6.QtCore import Qt, QTimer

        self.late: list[float] = []
        self._last = self._begun = 0.0
        self._timer = QTimer(window, interval=TICK)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def begin(self) -> None:
        """What is watched has begun; only the first call counts."""
        self._begun = self._begun or time.perf_counter()

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last and self._begun and now - self._begun > COUNTED_FROM:
            self.late.append(max(0.0, 1000 * (now - self._last) - TICK))
        self._last = now

    def end(self) -> dict[str, float]:
        self._timer.stop()
        ordered = sorted(self.late)
        return {
            "p50": ordered[len(ordered) // 2],
            "p99": ordered[int(len(ordered) * 0.99)],
            "longest": ordered[-1],
            "ticks": len(ordered),
        }


def smooth(window: Any, chosen: Any) -> None:
    """How late a 16 ms timer is while a training is watched, and how many steps the training makes."""
    from PySide6.QtCore import QTimer

    from aigc_desktop.engine import events

    seen = {"metrics": 0, "previews": 0}
    watch = Watch(window)

    def metrics(event: events.Metrics) -> None:
        seen["metrics"] += 1
        watch.begin()

    def preview(event: events.Preview) -> None:
        seen["previews"] += 1

    def over(run: str, event: events.Last) -> None:
        say(**watch.end(), **seen, steps=getattr(event, "steps", 0), train_seconds=getattr(event, "train_seconds", 0.0))
        QTimer.singleShot(0, window.close)

    def begin(page: Any) -> None:
        window.jobs.subscribe(None, events.Metrics, metrics)
        window.jobs.subscribe(None, events.Preview, preview)
        window.jobs.ended.connect(over)
        page.start()

    panel_with(window, chosen, begin, max_seconds=chosen.seconds)


def stream(window: Any, chosen: Any) -> None:
    """How late a 16 ms timer is while two texts stream in as fast as a model that never ends writes them."""
    from PySide6.QtCore import QTimer

    from aigc_desktop.engine import events
    from aigc_desktop.engine.job import Job

    watch = Watch(window)
    seen = {"previews": 0}
    longest: dict[int, int] = {}
    window.showMaximized()
    params = {"prompt": "Once upon a time", "max_new_tokens": 1_000_000, "count": 2}
    job = Job(generator=chosen.generator, action="create", model=chosen.model, params=params)
    page = window.open_generator(chosen.generator, job).create

    def preview(event: events.Preview) -> None:
        if not seen["previews"]:
            watch.begin()
            QTimer.singleShot(round(1000 * (COUNTED_FROM + chosen.seconds)), end)
        seen["previews"] += 1
        longest[event.slot] = len(event.text or event.media.text)

    def end() -> None:
        say(**watch.end(), **seen, characters=sum(longest.values()))
        window.jobs.stop(window.jobs.running)
        window.jobs.ended.connect(lambda *_: QTimer.singleShot(0, window.close))

    window.jobs.subscribe(None, events.Preview, preview)
    QTimer.singleShot(12_000, page.start)  # the child imports torch meanwhile


PARTS: dict[str, Callable[[Any, Any], None]] = {"start": start, "click": click, "smooth": smooth, "stream": stream}


def measure(part: str, project: Path, *words: object, timeout: float = 900) -> dict[str, Any]:
    """What one of the parts prints, run in a process of its own; `launched` is when that began."""
    import subprocess

    command = [sys.executable, "-m", "tests.bench.window", part, "--project", str(project), *map(str, words)]
    launched = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=timeout, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout[-500:]}")
    return {"launched": launched} | json.loads(lines[-1])


if __name__ == "__mp_main__":  # a child of the window that is measured
    large_previews.install()
if __name__ == "__main__":
    sys.exit(main())
