"""Where the real data is. Importing this changes nothing, so that benches may."""

import os
from pathlib import Path


def data_folder() -> Path | None:
    """$AIGC_DATA, else ../shared/data beside the project; None where there is none."""
    root = Path(__file__).resolve().parent.parent
    folder = Path(os.environ.get("AIGC_DATA") or root.parent / "shared" / "data")
    return folder if folder.is_dir() else None
