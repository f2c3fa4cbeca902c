"""Fine-tuning: what is learned, what comes of it, how it goes on; in the smallest real models."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from aigc_desktop.engine import adapter_files, events, params, registry
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.text.finetune.model import Trainer, automatic_rate
from aigc_desktop.generators.text.finetune.spec import SPEC, Train, preflight
from aigc_desktop.library.project import Project
from aigc_desktop.nets.causal.loading import load
from tests.language_models import tiny_gpt2, tiny_llama
from tests.tiny import create_job, train_job

LORA = {"method": "lora", "rank": 2}


def done(job: Job, **kwargs: Any) -> tuple[list[events.Event], Any]:
    said: list[events.Event] = []
    return said, perform(job, said.append, **kwargs)


@pytest.fixture
def project(tmp_path: Path):
    with Project.open(tmp_path / "project") as project:
        yield project


def trained(tmp_path: Path, project: Project, **settings: Any) -> Path:
    _, last = done(train_job("text.finetune", tmp_path, project.path, **settings))
    assert isinstance(last, events.Finished), last
    return Path(last.model["path"])


def test_all_weights_give_a_model_that_opens_anywhere(tmp_path: Path, project: Project) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = trained(tmp_path, project)
    model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True)
    base = load(tmp_path / "base", "cpu")
    assert all(
        not torch.equal(one, other) for one, other in zip(model.parameters(), base.model.parameters(), strict=True)
    )
    assert AutoTokenizer.from_pretrained(folder, local_files_only=True)("the cat") == base.tokenizer("the cat")
    config = json.loads((folder / "config.json").read_text())
    assert config["model_type"] == "llama" and "attn_implementation" not in config
    assert (folder / "generation_config.json").exists()


def test_an_adapter_is_small_and_belongs_to_its_base(tmp_path: Path, project: Project) -> None:
    before = (tiny_llama(tmp_path / "base") / "model.safetensors").read_bytes()
    folder = trained(tmp_path, project, **LORA, alpha=3.0, targets="q_proj,o_proj")
    assert not (folder / "model.safetensors").exists() and adapter_files.base_of(folder) == tmp_path / "base"
    known = adapter_files.about(folder)
    assert (known["rank"], known["alpha"], known["layers"]) == (2, 3.0, ["o_proj", "q_proj"])
    assert (tmp_path / "base" / "model.safetensors").read_bytes() == before
    assert any(bool(one.any()) for name, one in load_file(folder / adapter_files.WEIGHTS).items() if "lora_B" in name)
    _, last = done(create_job("text.finetune", folder.name, project.path))
    assert isinstance(last, events.Finished) and project.items.get(last.items[0]).generator == "text.finetune"


def test_an_adapter_that_was_paused_goes_on_exactly(tmp_path: Path, project: Project) -> None:
    settings = LORA | {"max_steps": 5, "dropout": 0.1}
    unbroken = trained(tmp_path, project, **settings)
    steps = 0

    def asked() -> str:
        nonlocal steps
        steps += 1
        return "pause" if steps > 7 else ""

    _, last = done(train_job("text.finetune", tmp_path, project.path, **settings), asked_to_stop=asked)
    assert isinstance(last, events.Cancelled) and 0 < last.step < 5
    held = sum(path.stat().st_size for path in project.runs.folder(last.run).rglob("state.safetensors"))
    assert held < (tmp_path / "base" / "model.safetensors").stat().st_size, "the base is not in the checkpoint"
    _, finished = done(Job(resume=last.run, project=str(project.path)))
    again = Path(finished.model["path"])
    for name in (adapter_files.WEIGHTS, adapter_files.CONFIG):
        assert (again / name).read_bytes() == (unbroken / name).read_bytes()


def test_what_was_trained_is_trained_further(tmp_path: Path, project: Project) -> None:
    first = trained(tmp_path, project, **LORA)
    second = trained(tmp_path, project, method="lora", rank=7, base=first.name)
    assert adapter_files.about(second)["rank"] == 2 and adapter_files.base_of(second) == tmp_path / "base"
    before, after = load_file(first / adapter_files.WEIGHTS), load_file(second / adapter_files.WEIGHTS)
    assert before.keys() == after.keys() and any(not torch.equal(before[name], after[name]) for name in before)
    whole = trained(tmp_path, project, method="full", base=second.name)
    assert (whole / "config.json").exists() and not adapter_files.is_adapter(whole)
    record = json.loads((whole / "training.json").read_text())
    assert record["params"]["base"] == second.name, "as it was typed"
    assert load(whole, "cpu").start == load(trained(tmp_path, project, base=str(whole)), "cpu").start


@pytest.mark.parametrize("method", ["lora", "full"])
def test_a_model_that_was_trained_here_is_trained_further(method: str, tmp_path: Path, project: Project) -> None:
    _, first = done(train_job("text.gpt", tmp_path, project.path))
    folder = trained(tmp_path, project, base=first.model["name"], method=method, rank=2)
    assert adapter_files.is_adapter(folder) == (method == "lora")
    _, last = done(create_job("text.finetune", folder.name, project.path))
    assert isinstance(last, events.Finished), last
    assert project.items.get(last.items[0]).path.read_text(encoding="utf-8").startswith("the ")


def test_the_loss_falls(tmp_path: Path, project: Project) -> None:
    for settings in (LORA, {"method": "full"}):
        _, before = done(
            train_job("text.finetune", tmp_path, project.path, **settings, learning_rate=1e-8, max_steps=1)
        )
        _, after = done(train_job("text.finetune", tmp_path, project.path, **settings, max_steps=25))
        name = "heldout_nats_per_token"
        assert after.figures[name] < before.figures[name] - 1.0, settings


@pytest.mark.parametrize("settings", [{}, {"method": "full"}, {"targets": "up_proj q_proj"}, {"rank": 3}])
@pytest.mark.parametrize("make", [tiny_llama, tiny_gpt2])
def test_preflight_counts_what_is_trained(make: Any, settings: dict[str, Any], tmp_path: Path) -> None:
    base = make(tmp_path / "model")
    if make is tiny_gpt2 and "targets" in settings:
        settings = {"targets": "c_attn"}
    chosen = params.make(Train, {"base": str(base), "sequence_length": 16, "batch_size": 2} | settings)
    job = train_job("text.finetune", tmp_path, None)
    facts = SPEC.data.look(job.data).facts
    cost = preflight(chosen, facts)
    trainer = Trainer(chosen, SPEC.data.load(job.data, None, 0), Place(torch.device("cpu"), 0))
    assert cost.parameters == sum(one.numel() for one in trainer.network.parameters())
    assert preflight(chosen.model_copy(update={"recompute": True}), facts).memory_bytes <= cost.memory_bytes


def test_saving_memory_changes_nothing_else(tmp_path: Path, project: Project) -> None:
    one = trained(tmp_path, project, **LORA)
    other = trained(tmp_path, project, **LORA, recompute=True)
    for name, weight in load_file(one / adapter_files.WEIGHTS).items():
        torch.testing.assert_close(load_file(other / adapter_files.WEIGHTS)[name], weight, atol=1e-4, rtol=1e-3)


def test_a_16_bit_training_gives_a_whole_model(tmp_path: Path, project: Project) -> None:
    folder = trained(tmp_path, project, precision="bfloat16")
    assert {one.dtype for one in load_file(folder / "model.safetensors").values()} == {torch.float32}


def test_the_learning_rate_suits_the_size() -> None:
    for method in ("full", "lora"):
        rates = [automatic_rate(method, count) for count in (40_000, 260_000, 124_000_000, 1_000_000_000)]
        assert rates == sorted(rates, reverse=True) and rates[0] == rates[1]
    assert 3e-5 < automatic_rate("full", 124_000_000) < 2e-4 and 1e-4 < automatic_rate("lora", 1_000_000_000) < 4e-4


def test_bad_input_is_one_sentence(tmp_path: Path, project: Project) -> None:
    def says(**settings: Any) -> str:
        _, last = done(train_job("text.finetune", tmp_path, project.path, **settings))
        assert isinstance(last, events.Failed) and last.bad_input and "\n" not in str(last.text)
        return str(last.text)

    assert "Choose a model" in says(base="")
    assert "nowhere" in says(base="nowhere")
    (tmp_path / "empty").mkdir()
    assert "config.json" in says(base=str(tmp_path / "empty"))
    assert "gate_proj" in says(**LORA, targets="wrong")
    assert not project.models.list()


def test_it_is_told_whole(project: Project) -> None:
    spec = registry.get("text.finetune")
    assert spec.actions == ["train", "create"] and spec.convert is not None
    assert "Hu and others 2021" in spec.about and "A" in spec.about


def test_a_few_steps_on_shakespeare(tmp_path: Path, project: Project, shared_data: Path) -> None:
    text = tmp_path / "play.txt"
    text.write_text(
        (shared_data / "tiny_shakespeare" / "input.txt").read_text(encoding="utf-8")[:40_000], encoding="utf-8"
    )
    base = shared_data / "weights" / "stories260k_hf_llama"
    values = LORA | {"base": str(base), "max_steps": 8, "batch_size": 4, "precision": "float32"}
    job = Job(generator="text.finetune", params=values, data=str(text), name="play", project=str(project.path))
    _, last = done(job)
    assert last.figures["heldout_nats_per_token"] < 4.2, "about 5.0 before"
    assert adapter_files.about(Path(last.model["path"]))["share"] < 0.05


def test_strength_of_ones_own_adapter_and_of_another(tmp_path: Path, project: Project) -> None:
    own = trained(tmp_path, project, **LORA, max_steps=10)
    other = trained(tmp_path, project, **LORA, max_steps=10, learning_rate=0.1)

    def writes(model: str, **settings: Any) -> str:
        words = {"temperature": 0, "max_new_tokens": 16, "prompt": "the cat"} | settings
        _, last = done(create_job("text.finetune", model, project.path, **words))
        assert isinstance(last, events.Finished), last
        return project.items.get(last.items[0]).path.read_text(encoding="utf-8")

    alone, base = writes(own.name), writes(own.name, adapter_strength=0)
    assert alone != base
    assert writes(own.name, adapter=other.name, adapter_strength=0) == alone, "its own adapter stays"
    assert writes(own.name, adapter=other.name) not in (alone, base)
