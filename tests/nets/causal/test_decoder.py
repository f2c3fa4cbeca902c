"""The decoding loop writes what transformers' own generate writes, for every architecture, and remembers by itself."""

from typing import Any

import pytest
import torch

from aigc_desktop.nets.causal import int8, lean
from aigc_desktop.nets.causal.decoder import CHUNK, Decoder
from aigc_desktop.nets.causal.generation import generate
from aigc_desktop.nets.causal.memory import FIRST
from aigc_desktop.nets.causal.params import Write
from tests.nets.causal.shapes import CONTEXT, END, SHAPES, VOCABULARY, language, prompts, shape, theirs

LEAN = ("gpt2", "llama", "mistral", "qwen2", "qwen3")


def written(model: Any, read: list[list[int]], ends: tuple[int, ...] = (END,), **chosen: Any) -> list[list[int]]:
    chosen = {"temperature": 0.0, "max_new_tokens": 25} | chosen
    texts: list[list[int]] = []
    with torch.inference_mode():
        for step in generate(language(model, ends), read, Write(**chosen), [5 + one for one in range(len(read))]):
            texts = [list(one) for one in step.written]
    return texts


@pytest.mark.parametrize("name", SHAPES)
def test_greedy_is_that_of_generate(name: str) -> None:
    model = shape(name)
    read = [*prompts(2, 6), *prompts(1, 11, seed=1)]  # two batches: of equal lengths, and another
    want = [theirs(model, one, max_new_tokens=25)[0] for one in read]
    assert written(model, read) == want
    assert (lean.lean(model, CONTEXT) is not None) == (name in LEAN)


@pytest.mark.parametrize("name", ["gpt2", "llama"])
@pytest.mark.parametrize("seed", [1, 2])
def test_greedy_texts_that_end_early(name: str, seed: int) -> None:
    model, read = shape(name, seed), prompts(3, 5, seed)
    free = [theirs(model, one, max_new_tokens=25, eos_token_id=[VOCABULARY])[0] for one in read]
    ends = tuple(sorted({text[at] for text, at in zip(free, (3, 7, 12), strict=True)}))
    want = [theirs(model, one, max_new_tokens=25, eos_token_id=list(ends))[0] for one in read]
    assert written(model, read, ends) == want
    assert min(map(len, want)) < 25


@pytest.mark.parametrize("name", ["gpt2", "llama"])
@pytest.mark.parametrize(
    "rules",
    [{"repetition_penalty": 1.3}, {"no_repeat_ngram": 2}, {"no_repeat_ngram": 1}],
)
def test_greedy_with_penalty_and_without_repeated_runs(name: str, rules: dict[str, Any]) -> None:
    model, read = shape(name, 4), prompts(2, 7, 4)
    names = {"no_repeat_ngram": "no_repeat_ngram_size"}
    words = {names.get(one, one): value for one, value in rules.items()}
    want = [theirs(model, one, max_new_tokens=30, **words)[0] for one in read]
    assert written(model, read, max_new_tokens=30, **rules) == want
    assert want != [theirs(model, one, max_new_tokens=30)[0] for one in read]


@pytest.mark.parametrize("name", ["gpt2", "llama", "gpt_neox"])
def test_a_long_prompt_is_read_in_few_passes_and_the_memory_grows(name: str) -> None:
    length = CHUNK + 2 * FIRST
    places = {"n_positions" if name == "gpt2" else "max_position_embeddings": length + 40}
    model, read = shape(name, **places), prompts(1, length)
    passes: list[int] = []
    model.register_forward_pre_hook(lambda _, __, words: passes.append(words["input_ids"].shape[1]), with_kwargs=True)
    decoder = Decoder(model, length + 40)
    logits, text = decoder.next_logits(torch.tensor(read)), []
    assert passes == [CHUNK, 2 * FIRST]
    for _ in range(20):
        text.append(int(logits.argmax()))
        logits = decoder.next_logits(torch.tensor([[text[-1]]]))
    assert text == theirs(model, read[0], max_new_tokens=20, eos_token_id=[VOCABULARY])[0]
    assert decoder._memory.layers[0].room[0].shape[2] < 2 * (length + 40)


