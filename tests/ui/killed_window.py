"""A real window in a process of its own, with somebody at it: `python -m tests.ui.killed_window work|look --project DIR`.

`work` types, chooses and arranges, and waits to be killed once that is on the disk; `look` prints what came back.
"""

import argparse
import sys
from typing import Any

from tests.bench.window import opened, say

PROMPT = "the unsent letter\nof two lines"
NAME = "中文 name that nobody confirmed"


def main() -> int:
    words = argparse.ArgumentParser()
    words.add_argument("part", choices=["work", "look"])
    words.add_argument("--project", required=True)
    words.add_argument("--data", default="starter")
    chosen = words.parse_args()
    return opened(chosen.project, {"work": work, "look": look}[chosen.part], chosen)


def when(window: Any, ready: Any, then: Any) -> None:
    """Call `then` once `ready()`."""
    from PySide6.QtCore import QTimer

    if ready():
        then()
    else:
        QTimer.singleShot(20, lambda: when(window, ready, then))


def work(window: Any, chosen: Any) -> None:
    when(window, lambda: window._complete, lambda: _work(window, chosen))


def _work(window: Any, chosen: Any) -> None:
    import json

    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from aigc_desktop.media.text import Text

    runs = window.project.runs
    job = {"generator": "image.gan", "action": "train", "params": {}, "data": chosen.data, "name": "under way"}
    run = runs.add(job, state="running")  # by this process, which will be killed
    lines = [{"step": step, "seconds": step / 10, "generator": 1.0 / step} for step in range(1, 9)]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (runs.folder(run) / "metrics.jsonl").write_text(text + '{"step": 9, "sec')  # cut off in the middle of a line
    (runs.folder(run) / "checkpoints" / "000000005").mkdir(parents=True)
    for name in ("second", "first"):
        runs.add(job | {"name": name}, state="paused")
    runs.reorder([row.id for row in runs.list(["paused"])][::-1])
    creation = {"generator": "text.lstm", "action": "create", "params": {"prompt": "sea"}, "model": "gone"}
    making = runs.add(creation, state="running")
    for number in range(2):
        window.project.items.add(Text(f"wave {number}"), job=creation, seed=number, run=making)
    window.docks["generators"].hide()
    gan = window.open_generator("image.gan", action="train")
    gan.train.show_run(run)
    gan.train.form.set_values({"latent_size": 17})
    gan.train.data.set_path(chosen.data)
    gan.train.form.advanced.set_open(True)
    lstm = window.open_generator("text.lstm", action="create")
    lstm.create.results.add_batch(making, creation)
    lstm.create.results.batches[0].add(_saved(window.project.items.of_run(making, "")[0]))
    window.save_session()
    lstm.train.name.insert(NAME)
    prompt = lstm.create.form.field("prompt").edit
    prompt.setFocus()
    for letter in PROMPT:
        QTest.keyClick(prompt, Qt.Key.Key_Return) if letter == "\n" else QTest.keyClicks(prompt, letter)
    window.open_generator("image.gan")
    spin = gan.train.form.field("batch_size").spin
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, "48")  # and no Return
    prompt = json.dumps(PROMPT)

    def kept() -> bool:
        text = window.session.path.read_text(encoding="utf-8")
        return '"batch_size": 48' in text and prompt in text

    when(window, kept, lambda: say(kept=True))


def _saved(item: Any) -> Any:
    from aigc_desktop.engine import events

    return events.Saved(item.id, str(item.path), item.medium, item.name)


def look(window: Any, chosen: Any) -> None:
    when(window, lambda: window._complete, lambda: _look(window))


def _look(window: Any) -> None:
    from PySide6.QtCore import QTimer

    gan, lstm = window.open_generator("image.gan"), window.area.docks["text.lstm"].panel
    say(
        notices=window.notices.texts(),
        buttons=[one.text() for row in window.notices._rows.values() for one in row.findChildren(_button())],
        docks={name: not dock.isHidden() for name, dock in window.docks.items()},
        panels={name: dock.panel.action() for name, dock in window.area.docks.items()},
        current=window.session.load()["current"],
        prompt=lstm.create.form.field("prompt").value(),
        name=lstm.train.name.text(),
        latent_size=gan.train.form.field("latent_size").value(),
        batch_size=gan.train.form.field("batch_size").value(),
        data=gan.train.data.path,
        advanced=gan.train.form.advanced.is_open(),
        shown=window.project.runs.get(gan.train.run).job["name"],
        points=gan.train.views["losses"].curves.count,
        results=[len(batch.saved) for batch in lstm.create.results.batches],
        queue=[(row.job.get("name"), row.state) for row in window.jobs.rows()],
    )
    QTimer.singleShot(0, window.close)


def _button() -> Any:
    from PySide6.QtWidgets import QPushButton

    return QPushButton


if __name__ == "__main__":
    sys.exit(main())
