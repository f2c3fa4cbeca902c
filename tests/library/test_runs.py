"""Runs: the queue in the database, a folder each, and what becomes of those whose process died."""

import json
import os
import subprocess
import sys
from datetime import date

import pytest

from aigc_desktop.i18n import use
from aigc_desktop.library.project import Project
from aigc_desktop.library.runs import STATES
from aigc_desktop.media.text import Text
from aigc_desktop.problems import BadInput, Sentence
from tests.library.makers import ROOT, files, job, start


def test_a_run_has_a_readable_folder_with_its_job(project: Project) -> None:
    today = date.today().isoformat()
    ids = [project.runs.add(job("春")), project.runs.add(job()), project.runs.add({"action": "create", "model": "m"})]
    assert ids == [f"{today}-gan-1", f"{today}-gan-2", f"{today}-create-1"]
    run = project.runs.get(ids[0])
    assert run.job == job("春") and run.state == "waiting" and run.started is None
    assert json.loads((project.runs.folder(ids[0]) / "job.json").read_text(encoding="utf-8")) == run.job
    assert [row.id for row in project.runs.list()] == ids


def test_the_number_of_a_removed_run_is_not_given_again(project: Project) -> None:
    first = project.runs.add(job())
    project.runs.remove(first)
    assert project.runs.add(job()) != first


def test_fields_change_and_are_kept_beside_the_job(project: Project) -> None:
    id = project.runs.add(job())
    project.runs.set(id, state="running", total=100)
    running = project.runs.get(id)
    assert running.pid == os.getpid() and running.started and running.ended is None
    project.runs.set(id, step=40)
    problem = Sentence("The file {path} is missing.", {"path": project.path / "x"})
    project.runs.set(id, state="failed", problem=problem, figures={"loss": 1.25}, model="m")
    run = project.runs.get(id)
    assert (run.step, run.total, run.figures, run.model, run.state) == (40, 100, {"loss": 1.25}, "m", "failed")
    assert run.ended and run.pid is None and str(run.problem) == f"The file {project.path / 'x'} is missing."
    record = json.loads((project.runs.folder(id) / "run.json").read_text(encoding="utf-8"))
    assert record["state"] == "failed" and record["step"] == 40 and record["figures"] == {"loss": 1.25}
    project.runs.set(id, state="running")
    assert project.runs.get(id).problem is None and project.runs.get(id).started == running.started


def test_a_plain_text_is_a_problem_too(project: Project) -> None:
    id = project.runs.add(job())
    project.runs.set(id, state="lost", problem="It stopped {suddenly}.")
    assert str(project.runs.get(id).problem) == "It stopped {suddenly}."


def test_a_problem_is_said_in_the_language_in_use(project: Project) -> None:
    id = project.runs.add(job())
    project.runs.set(id, state="failed", problem=Sentence("There is no file {path}.", {"path": "x"}))
    use("zh_CN")
    problem = project.runs.get(id).problem
    assert problem is not None and problem.pattern == "There is no file {path}."


def test_jobs_change_with_their_file(project: Project) -> None:
    id = project.runs.add(job())
    project.runs.set(id, job=job("new"))
    assert project.runs.get(id).job == job("new")
    assert json.loads((project.runs.folder(id) / "job.json").read_text(encoding="utf-8")) == job("new")


def test_wrong_fields_and_states_are_faults(project: Project) -> None:
    id = project.runs.add(job())
    with pytest.raises(TypeError, match="colour"):
        project.runs.set(id, colour="red")
    with pytest.raises(Exception, match="CHECK"):
        project.runs.set(id, state="asleep")
    assert project.runs.get(id).state == "waiting"
    for odd in ("nothing", "", ".", "..", "../x", "a/b", "a\\b"):
        with pytest.raises(BadInput, match="There is no run"):
            project.runs.get(odd) if odd == "nothing" else project.runs.folder(odd)


def test_list_takes_states(project: Project) -> None:
    ids = {state: project.runs.add(job(), state=state) for state in STATES}
    assert [run.id for run in project.runs.list(["waiting", "paused"])] == [ids["waiting"], ids["paused"]]
    assert project.runs.list([]) == []


def test_the_queue_can_be_put_into_another_order(project: Project) -> None:
    a, b, c, d = (project.runs.add(job()) for _ in range(4))
    project.runs.reorder([d, b, a])
    assert [run.id for run in project.runs.list()] == [d, b, c, a]
    e = project.runs.add(job())
    assert [run.id for run in project.runs.list()] == [d, b, c, a, e]
    with pytest.raises(BadInput):
        project.runs.reorder([a, "nothing"])
    assert [run.id for run in project.runs.list()] == [d, b, c, a, e]


