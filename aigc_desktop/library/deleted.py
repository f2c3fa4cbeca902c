"""The models that were deleted for good: what they were called last, for the items that they made."""

import json
from pathlib import Path

from aigc_desktop.media.files import write_bytes

RECORD = "models/.deleted.json"


def models(project: Path) -> dict[str, str]:
    """The last name of each deleted model, by its folder's name."""
    try:
        found = json.loads((project / RECORD).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return {str(folder): str(name) for folder, name in found.items()} if isinstance(found, dict) else {}


def remember(project: Path, names: dict[str, str]) -> None:
    """Add models that are about to be deleted."""
    if names:
        content = json.dumps(models(project) | names, ensure_ascii=False, indent=1)
        write_bytes(project / RECORD, (content + "\n").encode())
