"""Where things lie that are no project's own: settings, and the user's projects. Imports no Qt."""

import json
import os
from pathlib import Path

NAME = "AIGC Desktop"
FIRST = "My project"  # the same name in every language: the window and the command line must mean the same folder
RESOURCES = Path(__file__).resolve().parent.parent.parent / "resources"  # what comes with the program


def config_folder() -> Path:
    """The folder for settings and sessions on this platform."""
    from platformdirs import user_config_path

    return user_config_path(NAME, appauthor=False)


def settings_file() -> Path:
    return config_folder() / "settings.json"


def own_folder() -> Path:
    """Where the user's own desks and word lists lie on this platform."""
    from platformdirs import user_data_path

    return user_data_path(NAME, appauthor=False)


def desks_folder() -> Path:
    """The user's own writing desks; may not exist yet."""
    return own_folder() / "desks"


def words_folder() -> Path:
    """The user's own word lists; may not exist yet."""
    return own_folder() / "words"


def documents_folder() -> Path:
    """Where projects lie that nobody wanted elsewhere."""
    from platformdirs import user_documents_path

    return user_documents_path() / NAME


def projects_folder() -> Path:
    """Where new projects are made: as the user set it, else in the documents."""
    try:
        wished = json.loads(settings_file().read_text(encoding="utf-8"))["project_folder"]
        folder = Path(wished).expanduser()
    except (OSError, ValueError, TypeError, KeyError, RuntimeError):  # not set, or not so that it can be used
        return documents_folder()
    return folder if wished and folder.is_absolute() else documents_folder()


def default_project() -> Path:
    """The project in use where none is named: $AIGC_PROJECT, else one in the folder for projects."""
    if chosen := os.environ.get("AIGC_PROJECT"):
        return Path(chosen).expanduser()
    return projects_folder() / FIRST
