"""Whether the index is whole: read only, so that a damaged, a newer or a foreign file stays as it is, byte for byte."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from aigc_desktop.i18n import mark
from aigc_desktop.library import disk, index, migrations, schema, seal
from aigc_desktop.library.disk import INDEX
from aigc_desktop.library.items import thumbnail_path
from aigc_desktop.library.trash import TRASH
from aigc_desktop.problems import BadInput

PATIENCE = 30.0  # seconds to wait for another process


def refuse_newer(project: Path) -> None:
    """BadInput where the file's first bytes say that a newer version made it."""
    told = index.version(project)
    if told is not None and len(schema.STEPS) < told <= index.HIGHEST:
        raise migrations.newer(project)


def looks_whole(project: Path) -> bool:
    """Whether all is right that can be known without the other files; BadInput for a newer, foreign or closed file.

    10,000 items take a quarter of a second.
    """
    try:
        with reading(project / INDEX) as connection:
            connection.execute("BEGIN")  # one moment of it: another process may be bringing it up to a newer version
            found = migrations.version(connection)
            ours = connection.execute("PRAGMA application_id").fetchone()[0] == schema.APPLICATION
            if ours and len(schema.STEPS) < found <= index.HIGHEST:
                raise migrations.newer(project)
            tables = schema.objects_in(connection)
            if not ours and tables and not _our_tables(tables):
                raise migrations.foreign(project)
            if not found and not tables:
                return not index.is_project(project)  # another process is just making it
            whole = (
                ours
                and 0 < found <= len(schema.STEPS)
                and connection.execute("PRAGMA encoding").fetchone()[0] == "UTF-8"
                and schema.objects(found) <= tables
                and connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
                and (found < 2 or _sealed(connection))
                and _can_be_read(connection)
                and _facts_make_sense(connection)
            )
            connection.execute("COMMIT")
            return whole and _is_of_these_files(connection, project)
    except (sqlite3.DatabaseError, ValueError, TypeError, MemoryError, OverflowError) as error:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH):
            raise disk.unwritable(project) from None
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
            raise BadInput(mark("The project {path} is busy in another program. Try again."), path=project) from None
        return False


def structure_is_whole(connection: sqlite3.Connection) -> bool:
    """The cheap part: whether SQLite can find its way through the file. 10,000 items take 20 ms."""
    return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write, and does not carry over what its -wal holds either."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", timeout=PATIENCE, uri=True)) as connection:
        connection.isolation_level = None
        connection.row_factory = sqlite3.Row
        seal.teach(connection)
        yield connection


def _our_tables(tables: set[tuple[str, str, str]]) -> bool:
    names = {name for kind, name, _ in tables if kind == "table"}
    return {"facts", "items", "models", "runs"} <= names


def _sealed(connection: sqlite3.Connection) -> bool:
    """Whether each item is as it was written. A row without a seal was written by another program: that is not damage."""
    columns = ", ".join(seal.COLUMNS)
    rows = connection.execute(f"SELECT seal, {columns} FROM items WHERE seal NOTNULL")
    if not all(sealed == seal.seal_of(*values) for sealed, *values in map(tuple, rows)):
        return False
    rows = connection.execute("SELECT id, path, thumbnail FROM items WHERE thumbnail NOTNULL AND thumbnail != path")
    return all(thumbnail == thumbnail_path(id, path) for id, path, thumbnail in rows)


def _can_be_read(connection: sqlite3.Connection) -> bool:
    """Whether every text is one; an exception if not. What runs and models say is compared with their folders later."""
    for table in ("models", "runs", "former_names"):
        connection.execute(f"SELECT * FROM {table}").fetchall()
    return True


def _facts_make_sense(connection: sqlite3.Connection) -> bool:
    facts = {name: value for name, value in connection.execute("SELECT name, value FROM facts")}
    float(facts.get("swept") or 0)
    json.loads(facts.get("recovered") or "{}")
    return True


def _is_of_these_files(connection: sqlite3.Connection, project: Path) -> bool:
    """Whether it is this project's index, and not an old one: not both rows without a file and files without a row.

    One of the two alone is no sign: a crash leaves files, and people delete some. Others may save, rename and delete
    meanwhile: what seems to lack its file is looked for once more.
    """
    there = {
        f"items/{file.parent.name}/{file.name}"
        for root in (project, project / TRASH)
        for file in root.glob("items/*/*")
        if file.suffix in (".txt", ".png", ".flac", ".mp4") and not file.name.startswith(".")
    }
    for kind in ("models", "runs"):
        for root in (project, project / TRASH):
            there |= {f"{kind}/{one.name}" for one in root.glob(f"{kind}/[!.]*") if one.is_dir()}
    known = _places(connection)
    lacking = [path for path in known - there if not _somewhere(project, path)]
    return not set(lacking) & _places(connection) or there <= known


def _places(connection: sqlite3.Connection) -> set[str]:
    """Where the rows say that items, models and runs are, in the project or in its trash."""
    rows = connection.execute(
        "SELECT path FROM items UNION ALL SELECT 'models/' || folder FROM models UNION ALL SELECT 'runs/' || id FROM runs"
    )
    return {row[0] for row in rows}


def _somewhere(project: Path, path: str) -> bool:
    """Whether it is at its place or in the trash, or was on its way from one to the other."""
    return any((root / path).exists() for root in (project, project / TRASH, project))


def search_is_whole(connection: sqlite3.Connection) -> bool:
    """Whether the words that are searched are those of the items; counts as writing, though it writes nothing."""
    try:
        connection.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
    except (sqlite3.DatabaseError, MemoryError) as error:
        if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
