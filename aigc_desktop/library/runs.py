"""The runs of a project: every training and creation, waiting, under way or over, each with a folder of its own."""

import json
import os
import shutil
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from aigc_desktop.i18n import mark
from aigc_desktop.library import disk, names, processes, trash
from aigc_desktop.library.database import Database
from aigc_desktop.library.ids import stamp
from aigc_desktop.media.files import write_bytes
from aigc_desktop.problems import BadInput, Sentence

STATES = ("waiting", "running", "paused", "interrupted", "finished", "cancelled", "failed", "lost")
OVER = ("finished", "cancelled", "failed", "lost")
_SETTABLE = {"state", "job", "step", "total", "model", "figures", "problem", "started", "ended"}
RECORD = "run.json"  # beside job.json: what the row holds, for `rebuild`
FORMAT = 2  # of the record
PLACES = "runs/.places.json"  # the queue as it was put in order last: one file, where many runs change places at once


@dataclass(frozen=True)
class RunRow:
    """One run. `id` is the folder's name under runs/; times are ISO 8601, UTC; `problem` says why it failed."""

    id: str
    job: dict[str, Any]
    state: str
    created: str
    started: str | None = None
    ended: str | None = None
    step: int = 0
    total: int = 0
    model: str | None = None
    figures: dict[str, float] = field(default_factory=dict)
    problem: Sentence | None = None
    position: int = 0
    pid: int | None = None
    trashed: bool = False
    owner: tuple[int, float, str] | None = None  # the process that runs it, as `processes.me` tells of it


Rows = list[RunRow]  # inside the class `list` is the method


