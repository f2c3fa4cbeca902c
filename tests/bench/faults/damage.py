"""Ways to damage an index, at random: bytes, ranges, lengths, what lies beside it, what lies in its place."""

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from aigc_desktop.library import schema

Damage = Callable[[Path, random.Random, Path], None]  # of the index; by chance; another project's folder, to take from


def one_byte(index: Path, chance: random.Random, other: Path) -> None:
    _change(index, chance, 1, 1)


def some_bytes(index: Path, chance: random.Random, other: Path) -> None:
    _change(index, chance, chance.randint(2, 60), 1)


def a_range(index: Path, chance: random.Random, other: Path) -> None:
    _change(index, chance, 1, chance.choice([16, 512, 4096, 20_000]))


def a_page_of_zeros(index: Path, chance: random.Random, other: Path) -> None:
    content = bytearray(index.read_bytes())
    start = chance.randrange(len(content) // 4096) * 4096
    content[start : start + 4096] = bytes(4096)
    index.write_bytes(content)


def pages_exchanged(index: Path, chance: random.Random, other: Path) -> None:
    content = index.read_bytes()
    pages = [content[start : start + 4096] for start in range(0, len(content), 4096)]
    one, two = chance.sample(range(len(pages)), 2)
    pages[one], pages[two] = pages[two], pages[one]
    index.write_bytes(b"".join(pages))


def the_head(index: Path, chance: random.Random, other: Path) -> None:
    content = bytearray(index.read_bytes())
    place = chance.randrange(100)
    if 60 <= place < 64:  # the version: what says "newer" must be believed
        place = 0
    content[place] ^= chance.randint(1, 255)
    index.write_bytes(content)


def cut_off(index: Path, chance: random.Random, other: Path) -> None:
    os.truncate(index, chance.randrange(1, index.stat().st_size))


def emptied(index: Path, chance: random.Random, other: Path) -> None:
    os.truncate(index, 0)


def longer(index: Path, chance: random.Random, other: Path) -> None:
    with index.open("ab") as file:
        file.write(chance.randbytes(chance.randint(1, 20_000)))


def rubbish(index: Path, chance: random.Random, other: Path) -> None:
    index.write_bytes(chance.randbytes(chance.randint(1, 100_000)))


def deleted(index: Path, chance: random.Random, other: Path) -> None:
    index.unlink()


def a_folder(index: Path, chance: random.Random, other: Path) -> None:
    index.unlink()
    index.mkdir()
    (index / "something.txt").write_text("somebody's")


def a_link(index: Path, chance: random.Random, other: Path) -> None:
    index.unlink()
    index.symlink_to(chance.choice([other / "library.sqlite", other / "nowhere"]))


def a_pipe(index: Path, chance: random.Random, other: Path) -> None:
    index.unlink()
    os.mkfifo(index)


def another_projects(index: Path, chance: random.Random, other: Path) -> None:
    shutil.copyfile(other / "library.sqlite", index)


def a_strange_wal(index: Path, chance: random.Random, other: Path) -> None:
    shutil.copyfile(other / "cut off" / "library.sqlite-wal", f"{index}-wal")


def a_wal_of_rubbish(index: Path, chance: random.Random, other: Path) -> None:
    Path(f"{index}-wal").write_bytes(chance.randbytes(chance.randint(1, 50_000)))
    if chance.random() < 0.5:
        Path(f"{index}-shm").write_bytes(chance.randbytes(32_768))


def deleted_beside_its_wal(index: Path, chance: random.Random, other: Path) -> None:
    a_strange_wal(index, chance, other)
    index.unlink()


def a_wrong_value(index: Path, chance: random.Random, other: Path) -> None:
    """A row that holds what nobody wrote, in a file that SQLite finds whole."""
    value: object
    with closing(sqlite3.connect(index)) as connection, connection:
        table = chance.choice(["items", "models", "runs", "former_names", "facts"])
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "seq"]
        column = chance.choice(columns)
        value = chance.choice(["{", "", "x" * 1000, b"\xff\xfe", -5, 2**62, 1.5])
        rows = [row[0] for row in connection.execute(f"SELECT rowid FROM {table}")]
        for name in ("items_added", "items_removed", "items_renamed"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid = ?", (value, chance.choice(rows)))
        for statement in schema.FIRST:
            if "CREATE TRIGGER" in statement:
                connection.execute(statement)


KINDS: list[Damage] = [
    one_byte, one_byte, some_bytes, some_bytes, a_range, a_range, a_page_of_zeros, pages_exchanged, the_head, cut_off,
    emptied, longer, rubbish, deleted, a_folder, a_link, a_pipe, another_projects, a_strange_wal, a_wal_of_rubbish,
    deleted_beside_its_wal, a_wrong_value, a_wrong_value,
]  # fmt: skip


def _change(index: Path, chance: random.Random, places: int, length: int) -> None:
    content = bytearray(index.read_bytes())
    for _ in range(places):
        start = chance.randrange(len(content))
        end = min(start + length, len(content))
        content[start:end] = chance.randbytes(end - start)
    if content[60:64] != index.read_bytes()[60:64] and content[:16] == b"SQLite format 3\0":
        content[60:64] = index.read_bytes()[60:64]  # the version: what says "newer" must be believed
    index.write_bytes(content)
