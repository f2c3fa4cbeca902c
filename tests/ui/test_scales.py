"""At 125, 150 and 200 %, and with a large system font, the window fits its screen, nothing is cut off, pictures are sharp."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL, LARGE = (1280, 720), (2560, 1440)  # pixels of the screen
LEAST = (960, 600)  # in pixels of 100 %: no window needs more


@pytest.mark.parametrize(
    ("scale", "screen", "language", "points"),
    [(1.25, SMALL, "en", 12), (1.5, SMALL, "zh_CN", 0), (2.0, LARGE, "en", 0)],
    ids=["125, large font", "150", "200"],
)
def test_the_window_at_this_scale(
    scale: float, screen: tuple[int, int], language: str, points: float, tmp_path: Path
) -> None:
    of = {"name": "screen", "x": 0, "y": 0, "width": screen[0], "height": screen[1]}
    of |= {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    (tmp_path / "screen.json").write_text(json.dumps({"screens": [of]}))
    platform = f"offscreen:configfile={tmp_path / 'screen.json'}"
    ran = subprocess.run(
        [sys.executable, "-m", "tests.ui.scaled", language, str(points)],
        cwd=ROOT,
        env=os.environ | {"QT_SCALE_FACTOR": str(scale), "QT_QPA_PLATFORM": platform},
        capture_output=True,
        check=False,
        text=True,
        timeout=180,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    said = json.loads(ran.stdout.strip().splitlines()[-1])
    assert said["ratio"] == pytest.approx(scale)
    for place in (0, 1):
        assert said["window"][place] <= said["screen"][place]
        assert said["least"][place] <= min(LEAST[place], said["screen"][place])
    assert not said["found"], "\n".join(said["found"])
