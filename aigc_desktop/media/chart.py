"""The picture of a training's losses, for model cards and reports. Imports matplotlib: not for the window."""

import io
import logging
import math
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aigc_desktop.media.files import cache_folder, write_bytes

_ACCENT = "#e2703a"
_COLOURS = (_ACCENT, "#3a7ca5", "#7a9e4b", "#8d6a9f", "#b08d57", "#5b5f66")
# The first that is there draws a character that those before it lack.
_FONTS = ["DejaVu Sans", "PingFang SC", "Heiti SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans CJK JP"]
_FONTS += ["Noto Serif CJK SC", "Noto Serif CJK JP", "WenQuanYi Micro Hei", "SimHei"]
_HELDOUT = "heldout_"
_MANY = 200  # points; more of a training curve are shown by their moving mean, themselves behind it


def loss_chart(metrics: Iterable[Mapping[str, Any]], curves: Mapping[str, str], path: Path) -> Path:
    """Draw the curves (metric name → title) of a training against the steps as a PNG file of 1200 × 675 pixels.

    `metrics` are the lines of metrics.jsonl: {"step": …, "seconds": …, name: value…}; values that are no number are left
    out. Held-out curves have markers; long training curves are smoothed, the values themselves behind them. The scale is
    logarithmic where a curve spans more than a factor of ten.
    """
    os.environ.setdefault("MPLCONFIGDIR", str(cache_folder() / "matplotlib"))  # else a folder among the user's settings
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # most of the fonts are not there
    series = _series(metrics, curves)
    with matplotlib.rc_context({"font.family": _FONTS, "axes.unicode_minus": False}):
        figure = Figure(figsize=(8, 4.5), dpi=150, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        for place, (name, (steps, values)) in enumerate(series.items()):
            colour = _COLOURS[place % len(_COLOURS)]
            heldout = name.startswith(_HELDOUT)
            shown = values
            if not heldout and len(values) > _MANY:
                axes.plot(steps, values, color=colour, linewidth=0.8, alpha=0.25)
                shown = _smooth(values, len(values) // 50)
            marker = "o" if heldout and len(steps) <= _MANY or len(steps) < 20 else None
            axes.plot(
                steps, shown, label=curves[name], color=colour, linewidth=1.6, marker=marker, markersize=4, zorder=3
            )
        if _wide(series):
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            axes.yaxis.set_minor_formatter(
                FuncFormatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "25" else "")
            )
        axes.set_xlabel("step")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", which="both", color="#ececec", zorder=0)
        if series:
            axes.legend(frameon=False)
        out = io.BytesIO()
        canvas.print_png(out, metadata={"Software": None})
    write_bytes(path, out.getvalue())
    return path


def _series(
    metrics: Iterable[Mapping[str, Any]], curves: Mapping[str, str]
) -> dict[str, tuple[list[int], list[float]]]:
    """Steps and finite values of each curve that has any, in the order of `curves`."""
    found: dict[str, tuple[list[int], list[float]]] = {name: ([], []) for name in curves}
    for line in metrics:
        for name in curves:
            value = line.get(name)
            if isinstance(value, int | float) and math.isfinite(value):
                found[name][0].append(int(line.get("step", 0)))
                found[name][1].append(float(value))
    return {name: points for name, points in found.items() if points[0]}


def _wide(series: dict[str, tuple[list[int], list[float]]]) -> bool:
    """Whether the values are all positive and one curve spans more than a factor of ten."""
    if not series or any(min(values) <= 0 for _, values in series.values()):
        return False
    return any(max(values) > 10 * min(values) for _, values in series.values())


def _smooth(values: list[float], reach: int) -> list[float]:
    """The mean of each value and up to `reach` neighbours on either side, as many on one as on the other."""
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    last = len(values) - 1
    reaches = [min(reach, place, last - place) for place in range(len(values))]
    return [(sums[at + near + 1] - sums[at - near]) / (2 * near + 1) for at, near in enumerate(reaches)]
