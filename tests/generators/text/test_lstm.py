"""The recurrent language model: it learns, resumes exactly, writes, and refuses what is broken in one sentence."""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

from aigc_desktop.data.texts import TextData
from aigc_desktop.engine import events, params
from aigc_desktop.engine.execute import perform
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.run import Cancelled
from aigc_desktop.engine.trainer import Place
from aigc_desktop.engine.wildcards import expand
from aigc_desktop.generators.text.lstm import model
from aigc_desktop.generators.text.lstm.spec import GATES, Create, Train, preflight
from aigc_desktop.problems import BadInput

ENGLISH = "the quick brown fox jumps over a lazy dog.\n"
CHINESE = "床前明月光，疑是地上霜。举头望明月，低头思故乡。\n"
SMALL: dict[str, Any] = {"width": 24, "embedding": 12, "batch_size": 3, "sequence_length": 8, "learning_rate": 2e-2}
CELLS = ["lstm", "gru", "rnn"]
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
    made = params.make(Train, SMALL | values)
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


@dataclass
class Said:
    """A run that only listens."""

    seed: int = 0
    device: torch.device = CPU
    job: Job = field(default_factory=Job)
    texts: list[tuple[str, int]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    previews: list[tuple[int, str]] = field(default_factory=list)
    expanded: list[dict[str, Any]] = field(default_factory=list)

    def save(self, media: Any, *, seed: int, **expanded: Any) -> None:
        self.texts.append((media.text, seed))
        self.expanded.append(expanded)

    def preview(self, media: Any, step: int, slot: int) -> None:
        self.previews.append((slot, media.text))

    def message(self, pattern: str, level: str, **values: Any) -> None:
        self.messages.append(pattern.format(**values))

    def progress(self, step: int, total: int) -> None:
        assert 0 < step <= total

    def check(self) -> None: ...


def written(folder: Path, seed: int = 0, **values: Any) -> Said:
    run = Said(seed)
    model.create(folder, params.make(Create, values), run)
    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that has learned the English sentence."""
    made = tmp_path_factory.mktemp("model")
    trained(data(), steps=250, dropout=0.0, width=64, learning_rate=5e-3, batch_size=16).save(made)
    return made


@pytest.mark.parametrize("tokens", ["characters", "bpe"])
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_every_cell_and_tokenizer_learns(cell: str, tokens: str, text: str) -> None:
    texts = data(text)
    trainer = trained(texts, steps=0, cell=cell, tokens=tokens, vocabulary=280, dropout=0.1)
    before = trainer.evaluate()["heldout_nats_per_char"]
    losses = go(trainer, range(60))
    after = trainer.evaluate()
    assert after["heldout_nats_per_char"] < 0.8 * before
    assert losses[-1] < losses[0]
    assert math.isclose(after["heldout_bits_per_char"], after["heldout_nats_per_char"] / math.log(2))
    assert math.isclose(after["heldout_perplexity"], math.exp(after["heldout_nats_per_char"]))


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_preflight_is_exact(cell: str, layers: int, tied: bool) -> None:
    for tokens in ("characters", "bpe"):
        chosen = settings(cell=cell, layers=layers, tied=tied, tokens=tokens, vocabulary=300)
        trainer = model.Trainer(chosen, data(), Place(CPU, 0))
        assert preflight(chosen, data().facts).parameters == sum(one.numel() for one in trainer.network.parameters())
    assert set(GATES) == set(CELLS)


@pytest.mark.parametrize("cell", CELLS)
def test_one_by_one_is_the_same_as_all_at_once(cell: str) -> None:
    network = trained(data(), steps=3, cell=cell, layers=2).network
    read = torch.randint(network.config.vocabulary, (9, 4))
    together, last = network(read, network.nothing(4))
    state = network.nothing(4)
    for place in range(9):
        scores, state = network.one(read[place], state)
        torch.testing.assert_close(scores, together[place], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(state, last, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("copies", [7, 400])
def test_the_heldout_figure_is_that_of_one_pass_with_the_state_carried(copies: int, layers: int) -> None:
    trainer = trained(data(copies=copies), steps=60, layers=layers)
    with torch.no_grad():
        text = trainer.corpus.heldout.long()[:, None]
        scores, _ = trainer.network(text[:-1], trainer.network.nothing(1))
        nats = float(functional.cross_entropy(scores[:, 0], text[1:, 0], reduction="sum"))
        figure = trainer.evaluate()["heldout_nats_per_char"]
    assert math.isclose(figure, nats / trainer.corpus.heldout_characters, rel_tol=1e-3)


def test_end_marks_between_heldout_documents_are_read_but_not_counted() -> None:
    texts = data()
    several = TextData(texts.train, ["the lazy fox", "a quick dog."], "0" * 64, texts.facts)
    trainer = trained(several, steps=30)
    with torch.no_grad():
        text = trainer.corpus.heldout.long()[:, None]
        scores, _ = trainer.network(text[:-1], trainer.network.nothing(1))
        losses = functional.cross_entropy(scores[:, 0], text[1:, 0], reduction="none")[text[1:, 0] != 0]
        assert len(losses) == 24
        assert math.isclose(trainer.evaluate()["heldout_nats_per_char"], float(losses.mean()), rel_tol=1e-4)


def test_heldout_figures_of_both_tokenizers_are_per_character() -> None:
    """A model that knows nothing pays ln(vocabulary) per token, whatever a token is."""
    for tokens in ("characters", "bpe"):
        trainer = trained(data(), steps=0, tokens=tokens, vocabulary=280)
        for weight in trainer.network.parameters():
            weight.data.zero_()
        held = int((trainer.corpus.heldout != 0).sum())
        expected = held * math.log(trainer.corpus.vocabulary) / trainer.corpus.heldout_characters
        assert math.isclose(trainer.evaluate()["heldout_nats_per_char"], expected, rel_tol=1e-5)


def test_batches_run_on_through_the_text_and_share_it_among_processes() -> None:
    chosen = settings(batch_size=4)
    one = model.Trainer(chosen, data(), Place(CPU, 0))
    halves = [model.Trainer(chosen, data(), Place(CPU, 0, "float32", rank, 2)) for rank in range(2)]
    size = len(one.corpus.train)
    for step in (0, 1, 57, 10_000):
        number, window = one.batch(step)
        assert number == step and window.shape == (9, 4)
        assert torch.equal(window[-1], one.batch(step + 1)[1][0])
        for rank in range(2):
            assert torch.equal(halves[rank].batch(step)[1], window[:, rank::2])
        start = step * 8 % size
        ring = torch.cat([one.corpus.train, one.corpus.train])
        assert torch.equal(window[:, 0], ring[start : start + 9].long())


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("cell", CELLS)
def test_resumed_from_its_parts_it_goes_on_bit_for_bit(cell: str, precision: str) -> None:
    unbroken = trained(data(), 9, precision, cell=cell, layers=2)
    first = trained(data(), 5, precision, cell=cell, layers=2)
    second = trained(data(), 0, precision, cell=cell, layers=2)
    for name, part in second.parts().items():
        stored = first.parts()[name]
        if isinstance(part, torch.Tensor):
            part.copy_(stored)
        else:
            part.load_state_dict(stored.state_dict())
    go(second, range(5, 9))
    assert torch.equal(second.state, unbroken.state)
    for one, other in zip(second.network.parameters(), unbroken.network.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_learning_rate_warms_up_and_falls_to_zero() -> None:
    trainer = trained(data(), steps=0)
    rates = []
    for step, progress in ((0, 0.0), (model.WARM_UP - 1, 0.0), (5000, 0.5), (9999, 1.0)):
        trainer.progress = progress
        trainer.step((step, trainer.batch(step)[1]))
        rates.append(trainer.optimizer.param_groups[0]["lr"] / 2e-2)
    assert rates == pytest.approx([1 / model.WARM_UP, 1.0, 0.5, 0.0])


def test_it_writes_what_it_learned(folder: Path) -> None:
    run = written(folder, prompt="the quick", max_new_tokens=len(ENGLISH) - 9, temperature=0)
    assert run.texts == [(ENGLISH, 0)]
    assert run.previews[-1] == (0, ENGLISH)
    assert not run.messages


def test_every_sequence_has_a_seed_of_its_own(folder: Path) -> None:
    together = written(folder, seed=5, count=3, max_new_tokens=30, temperature=1.5).texts
    assert [seed for _, seed in together] == [5, 6, 7]
    assert len({text for text, _ in together}) == 3
    assert together[1] == written(folder, seed=6, max_new_tokens=30, temperature=1.5).texts[0]
    assert {slot for slot, _ in written(folder, count=3, max_new_tokens=5).previews} == {0, 1, 2}


def test_wildcards_are_drawn_for_each_text_and_kept_with_it(folder: Path) -> None:
    prompt = "the {quick|lazy dog} {brown|} __no such__"
    run = written(folder, seed=5, count=6, prompt=prompt, max_new_tokens=8, temperature=1.5)
    drawn = [expand(prompt, 5 + number) for number in range(6)]
    assert len(set(drawn)) > 2
    assert [one["prompt"] for one in run.expanded] == drawn
    assert [one["alternative"] for one in run.expanded] == list(range(6))
    assert all(text.startswith(begins) for (text, _), begins in zip(run.texts, drawn, strict=True))
    assert run.texts[-1] == written(folder, seed=10, prompt=prompt, max_new_tokens=8, temperature=1.5).texts[0]
    assert {slot for slot, _ in run.previews} == set(range(6))


def test_a_word_list_that_is_not_there_is_named(folder: Path) -> None:
    assert any("__colour__" in one for one in written(folder, prompt="a __colour__ fox", max_new_tokens=2).messages)


def test_a_desks_examples_stay_out_of_the_text_and_in_the_prompt(folder: Path) -> None:
    prompt = "{the|a} fox.\n\nthe {quick|lazy}"
    for count, kept in ((len("{the|a} fox.\n\n"), "the "), (len(prompt), "")):
        run = Said(3, job=Job(desk={"hides": count}))
        model.create(folder, params.make(Create, {"prompt": prompt, "count": 4, "max_new_tokens": 5}), run)
        for (text, seed), one in zip(run.texts, run.expanded, strict=True):
            assert one["prompt"] == expand(prompt, seed) and one["hidden"] > 0
            assert text.startswith(kept) and "\n\n" not in text[: len(kept) + 6]
            assert len(text) <= len(one["prompt"]) - one["hidden"] + 5
        assert [text for slot, text in run.previews[-4:]] == [text for text, _ in run.texts]
    for odd in (-1, True, "7", 10**9, None):
        run = Said(3, job=Job(desk={"hides": odd}))
        model.create(folder, params.make(Create, {"prompt": "the", "max_new_tokens": 2}), run)
        assert run.texts[0][0].startswith("the") and "hidden" not in run.expanded[0]


def test_a_text_ends_before_the_stop_text(folder: Path) -> None:
    (text, _), *_ = written(folder, prompt="the quick", temperature=0, stop_text=" jumps").texts
    assert text == "the quick brown fox"
    run = written(folder, prompt="the", temperature=1.2, count=4, stop_text="o", max_new_tokens=60)
    assert all("o" not in text for text, _ in run.texts)


@pytest.mark.parametrize(("mode", "kept"), [("stop", 2), ("pause", 0)])
def test_a_stop_keeps_what_was_written_a_pause_begins_again(folder: Path, mode: str, kept: int) -> None:
    class Stopped(Said):
        looks = 0

        def check(self) -> None:
            self.looks += 1
            if self.looks > 20:
                raise Cancelled

        def save(self, media: Any, *, seed: int, **expanded: Any) -> None:
            super().save(media, seed=seed, **expanded)
            self.check()

        def asked_to_stop(self) -> str:
            return mode if self.looks > 20 else ""

    run = Stopped()
    with pytest.raises(Cancelled):
        model.create(folder, params.make(Create, {"prompt": "the", "count": 2, "max_new_tokens": 1000}), run)
    assert len(run.texts) == kept
    assert all(text.startswith("the") and 15 < len(text) < 30 for text, _ in run.texts)
    assert all(one["stopped"] for one in run.expanded)


def test_the_stop_text_in_the_prompt_stops_nothing(folder: Path) -> None:
    (text, _), *_ = written(folder, prompt="the quick", temperature=0, stop_text="the quick", max_new_tokens=10).texts
    assert len(text) == 19


def test_a_text_ends_at_the_end_mark(tmp_path: Path) -> None:
    poems = ["one two.", "six ten."] * 40
    facts = data().facts
    texts = TextData(poems, poems[:2], "0" * 64, facts)
    trainer = trained(texts, steps=250, dropout=0.0, width=64, learning_rate=5e-3, batch_size=16)
    trainer.save(tmp_path)
    for text, _ in written(tmp_path, count=4, temperature=0.2).texts:
        assert text in poems


@pytest.mark.parametrize(("tokens", "says"), [("characters", "passes over"), ("bpe", "little sense")])
def test_characters_never_seen_stay_in_the_text_and_are_named(tmp_path: Path, tokens: str, says: str) -> None:
    trained(data(CHINESE), steps=5, tokens=tokens, vocabulary=280).save(tmp_path)
    run = written(tmp_path, prompt="明月Z😀Z", max_new_tokens=6)
    assert run.texts[0][0].startswith("明月Z😀Z")
    assert len(run.messages) == 1 and "Z 😀" in run.messages[0] and says in run.messages[0]
    assert "明" not in run.messages[0]


def test_a_prompt_of_unknown_characters_only_still_writes(folder: Path) -> None:
    run = written(folder, prompt="你好", max_new_tokens=12)
    assert len(run.texts[0][0]) == 14 and run.messages


def test_a_saved_model_is_the_one_that_was_trained(tmp_path: Path) -> None:
    for cell in CELLS:
        for tied in (False, True):
            trainer = trained(data(), steps=3, cell=cell, tied=tied, layers=2)
            trainer.save(tmp_path)
            network, tokenizer = model.load(tmp_path, CPU)
            read = torch.randint(network.config.vocabulary, (5, 2))
            with torch.no_grad():
                ours, theirs = (one(read, one.nothing(2))[0] for one in (trainer.network, network))
            assert torch.equal(ours, theirs) and not network.training
            assert tokenizer.to_str() == trainer.corpus.tokenizer.to_str()


def _config(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    values = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps({key: value for key, value in values.items() if value is not None}), encoding="utf-8")


def _weights(folder: Path, change: Any) -> None:
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


SPOILS: dict[str, tuple[str, Any]] = {
    "no config": ("config.json", lambda at: (at / "config.json").unlink()),
    "no weights": ("model.safetensors", lambda at: (at / "model.safetensors").unlink()),
    "no tokenizer": ("tokenizer.json", lambda at: (at / "tokenizer.json").unlink()),
    "config is no JSON": ("config.json", lambda at: (at / "config.json").write_bytes(b"\xff{")),
    "config is a list": ("config.json", lambda at: (at / "config.json").write_text("[1]")),
    "unknown key": ("config.json", lambda at: _config(at, wings=2)),
    "missing key": ("config.json", lambda at: _config(at, width=None)),
    "other kind": ("config.json", lambda at: _config(at, model_type="gpt2")),
    "wrong type": ("config.json", lambda at: _config(at, layers="2")),
    "out of bounds": ("config.json", lambda at: _config(at, layers=10**9)),
    "other width": ("model.safetensors", lambda at: _config(at, width=65)),
    "other cell": ("model.safetensors", lambda at: _config(at, cell="gru")),
    "fewer tokens than the tokenizer": ("tokenizer.json", lambda at: _config(at, vocabulary=3)),
    "tokenizer broken": ("tokenizer.json", lambda at: (at / "tokenizer.json").write_text("{")),
    "weights cut short": (
        "model.safetensors",
        lambda at: (at / "model.safetensors").write_bytes((at / "model.safetensors").read_bytes()[:-9]),
    ),
    "weights are noise": ("model.safetensors", lambda at: (at / "model.safetensors").write_bytes(b"\x80\x02" * 99)),
    "a weight is missing": ("model.safetensors", lambda at: _weights(at, lambda one: one.pop("bias"))),
    "a weight too many": ("model.safetensors", lambda at: _weights(at, lambda one: one.update(x=torch.ones(1)))),
    "a weight of another kind": (
        "model.safetensors",
        lambda at: _weights(at, lambda one: one.update(bias=one["bias"].half())),
    ),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_spoiled_model_is_one_sentence_that_names_the_file(folder: Path, tmp_path: Path, spoil: str) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    named, change = SPOILS[spoil]
    change(tmp_path)
    with pytest.raises(BadInput) as problem:
        written(tmp_path, prompt="the")
    assert named in str(problem.value) and "\n" not in str(problem.value)


def test_stopped_in_the_middle_by_the_engine_it_ends_with_the_same_weights(tmp_path: Path, tiny_text: Path) -> None:
    """The whole way: a job, a pause, a resume; Chinese and English, BPE, dropout, bfloat16."""
    values = SMALL | {"tokens": "bpe", "vocabulary": 280, "max_steps": 8, "precision": "bfloat16", "layers": 2}

    def job(name: str) -> Job:
        return Job(generator="text.lstm", params=values, data=str(tiny_text), name=name, project=str(tmp_path / "p"))

    whole = perform(job("whole"), lambda event: None)
    calls = 0

    def asked() -> str:
        nonlocal calls
        calls += 1
        return "pause" if calls > 8 else ""

    halted = perform(job("broken"), lambda event: None, asked)
    assert isinstance(halted, events.Cancelled) and 0 < halted.step < 8
    resumed = perform(Job(resume=halted.run, project=str(tmp_path / "p")), lambda event: None)
    assert isinstance(whole, events.Finished) and isinstance(resumed, events.Finished)
    assert whole.model and resumed.model
    files = [Path(one.model["path"]) / "model.safetensors" for one in (whole, resumed) if one.model]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert whole.figures == resumed.figures
