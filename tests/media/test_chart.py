"""The picture of the losses."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np

from aigc_desktop.media.chart import loss_chart
from aigc_desktop.media.picture import Picture

ROOT = Path(__file__).resolve().parents[2]
CURVES = {"loss": "Training", "heldout_loss": "Held out 验证"}
LINES = [
    {"step": step, "seconds": step / 10, "loss": 3 * math.exp(-step / 60)}
    | ({"heldout_loss": 3.0} if step % 50 == 0 else {})
    for step in range(200)
]


def colours(path: Path) -> set[tuple[int, ...]]:
    return {tuple(colour) for colour in Picture.read(path).pixels.reshape(-1, 4)[:, :3]}


def test_curves_are_drawn(tmp_path: Path) -> None:
    path = loss_chart(LINES, CURVES, tmp_path / "losses.png")
    assert Picture.read(path).dimensions == (1200, 675)
    assert {(0xE2, 0x70, 0x3A), (0x3A, 0x7C, 0xA5)} <= colours(path)
    assert loss_chart(LINES, CURVES, tmp_path / "again.png").read_bytes() == path.read_bytes()
    one = loss_chart(LINES, {"loss": "Training"}, tmp_path / "one.png")
    assert (0x3A, 0x7C, 0xA5) not in colours(one)


def test_long_curves_are_smoothed(tmp_path: Path) -> None:
    noisy = [{"step": step, "loss": 1.0 + step % 2} for step in range(1000)]
    pixels = Picture.read(loss_chart(noisy, CURVES, tmp_path / "a.png")).pixels[:, :, :3]
    rows = np.flatnonzero((pixels[:, 300:900] == (0xE2, 0x70, 0x3A)).all(axis=2).any(axis=1))
    assert 0 < len(rows) < 20  # the mean is a thin line; the values are paler


def test_odd_numbers_are_left_out(tmp_path: Path) -> None:
    odd = [{"step": 1, "loss": math.nan}, {"step": 2, "loss": math.inf}, {"step": 3, "loss": "x"}, {"loss": None}, {}]
    with_odd = loss_chart([*LINES, *odd], CURVES, tmp_path / "a.png")
    assert with_odd.read_bytes() == loss_chart(LINES, CURVES, tmp_path / "b.png").read_bytes()
    for lines in ([], odd, [{"step": 0, "loss": 1.0}], [{"step": 1, "loss": 0.0}, {"step": 2, "loss": -3.0}]):
        pixels = Picture.read(loss_chart(lines, CURVES, tmp_path / "c.png")).pixels
        assert np.unique(pixels).size > 1


def test_no_window_is_needed() -> None:
    code = (
        "import sys, pathlib, tempfile\n"
        "from aigc_desktop.media.chart import loss_chart\n"
        "assert 'matplotlib' not in sys.modules\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    loss_chart([{'step': 1, 'loss': 2.0}], {'loss': 'Loss'}, pathlib.Path(folder) / 'a.png')\n"
        "assert 'matplotlib.pyplot' not in sys.modules and 'PySide6' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
