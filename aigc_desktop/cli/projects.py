"""Opening a project for a command."""

import sys
from pathlib import Path

from aigc_desktop.library.project import Project


def open_project(folder: Path, repair: bool = False) -> Project:
    """The project in a folder; BadInput where there is none. What had to be mended is said on stderr, and all goes on."""
    project = Project.open(folder, create=False, repair=repair)
    for sentence in project.mended:
        print(sentence, file=sys.stderr)
    return project
