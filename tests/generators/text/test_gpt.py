"""The Transformer: it learns, resumes exactly, opens in plain transformers, shows its inside, refuses in one sentence."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional

from aigc_desktop.data.texts import TextData
from aigc_desktop.engine import events, params
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.trainer import Place
from aigc_desktop.generators.text.gpt import model
from aigc_desktop.generators.text.gpt.spec import Train, preflight
from aigc_desktop.nets.causal import llama, prompts
from aigc_desktop.nets.causal.loading import load
from aigc_desktop.problems import BadInput

ENGLISH = "the quick brown fox jumps over a lazy dog.\n"
CHINESE = "床前明月光，疑是地上霜。举头望明月，低头思故乡。\n"
SMALL: dict[str, Any] = {"layers": 2, "heads": 2, "width": 24, "context": 16, "batch_size": 4, "dropout": 0.0}
KINDS = ["llama", "gpt2"]
TOKENS = ["characters", "bpe"]
CPU = torch.device("cpu")


def data(text: str = ENGLISH, copies: int = 30) -> TextData:
    whole = text * copies
    cut = len(whole) * 9 // 10
    facts = {
        "characters": len(whole),
        "files": 1,
        "vocabulary": len(set(whole)),
        "heldout_characters": len(whole) - cut,
    }
    return TextData([whole[:cut]], [whole[cut:]], "0" * 64, facts)


def settings(**values: Any) -> Train:
    made = params.make(Train, SMALL | {"vocabulary": 280} | values)
    assert isinstance(made, Train)
    return made


def trained(texts: TextData, steps: int = 40, precision: str = "float32", **values: Any) -> model.Trainer:
    torch.manual_seed(0)
    trainer = model.Trainer(settings(**values), texts, Place(CPU, 0, precision))
    go(trainer, range(steps))
    return trainer


def go(trainer: model.Trainer, steps: range) -> list[float]:
    losses = []
    trainer.network.train()
    for step in steps:
        torch.manual_seed(step)
        losses.append(float(trainer.step(trainer.batch(step))["nats_per_char"]))
    trainer.network.eval()
    return losses


def figure(trainer: model.Trainer) -> float:
    with torch.no_grad():
        return trainer.evaluate()["heldout_nats_per_char"]


@pytest.mark.parametrize("tokens", TOKENS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_every_kind_and_tokenizer_learns(kind: str, tokens: str, text: str) -> None:
    trainer = trained(data(text), steps=0, architecture=kind, tokens=tokens)
    before = figure(trainer)
    losses = go(trainer, range(40))
    with torch.no_grad():
        after = trainer.evaluate()
    assert after["heldout_nats_per_char"] < 0.8 * before
    assert losses[-1] < losses[0]
    assert math.isclose(after["heldout_bits_per_char"], after["heldout_nats_per_char"] / math.log(2))
    assert math.isclose(after["heldout_perplexity"], math.exp(after["heldout_nats_per_char"]))


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("tokens", TOKENS)
@pytest.mark.parametrize("kind", KINDS)
def test_preflight_is_exact(kind: str, tokens: str, tied: bool) -> None:
    for shape in ({}, {"layers": 1, "heads": 3, "width": 30, "context": 9}):
        chosen = settings(architecture=kind, tied=tied, tokens=tokens, vocabulary=300, **shape)
        trainer = model.Trainer(chosen, data(), Place(CPU, 0))
        assert preflight(chosen, data().facts).parameters == sum(one.numel() for one in trainer.network.parameters())


def test_the_faster_forward_pass_is_that_of_transformers() -> None:
    trainer = trained(data(), steps=5)
    language = trainer.network.model
    read = trainer.batch(0)[1]
    found = []
    for scores in (llama.scores(language, read), language(input_ids=read, use_cache=False).logits):
        language.zero_grad()
        scores.square().mean().backward()
        found.append((scores.detach(), [one.grad.clone() for one in language.parameters()]))
    (ours, our_gradients), (theirs, their_gradients) = found
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)
    for one, other in zip(our_gradients, their_gradients, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_changes_the_training_and_nothing_else(kind: str) -> None:
    trainer = trained(data(), steps=20, architecture=kind, dropout=0.3)
    read = trainer.batch(0)[1][:, :-1]
    with torch.no_grad():
        assert torch.equal(trainer.network(read), trainer.network(read))
        trainer.network.train()
        assert not torch.equal(trainer.network(read), trainer.network(read))


@pytest.mark.parametrize("kind", KINDS)
def test_every_weight_learns_by_one_of_the_two_optimisers(kind: str) -> None:
    trainer = trained(data(), steps=0, architecture=kind)
    before = [one.detach().clone() for one in trainer.network.parameters()]
    go(trainer, range(4))
    for (name, one), old in zip(trainer.network.named_parameters(), before, strict=True):
        assert not torch.equal(one, old), name
    matrices = {id(one) for one in trainer.muon.param_groups[0]["params"]}
    tables = {id(one) for one in trainer.adamw.param_groups[0]["params"]}
    assert not matrices & tables
    assert id(trainer.network.model.get_input_embeddings().weight) in tables


@pytest.mark.parametrize("tokens", TOKENS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_folder_opens_in_plain_transformers(tmp_path: Path, kind: str, tokens: str) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    text = "The “fox” said:\n\n  \t床前明月光，😀 don't — naïve!\n" * 12
    trainer = trained(data(text), steps=10, architecture=kind, tokens=tokens, context=32)
    trainer.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "config.json",
        "model.safetensors",
        "generation_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    words: dict[str, Any] = {"local_files_only": True, "token": False}
    tokenizer = AutoTokenizer.from_pretrained(tmp_path, **words)
    language = AutoModelForCausalLM.from_pretrained(tmp_path, use_safetensors=True, **words)
    for some in (text, "fox\n\n床", " \n", "<|fox|> 😀\n"[7:]):
        assert tokenizer.decode(tokenizer(some)["input_ids"]) == some
    if tokens == "bpe":
        assert tokenizer.decode(tokenizer("never seen: 乡 Ω\r\n")["input_ids"]) == "never seen: 乡 Ω\r\n"
    read = tokenizer("The “fox”", return_tensors="pt")
    assert read["input_ids"].tolist()[0] == trainer.corpus.tokenizer.encode("The “fox”").ids
    with torch.no_grad():
        theirs = language(**read).logits
        torch.testing.assert_close(theirs, trainer.network(read["input_ids"]), atol=1e-5, rtol=1e-4)
    written = language.generate(**read, max_new_tokens=5, do_sample=False, pad_token_id=0)[0]
    assert tokenizer.decode(written).startswith("The “fox”")
    assert tokenizer.eos_token == tokenizer.bos_token == "<|endoftext|>" and tokenizer.model_max_length == 32


def test_what_a_text_begins_with_stays_with_the_model(tmp_path: Path) -> None:
    several = TextData(["one two."] * 30, ["six ten."], "0" * 64, data().facts)
    for name, texts in (("one", data()), ("many", several)):
        trainer = trained(texts, steps=2)
        folder = tmp_path / name
        trainer.save(folder)
        assert load(folder, CPU).start == trainer._first()
    assert load(tmp_path / "one", CPU).encode("\n") == load(tmp_path / "one", CPU).start
    assert load(tmp_path / "many", CPU).start == [0]


def test_a_prompt_that_begins_as_every_text_does_begins_so_once(tmp_path: Path) -> None:
    trained(data(), steps=2).save(tmp_path)
    language = load(tmp_path, CPU)
    assert prompts.read(language, "\nthe", 5).tokens == prompts.read(language, "the", 5).tokens
    assert prompts.read(language, "\n", 5).tokens == prompts.read(language, "", 5).tokens == language.start
    assert prompts.read(language, "\n" + ENGLISH, 5).tokens[:1] == language.start  # cut, and begun anew


def _naive(trainer: model.Trainer) -> float:
    """The same protocol, token by token: each is foretold from what its stretch holds before it."""
    text, length = trainer.corpus.heldout.long(), trainer.params.context
    apart, nats = length // 2, 0.0
    for target in range(1, len(text)):
        # the stretch in whose second half (of the first: anywhere) the token stands
        number = max(0, -(-(target - length) // apart))
        scores = trainer.network(text[None, number * apart : target])[0, -1]
        if text[target]:
            nats -= float(scores.log_softmax(0)[text[target]])
    return nats / trainer.corpus.heldout_characters


@pytest.mark.parametrize("context", [16, 9, 200])
def test_every_held_out_token_counts_once_with_half_a_context_before_it(context: int) -> None:
    texts = data()
    several = TextData(texts.train, [texts.heldout[0][:50], "the lazy fox", "a quick dog."], "0" * 64, texts.facts)
    trainer = trained(several, steps=30, context=context)
    with torch.no_grad():
        assert math.isclose(figure(trainer), _naive(trainer) if context < 99 else _whole(trainer), rel_tol=1e-4)


def _whole(trainer: model.Trainer) -> float:
    text = trainer.corpus.heldout.long()
    losses = functional.cross_entropy(trainer.network(text[None, :-1])[0], text[1:], reduction="none")
    return float(losses[text[1:] != 0].sum()) / trainer.corpus.heldout_characters


def test_heldout_figures_of_both_tokenizers_are_per_character() -> None:
    """A model that knows nothing pays ln(vocabulary) per token, whatever a token is."""
    for tokens in TOKENS:
        trainer = trained(data(), steps=0, tokens=tokens)
        for weight in trainer.network.parameters():
            weight.data.zero_()
        held = int((trainer.corpus.heldout != 0).sum())
        expected = held * math.log(trainer.corpus.vocabulary) / trainer.corpus.heldout_characters
        assert math.isclose(figure(trainer), expected, rel_tol=1e-5)


def test_each_time_through_the_text_is_read_once_and_shared_among_processes() -> None:
    chosen = settings(batch_size=5, context=16)
    one = model.Trainer(chosen, data(), Place(CPU, 0))
    halves = [model.Trainer(chosen, data(), Place(CPU, 0, "float32", rank, 2)) for rank in range(2)]
    text = one.corpus.train.long()
    ring = torch.cat([text, text[:17]])
    windows = {tuple(ring[place : place + 17].tolist()) for place in range(len(text))}
    seen: list[int] = []
    still = 0
    for step in range(40):
        number, read = one.batch(step)
        assert number == step and read.shape == (5, 17) and {tuple(row) for row in read.tolist()} <= windows
        for rank in range(2):
            assert torch.equal(halves[rank].batch(step)[1], read[rank::2])
        marks = read == one._first()[0]
        moved = (torch.arange(5) + step * 5) % 2 == 0  # every other one, on to a beginning where it holds one
        assert (marks[moved, 0] | ~marks[moved].any(1)).all()
        still += int((~marks[~moved, 0] & marks[~moved].any(1)).sum())
    assert still > 20
    order, cuts = one._order, [one._cut(time) for time in range(3)]
    assert len(set(cuts)) > 1
    for step in range(order.count // 5):
        seen += order.take(step).tolist()
    assert len(seen) == len(set(seen)) and order.count == len(text) // 16


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("kind", KINDS)
def test_resumed_from_its_parts_it_goes_on_bit_for_bit(kind: str, precision: str) -> None:
    unbroken = trained(data(), 7, precision, architecture=kind, dropout=0.2)
    first = trained(data(), 4, precision, architecture=kind, dropout=0.2)
    second = trained(data(), 0, precision, architecture=kind, dropout=0.2)
    for name, part in second.parts().items():
        part.load_state_dict(first.parts()[name].state_dict())
    go(second, range(4, 7))
    for one, other in zip(second.network.parameters(), unbroken.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_learning_rate_warms_up_and_falls_to_zero() -> None:
    trainer = trained(data(), steps=0)
    rates = []
    for step, progress in ((0, 0.0), (model.WARM_UP - 1, 0.0), (5000, 0.5), (9999, 1.0)):
        trainer.progress = progress
        trainer.step((step, trainer.batch(step)[1]))
        rates.append(trainer.muon.param_groups[0]["lr"] / 0.02)
        assert trainer.adamw.param_groups[0]["lr"] == pytest.approx(rates[-1] * 0.02 * model.TABLES)
    assert rates == pytest.approx([1 / model.WARM_UP, 1.0, 0.5, 0.0])


@pytest.mark.parametrize("tokens", TOKENS)
@pytest.mark.parametrize("kind", KINDS)
def test_it_shows_where_it_attends_and_what_surprises_it(kind: str, tokens: str) -> None:
    trainer = trained(data(CHINESE), steps=5, architecture=kind, tokens=tokens, context=32)
    found = trainer.insights()
    json.dumps(found)
    weights = found["attention"]["weights"]
    assert len(weights) == 2 and len(weights[0]) == 2
    assert all(abs(sum(row) - 1) < 0.05 for row in weights[1][0])
    assert len(found["surprise"]["tokens"]) == len(found["surprise"]["nats"])
    assert "".join(found["surprise"]["tokens"]) in trainer.corpus.tokenizer.decode(trainer.corpus.heldout.tolist())
    assert found == trainer.insights()


def test_a_sentence_ends_with_its_point() -> None:
    assert model.sentence("Oh. The quick brown fox. And more.") == "Oh. The quick brown fox."
    assert model.sentence(CHINESE) == "床前明月光，疑是地上霜。"
    assert model.sentence("no end") == "no end"


@pytest.mark.parametrize("kind", KINDS)
def test_it_writes_what_it_learned(tmp_path: Path, kind: str) -> None:
    trainer = trained(data(), steps=100, architecture=kind, width=48, batch_size=6, context=80)
    assert trainer.sample(1).text.count("quick brown") > 3  # 300 characters: more than its context
    folder, out = tmp_path / "model", tmp_path / "out"
    trainer.save(folder)
    out.mkdir()
    from aigc_desktop.engine.run import Run
    from aigc_desktop.nets.causal.params import Write

    run = Run(Job(generator="text.gpt", action="create"), lambda event: None, out=out)
    chosen = Write(prompt="the quick", max_new_tokens=60, temperature=0, precision="float32")
    model.create(folder, chosen, run)
    (written,) = out.iterdir()
    assert written.read_text(encoding="utf-8").startswith(ENGLISH + ENGLISH[:20])
    answer = model.explore(folder, {"view": "next_tokens", "text": "the quick bro"}, CPU)
    assert answer["tokens"][0] == "w"


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"heads": 5}, "5 heads cannot share a width of 24 evenly: choose 20, or another number of heads."),
        ({"heads": 3, "width": 27, "architecture": "gpt2"}, ""),
        ({"heads": 3, "width": 27}, "choose 24"),
        ({"context": 4096}, "a context of 4,096. Add text, or choose a context of"),
    ],
)
def test_a_shape_that_cannot_be_is_one_sentence(values: dict[str, Any], says: str) -> None:
    chosen = settings(**values)
    if not says:
        model.Trainer(chosen, data(), Place(CPU, 0))
        return
    with pytest.raises(BadInput) as problem:
        model.Trainer(chosen, data(), Place(CPU, 0))
    assert says in str(problem.value) and "\n" not in str(problem.value)
    if "heads" in values:
        with pytest.raises(BadInput, match="heads cannot share"):
            preflight(chosen, data().facts)


def test_more_processes_than_stretches_in_a_batch_are_refused() -> None:
    with pytest.raises(BadInput, match="it must be 2 at least"):
        model.Trainer(settings(batch_size=1), data(), Place(CPU, 0, "float32", 1, 2))


def test_stopped_in_the_middle_by_the_engine_it_ends_with_the_same_weights(tmp_path: Path, tiny_text: Path) -> None:
    """The whole way: a job, a pause, a resume; Chinese and English, BPE, dropout, bfloat16, tied tables, two batches a step."""
    values = SMALL | {"tokens": "bpe", "vocabulary": 280, "max_steps": 6, "precision": "bfloat16", "dropout": 0.1}
    values |= {"tied": True, "accumulate": 2}

    def job(name: str) -> Job:
        return Job(generator="text.gpt", params=values, data=str(tiny_text), name=name, project=str(tmp_path / "p"))

    whole = perform(job("whole"), lambda event: None)
    calls = 0

    def asked() -> str:
        nonlocal calls
        calls += 1
        return "pause" if calls > 8 else ""

    halted = perform(job("broken"), lambda event: None, asked)
    assert isinstance(halted, events.Cancelled) and 0 < halted.step < 6
    resumed = perform(Job(resume=halted.run, project=str(tmp_path / "p")), lambda event: None)
    assert isinstance(whole, events.Finished) and isinstance(resumed, events.Finished)
    assert whole.model and resumed.model
    files = [Path(one.model["path"]) / "model.safetensors" for one in (whole, resumed) if one.model]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert whole.figures == resumed.figures
