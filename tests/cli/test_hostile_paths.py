"""The command line as a process of its own, with paths and names of every kind in one go; the window's Job of such names."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aigc_desktop.engine.job import Job, read_job
from aigc_desktop.problems import BadInput
from tests.cli.conftest import TINY_LSTM
from tests.hostile_names import NAMES, UNDECODABLE

MANY = """
import json, os, sys
from aigc_desktop import cli
for words in json.loads(sys.stdin.read()):
    print("code", cli.main([os.fsdecode(word.encode("latin-1")) for word in words]), flush=True)
    print("---", file=sys.stderr, flush=True)
"""


def carry_out(*commands: list[object]) -> tuple[list[int], list[str]]:
    """Each command's exit code and what it said on stderr; all in one process, whose words come as bytes."""
    words = [[os.fsencode(str(word)).decode("latin-1") for word in command] for command in commands]
    done = subprocess.run(
        [sys.executable, "-c", MANY],
        input=json.dumps(words).encode(),
        capture_output=True,
        env=os.environ | {"AIGC_LANGUAGE": "en"},
        timeout=120,
        check=False,
    )
    said = done.stderr.decode().split("---\n")
    assert done.returncode == 0 and "Traceback" not in done.stderr.decode(), done.stderr.decode()
    return [int(line[5:]) for line in done.stdout.decode().splitlines() if line.startswith("code ")], said


def test_train_create_and_run_with_spaces_and_chinese_in_every_path(tmp_path: Path) -> None:
    home = tmp_path / "我的 作品 (1)"
    home.mkdir()
    data, project, out, job = (home / name for name in ("春天 的诗.txt", "项目 一", "输出 folder", "工作 job.json"))
    data.write_text("春天来了, the owl sees birds\n" * 40, encoding="utf-8")
    train = ["train", "text.lstm", "--data", data, "--project", project, *TINY_LSTM, "--set", "max_steps=2"]
    few = ["--set", "max_new_tokens=4"]
    content = {
        "action": "create",
        "model": "诗人 一号",
        "project": str(project),
        "params": {"max_new_tokens": 4, "prompt": "春 "},
    }
    job.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    codes, said = carry_out(
        [*train, "--name", "诗人 一号"],
        ["create", "诗人 一号", "--project", project, *few],
        ["create", "诗人 一号", "--project", project, "--out", out, *few],
        ["create", project / "models" / "诗人 一号", "--out", out / "deeper 深", *few],
        ["run", job],
        ["library", "verify", "--project", project],
    )
    assert codes == [0] * 6, said
    assert (project / "models" / "诗人 一号" / "model.safetensors").exists()
    assert len(list((project / "items").rglob("*.txt"))) == 2
    assert (out / "00000.txt").exists() and (out / "deeper 深" / "00000.txt").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only there may file names be any bytes")
def test_names_that_are_no_text_are_one_sentence_everywhere(tmp_path: Path) -> None:
    bad, project = tmp_path / UNDECODABLE, tmp_path / "project"
    (tmp_path / f"{UNDECODABLE}.txt").write_text("the owl sees birds\n" * 40)
    there = ["--project", project]
    few = [*TINY_LSTM, "--set", "max_steps=2"]
    carry_out(["train", "text.lstm", "--data", tmp_path, *there, *few, "--name", "Plays"])
    before = sorted(project.rglob("*.json"))
    commands: list[list[object]] = [
        ["train", "text.lstm", "--data", f"{bad}.txt", *there, *few],
        ["train", "text.lstm", "--data", bad, *there, *few],
        ["train", "text.lstm", "--data", "starter", "--project", bad, *few],
        ["train", "text.lstm", "--data", "starter", *there, *few, "--name", UNDECODABLE],
        ["train", "--resume", UNDECODABLE, *there],
        ["train", UNDECODABLE],
        ["create", UNDECODABLE, *there],
        ["create", "Plays", *there, "--out", bad],
        ["create", "Plays", *there, "--set", f"prompt={UNDECODABLE}"],
        ["run", f"{bad}.json"],
        ["library", "list", "--project", bad],
        ["library", "show", UNDECODABLE, *there],
    ]
    codes, said = carry_out(*commands, ["library", "search", UNDECODABLE, *there])
    assert codes == [2] * len(commands) + [0], list(zip(codes, said, strict=False))
    for sentence in said[: len(commands)]:
        assert sentence.count("\n") == 1 and "�" in sentence, sentence
    assert sorted(project.rglob("*.json")) == before and not bad.exists()


@pytest.mark.parametrize("kind", NAMES)
def test_a_job_keeps_every_name(kind: str, tmp_path: Path) -> None:
    job = Job(
        generator="text.lstm", data=f"/data/{NAMES[kind]}.txt", name=NAMES[kind], project=f"/projects/{NAMES[kind]}"
    )
    (tmp_path / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
    assert read_job(tmp_path / "job.json") == job


@pytest.mark.parametrize("field", ["data", "heldout", "model", "name", "project", "out", "resume"])
def test_a_job_of_no_text_is_refused_where_it_is_made(field: str) -> None:
    with pytest.raises(BadInput, match="no letters"):
        Job(**{field: "/data/\udcff"})
    with pytest.raises(BadInput, match="no letters"):
        Job(inputs=["\udcff.png"])


@pytest.mark.parametrize("name", ["x" * 5000, "/" + "x/" * 3000, "~nobody-at-all/x", "\0", "春" * 200])
def test_paths_that_no_system_takes(name: str, aigc, plays, tmp_path: Path) -> None:
    there = {"action": "create", "model": "Plays", "project": str(tmp_path / "project")}
    for job in (
        {"generator": "text.lstm", "data": name, "project": str(tmp_path / "project")},
        {"generator": "text.lstm", "data": "starter", "project": name},
        there | {"model": name},
        there | {"project": name},
        there | {"model": name, "out": str(tmp_path / "out"), "project": None},
        there | {"out": name + "/x"},
        {"resume": name, "project": str(tmp_path / "project")},
    ):
        if name.startswith("~") and ("out" in job or job.get("project") == name):
            continue  # a folder of that name is made there, as a shell does
        (tmp_path / "job.json").write_text(json.dumps(job), encoding="utf-8")
        said = aigc("run", tmp_path / "job.json")
        assert said.code == 2 and said.sentence, job