class Runs:
    """The queue, and what was run before."""

    def __init__(self, project: Path, database: Database):
        self._project, self._database = project, database

    def add(self, job: dict[str, Any], state: str = "waiting") -> str:
        """A new run at the end of the queue; its id, readable: 2026-11-22-gan-1. Makes its folder with job.json."""
        kind = names.file_name(
            str(job.get("generator") or "").rpartition(".")[2] or str(job.get("action") or "run"), 40
        )
        stem = f"{date.today().isoformat()}-{kind.replace(' ', '-')}"
        with self._database.writing():
            number = 1
            while self._taken(f"{stem}-{number}"):
                number += 1
            id = f"{stem}-{number}"
            folder = self.folder(id)
            self._database.otherwise(lambda: shutil.rmtree(folder, ignore_errors=True))
            disk.make_folder(folder, self._project)
            write_bytes(folder / "job.json", _readable_json(job))
            position = self._database.value("SELECT coalesce(max(position), 0) + 1 FROM runs")
            insert(self._database, RunRow(id=id, job=job, state="waiting", created=stamp(), position=position))
            self.set(id, state=state)
        return id

    def folder(self, id: str) -> Path:
        """The run's folder."""
        if not id or id in (".", "..") or "/" in id or "\\" in id:
            raise BadInput(mark("There is no run {id} in this project."), id=id)
        return self._project / "runs" / id

    def get(self, id: str) -> RunRow:
        """The run with this id; BadInput if there is none."""
        row = self._database.row("SELECT * FROM runs WHERE id = ?", (id,))
        if row is None:
            raise BadInput(mark("There is no run {id} in this project."), id=id)
        return self._database.read(from_row, [row])[0]

    def list(self, states: Sequence[str] | None = None, trashed: bool = False) -> Rows:
        """Runs in the order of the queue; of all states, or of these."""
        chosen = tuple(states if states is not None else STATES)
        rows = self._database.rows(
            f"SELECT * FROM runs WHERE trashed IS {'NOT NULL' if trashed else 'NULL'}"
            f" AND state IN ({', '.join('?' * len(chosen))}) ORDER BY position, created, id",
            chosen,
        )
        return self._database.read(from_row, rows)

    def set(self, id: str, **fields: Any) -> None:
        """Change fields of a run: state, job, step, total, model, figures, problem (a Sentence or text), started, ended.

        "running" notes the time and this process as its owner; an end notes the time.
        """
        if unknown := set(fields) - _SETTABLE:
            raise TypeError(f"a run has no {', '.join(sorted(unknown))}")
        if isinstance(fields.get("problem"), str):
            fields["problem"] = Sentence(fields["problem"])
        changes = {name: _stored(value) for name, value in fields.items()}
        with self._database.writing():
            before = self.get(id)
            state = fields.get("state")
            if state == "running":
                changes["pid"], changes["pid_seen"], changes["host"] = processes.me()
                changes.setdefault("started", before.started or stamp())
                changes.setdefault("ended", None)
                changes.setdefault("problem", None)
            elif state is not None:
                changes["pid"] = None
                if state in OVER:
                    changes.setdefault("ended", stamp())
            if "job" in fields:
                write_bytes(self.folder(id) / "job.json", _readable_json(fields["job"]))
            self._database.execute(
                f"UPDATE runs SET {', '.join(f'{name} = ?' for name in changes)} WHERE id = ?", (*changes.values(), id)
            )
            if set(fields) - {"step", "total"}:
                self._record(id)

    def claim(self, id: str, among: Sequence[str] = STATES, heir_of: int | None = None) -> bool:
        """Make this process the one that works on a run; whether it is.

        It is not where another process that lives has it (but for `heir_of`, from which it may be taken over), and where
        the run's state is not `among` these: of several processes that want to start a waiting run, one does.
        """
        with self._database.writing():
            if self._elsewhere(id, heir_of) or self.get(id).trashed or self.get(id).state not in among:
                return False
            self.set(id, state="running")
        return True

    def change(
        self, id: str, state: str, among: Sequence[str] = STATES, heir_of: int | None = None, **fields: Any
    ) -> bool:
        """`set` the state, and more, unless another process that lives has the run or its state is not `among` these."""
        with self._database.writing():
            if self._elsewhere(id, heir_of) or self.get(id).state not in among:
                return False
            self.set(id, state=state, **fields)
        return True

    def _elsewhere(self, id: str, heir_of: int | None = None) -> bool:
        """Whether another process that lives works on the run."""
        row = self._database.row("SELECT state, pid, pid_seen, host FROM runs WHERE id = ?", (id,))
        if row is None or row["state"] != "running" or row["pid"] in (os.getpid(), heir_of):
            return False
        return not processes.gone(row["pid"], row["pid_seen"], row["host"])

    def reorder(self, ids: Sequence[str]) -> None:
        """Put these runs into this order, at the places that they had among all."""
        with self._database.writing():
            places = sorted(self.get(id).position for id in ids)
            for id, position in zip(ids, places, strict=True):
                self._database.execute("UPDATE runs SET position = ? WHERE id = ?", (position, id))
            places_of = {row["id"]: row["position"] for row in self._database.rows("SELECT id, position FROM runs")}
            write_bytes(self._project / PLACES, _readable_json(places_of))

    def remove(self, id: str) -> None:
        """Move a run, row and folder, into the trash; BadInput while another process works on it."""
        with self._database.writing():
            if self._elsewhere(id):
                raise BadInput(mark("The run {run} is under way in another program. Stop it there first."), run=id)
            self._move(id, True)

    def restore(self, id: str) -> None:
        """Take a run out of the trash."""
        self._move(id, False)

    def empty_trash(self) -> int:
        """Delete the runs in the trash for good, with their checkpoints; how many they were."""
        with self._database.writing():
            count = int(self._database.value("SELECT count(*) FROM runs WHERE trashed NOTNULL"))
            self._database.execute("DELETE FROM runs WHERE trashed NOTNULL")
            # All that is there: an emptying that was killed left some without a row.
            folders = list((self._project / trash.TRASH / "runs").glob("*"))
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        trash.tidy(self._project)
        return count

    def _move(self, id: str, to_trash: bool) -> None:
        with self._database.writing():
            row = self.get(id)
            if row.trashed == to_trash:
                return
            since = stamp() if to_trash else None
            self._database.execute("UPDATE runs SET trashed = ? WHERE id = ?", (since, id))
            if trash.place(self._project, f"runs/{id}", not to_trash).exists():
                trash.move(self._project, f"runs/{id}", to_trash, since)
                self._database.otherwise(lambda: trash.move(self._project, f"runs/{id}", not to_trash))

    def interrupt_stale(self, ours: Collection[str] = ()) -> Sequence[str]:
        """Mark as interrupted each running run whose process is gone, but for `ours`; their ids.

        Call when a project is opened to work, and now and then while it is.
        """
        if not set(self._stale()).difference(ours):
            return []
        with self._database.writing():  # look again: another process may have claimed one meanwhile
            stale = [id for id in self._stale() if id not in ours]
            for id in stale:
                self.set(id, state="interrupted")
        return stale

    def _stale(self) -> Sequence[str]:
        rows = self._database.rows("SELECT id, pid, pid_seen, host FROM runs WHERE state = 'running'")
        return [row["id"] for row in rows if processes.gone(row["pid"], row["pid_seen"], row["host"])]

    def _taken(self, id: str) -> bool:
        known = self._database.row("SELECT 1 FROM runs WHERE id = ?", (id,)) is not None
        return known or any(trash.place(self._project, f"runs/{id}", trashed).exists() for trashed in (False, True))

    def _record(self, id: str) -> None:
        """Keep the row beside job.json as well."""
        folder = self.folder(id)
        if folder.exists():
            write_bytes(folder / RECORD, recorded(self.get(id)))


