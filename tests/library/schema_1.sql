-- The tables of the first version, and one of everything in them. Never change this file.

CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
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
);
CREATE TABLE models (
    folder TEXT PRIMARY KEY,            -- its name under models/
    name TEXT NOT NULL, key TEXT NOT NULL,
    generator TEXT NOT NULL, medium TEXT NOT NULL, created TEXT NOT NULL, seed INTEGER NOT NULL,
    figures TEXT NOT NULL DEFAULT '{}', run TEXT, trashed TEXT
);
CREATE UNIQUE INDEX models_by_key ON models (key) WHERE trashed IS NULL;
CREATE TABLE former_names (
    key TEXT PRIMARY KEY, model TEXT NOT NULL REFERENCES models (folder) ON DELETE CASCADE
);
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
);
CREATE INDEX items_by_time ON items (trashed, created, id);
CREATE INDEX items_by_generator ON items (trashed, generator);
CREATE INDEX items_by_model ON items (trashed, model);
CREATE INDEX items_by_prompt ON items (model, prompt);
CREATE VIRTUAL TABLE search USING fts5 (words, content='items', content_rowid='seq', tokenize='trigram');
CREATE TRIGGER items_added AFTER INSERT ON items BEGIN
    INSERT INTO search (rowid, words) VALUES (new.seq, new.words);
END;
CREATE TRIGGER items_removed AFTER DELETE ON items BEGIN
    INSERT INTO search (search, rowid, words) VALUES ('delete', old.seq, old.words);
END;
CREATE TRIGGER items_renamed AFTER UPDATE OF words ON items BEGIN
    INSERT INTO search (search, rowid, words) VALUES ('delete', old.seq, old.words);
    INSERT INTO search (rowid, words) VALUES (new.seq, new.words);
END;
PRAGMA application_id = 1095321411;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;

INSERT INTO facts VALUES ('complete', 'yes');
INSERT INTO runs (id, job, state, position, created) VALUES
    ('2026-11-22-lstm-1', '{"generator": "text.lstm", "action": "train"}', 'finished', 1, '2026-11-22T07:00:00.000+00:00');
INSERT INTO models (folder, name, key, generator, medium, created, seed, run) VALUES
    ('poems', 'poems', 'poems', 'text.lstm', 'text', '2026-11-22T07:01:00.000+00:00', 3, '2026-11-22-lstm-1');
INSERT INTO former_names VALUES ('verses', 'poems');
INSERT INTO items (id, medium, name, path, created, generator, model, prompt, words, job, seed, expanded, parents, run,
                   app_version, sha256, file_sha256, bytes) VALUES
    ('20261122-070512-k3f9x7', 'text', '月', 'items/2026-11-22/月 k3f9x7.txt', '2026-11-22T07:05:12.500+00:00', 'text.lstm',
     'poems', '床前明月光', '月' || char(10) || '床前明月光' || char(10) || 'text.lstm' || char(10) || 'poems',
     '{"generator": "text.lstm", "action": "create", "model": "poems", "params": {"prompt": "床前明月光"}}', 7, '{}', '[]',
     '2026-11-22-lstm-1', '0.1.0', 'a1', 'b2', 60);
