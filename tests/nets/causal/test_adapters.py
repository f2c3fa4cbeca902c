"""Adapters: the same as in peft, applied, merged and exported; wrong ones and lost bases in one sentence."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from aigc_desktop.engine import adapter_files
from aigc_desktop.nets.causal import adapters
from aigc_desktop.nets.causal.loading import load
from aigc_desktop.problems import BadInput
from tests.language_models import tiny_gpt2, tiny_llama

TOKENS = torch.tensor([[5, 70, 300, 9, 44, 120, 7]])
MAKERS: dict[str, Callable[..., Path]] = {"llama": tiny_llama, "gpt2": tiny_gpt2}


@pytest.fixture(scope="module", params=MAKERS)
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A base, and an adapter that changes what it says."""
    folder = tmp_path_factory.mktemp(request.param)
    base = MAKERS[request.param](folder / "base")
    return base, an_adapter(base, folder / "adapter")


def an_adapter(base: Path, folder: Path, **settings: object) -> Path:
    model = adapters.trainable(load(base, "cpu"), 2, 4, 0.0, **settings)
    torch.manual_seed(1)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight.data, std=0.1)
    folder.mkdir()
    adapters.save(model, base, folder, "\n")
    adapters.copy_tokenizer(base, folder)
    return folder


@torch.no_grad()
def scores(model: object) -> Tensor:
    found: Tensor = model(input_ids=TOKENS).logits  # type: ignore[operator]
    return found


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(BadInput) as found:
        act()
    sentence = str(found.value)
    assert "\n" not in sentence and "{" not in sentence
    return sentence


def test_it_says_what_peft_says(trained: tuple[Path, Path]) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base, folder = trained
    theirs = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base, local_files_only=True), folder)
    language = adapters.opened(folder, "cpu")
    before = scores(load(base, "cpu").model)
    assert float((scores(theirs.eval()) - before).abs().max()) > 0.1
    torch.testing.assert_close(scores(language.model), scores(theirs.eval()), atol=1e-3, rtol=1e-4)
    assert language.tokenizer.decode(language.start) == "\n" and not language.model.training
    assert AutoTokenizer.from_pretrained(folder, local_files_only=True).get_vocab() == language.tokenizer.get_vocab()


def test_as_much_of_it_as_is_wanted(trained: tuple[Path, Path]) -> None:
    base, folder = trained
    name = next(iter(load_file(folder / adapter_files.WEIGHTS))).removeprefix(adapters.PREFIX).rpartition(".lora_")[0]

    def weight(strength: float) -> Tensor:
        found = adapters.opened(base, "cpu", adapter=folder, strength=strength).model
        return found.get_submodule(name).weight.detach()

    whole = weight(1.0) - weight(0.0)
    assert torch.equal(weight(0.0), load(base, "cpu").model.get_submodule(name).weight)
    assert float(whole.abs().max()) > 0.01
    torch.testing.assert_close(weight(0.5) - weight(0.0), 0.5 * whole, atol=1e-5, rtol=1e-3)
    assert torch.equal(scores(adapters.opened(folder, "cpu", strength=0.0).model), scores(load(base, "cpu").model))


