"""The model doctor on the command line."""

import argparse
import shlex
from pathlib import Path

from aigc_desktop.cli import FINISHED, complain
from aigc_desktop.cli.report import size
from aigc_desktop.cli.show import line, table
from aigc_desktop.engine import doctor as engine
from aigc_desktop.engine import memory
from aigc_desktop.i18n import mark, tr

SIGNS = {engine.GOOD: "✓", engine.WARNING: "!", engine.PROBLEM: "✗"}
PRECISIONS = {"float32": mark("32-bit"), "bfloat16": mark("16-bit (bfloat16)"), "int8": mark("8-bit (int8)")}


def doctor(chosen: argparse.Namespace) -> int:
    """Look at a model's folder; 0 where it can be opened, 2 where not, and then the reason once more on stderr."""
    folder = Path(chosen.folder).expanduser().absolute()
    report = engine.examine(folder, memory.wanted())
    if chosen.json:
        line(report.to_json())
    else:
        for one in report.findings:
            if one.text != report.problem:
                print(f"{SIGNS[one.state]} {one.text}")
        _say_needs(report)
    if report.problem is None:
        if not chosen.json:
            print(tr("It can be opened: {command}", command=f"aigc-desktop create {shlex.quote(str(folder))}"))
        return FINISHED
    return complain(str(report.problem))


def _say_needs(report: engine.Report) -> None:
    rows = []
    for one in report.needs:
        fits = tr("fits") if one.fits else tr("does not fit")
        rows.append(
            (SIGNS[engine.GOOD if one.fits else engine.WARNING], tr(PRECISIONS[one.precision]), size(one.bytes), fits)
        )
    if rows:
        print(tr("Memory, of {room} that are free for it:", room=size(report.room)))
        table(rows)