def record(run: RunRow) -> dict[str, Any]:
    """What run.json holds."""
    problem = run.problem and {"pattern": run.problem.pattern, "values": run.problem.values}
    kept = ("id", "state", "created", "started", "ended", "step", "total", "model", "figures", "position")
    return {"format": FORMAT} | {name: getattr(run, name) for name in kept} | {"problem": problem, "process": run.owner}


def recorded(run: RunRow) -> bytes:
    """The content of run.json."""
    return _readable_json(record(run))


def insert(database: Database, run: RunRow, since: str | None = None) -> None:
    """Write a run's row; its folder is there already, in the trash since then."""
    database.execute(
        "INSERT INTO runs (id, job, state, position, created, started, ended, step, total, model, figures, problem, trashed,"
        " pid, pid_seen, host) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run.id, _json(run.job), run.state, run.position, run.created, run.started, run.ended, run.step, run.total,
            run.model, _json(run.figures), _stored(run.problem), (since or stamp()) if run.trashed else None,
            *(run.owner or (None, None, None)),
        ),
    )  # fmt: skip


def from_row(row: sqlite3.Row) -> RunRow:
    """The run of a row of the table `runs`; ValueError, TypeError or KeyError where it holds what nobody wrote."""
    problem = json.loads(row["problem"]) if row["problem"] else None
    job, figures = json.loads(row["job"]), json.loads(row["figures"])
    numbers = (row["step"], row["total"], row["position"])
    texts = (row["id"], row["created"], row["started"] or "", row["ended"] or "", row["model"] or "")
    if not (
        isinstance(job, dict)
        and isinstance(figures, dict)
        and all(type(number) is int for number in numbers)
        and all(isinstance(text, str) for text in texts)
    ):
        raise TypeError(row["id"])
    return RunRow(
        id=row["id"],
        job=job,
        state=row["state"],
        created=row["created"],
        started=row["started"],
        ended=row["ended"],
        step=row["step"],
        total=row["total"],
        model=row["model"],
        figures=figures,
        problem=Sentence(problem["pattern"], problem["values"]) if problem else None,
        position=row["position"],
        pid=row["pid"],
        trashed=row["trashed"] is not None,
        owner=None if row["pid"] is None else (row["pid"], row["pid_seen"], row["host"]),
    )


def _stored(value: Any) -> Any:
    if isinstance(value, Sentence):
        return _json({"pattern": value.pattern, "values": value.values})
    return _json(value) if isinstance(value, dict) else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _readable_json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n").encode()
