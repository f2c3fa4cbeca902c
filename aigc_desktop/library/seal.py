"""A seal on each item's row: a number that its columns give, so that a byte changed on the disk does not go unnoticed.

SQLite keeps no checksums of its pages: a changed letter inside a prompt or a job is no fault to it.
"""

import sqlite3
import zlib

# What is sealed. Not whether it is in the trash, nor where its thumbnail is: the files tell.
COLUMNS = (
    "id", "medium", "name", "path", "created", "generator", "model", "model_folder", "prompt", "words", "job", "seed",
    "expanded", "parents", "run", "app_version", "sha256", "file_sha256", "width", "height", "bytes",
)  # fmt: skip
OF_ROW = f"seal_of({', '.join(COLUMNS)})"


def seal_of(*values: object) -> int:
    """The seal of these columns."""
    text = "\x1f".join("\0" if value is None else str(value) for value in values)
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def teach(connection: sqlite3.Connection) -> None:
    """Let SQL on this connection compute seals."""
    connection.create_function("seal_of", -1, seal_of, deterministic=True)