def test_remove_moves_row_and_folder_into_the_trash(project: Project) -> None:
    id = project.runs.add(job())
    (project.runs.folder(id) / "metrics.jsonl").write_text("{}\n")
    project.runs.remove(id)
    assert project.runs.list() == [] and not project.runs.folder(id).exists()
    assert {f"runs/{id}/{name}" for name in ("job.json", "run.json", "metrics.jsonl")} == files(project.path / "trash")
    assert [run.id for run in project.runs.list(trashed=True)] == [id]
    project.runs.restore(id)
    assert [run.id for run in project.runs.list()] == [id] and project.runs.folder(id).exists()


def test_only_runs_whose_process_is_gone_are_interrupted(project: Project) -> None:
    code = (
        "import sys\n"
        "from aigc_desktop.library.project import Project\n"
        "project = Project.open(sys.argv[1])\n"
        "print(project.runs.add({'generator': 'image.gan'}, state='running'), flush=True)\n"
        "sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, project.path], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None and other.stdin is not None
    theirs = other.stdout.readline().strip()
    mine, waiting = project.runs.add(job(), state="running"), project.runs.add(job())
    assert project.runs.interrupt_stale() == []
    other.kill()
    other.wait()
    other.stdout.close()
    other.stdin.close()
    assert project.runs.interrupt_stale() == [theirs]
    assert project.runs.get(theirs).state == "interrupted"
    assert project.runs.get(mine).state == "running" and project.runs.get(waiting).state == "waiting"


def test_a_process_id_that_another_process_has_by_now_is_seen_through(project: Project) -> None:
    id = project.runs.add(job(), state="running")
    project._database.execute("UPDATE runs SET pid_seen = pid_seen - 1000")
    assert project.runs.interrupt_stale() == [id]


def test_in_a_project_copied_from_another_machine_nothing_runs(project: Project) -> None:
    id = project.runs.add(job(), state="running")
    project._database.execute("UPDATE runs SET host = 'the other machine'")
    assert project.runs.interrupt_stale() == [id]


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="needs processes as Unix has them")
def test_a_dead_child_that_nobody_waited_for_does_not_run(project: Project) -> None:
    code = (
        "import os, sys\n"
        "from aigc_desktop.library.project import Project\n"
        "print(Project.open(sys.argv[1]).runs.add({}, state='running'), flush=True)\n"
        "os._exit(0)\n"
    )
    child = start(code, project.path)
    assert child.stdout is not None and child.stderr is not None
    id = child.stdout.readline().strip()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays a zombie
    assert project.runs.interrupt_stale() == [id]
    child.communicate()


def test_two_processes_write_at_once(project: Project) -> None:
    code = (
        "import sys\n"
        "from aigc_desktop.library.project import Project\n"
        "from aigc_desktop.media.text import Text\n"
        "with Project.open(sys.argv[1]) as project:\n"
        "    run = project.runs.add({'generator': 'text.lstm'}, state='running')\n"
        "    for step in range(30):\n"
        "        project.runs.set(run, step=step)\n"
        "        project.items.add(Text(f'{sys.argv[2]} {step}'), job={'generator': 'text.lstm'}, seed=step, run=run)\n"
        "    project.runs.set(run, state='finished')\n"
    )
    writers = [start(code, project.path, name) for name in "abc"]
    for step in range(30):
        project.items.add(Text(f"mine {step}"), job=job(), seed=step)
    assert [writer.communicate(timeout=120) for writer in writers] == [("", "")] * 3
    assert project.items.count() == 120 and project.verify() == []
    assert [run.state for run in project.runs.list()] == ["finished"] * 3


def test_the_trash_is_emptied_of_runs_too(project: Project) -> None:
    gone, kept = project.runs.add(job()), project.runs.add(job())
    (project.runs.folder(gone) / "checkpoints" / "10").mkdir(parents=True)
    project.runs.remove(gone)
    assert project.runs.empty_trash() == 1
    assert not project.runs.list(trashed=True) and [row.id for row in project.runs.list()] == [kept]
    assert not list((project.path / "trash" / "runs").glob("*")), "with all that was in its folder"
    assert project.runs.empty_trash() == 0
