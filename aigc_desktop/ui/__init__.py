"""The window: the only importer of PySide6."""

import os

# pydantic would read the metadata of every installed package for plugins, which we have none of: 20 ms of the start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")
