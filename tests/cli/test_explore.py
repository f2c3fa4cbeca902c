"""Looking inside a model from the command line."""

import json
import math
from pathlib import Path

import pytest

from aigc_desktop import cli
from tests.language_models import tiny_gpt2


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gpt2(tmp_path_factory.mktemp("models") / "gpt2")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> list[str]:
    assert cli.main(["explore", *words]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_small_table_for_people_and_the_data_for_programs(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = json.loads(said(capsys, str(model), "--view", "surprise", "--text", "the sea", "--json")[0])
    lines = said(capsys, str(model), "--view", "surprise", "--text", "the sea")
    assert lines[-1] == f"{data['mean']:.3f} nats per token, perplexity {math.exp(data['mean']):.4g}"
    assert len(lines) == len(data["tokens"]) + 1 and lines[0].endswith(data["tokens"][0].replace(" ", "␣"))
    (tmp_path / "text.txt").write_text("the sea", encoding="utf-8")
    lines = said(capsys, str(model), "--view", "next_tokens", "--file", str(tmp_path / "text.txt"), "--top-k", "3")
    assert len(lines) == 20 and lines[3].split("%")[1].strip() == "0.00"
    lines = said(capsys, str(model), "--view", "attention", "--text", "the sea", "--layer", "2", "--head", "4")
    assert lines[0].split() == ["<|endoftext|>", "100.0", "%", "<|endoftext|>"]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--view", "losses"], "cannot show losses"),
        (["--view", "attention", "--text", "x", "--layer", "9"], "layers"),
        (["--view", "attention", "--text", "x", "--head", "5"], "heads"),
        (["--view", "surprise", "--file", "nowhere.txt"], "nowhere.txt"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(
    model: Path, words: list[str], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["explore", str(model), *words]) == 2
    told = capsys.readouterr()
    assert part in told.err and told.out == "" and "Traceback" not in told.err
