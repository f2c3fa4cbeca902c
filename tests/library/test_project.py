"""Opening projects: new, old, foreign, newer, damaged, read-only, from two processes, and quickly."""

import os
import shutil
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from tests.library.makers import add, add_model, said, start


def test_a_new_project_has_its_folders_and_opens_again(tmp_path: Path) -> None:
    with Project.open(tmp_path / "a" / "Mein Projekt 春") as project:
        assert project.name == "Mein Projekt 春"
        item = add(project)
    names = {path.name for path in project.path.iterdir()}
    assert {"library.sqlite", "items", "models", "runs", "trash"} <= names
    with Project.open(project.path, create=False) as again:
        assert again.items.get(item.id) == item


def test_the_database_is_in_wal_mode_with_foreign_keys_on(project: Project) -> None:
    database = project._database
    assert database.value("PRAGMA journal_mode") == "wal"
    assert database.value("PRAGMA foreign_keys") == 1
    assert database.value("PRAGMA busy_timeout") >= 10_000


def test_a_copied_or_moved_project_is_whole(project: Project, tmp_path: Path) -> None:
    item, model = add(project, name="one"), add_model(project, "m")
    project.close()
    shutil.copytree(project.path, tmp_path / "copy")
    shutil.rmtree(project.path)
    with Project.open(tmp_path / "copy", create=False) as copy:
        assert copy.items.get(item.id).path.read_bytes()
        assert copy.models.find("m") == tmp_path / "copy" / "models" / model.folder
        assert copy.verify() == []


def test_what_is_no_project_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a project"):
        Project.open(tmp_path / "nowhere", create=False)
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="is a file, not a project"):
        Project.open(tmp_path / "file")
    with pytest.raises(BadInput, match="cannot be opened"):
        Project.open(tmp_path / "file" / "below")
    with pytest.raises(BadInput, match="cannot be opened"):
        Project.open("zero\0byte")
    assert Project.opens_quickly("zero\0byte") and Project.opens_quickly("~nobody/x")


def test_a_folder_with_a_users_own_models_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    with pytest.raises(BadInput, match="has a folder models already"):
        Project.open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["models"]


def test_a_folder_with_other_files_can_become_a_project(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    Project.open(tmp_path).close()
    assert (tmp_path / "notes.txt").read_text() == "x"


def test_another_programs_library_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "library.sqlite"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE books (title TEXT)")
    before = file.read_bytes()
    with pytest.raises(BadInput, match="is not a project"):
        Project.open(tmp_path)
    assert file.read_bytes() == before


def test_a_newer_project_asks_for_an_update(project: Project) -> None:
    project._database.execute("PRAGMA user_version = 999")
    project.close()
    before = (project.path / "library.sqlite").read_bytes()
    with pytest.raises(BadInput, match="newer version"):
        Project.open(project.path)
    assert (project.path / "library.sqlite").read_bytes() == before


@pytest.mark.parametrize("content", [b"this is no database at all, but text" * 200, None])
def test_a_damaged_index_is_kept_and_made_again(project: Project, content: bytes | None) -> None:
    item, model = add(project, name="kept 春"), add_model(project, "m")
    project.close()
    index = project.path / "library.sqlite"
    if content is None:  # the middle of the first page is overwritten, where the list of tables is
        content = bytearray(index.read_bytes())
        content[100:4096] = os.urandom(3996)
    index.write_bytes(content)
    with Project.open(project.path) as repaired:
        (sentence,) = repaired.mended
        assert repaired.items.get(item.id) == item
        assert repaired.models.find("m") == model.path
        assert repaired.verify() == []
    (kept,) = (project.path / "backups").glob("library damaged *.sqlite")
    assert kept.read_bytes() == content
    assert "(items: 1, models: 1)" in str(sentence) and kept.name in str(sentence)
    with Project.open(project.path) as again:
        assert again.mended == []


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="needs users as Unix has them")
def test_a_project_that_cannot_be_written_to(project: Project, tmp_path: Path) -> None:
    add(project)
    project.close()
    for path in (project.path, *project.path.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    code = (
        "import os, sys\n"
        "from aigc_desktop.library.project import Project\n"
        "from aigc_desktop.problems import BadInput\n"
        "os.getuid() or os.setuid(65534)\n"
        "try: Project.open(sys.argv[1])\n"
        "except BadInput as problem: print(problem)\n"
    )
    for folder in [tmp_path, *tmp_path.parents]:  # nobody may look through the folders above
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
        if folder.name.startswith("pytest-of"):
            break
    out, errors = start(code, project.path).communicate(timeout=60)
    for path in (project.path, *project.path.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert "cannot be written to" in out, errors
    assert errors == ""


def test_opening_is_cheap_and_imports_nothing_heavy(project: Project) -> None:
    add(project)
    project.close()
    code = (
        "import sys, time\n"
        "from aigc_desktop.library.project import Project\n"
        "start = time.perf_counter()\n"
        "Project.open(sys.argv[1]).items.search()\n"
        "print(time.perf_counter() - start)\n"
        "print([name for name in ('torch', 'numpy', 'PIL', 'av', 'soundfile', 'matplotlib', 'PySide6', 'psutil')\n"
        "       if name in sys.modules])\n"
    )
    runs = [said(code, project.path) for _ in range(5)]
    assert all(run.splitlines()[1] == "[]" for run in runs)
    assert min(float(run.splitlines()[0]) for run in runs) < 0.01


def test_data_version_changes_when_another_connection_writes(project: Project) -> None:
    before = project.data_version()
    add(project)
    assert project.data_version() == before
    with Project.open(project.path) as other:
        add(other)
    assert project.data_version() != before


def test_a_project_belongs_to_the_thread_that_opened_it(project: Project) -> None:
    heard: list[str] = []

    def use() -> None:
        try:
            project.items.count()
        except sqlite3.ProgrammingError as error:
            heard.append(str(error))
        with Project.open(project.path) as own:
            heard.append(str(own.items.count()))

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert "thread" in heard[0] and heard[1] == "0"


def test_many_processes_can_make_the_same_project_at_once(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from aigc_desktop.library.project import Project\n"
        "time.sleep(max(0, float(sys.argv[2]) - time.time()))\n"
        "with Project.open(sys.argv[1]) as project:\n"
        "    print(project.runs.add({'generator': 'image.gan'}))\n"
    )
    processes = [start(code, tmp_path / "p", time.time() + 1.5) for _ in range(6)]
    heard = [process.communicate(timeout=60) for process in processes]
    assert [errors for _, errors in heard] == [""] * 6
    assert sorted(out.strip().rsplit("-", 1)[1] for out, _ in heard) == list("123456")
