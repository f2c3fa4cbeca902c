"""text.gpt on tiny Shakespeare: against the loop that everybody writes first, and with its defaults.

The plain loop is nanoGPT's recipe for a small machine, with transformers' GPT2LMHeadModel. Both learn from the first nine
tenths and are measured in the same way, by the plain one: all of the last tenth in blocks as long as the context, every
token of a block counted (the first of each has one token before it, not half a context as in text.gpt's own figure). A time
is that of training steps alone for the plain loop; ours is the whole training with its previews and looks.
"""

import math
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from aigc_desktop.engine import machine
from tests.bench.bench_ground import aigc
from tests.bench.figures import Figure
from tests.real_data import data_folder

LAYERS, HEADS, WIDTH, CONTEXT, BATCH = 4, 4, 128, 64, 12
STEPS, WARM_UP, BEST, LEAST = 2000, 100, 1e-3, 1e-4
LOOK = 100  # steps between two looks at the held-out text
GOAL = 1.88
OUR_STEPS = 500
SECONDS, DEFAULTS_GOAL = 300, 1.52


class Plain(NamedTuple):
    """When the plain loop's held-out value first was at the goal (its end, if never before), and that value."""

    seconds: float
    steps: int
    heldout: float
    last: float


def figures(folder: Path) -> Iterator[Figure]:
    data = data_folder()
    if data is None:
        sys.exit("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    text = next((data / "tiny_shakespeare").glob("*.txt"))
    shape = {"layers": LAYERS, "heads": HEADS, "width": WIDTH, "context": CONTEXT, "batch_size": BATCH}
    shape |= {"dropout": 0, "max_steps": OUR_STEPS, "max_seconds": 0}  # the plain loop has no dropout either
    words = [f"--set={name}={value}" for name, value in shape.items()]
    last = aigc("train", "text.gpt", "--data", text, *words, "--project", folder / "small")
    ours, seconds = in_blocks(Path(last["model"]["path"]), text), last["train_seconds"]
    plain = plain_loop(text)
    reached = "to it" if plain.heldout <= GOAL else "not reached in"
    what = f"text.gpt, small, tiny Shakespeare: time to {GOAL} against the plain loop"
    here = (
        f"{seconds / plain.seconds:.2f}× (ours {ours:.3f} after {seconds:.0f} s, {OUR_STEPS} steps; plain {plain.seconds:.0f} s "
        f"{reached} {plain.steps} steps: {plain.heldout:.3f}, at its end {plain.last:.3f})"
    )
    yield Figure(what, f"≤ {GOAL} in ≤ 0.5×", here, ours <= GOAL and seconds <= 0.5 * plain.seconds)
    last = aigc(
        "train", "text.gpt", "--data", text, "--set", f"max_seconds={SECONDS}", "--project", folder / "defaults"
    )
    value = last["figures"]["heldout_nats_per_char"]
    here = f"{value:.4f} nats/char ({last['steps']:,} steps)"
    yield Figure(
        f"text.gpt, defaults, tiny Shakespeare, {SECONDS} s, held out",
        f"≤ {DEFAULTS_GOAL}",
        here,
        value <= DEFAULTS_GOAL,
    )


def split(path: Path) -> tuple[str, str]:
    """The text's first nine tenths and the rest, as the data of text.gpt."""
    text = path.read_text(encoding="utf-8")
    return text[: len(text) * 9 // 10], text[len(text) * 9 // 10 :]


def in_blocks(model: Path, path: Path) -> float:
    """The held-out nats per character of a saved model, opened by transformers, in blocks."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    network = AutoModelForCausalLM.from_pretrained(model, local_files_only=True, token=False).eval()
    tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=True, token=False)
    held = tokenizer(split(path)[1], verbose=False)["input_ids"]  # verbose: that it is longer than the context
    return blocks(network, torch.tensor(held))


def blocks(network: Any, held: Any) -> float:
    """Mean loss over all whole blocks of the held-out tokens [t]."""
    import torch
    from torch.nn import functional

    count = (len(held) - 1) // CONTEXT
    read, follows = (held[first : first + count * CONTEXT].view(count, CONTEXT) for first in (0, 1))
    nats = 0.0
    with torch.no_grad():
        for some, true in zip(read.split(64), follows.split(64), strict=True):
            scores = network(input_ids=some).logits.float()
            nats += float(functional.cross_entropy(scores.flatten(0, 1), true.flatten(), reduction="sum"))
    return nats / (count * CONTEXT)


def plain_loop(path: Path) -> Plain:
    """GPT-2 in float32, AdamW unfused, each batch stacked sample by sample; cosine, clipping and decay as in nanoGPT."""
    import torch
    from torch.nn import functional
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.set_num_threads(machine.threads())
    torch.manual_seed(1337)
    learned, held = split(path)
    numbers = {letter: number for number, letter in enumerate(sorted(set(learned + held)))}
    train, heldout = (torch.tensor([numbers[one] for one in side]) for side in (learned, held))
    config = GPT2Config(
        vocab_size=len(numbers),
        n_layer=LAYERS,
        n_head=HEADS,
        n_embd=WIDTH,
        n_positions=CONTEXT,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        use_cache=False,
        bos_token_id=0,
        eos_token_id=0,
    )
    network = GPT2LMHeadModel(config)
    decayed = [one for one in network.parameters() if one.ndim > 1]
    others = [one for one in network.parameters() if one.ndim < 2]
    groups = [{"params": decayed, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, BEST, betas=(0.9, 0.99), fused=False)
    seconds, value = 0.0, math.inf
    first: tuple[float, int, float] | None = None
    for step in range(STEPS):
        start = time.perf_counter()
        rate = _rate(step)
        for group in optimizer.param_groups:
            group["lr"] = rate
        places = torch.randint(len(train) - CONTEXT, (BATCH,))
        read = torch.stack([train[place : place + CONTEXT] for place in places])
        follows = torch.stack([train[place + 1 : place + CONTEXT + 1] for place in places])
        scores = network(input_ids=read).logits
        loss = functional.cross_entropy(scores.flatten(0, 1), follows.flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        seconds += time.perf_counter() - start
        if (step + 1) % LOOK == 0:
            value = blocks(network.eval(), heldout)
            network.train()
            if first is None and value <= GOAL:
                first = seconds, step + 1, value
    return Plain(*(first or (seconds, STEPS, value)), value)


def _rate(step: int) -> float:
    if step < WARM_UP:
        return BEST * (step + 1) / (WARM_UP + 1)
    share = (step - WARM_UP) / (STEPS - WARM_UP)
    return LEAST + 0.5 * (1 + math.cos(math.pi * share)) * (BEST - LEAST)
