"""Any causal model in a folder: from the command line, with models that were trained elsewhere and here."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from aigc_desktop.engine import events, models, registry
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.library.project import Project
from aigc_desktop.problems import BadInput
from tests.broken_models import config
from tests.language_models import tiny_gpt2, tiny_llama
from tests.tiny import create_job, train_job

SPEC = registry.get("text.pretrained")
PROMPT = "Once upon a time, there was a little girl"


def aigc(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aigc_desktop", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.data
def test_a_real_model_continues_a_story(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "weights" / "stories260k_hf_llama"
    before = sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir())
    words = ("create", folder, "--set", f"prompt={PROMPT}", "--set", "max_new_tokens=60", "--count", 2, "--seed", 1)
    done = aigc(*words, "--project", tmp_path / "project")
    assert done.returncode == 0, done.stderr
    with Project.open(tmp_path / "project", create=False) as project:
        items = project.items.search(limit=9)
    assert {item.expanded["alternative"] for item in items} == {0, 1}
    for item in items:
        text = item.path.read_text(encoding="utf-8")
        told = text.removeprefix(PROMPT)
        assert text.startswith(PROMPT) and item.job["model"] == str(folder) and item.model == folder.name
        # Words, one space between: nothing that a sentencepiece tokenizer does to a text is left in it.
        assert told.startswith((" ", ",", ".")) and "▁" not in told and "  " not in told and " ," not in told
        english = {"a", "and", "the", "was", "to", "she", "her", "named", "lily", "who", "loved", "day", "with"}
        found = [word.strip(".,!?\"'").lower() for word in told.split()]
        assert len(found) > 20 and sum(word in english for word in found) > len(found) / 5, told
    assert "transformers" not in done.stderr and "Warning" not in done.stderr
    assert before == sorted((path.name, path.stat().st_mtime_ns) for path in folder.iterdir())


@pytest.mark.data
def test_beams_give_the_best_of_a_search_all_different(shared_data: Path, project: Project) -> None:
    folder = shared_data / "weights" / "stories260k_hf_llama"
    params = {"prompt": PROMPT, "beams": 4, "count": 3, "max_new_tokens": 30, "precision": "float32"}
    said: list[events.Event] = []
    last = perform(Job(action="create", model=str(folder), params=params, project=str(project.path)), said.append)
    assert isinstance(last, events.Finished), last
    texts = [project.items.get(item).path.read_text(encoding="utf-8") for item in last.items]
    assert len(set(texts)) == 3 and all(text.startswith(PROMPT + " named Lily") for text in texts)


def test_which_folders_it_opens(tmp_path: Path) -> None:
    assert SPEC.opens is not None
    folder = tiny_llama(tmp_path / "model")
    assert SPEC.opens(folder) and models.spec_of(folder) is SPEC
    for name, changes in {
        "bert": {"model_type": "bert", "architectures": ["BertForMaskedLM"]},
        "seq2seq": {"model_type": "bart", "architectures": ["BartForConditionalGeneration"]},
        "new": {"model_type": "new", "architectures": ["NewForCausalLM"]},
        "ours": {"model_type": "aigc-recurrent", "architectures": None},
        "nothing": {"model_type": None},
    }.items():
        other = tmp_path / name
        other.mkdir()
        (other / "config.json").write_bytes((folder / "config.json").read_bytes())
        config(**changes)(other)
        assert not SPEC.opens(other), name
    assert not SPEC.opens(tmp_path / "nowhere") and not SPEC.opens(folder / "config.json")


def test_a_decoder_of_bert_is_one(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert", "architectures": ["BertLMHeadModel"]}))
    assert SPEC.opens is not None and SPEC.opens(tmp_path)


def test_models_that_were_trained_here(project: Project, tmp_path: Path) -> None:
    """A GPT opens as itself and as a pretrained one, an LSTM only as itself."""
    names = {}
    for id in ("text.gpt", "text.lstm"):
        last = perform(train_job(id, tmp_path, project.path), lambda event: None)
        assert isinstance(last, events.Finished), last
        names[id] = last.model["name"]
    gpt, lstm = project.models.find(names["text.gpt"]), project.models.find(names["text.lstm"])
    assert models.spec_of(gpt).id == "text.gpt" and models.spec_of(gpt, "text.pretrained") is SPEC
    assert [row.name for row in models.usable(project.models.list(), SPEC)] == [names["text.gpt"]]
    job = create_job("text.pretrained", names["text.gpt"], project.path)
    said: list[events.Event] = []
    last = perform(job.model_copy(update={"generator": "text.pretrained"}), said.append)
    assert isinstance(last, events.Finished) and project.items.get(last.items[0]).generator == "text.pretrained"
    with pytest.raises(BadInput, match=r"made by text\.lstm, not by text\.pretrained"):
        models.spec_of(lstm, "text.pretrained")


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "int8", "auto"])
@pytest.mark.parametrize("make", [tiny_llama, tiny_gpt2])
def test_sixteen_bit_files_in_every_precision(make: object, precision: str, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    folder = make(tmp_path / "model")  # type: ignore[operator]
    weights = load_file(folder / "model.safetensors")
    save_file({name: one.to(torch.float16) for name, one in weights.items()}, folder / "model.safetensors")
    params = {"prompt": "the fox", "max_new_tokens": 4, "precision": precision}
    last = perform(
        Job(action="create", model=str(folder), params=params, out=str(tmp_path / "out")), lambda event: None
    )
    assert isinstance(last, events.Finished), last


def test_a_precision_that_does_not_fit_says_which_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aigc_desktop.engine import doctor

    folder = tiny_llama(tmp_path / "model")
    monkeypatch.setenv("AIGC_MEMORY_GB", str((doctor.RUNTIME + 150_000) / 2**30))
    job = Job(action="create", model=str(folder), params={"precision": "float32"}, out=str(tmp_path / "out"))
    last = perform(job, lambda event: None)
    assert isinstance(last, events.Failed) and last.bad_input
    assert "16-bit" in str(last.text) and str(folder) in str(last.text)
    assert isinstance(
        perform(job.model_copy(update={"params": {"max_new_tokens": 3}}), lambda event: None), events.Finished
    )