@pytest.mark.parametrize("name", ["gpt2", "llama", "bloom"])
def test_a_text_longer_than_the_context_goes_on(name: str) -> None:
    """After the memory is full, each choice is that of a fresh reading of the start and the newer half."""
    model, context, keep = shape(name), 16, 2
    decoder = Decoder(model, context, keep)
    seen = prompts(1, 5)[0]
    logits = decoder.next_logits(torch.tensor([seen]))
    sight, slid = list(seen), 0
    for _ in range(40):
        token = int(logits.argmax())
        sight.append(token)
        if len(sight) > context:
            sight = sight[:keep] + sight[-(context - keep) // 2 :]
            slid += 1
        logits = decoder.next_logits(torch.tensor([[token]]))
        fresh = model(torch.tensor([sight])).logits[:, -1]
        torch.testing.assert_close(logits, fresh, atol=1e-4, rtol=1e-3)
    assert slid == 4


def test_a_prompt_longer_than_the_context_is_read_from_its_end() -> None:
    model, read = shape("llama"), prompts(1, 3 * CONTEXT)
    decoder = Decoder(model, CONTEXT, 1)
    logits = decoder.next_logits(torch.tensor(read))
    sight = decoder._seen[0].tolist()
    assert sight[0] == 1 and sight[1:] == read[0][-len(sight) + 1 :] and CONTEXT // 2 <= len(sight) < CONTEXT
    torch.testing.assert_close(logits, model(torch.tensor([sight])).logits[:, -1], atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("name", LEAN)
def test_the_lean_step_gives_the_scores_of_the_whole_forward(name: str) -> None:
    model, read = shape(name), torch.tensor(prompts(3, 30))
    decoder = Decoder(model, CONTEXT)
    decoder.next_logits(read[:, :4])
    whole = model(read).logits
    for place in range(4, 30):
        got = decoder.next_logits(read[:, place : place + 1])
        torch.testing.assert_close(got, whole[:, place], atol=2e-5, rtol=1e-4)


def test_rows_are_reordered_repeated_and_dropped() -> None:
    model, read = shape("llama"), torch.tensor(prompts(2, 6))
    decoder = Decoder(model, CONTEXT)
    decoder.next_logits(read)
    decoder.reorder(torch.tensor([1, 1, 0]))
    assert decoder.rows == 3
    got = decoder.next_logits(torch.tensor([[7], [8], [9]]))
    for row, (text, token) in enumerate(((1, 7), (1, 8), (0, 9))):
        whole = model(torch.tensor([[*read[text].tolist(), token]])).logits[0, -1]
        torch.testing.assert_close(got[row], whole, atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("name", [*LEAN, "gpt_neox", "opt"])
@pytest.mark.parametrize("precision", ["int8", "bfloat16"])
def test_fewer_digits_change_the_scores_a_little(name: str, precision: str) -> None:
    from aigc_desktop.nets.causal.precision import prepare

    read = torch.tensor(prompts(2, 20))
    whole = shape(name)(read).logits[:, -1]
    rough = shape(name)
    assert prepare(rough, precision) == precision
    decoder = Decoder(rough, CONTEXT)
    decoder.next_logits(read[:, :12])
    for place in range(12, 20):
        got = decoder.next_logits(read[:, place : place + 1])
    assert got.dtype == torch.float32
    change = (got - whole).norm() / whole.norm()
    assert 1e-6 < change < 0.12


def test_int8_takes_a_quarter_of_the_memory_and_leaves_other_layers_alone() -> None:
    model = shape("llama", vocab_size=40_000, hidden_size=64, intermediate_size=128)
    kept = {name: one.clone() for name, one in model.named_parameters() if "norm" in name}
    int8.convert(model)
    assert int8.is_int8(model)
    assert {name for name, _ in model.named_parameters()} == {*kept, "model.embed_tokens.weight"}
    assert all(torch.equal(one, model.get_parameter(name)) for name, one in kept.items())
    assert model.get_parameter("model.embed_tokens.weight").dtype == torch.bfloat16
    assert torch.isfinite(model(torch.tensor([[1, 5]])).logits).all()


def test_a_new_model_in_training_goes_through_its_own_forward() -> None:
    assert lean.lean(shape("llama").train(), CONTEXT) is None
