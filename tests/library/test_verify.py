"""What verify finds: each fault once, as a sentence that names the thing; nothing where all is well."""

import shutil
from collections.abc import Callable

import pytest

from aigc_desktop.library.project import Project
from aigc_desktop.media.text import Text
from tests.library.makers import add, add_model, job, picture


@pytest.fixture
def filled(project: Project) -> Project:
    run = project.runs.add(job())
    add(project, Text("x"), name="a text", run=run)
    add(project, picture(), name="a picture", run=run)
    add_model(project, "gan", run=run)
    return project


def text(project: Project) -> object:
    return project.items.search("a text")[0]


def lose_file(project: Project) -> None:
    project.items.search("picture")[0].path.unlink()


def change_file(project: Project) -> None:
    path = project.items.search("a picture")[0].path
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)


def change_text(project: Project) -> None:
    project.items.search("a text")[0].path.write_text("y")


def lose_sidecar(project: Project) -> None:
    project.items.search("a text")[0].path.with_suffix(".json").unlink()


def stray_file(project: Project) -> None:
    (project.path / "items" / "stray.png").write_bytes(b"x")


def unfinished_file(project: Project) -> None:
    (project.items.search("a text")[0].path.with_name(".0123.new")).write_bytes(b"x")


def lose_model(project: Project) -> None:
    shutil.rmtree(project.models.find("gan"))


def lose_weights(project: Project) -> None:
    (project.models.find("gan") / "model.safetensors").unlink()


def change_weights(project: Project) -> None:
    (project.models.find("gan") / "model.safetensors").write_bytes(b"other")


def stray_model(project: Project) -> None:
    (project.path / "models" / "stray").mkdir()


def lose_run(project: Project) -> None:
    shutil.rmtree(project.runs.folder(project.runs.list()[0].id))


def forget_run(project: Project) -> None:
    id = project.runs.list()[0].id
    project._database.execute("DELETE FROM runs")
    shutil.rmtree(project.runs.folder(id))


def spoil_search(project: Project) -> None:
    project._database.execute("INSERT INTO search (search, rowid, words) VALUES ('delete', 1, 'never there')")


@pytest.mark.parametrize(
    ("spoil", "findings"),
    [
        (lambda project: None, []),
        (lose_file, ["a picture (…): its file items/….png is missing."]),
        (change_file, ["a picture (…): its file items/….png has changed since it was saved."]),
        (change_text, ["a text (…): its file items/….txt has changed since it was saved."]),
        (lose_sidecar, ["a text (…): the file items/….json, which says how it was made, is missing."]),
        (stray_file, ["items/stray.png is in the project's folder but not in its library."]),
        (unfinished_file, ["items/….new is in the project's folder but not in its library."]),
        (lose_model, ["The model gan: its folder models/gan is missing."]),
        (lose_weights, ["The model gan: its file models/gan/model.safetensors is missing."]),
        (change_weights, ["The model gan: its file models/gan/model.safetensors has changed since it was trained."]),
        (stray_model, ["models/stray is in the project's folder but not in its library."]),
        (lose_run, ["The run …: its folder runs/… is missing."]),
        (
            forget_run,
            [
                "a text (…) names a run that is not in this project: ….",
                "a picture (…) names a run that is not in this project: ….",
                "The model gan names a run that is not in this project: ….",
            ],
        ),
        (spoil_search, ["The index is damaged. Rebuild the library from its files."]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_verify(filled: Project, spoil: Callable[[Project], None], findings: list[str]) -> None:
    import re

    spoil(filled)
    said = [str(sentence) for sentence in filled.verify()]
    assert len(said) == len(findings), said
    for sentence, expected in zip(said, findings, strict=True):
        assert re.fullmatch(re.escape(expected).replace("…", ".+"), sentence), sentence


def test_what_is_in_the_trash_is_verified_too(filled: Project) -> None:
    (item,) = filled.items.search("a picture")
    filled.items.trash(item.id)
    filled.models.trash("gan")
    filled.runs.remove(filled.runs.list()[0].id)
    assert filled.verify() == []
    filled.items.get(item.id).path.unlink()
    (finding,) = filled.verify()
    assert "trash/items/" in str(finding)


def test_findings_are_said_in_chinese_too(filled: Project) -> None:
    lose_file(filled)
    (finding,) = filled.verify()
    assert finding.english == str(finding) and set(finding.values) == {"name", "id", "path"}
