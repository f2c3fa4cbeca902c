"""The tables of library.sqlite, as numbered steps: step n brings version n - 1 to n. Never change one that was released.

Each released version has a project frozen in tests/library/versions, made by the script there; a step without one fails.
"""

import sqlite3
from contextlib import closing

from aigc_desktop.library.seal import teach

APPLICATION = 0x41494743  # "AIGC", SQLite's application_id: this file is ours

FIRST = (
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """
    CREATE TABLE runs (
        id TEXT PRIMARY KEY,                -- the folder's name under runs/
        job TEXT NOT NULL,                  -- JSON
        state TEXT NOT NULL CHECK (state IN
            ('waiting', 'running', 'paused', 'interrupted', 'finished', 'cancelled', 'failed', 'lost')),
        position INTEGER NOT NULL,          -- place in the queue
        created TEXT NOT NULL, started TEXT, ended TEXT,
        step INTEGER NOT NULL DEFAULT 0, total INTEGER NOT NULL DEFAULT 0,
        model TEXT,                         -- the name of the model it made
        figures TEXT NOT NULL DEFAULT '{}', -- JSON
        problem TEXT,                       -- JSON of a Sentence
        pid INTEGER, pid_seen REAL, host TEXT,  -- the process that ran it then, and where
        trashed TEXT                        -- since when in the trash
    )
    """,
    """
    CREATE TABLE models (
        folder TEXT PRIMARY KEY,            -- its name under models/
        name TEXT NOT NULL, key TEXT NOT NULL,
        generator TEXT NOT NULL, medium TEXT NOT NULL, created TEXT NOT NULL, seed INTEGER NOT NULL,
        figures TEXT NOT NULL DEFAULT '{}', run TEXT, trashed TEXT
    )
    """,
    "CREATE UNIQUE INDEX models_by_key ON models (key) WHERE trashed IS NULL",
    """
    CREATE TABLE former_names (
        key TEXT PRIMARY KEY, model TEXT NOT NULL REFERENCES models (folder) ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE items (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        medium TEXT NOT NULL, name TEXT NOT NULL,
        path TEXT NOT NULL UNIQUE,          -- below the project; below its trash/ when trashed
        thumbnail TEXT,                     -- below the project; the path itself where the picture is small
        created TEXT NOT NULL, generator TEXT NOT NULL, model TEXT, prompt TEXT NOT NULL,
        words TEXT NOT NULL,                -- what is searched
        job TEXT NOT NULL, seed INTEGER NOT NULL, expanded TEXT NOT NULL, parents TEXT NOT NULL,
        run TEXT, app_version TEXT NOT NULL,
        sha256 TEXT NOT NULL,               -- of the content: letters, pixels, samples, frames
        file_sha256 TEXT NOT NULL,          -- of the file, metadata included
        width INTEGER, height INTEGER, bytes INTEGER NOT NULL, trashed TEXT
    )
    """,
    "CREATE INDEX items_by_time ON items (trashed, created, id)",
    "CREATE INDEX items_by_generator ON items (trashed, generator)",
    "CREATE INDEX items_by_model ON items (trashed, model)",
    "CREATE INDEX items_by_prompt ON items (model, prompt)",
    "CREATE VIRTUAL TABLE search USING fts5 (words, content='items', content_rowid='seq', tokenize='trigram')",
    """
    CREATE TRIGGER items_added AFTER INSERT ON items BEGIN
        INSERT INTO search (rowid, words) VALUES (new.seq, new.words);
    END
    """,
    """
    CREATE TRIGGER items_removed AFTER DELETE ON items BEGIN
        INSERT INTO search (search, rowid, words) VALUES ('delete', old.seq, old.words);
    END
    """,
    """
    CREATE TRIGGER items_renamed AFTER UPDATE OF words ON items BEGIN
        INSERT INTO search (search, rowid, words) VALUES ('delete', old.seq, old.words);
        INSERT INTO search (rowid, words) VALUES (new.seq, new.words);
    END
    """,
)

# Which model's folder an item came from, whatever the model is called by now; and a seal on the row (see seal.py).
SECOND = (
    "ALTER TABLE items ADD COLUMN model_folder TEXT",
    "ALTER TABLE items ADD COLUMN seal INTEGER",
    """
    UPDATE items SET model_folder = (
        SELECT folder FROM models WHERE models.name = items.model
        ORDER BY models.trashed IS NULL DESC, models.created DESC LIMIT 1
    )
    """,
    """
    UPDATE items SET seal = seal_of(
        id, medium, name, path, created, generator, model, model_folder, prompt, words, job, seed,
        expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes
    )
    """,
)

STEPS: list[tuple[str, ...]] = [FIRST, SECOND]


def objects(version: int) -> set[tuple[str, str, str]]:
    """Kind, name and SQL (spaces aside) of every table, index and trigger of a version."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        teach(connection)
        for step in STEPS[:version]:
            for statement in step:
                connection.execute(statement)
        return objects_in(connection)


def objects_in(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """The same of a database, but for what SQLite makes by itself."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    return {(str(kind), str(name), "".join(str(sql).split())) for kind, name, sql in rows}
