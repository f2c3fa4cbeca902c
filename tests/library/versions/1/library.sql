PRAGMA application_id = 1095321411;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
BEGIN;
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
CREATE VIRTUAL TABLE search USING fts5 (words, content='items', content_rowid='seq', tokenize='trigram');
CREATE UNIQUE INDEX models_by_key ON models (key) WHERE trashed IS NULL;
CREATE INDEX items_by_time ON items (trashed, created, id);
CREATE INDEX items_by_generator ON items (trashed, generator);
CREATE INDEX items_by_model ON items (trashed, model);
CREATE INDEX items_by_prompt ON items (model, prompt);
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
INSERT INTO facts (name, value) VALUES ('complete', 'yes');
INSERT INTO runs (id, job, state, position, created, started, ended, step, total, model, figures, problem, pid, pid_seen, host, trashed) VALUES ('2026-11-22-gan-1', '{"generator": "image.gan", "action": "create", "params": {"prompt": "春"}, "model": null, "seed": 5}', 'finished', 1, '2026-11-22T10:40:19.492+00:00', 's', 'e', 9, 9, 'first', '{"loss": 0.25}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO runs (id, job, state, position, created, started, ended, step, total, model, figures, problem, pid, pid_seen, host, trashed) VALUES ('2026-11-22-gan-2', '{"generator": "image.gan", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5}', 'failed', 2, '2026-11-22T10:40:19.496+00:00', NULL, '2026-11-22T10:40:19.497+00:00', 0, 0, NULL, '{}', '{"pattern": "There is no file {path}.", "values": {"path": "x"}}', NULL, NULL, NULL, NULL);
INSERT INTO runs (id, job, state, position, created, started, ended, step, total, model, figures, problem, pid, pid_seen, host, trashed) VALUES ('2026-11-22-gan-3', '{"generator": "image.gan", "action": "create", "params": {"prompt": "paused"}, "model": null, "seed": 5}', 'paused', 3, '2026-11-22T10:40:19.499+00:00', NULL, NULL, 40, 100, NULL, '{}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO runs (id, job, state, position, created, started, ended, step, total, model, figures, problem, pid, pid_seen, host, trashed) VALUES ('2026-11-22-gan-4', '{"generator": "image.gan", "action": "create", "params": {"prompt": "interrupted"}, "model": null, "seed": 5}', 'interrupted', 4, '2026-11-22T10:40:19.503+00:00', NULL, NULL, 7, 100, NULL, '{}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO runs (id, job, state, position, created, started, ended, step, total, model, figures, problem, pid, pid_seen, host, trashed) VALUES ('2026-11-22-gan-5', '{"generator": "image.gan", "action": "create", "params": {"prompt": "cancelled"}, "model": null, "seed": 5}', 'cancelled', 5, '2026-11-22T10:40:19.507+00:00', NULL, '2026-11-22T10:40:19.508+00:00', 0, 100, NULL, '{}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO runs (id, job, state, position, created, started, ended, step, total, model, figures, problem, pid, pid_seen, host, trashed) VALUES ('2026-11-22-gan-6', '{"generator": "image.gan", "action": "create", "params": {"prompt": "lost"}, "model": null, "seed": 5}', 'lost', 6, '2026-11-22T10:40:19.510+00:00', NULL, '2026-11-22T10:40:19.511+00:00', 3, 100, NULL, '{}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO runs (id, job, state, position, created, started, ended, step, total, model, figures, problem, pid, pid_seen, host, trashed) VALUES ('2026-11-22-gan-7', '{"generator": "image.gan", "action": "create", "params": {"prompt": "waiting 0"}, "model": null, "seed": 5}', 'waiting', 9, '2026-11-22T10:40:19.514+00:00', NULL, NULL, 0, 0, NULL, '{}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO runs (id, job, state, position, created, started, ended, step, total, model, figures, problem, pid, pid_seen, host, trashed) VALUES ('2026-11-22-gan-8', '{"generator": "image.gan", "action": "create", "params": {"prompt": "waiting 1"}, "model": null, "seed": 5}', 'waiting', 8, '2026-11-22T10:40:19.516+00:00', NULL, NULL, 0, 0, NULL, '{}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO runs (id, job, state, position, created, started, ended, step, total, model, figures, problem, pid, pid_seen, host, trashed) VALUES ('2026-11-22-gan-9', '{"generator": "image.gan", "action": "create", "params": {"prompt": "waiting 2"}, "model": null, "seed": 5}', 'waiting', 7, '2026-11-22T10:40:19.518+00:00', NULL, NULL, 0, 0, NULL, '{}', NULL, NULL, NULL, NULL, NULL);
INSERT INTO runs (id, job, state, position, created, started, ended, step, total, model, figures, problem, pid, pid_seen, host, trashed) VALUES ('2026-11-22-gan-10', '{"generator": "image.gan", "action": "create", "params": {"prompt": "in the trash"}, "model": null, "seed": 5}', 'waiting', 10, '2026-11-22T10:40:19.520+00:00', NULL, NULL, 0, 0, NULL, '{}', NULL, NULL, NULL, NULL, '2026-11-22T10:40:19.522+00:00');
INSERT INTO models (folder, name, key, generator, medium, created, seed, figures, run, trashed) VALUES ('first', 'third 春', 'third 春', 'image.gan', 'picture', '2026-11-22T10:40:19.524+00:00', 3, '{"loss": 0.5}', '2026-11-22-gan-1', NULL);
INSERT INTO models (folder, name, key, generator, medium, created, seed, figures, run, trashed) VALUES ('first 2', 'first', 'first', 'image.gan', 'picture', '2026-11-22T10:40:19.564+00:00', 4, '{}', NULL, NULL);
INSERT INTO models (folder, name, key, generator, medium, created, seed, figures, run, trashed) VALUES ('mnist', 'gan', 'gan', 'image.gan', 'picture', '2026-11-22T10:40:19.583+00:00', 0, '{}', NULL, '2026-11-22T10:40:19.586+00:00');
INSERT INTO former_names (key, model) VALUES ('first', 'first');
INSERT INTO former_names (key, model) VALUES ('second', 'first');
INSERT INTO former_names (key, model) VALUES ('mnist', 'mnist');
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (1, '20261122-104019-gthf1n', 'picture', 'by the first 1', 'items/2026-11-22/by the first 1 gthf1n.png', 'items/2026-11-22/by the first 1 gthf1n.png', '2026-11-22T10:40:19.525+00:00', 'image.gan', 'third 春', 'by the first', 'by the first 1
by the first
image.gan
third 春', '{"generator": "image.gan", "action": "create", "params": {"prompt": "by the first"}, "model": "first", "seed": 5, "project": null}', 5, '{}', '[]', '2026-11-22-gan-1', '0.1.0', 'a00862f270b7d42dc3e89c93aa71e6558b4c72d6f8a8765037980fe96f66d1ab', 'd09639516816b02988209cc2d68ce773cf550d418655c26034a704705604abad', 12, 12, 598, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (2, '20261122-104019-j32y3m', 'picture', 'by the other first 1', 'items/2026-11-22/by the other first 1 j32y3m.png', 'items/2026-11-22/by the other first 1 j32y3m.png', '2026-11-22T10:40:19.565+00:00', 'image.gan', 'first', 'by the other first', 'by the other first 1
by the other first
image.gan
first', '{"generator": "image.gan", "action": "create", "params": {"prompt": "by the other first"}, "model": "first", "seed": 5, "project": null}', 5, '{}', '["20261122-104019-gthf1n"]', NULL, '0.1.0', 'a00862f270b7d42dc3e89c93aa71e6558b4c72d6f8a8765037980fe96f66d1ab', 'c59c1f94f703122ede69b365410719f83adfda715ee6c1a2965ec531cae85519', 12, 12, 626, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (3, '20261122-104019-jcvv2t', 'picture', 'by one that was deleted 1', 'items/2026-11-22/by one that was deleted 1 jcvv2t.png', 'items/2026-11-22/by one that was deleted 1 jcvv2t.png', '2026-11-22T10:40:19.574+00:00', 'image.gan', 'gone for good', 'by one that was deleted', 'by one that was deleted 1
by one that was deleted
image.gan
gone for good', '{"generator": "image.gan", "action": "create", "params": {"prompt": "by one that was deleted"}, "model": "gone", "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', 'a00862f270b7d42dc3e89c93aa71e6558b4c72d6f8a8765037980fe96f66d1ab', '4b925143da9ff4accdc170a64c54f70076ab4a2a5c38a6926869991da8e7e869', 12, 12, 615, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (4, '20261122-104019-jt20zx', 'text', '名字 春', 'items/2026-11-22/名字 春 jt20zx.txt', NULL, '2026-11-22T10:40:19.587+00:00', 'image.gan', 'third 春', '床前明月光', '名字 春
床前明月光
image.gan
third 春', '{"generator": "image.gan", "action": "create", "params": {"prompt": "床前明月光"}, "model": "third 春", "seed": 5, "project": null}', 5, '{"a": [1.5, "b"]}', '["p"]', '2026-11-22-gan-1', '0.1.0', '03ffdf16f73de1a1eaa61cc9e89108d99ac063721cee377248f4b51fee25898d', '03ffdf16f73de1a1eaa61cc9e89108d99ac063721cee377248f4b51fee25898d', NULL, NULL, 20, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (5, '20261122-104019-jwrgf9', 'text', 'new / name 0', 'items/2026-11-22/new - name 0 jwrgf9.txt', NULL, '2026-11-22T10:40:19.589+00:00', 'image.gan', NULL, '', 'new / name 0
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '03ffdf16f73de1a1eaa61cc9e89108d99ac063721cee377248f4b51fee25898d', '03ffdf16f73de1a1eaa61cc9e89108d99ac063721cee377248f4b51fee25898d', NULL, NULL, 20, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (6, '20261122-104019-k1a9zt', 'text', 'in the trash 1', 'items/2026-11-22/in the trash 1 k1a9zt.txt', NULL, '2026-11-22T10:40:19.594+00:00', 'image.gan', NULL, 'in the trash', 'in the trash 1
in the trash
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": "in the trash"}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '03ffdf16f73de1a1eaa61cc9e89108d99ac063721cee377248f4b51fee25898d', '03ffdf16f73de1a1eaa61cc9e89108d99ac063721cee377248f4b51fee25898d', NULL, NULL, 20, '2026-11-22T10:40:19.598+00:00');
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (7, '20261122-104019-k5h7dx', 'text', 'and back 1', 'items/2026-11-22/and back 1 k5h7dx.txt', NULL, '2026-11-22T10:40:19.598+00:00', 'image.gan', NULL, 'and back', 'and back 1
and back
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": "and back"}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '03ffdf16f73de1a1eaa61cc9e89108d99ac063721cee377248f4b51fee25898d', '03ffdf16f73de1a1eaa61cc9e89108d99ac063721cee377248f4b51fee25898d', NULL, NULL, 20, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (8, '20261122-104019-k80nd4', 'picture', 'family 👩‍👩‍👧', 'items/2026-11-22/family 👩‍👩‍👧 k80nd4.png', 'items/2026-11-22/family 👩‍👩‍👧 k80nd4.png', '2026-11-22T10:40:19.601+00:00', 'image.gan', 'third 春', '床前明月光', 'family 👩‍👩‍👧
床前明月光
image.gan
third 春', '{"generator": "image.gan", "action": "create", "params": {"prompt": "床前明月光"}, "model": "third 春", "seed": 5, "project": null}', 5, '{"a": [1.5, "b"]}', '["p"]', '2026-11-22-gan-1', '0.1.0', 'a00862f270b7d42dc3e89c93aa71e6558b4c72d6f8a8765037980fe96f66d1ab', '43e93c2a7a3cbfaa96658303df93007ad7cb60d8c99a67cedaf4646ac198dabb', 12, 12, 639, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (9, '20261122-104019-kb7nkm', 'picture', 'new / name 1', 'items/2026-11-22/new - name 1 kb7nkm.png', 'items/2026-11-22/new - name 1 kb7nkm.png', '2026-11-22T10:40:19.604+00:00', 'image.gan', NULL, '', 'new / name 1
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', 'a00862f270b7d42dc3e89c93aa71e6558b4c72d6f8a8765037980fe96f66d1ab', '252764dad14878cf2285d1701aaba18da5218e0959ee4ef17237a9481e2ffe74', 12, 12, 552, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (10, '20261122-104019-kftajf', 'picture', 'in the trash 2', 'items/2026-11-22/in the trash 2 kftajf.png', 'items/2026-11-22/in the trash 2 kftajf.png', '2026-11-22T10:40:19.608+00:00', 'image.gan', NULL, 'in the trash', 'in the trash 2
in the trash
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": "in the trash"}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', 'a00862f270b7d42dc3e89c93aa71e6558b4c72d6f8a8765037980fe96f66d1ab', '36326f7f328b79509f4b86bc53972a9eb91cfac1e851334a741564c64700caae', 12, 12, 578, '2026-11-22T10:40:19.611+00:00');
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (11, '20261122-104019-kj3yqe', 'picture', 'and back 2', 'items/2026-11-22/and back 2 kj3yqe.png', 'items/2026-11-22/and back 2 kj3yqe.png', '2026-11-22T10:40:19.611+00:00', 'image.gan', NULL, 'and back', 'and back 2
and back
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": "and back"}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', 'a00862f270b7d42dc3e89c93aa71e6558b4c72d6f8a8765037980fe96f66d1ab', '96a36fe0af3049fc12bad5c9f65b3304ea3cc3d665af76723f212cb12e16509b', 12, 12, 566, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (12, '20261122-104019-kn0f9t', 'picture', 'شعر', 'items/2026-11-22/شعر kn0f9t.png', 'thumbnails/2026-11-22/20261122-104019-kn0f9t.png', '2026-11-22T10:40:19.614+00:00', 'image.gan', 'third 春', '床前明月光', 'شعر
床前明月光
image.gan
third 春', '{"generator": "image.gan", "action": "create", "params": {"prompt": "床前明月光"}, "model": "third 春", "seed": 5, "project": null}', 5, '{"a": [1.5, "b"]}', '["p"]', '2026-11-22-gan-1', '0.1.0', '9ea44c29720f8e0bc8d9a5440ef25955e0b1b98c97e2978c992cdb6a41a59f34', '9d5f61756c91ffb0b5e34bde67493ef61d6ea683267eabe01d465cf36b353467', 300, 300, 1454, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (13, '20261122-104019-m2qtzt', 'picture', 'new / name 2', 'items/2026-11-22/new - name 2 m2qtzt.png', 'thumbnails/2026-11-22/20261122-104019-m2qtzt.png', '2026-11-22T10:40:19.626+00:00', 'image.gan', NULL, '', 'new / name 2
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '9ea44c29720f8e0bc8d9a5440ef25955e0b1b98c97e2978c992cdb6a41a59f34', '61fc0f3fcd16e9b9ed14db9c49adb9040de6584d0c151957d56c01e41bc6a590', 300, 300, 1386, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (14, '20261122-104019-mec4m9', 'picture', 'in the trash 3', 'items/2026-11-22/in the trash 3 mec4m9.png', 'thumbnails/2026-11-22/20261122-104019-mec4m9.png', '2026-11-22T10:40:19.638+00:00', 'image.gan', NULL, 'in the trash', 'in the trash 3
in the trash
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": "in the trash"}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '9ea44c29720f8e0bc8d9a5440ef25955e0b1b98c97e2978c992cdb6a41a59f34', '1692aebc1fc0d91e4a310704088f5434dfd75f2fddc08ad41e9079194c87338e', 300, 300, 1412, '2026-11-22T10:40:19.649+00:00');
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (15, '20261122-104019-msh22c', 'picture', 'and back 3', 'items/2026-11-22/and back 3 msh22c.png', 'thumbnails/2026-11-22/20261122-104019-msh22c.png', '2026-11-22T10:40:19.649+00:00', 'image.gan', NULL, 'and back', 'and back 3
and back
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": "and back"}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '9ea44c29720f8e0bc8d9a5440ef25955e0b1b98c97e2978c992cdb6a41a59f34', '6533ce8ecd52afe43734c6c28718b3ff81f69dc27414a2976892f603f91fdd97', 300, 300, 1400, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (16, '20261122-104019-n3qsty', 'sound', 'a / b: c?', 'items/2026-11-22/a - b- c- n3qsty.flac', 'thumbnails/2026-11-22/20261122-104019-n3qsty.png', '2026-11-22T10:40:19.659+00:00', 'image.gan', 'third 春', '床前明月光', 'a / b: c?
床前明月光
image.gan
third 春', '{"generator": "image.gan", "action": "create", "params": {"prompt": "床前明月光"}, "model": "third 春", "seed": 5, "project": null}', 5, '{"a": [1.5, "b"]}', '["p"]', '2026-11-22-gan-1', '0.1.0', '3eb7bb8d4f6a239c00f04566361327ac55e0d9376d90d4cd92fbf678a5b91b9c', '41f0b74ef7a508e4324998eaa9907ccae9113033862f09252ccb971ee499c47c', NULL, NULL, 1707, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (17, '20261122-104019-nnn40p', 'sound', 'new / name 3', 'items/2026-11-22/new - name 3 nnn40p.flac', 'thumbnails/2026-11-22/20261122-104019-nnn40p.png', '2026-11-22T10:40:19.676+00:00', 'image.gan', NULL, '', 'new / name 3
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '3eb7bb8d4f6a239c00f04566361327ac55e0d9376d90d4cd92fbf678a5b91b9c', 'c3e77c02e468221f6eb7879dad1ca76afaeaa341da39844743dcf1d3d80c9b53', NULL, NULL, 1639, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (18, '20261122-104019-nzt04w', 'sound', 'in the trash 4', 'items/2026-11-22/in the trash 4 nzt04w.flac', 'thumbnails/2026-11-22/20261122-104019-nzt04w.png', '2026-11-22T10:40:19.686+00:00', 'image.gan', NULL, 'in the trash', 'in the trash 4
in the trash
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": "in the trash"}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '3eb7bb8d4f6a239c00f04566361327ac55e0d9376d90d4cd92fbf678a5b91b9c', 'b58ffd6863ea174bdb8732d44c0e9a0e6f01eac08c63c64044043e8d7ae3c581', NULL, NULL, 1667, '2026-11-22T10:40:19.691+00:00');
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (19, '20261122-104019-p42n2j', 'sound', 'and back 4', 'items/2026-11-22/and back 4 p42n2j.flac', 'thumbnails/2026-11-22/20261122-104019-p42n2j.png', '2026-11-22T10:40:19.691+00:00', 'image.gan', NULL, 'and back', 'and back 4
and back
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": "and back"}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '3eb7bb8d4f6a239c00f04566361327ac55e0d9376d90d4cd92fbf678a5b91b9c', '6b91a7039be4b101eb9e84c5f1a01cf426d01bef070d5bd1c6cada8225bbaada', NULL, NULL, 1651, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (20, '20261122-104019-p98mw4', 'clip', 'Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé', 'items/2026-11-22/Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé p98mw4.mp4', 'thumbnails/2026-11-22/20261122-104019-p98mw4.png', '2026-11-22T10:40:19.696+00:00', 'image.gan', 'third 春', '床前明月光', 'unicode unicode unicode unicode unicode unicode unicode unicode unicode unicode unicode unicode
床前明月光
image.gan
third 春', '{"generator": "image.gan", "action": "create", "params": {"prompt": "床前明月光"}, "model": "third 春", "seed": 5, "project": null}', 5, '{"a": [1.5, "b"]}', '["p"]', '2026-11-22-gan-1', '0.1.0', '90954a22c1ca929a2492838a021ec5d814f0a55051297c574286dbe3fe893812', '3e5823d8f400dc0a74d524248413844592464ac03a04802e4d9745751a7b79e3', 16, 16, 2580, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (21, '20261122-104019-ry55qp', 'clip', 'new / name 4', 'items/2026-11-22/new - name 4 ry55qp.mp4', 'thumbnails/2026-11-22/20261122-104019-ry55qp.png', '2026-11-22T10:40:19.779+00:00', 'image.gan', NULL, '', 'new / name 4
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '90954a22c1ca929a2492838a021ec5d814f0a55051297c574286dbe3fe893812', '6df679b559f4e812278c6f76414d05c4856d079206ad71db45d22b14184afdad', 16, 16, 2244, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (22, '20261122-104019-s91170', 'clip', 'in the trash 5', 'items/2026-11-22/in the trash 5 s91170.mp4', 'thumbnails/2026-11-22/20261122-104019-s91170.png', '2026-11-22T10:40:19.790+00:00', 'image.gan', NULL, 'in the trash', 'in the trash 5
in the trash
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": "in the trash"}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '90954a22c1ca929a2492838a021ec5d814f0a55051297c574286dbe3fe893812', 'ad3f2b880b92345bf636dc702557902ec0eba22ae29b0352d9f1cdafd8e894fa', 16, 16, 2272, '2026-11-22T10:40:19.799+00:00');
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (23, '20261122-104019-sk9080', 'clip', 'and back 5', 'items/2026-11-22/and back 5 sk9080.mp4', 'thumbnails/2026-11-22/20261122-104019-sk9080.png', '2026-11-22T10:40:19.799+00:00', 'image.gan', NULL, 'and back', 'and back 5
and back
image.gan', '{"generator": "image.gan", "action": "create", "params": {"prompt": "and back"}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '90954a22c1ca929a2492838a021ec5d814f0a55051297c574286dbe3fe893812', '1cf458090a4f9c4e064a5538959b549fbfd003e851c1749f2da7504359b91d20', 16, 16, 2256, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (24, '20261122-104019-sst9md', 'picture', '名字 春', 'items/2026-11-22/名字 春 sst9md.png', 'items/2026-11-22/名字 春 sst9md.png', '2026-11-22T10:40:19.805+00:00', 'text.lstm', NULL, '', '名字 春
text.lstm', '{"generator": "text.lstm", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '4dd87ad88b4566d7df1d51373487888a75a51f5f1c38ba6be86e716e39dd9aef', '0f00f088eb4615b4747273e9f1e5c709efce4f4c29a2f5198c50cf21bb8c54fc', 12, 12, 550, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (25, '20261122-104019-svawq1', 'picture', 'family 👩‍👩‍👧', 'items/2026-11-22/family 👩‍👩‍👧 svawq1.png', 'items/2026-11-22/family 👩‍👩‍👧 svawq1.png', '2026-11-22T10:40:19.807+00:00', 'text.lstm', NULL, '', 'family 👩‍👩‍👧
text.lstm', '{"generator": "text.lstm", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '4dd87ad88b4566d7df1d51373487888a75a51f5f1c38ba6be86e716e39dd9aef', '12e3f054b3119219fd8c037029cf4aff2a0574f79695cd6b8b4e99f82309147d', 12, 12, 565, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (26, '20261122-104019-sxqkhy', 'picture', 'شعر', 'items/2026-11-22/شعر sxqkhy.png', 'items/2026-11-22/شعر sxqkhy.png', '2026-11-22T10:40:19.809+00:00', 'text.lstm', NULL, '', 'شعر
text.lstm', '{"generator": "text.lstm", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '4dd87ad88b4566d7df1d51373487888a75a51f5f1c38ba6be86e716e39dd9aef', '6b845a4d28d0c18949ded49bb89ea29cb43b8dbebc3abe884dafd0dcc936df7c', 12, 12, 546, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (27, '20261122-104019-szr7b4', 'picture', 'a / b: c?', 'items/2026-11-22/a - b- c- szr7b4.png', 'items/2026-11-22/a - b- c- szr7b4.png', '2026-11-22T10:40:19.811+00:00', 'text.lstm', NULL, '', 'a / b: c?
text.lstm', '{"generator": "text.lstm", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '4dd87ad88b4566d7df1d51373487888a75a51f5f1c38ba6be86e716e39dd9aef', 'bb5dc05d872e997928ffc28eb341fd01642c3e8398621c1bc06d29a4453c4ac8', 12, 12, 549, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (28, '20261122-104019-t1184c', 'picture', 'Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé', 'items/2026-11-22/Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé t1184c.png', 'items/2026-11-22/Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé Ünïcödé t1184c.png', '2026-11-22T10:40:19.813+00:00', 'text.lstm', NULL, '', 'unicode unicode unicode unicode unicode unicode unicode unicode unicode unicode unicode unicode
text.lstm', '{"generator": "text.lstm", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '4dd87ad88b4566d7df1d51373487888a75a51f5f1c38ba6be86e716e39dd9aef', 'a2565e426836e8c763b057fe223cd6e97a03218cd980fc2eda50cb3a844f0c03', 12, 12, 683, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (29, '20261122-104019-t3aasq', 'picture', 'CON', 'items/2026-11-22/_CON t3aasq.png', 'items/2026-11-22/_CON t3aasq.png', '2026-11-22T10:40:19.815+00:00', 'text.lstm', NULL, '', 'con
text.lstm', '{"generator": "text.lstm", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '4dd87ad88b4566d7df1d51373487888a75a51f5f1c38ba6be86e716e39dd9aef', '3b5b2bad2aaaf912986f149aea7433aa6e25e072129db2ab03d8f86ae0491770', 12, 12, 543, NULL);
INSERT INTO items (seq, id, medium, name, path, thumbnail, created, generator, model, prompt, words, job, seed, expanded, parents, run, app_version, sha256, file_sha256, width, height, bytes, trashed) VALUES (30, '20261122-104019-t51tpa', 'picture', 'spaces', 'items/2026-11-22/spaces t51tpa.png', 'items/2026-11-22/spaces t51tpa.png', '2026-11-22T10:40:19.817+00:00', 'text.lstm', NULL, '', 'spaces
text.lstm', '{"generator": "text.lstm", "action": "create", "params": {"prompt": ""}, "model": null, "seed": 5, "project": null}', 5, '{}', '[]', NULL, '0.1.0', '4dd87ad88b4566d7df1d51373487888a75a51f5f1c38ba6be86e716e39dd9aef', '3317505964b62d158a185d35fd34a07b740d7cf0858e1b33a5df06bbed0eaeb4', 12, 12, 546, NULL);
COMMIT;
