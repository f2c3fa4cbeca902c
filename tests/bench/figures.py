"""What every bench prints: the machine, a row for each figure as it comes, and the table of all at the end."""

import os
import platform
from collections.abc import Iterable
from typing import NamedTuple

from aigc_desktop.engine import machine


class Figure(NamedTuple):
    """One row of the table."""

    what: str
    goal: str
    here: str
    reached: bool


def shown(figures: Iterable[Figure]) -> list[Figure]:
    """Print each figure as it is measured; all of them."""
    all_of_them = []
    for figure in figures:
        all_of_them.append(figure)
        print(f"  {figure.what}: {figure.here} (goal {figure.goal})", flush=True)
    return all_of_them


def machine_line() -> str:
    """What it was measured on."""
    from importlib.metadata import version

    import psutil

    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return (
        f"{machine.name()}, {os.cpu_count()} cores, {machine.threads()} torch threads, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, torch {version('torch')}, load {load:.1f}"
    )


def table(figures: list[Figure]) -> int:
    """Print the table; 1 where a goal was missed."""
    rows = [("", "goal", "here", ""), *((one.what, one.goal, one.here, "✓" if one.reached else "✗") for one in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    print()
    for number, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (wide + 2) for wide in widths) + "|")
    return 0 if all(figure.reached for figure in figures) else 1
