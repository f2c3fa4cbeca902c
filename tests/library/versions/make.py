"""Freezes a project as the version of the library in use makes it: `python -m tests.library.versions.make FOLDER`.

Run it once when a version of the tables is released, and keep what it makes in a folder named by the version's number:
files.zip (all that is in the project but its index), library.sql (the index as text), seen.json (what a user sees of it).
Never make an older version's folder again.
"""

import json
import shutil
import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path

from aigc_desktop.library.project import Project
from tests.library import rich


def freeze(target: Path) -> None:
    """A rich project in this folder, frozen."""
    files = target / "project"
    with Project.open(files) as project:
        rich.fill(project)
        seen = rich.dump(project)
    (target / "seen.json").write_text(json.dumps(seen, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    with closing(sqlite3.connect(files / "library.sqlite")) as connection:
        (target / "library.sql").write_text("\n".join(_statements(connection)) + "\n", encoding="utf-8")
    with zipfile.ZipFile(target / "files.zip", "w", zipfile.ZIP_DEFLATED) as archive:  # so that no tool mends line ends
        for file in sorted(files.rglob("*")):
            if file.is_file() and not file.name.startswith("library.sqlite"):
                archive.write(file, file.relative_to(files).as_posix())
    shutil.rmtree(files)


def thaw(frozen: Path, project: Path) -> None:
    """The project as it was."""
    with zipfile.ZipFile(frozen / "files.zip") as archive:
        archive.extractall(project)
    for name in ("items", "models", "runs", "trash"):  # git keeps no empty folders
        (project / name).mkdir(exist_ok=True)
    with closing(sqlite3.connect(project / "library.sqlite")) as connection:
        connection.executescript((frozen / "library.sql").read_text(encoding="utf-8"))


def _statements(connection: sqlite3.Connection) -> list[str]:
    """SQL that makes the same database; SQLite's own tables, and those behind the search, make themselves."""
    made = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql NOTNULL ORDER BY rowid").fetchall()
    ours = [(kind, name, sql) for kind, name, sql in made if not name.startswith(("sqlite_", "search_"))]
    pragmas = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")}
    statements = [f"PRAGMA {name} = {value};" for name, value in pragmas.items()]
    statements += ["PRAGMA journal_mode = WAL;", "BEGIN;"]
    tables = [(name, sql) for kind, name, sql in ours if kind == "table"]
    statements += [f"{sql};" for _, sql in tables]
    statements += [f"{sql};" for kind, _, sql in ours if kind != "table"]
    for name, sql in tables:
        if "VIRTUAL" not in sql:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
            quoted = " || ', ' || ".join(f"quote({column})" for column in columns)
            rows = connection.execute(f"SELECT {quoted} FROM {name} ORDER BY rowid")
            statements += [f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({row[0]});" for row in rows]
    return [*statements, "COMMIT;"]


if __name__ == "__main__":
    freeze(Path(sys.argv[1]))
