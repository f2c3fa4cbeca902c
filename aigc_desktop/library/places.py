"""Where a user's projects lie."""

import os
from pathlib import Path


def default_project() -> Path:
    """The project in use where none is named: $AIGC_PROJECT, else one in the user's documents."""
    if chosen := os.environ.get("AIGC_PROJECT"):
        return Path(chosen).expanduser()
    from platformdirs import user_documents_path

    # The same name in every language: the window and the command line must mean the same folder.
    return user_documents_path() / "AIGC Desktop" / "My project"
