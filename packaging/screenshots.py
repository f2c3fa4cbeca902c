"""Make the README's pictures: `python3 packaging/dev.py screenshots`. The real window, real jobs, starter data."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "screenshots"
SIZE = (1280, 800)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="aigc-") as home:
        # Nothing of the user's own is seen or changed.
        os.environ |= {"XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home, "XDG_DATA_HOME": home, "AIGC_CACHE": home}
        os.environ["LC_ALL"] = "C.UTF-8"
        from aigc_desktop.ui import app

        done: list[bool] = []

        def ready() -> None:
            from PySide6.QtCore import QTimer
            from PySide6.QtWidgets import QApplication

            if not done:
                done.append(True)
                window = next(one for one in QApplication.topLevelWidgets() if hasattr(one, "open_generator"))
                QTimer.singleShot(0, lambda: tour(window))

        return app.main(["aigc-desktop", "--project", str(Path(home) / "My project")], ready)


def tour(window: Any) -> None:
    """Train, create, look at the library; a picture of each, then the window closes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    window.resize(*SIZE)
    window.settings["theme"] = "light"
    wait(train(window, "text.lstm", "Stories", max_seconds=60, layers=1, width=256))
    finished = train(window, "image.gan", "Shapes", max_seconds=60)
    picture(window, "train.png")
    wait(finished)
    create(window, "image.gan", "Shapes", count=16)
    create(window, "text.lstm", "Stories", prompt="The fox ", count=2)
    picture(window, "create.png")
    window.settings["theme"] = "dark"
    window.open_generator("image.gan", action="create").show_action("create")
    wait(seconds=1.0)
    picture(window, "library.png")
    window.settings["theme"] = "light"
    window.settings["language"] = "zh_CN"
    wait(seconds=1.0)
    window.open_generator("image.gan").show_action("train")
    wait(seconds=1.0)
    picture(window, "chinese.png")
    window.close()


def train(window: Any, generator: str, name: str, **params: Any) -> Callable[[], bool]:
    """Start a training and come back when three quarters of it are done; the answer says whether it has ended."""
    from aigc_desktop.engine.job import Job

    job = Job(generator=generator, action="train", data="starter", params=params, name=name)
    panel = window.open_generator(generator, job)
    wait(seconds=2.0)
    panel.start()
    wait(lambda: (window.jobs.progress(panel.train.run) or _Nothing).fraction or 0, at_least=0.75)
    return lambda: not window.jobs.is_running(panel.train.run)


class _Nothing:
    fraction = 0.0


def create(window: Any, generator: str, model: str, **params: Any) -> None:
    """Create with a model and wait for it."""
    from aigc_desktop.engine.job import Job

    before = window.project.items.count()
    job = Job(generator=generator, action="create", model=model, params=params, seed=7)
    window.open_generator(generator, job).start()
    wait(lambda: window.project.items.count() > before and not window.jobs.running)
    wait(seconds=1.0)


def wait(until: Callable[[], Any] | None = None, seconds: float = 300.0, at_least: float = 1.0) -> None:
    """Let the window live until something holds, or for so long."""
    from PySide6.QtCore import QEvent, QEventLoop
    from PySide6.QtWidgets import QApplication

    deadline = time.monotonic() + seconds
    while until is None or not float(until()) >= at_least:
        if time.monotonic() > deadline:
            if until is not None:
                sys.exit("A job of the tour does not end.")
            return
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # which an outer loop would do, later
        time.sleep(0.01)


def picture(window: Any, name: str) -> None:
    """The window as it is now, in few colours: small enough for a README."""
    from io import BytesIO

    from PIL import Image
    from PySide6.QtCore import QBuffer

    wait(seconds=0.3)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    seen = Image.open(BytesIO(bytes(buffer.data().data()))).convert("RGB")
    path = FOLDER / name
    seen.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    sys.exit(main())
