"""Attention in blocks is the attention that transformers computes, for training and for reading on."""

import pytest
import torch

from aigc_desktop.nets.causal import attention
from aigc_desktop.nets.causal.loading import load
from tests.language_models import tiny_gpt2, tiny_llama


@pytest.mark.parametrize("make", [tiny_llama, tiny_gpt2])
@pytest.mark.parametrize("length", [7, 300, 600])
def test_the_same_scores_and_gradients(make, length: int, tmp_path) -> None:
    places = {"n_positions" if make is tiny_gpt2 else "max_position_embeddings": 640}
    folder = make(tmp_path / "model", **places)
    tokens = torch.randint(0, 384, (2, length), generator=torch.Generator().manual_seed(0))
    found = []
    for ours in (False, True):
        model = load(folder, "cpu").model
        if ours:
            attention.use(model)
            assert model.config._attn_implementation == attention.NAME
        logits = model(input_ids=tokens, use_cache=False).logits
        logits.log_softmax(-1)[..., 0].mean().backward()
        gradients = {name: weight.grad for name, weight in model.named_parameters()}
        found.append((logits.detach(), gradients))
    (theirs, their_gradients), (mine, my_gradients) = found
    torch.testing.assert_close(mine, theirs, atol=1e-3, rtol=1e-3)
    for name, gradient in their_gradients.items():
        torch.testing.assert_close(
            my_gradients[name], gradient, atol=1e-5, rtol=1e-2, msg=lambda said, name=name: name + said
        )


def test_reading_on_with_a_cache(tmp_path) -> None:
    model = load(tiny_llama(tmp_path / "model"), "cpu").model
    tokens = torch.arange(40)[None] + 5
    whole = model(input_ids=tokens).logits[0, -1]
    attention.use(model)
    first = model(input_ids=tokens[:, :-1], use_cache=True)
    rest = model(input_ids=tokens[:, -1:], past_key_values=first.past_key_values, use_cache=True)
    torch.testing.assert_close(rest.logits[0, -1], whole, atol=1e-4, rtol=1e-4)


def test_two_texts_of_unequal_length(tmp_path) -> None:
    model = load(tiny_llama(tmp_path / "model"), "cpu").model
    tokens, mask = torch.arange(20)[None] + 5, torch.ones(1, 20, dtype=torch.long)
    mask[:, :4] = 0
    theirs = model(input_ids=tokens, attention_mask=mask).logits
    attention.use(model)
    torch.testing.assert_close(
        model(input_ids=tokens, attention_mask=mask).logits[:, 4:], theirs[:, 4:], atol=1e-4, rtol=1e-4
    )