def test_merged_it_says_the_same_and_opens_anywhere(trained: tuple[Path, Path], tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    _, folder = trained
    adapters.merge(folder, tmp_path)
    model = AutoModelForCausalLM.from_pretrained(tmp_path, local_files_only=True).eval()
    torch.testing.assert_close(scores(model), scores(adapters.opened(folder, "cpu").model), atol=1e-4, rtol=1e-5)
    assert not list(tmp_path.glob("adapter*")) and load(tmp_path, "cpu").start == adapters.opened(folder, "cpu").start
    assert AutoTokenizer.from_pretrained(tmp_path, local_files_only=True)("the cat")["input_ids"]


def test_a_model_of_16_bits_stays_one(tmp_path: Path) -> None:
    base = tiny_llama(tmp_path / "base")
    halved = {name: one.bfloat16() for name, one in load_file(base / "model.safetensors").items()}
    save_file(halved, base / "model.safetensors", {"format": "pt"})
    (tmp_path / "merged").mkdir()
    adapters.merge(an_adapter(base, tmp_path / "adapter"), tmp_path / "merged")
    merged = load_file(tmp_path / "merged" / "model.safetensors")
    assert {one.dtype for one in merged.values()} == {torch.bfloat16}
    assert json.loads((tmp_path / "merged" / "config.json").read_text())["dtype"] == "bfloat16"


def test_another_model_of_the_same_build_takes_it_and_others_do_not(tmp_path: Path) -> None:
    base = tiny_llama(tmp_path / "base")
    folder = an_adapter(base, tmp_path / "adapter")
    twin = tiny_llama(tmp_path / "twin", seed=1)
    changed = scores(adapters.opened(twin, "cpu", adapter=folder).model) - scores(load(twin, "cpu").model)
    assert float(changed.abs().max()) > 0.1
    for name, other in (
        ("wide", tiny_llama(tmp_path / "wide", hidden_size=64)),
        ("flat", tiny_llama(tmp_path / "flat", num_hidden_layers=1)),
        ("gpt2", tiny_gpt2(tmp_path / "gpt2")),
    ):
        sentence = refused(lambda other=other: adapters.opened(other, "cpu", adapter=folder))
        assert str(folder) in sentence and str(tmp_path / name) in sentence and "does not fit" in sentence


def test_the_base_that_is_gone_or_another(tmp_path: Path) -> None:
    models = tmp_path / "models"
    base = tiny_llama(models / "base")
    folder = an_adapter(base, models / "adapter")
    assert adapter_files.base_of(folder) == base
    models.rename(tmp_path / "moved")  # a project, with both in it
    moved = tmp_path / "moved" / "adapter"
    assert adapter_files.base_of(moved) == tmp_path / "moved" / "base"
    shutil.rmtree(tmp_path / "moved" / "base")
    gone = refused(lambda: adapters.opened(moved, "cpu"))
    assert str(moved) in gone and str(base) in gone and "choose its folder" in gone
    tiny_llama(base, seed=3)  # where it was, but of other weights
    assert "has changed" in refused(lambda: adapters.opened(moved, "cpu"))


def test_a_foreign_adapter_names_the_model_that_it_wants(tmp_path: Path) -> None:
    folder = an_adapter(tiny_llama(tmp_path / "base"), tmp_path / "adapter")
    (folder / adapter_files.BASE).unlink()
    assert adapter_files.base_of(folder) == tmp_path / "base"
    values = json.loads((folder / adapter_files.CONFIG).read_text()) | {"base_model_name_or_path": "some/model-7b"}
    (folder / adapter_files.CONFIG).write_text(json.dumps(values))
    sentence = refused(lambda: adapters.opened(folder, "cpu"))
    assert "some/model-7b" in sentence and "choose that model" in sentence
    assert adapters.opened(tmp_path / "base", "cpu", adapter=folder).context == 64


def test_what_cannot_be_used_is_one_sentence(trained: tuple[Path, Path], tmp_path: Path) -> None:
    base, whole = trained

    def spoiled(name: str) -> Path:
        shutil.copytree(whole, tmp_path / name)
        return tmp_path / name

    def says(folder: Path) -> str:
        sentence = refused(lambda: adapters.opened(base, "cpu", adapter=folder))
        assert str(folder) in sentence
        return sentence

    pickled = spoiled("pickled")
    (pickled / adapter_files.WEIGHTS).rename(pickled / "adapter_model.bin")
    assert "pickle" in says(pickled) and "save_pretrained" in says(pickled)
    empty = spoiled("empty")
    (empty / adapter_files.WEIGHTS).unlink()
    assert adapter_files.WEIGHTS in says(empty)
    other = spoiled("other")
    (other / adapter_files.CONFIG).write_text('{"peft_type": "IA3"}')
    assert "IA3" in says(other)
    cut = spoiled("cut")
    (cut / adapter_files.WEIGHTS).write_bytes((whole / adapter_files.WEIGHTS).read_bytes()[:-8])
    assert "broken" in says(cut)
    settings = spoiled("settings")
    (settings / adapter_files.CONFIG).write_text("{")
    assert "broken" in says(settings)
    weights = load_file(whole / adapter_files.WEIGHTS)
    first = next(iter(weights))
    no_number = spoiled("nan")
    save_file(weights | {first: weights[first] * torch.nan}, no_number / adapter_files.WEIGHTS)
    assert "no numbers" in says(no_number) and first in says(no_number)
    fewer = spoiled("fewer")
    save_file({name: one for name, one in weights.items() if name != first}, fewer / adapter_files.WEIGHTS)
    assert "does not fit" in says(fewer)
    assert adapter_files.CONFIG in says(base)


def test_layers_by_name(tmp_path: Path) -> None:
    base = tiny_llama(tmp_path / "base")
    folder = an_adapter(base, tmp_path / "adapter", targets="q_proj, v_proj")
    names = {name.split(".")[-3] for name in load_file(folder / adapter_files.WEIGHTS)}
    assert names == {"q_proj", "v_proj"}
    known = json.loads((folder / adapter_files.CONFIG).read_text())
    assert known["target_modules"] == ["q_proj", "v_proj"] and known["base_model_name_or_path"] == str(base)
    sentence = refused(lambda: adapters.trainable(load(base, "cpu"), 2, 4, 0.0, "q_proj foo"))
    assert "foo" in sentence and "gate_proj" in sentence and "lm_head" not in sentence


def test_what_is_known_of_it(trained: tuple[Path, Path]) -> None:
    base, folder = trained
    known = adapter_files.about(folder)
    weights = sum(one.numel() for one in load_file(folder / adapter_files.WEIGHTS).values())
    parameters = sum(one.numel() for one in load(base, "cpu").model.parameters())
    assert (known["rank"], known["alpha"], known["base"], known["problem"]) == (2, 4, str(base), None)
    assert known["weights"] == weights and known["share"] == pytest.approx(weights / parameters)
