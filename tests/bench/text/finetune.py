"""stories260k: goes on with a story, and is trained further on tiny Shakespeare for 120 s, beside it and all of it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aigc_desktop.engine import adapter_files
from tests.bench.bench_ground import aigc
from tests.bench.figures import Figure
from tests.real_data import data_folder

SECONDS = 120
BEGINNING = "Once upon a time, there was a little girl named Lily."
GOALS = {"lora": 3.0, "full": 2.45}
WORDS = {"lora": ("rank=2",), "full": ()}  # of so small a model, rank 2 on all its layers is what 5 % are


def figures(folder: Path) -> Iterator[Figure]:
    data = data_folder()
    if data is None:
        sys.exit("There is no real data: neither ../shared/data nor AIGC_DATA is a folder.")
    base, text = data / "weights" / "stories260k_hf_llama", next((data / "tiny_shakespeare").glob("*.txt"))
    yield _story(base, folder / "story")

    def train(method: str, *settings: str) -> dict[str, Any]:
        words = [f"--set={one}" for one in (f"base={base}", f"method={method}", *settings)]
        return aigc("train", "text.finetune", "--data", text, *words, "--project", folder / "finetune")

    before = train("full", "max_steps=1", "learning_rate=1e-8")["figures"]
    here = _said(before)
    yield Figure(
        "stories260k on tiny Shakespeare, before", "about 5.0", here, 4.8 < before["heldout_nats_per_token"] < 5.2
    )
    for method, goal in GOALS.items():
        last = train(method, f"max_seconds={SECONDS}", *WORDS[method])
        value = last["figures"]["heldout_nats_per_token"]
        share, small = "all weights", True
        if method == "lora":
            trained = adapter_files.about(Path(last["model"]["path"]))["share"]
            share, small = f"{trained:.2%} of the weights", trained < 0.05
        what = f"stories260k trained further {SECONDS} s, {share}"
        here = f"{_said(last['figures'])}, {last['steps']:,} steps"
        yield Figure(what, f"≤ {goal} nats/token", here, small and value <= goal)


def _story(base: Path, out: Path) -> Figure:
    words = ("--set", f"prompt={BEGINNING}", "--set", "max_new_tokens=100", "--seed", 1, "--out", out)
    aigc("create", base, *words)
    text = next(out.glob("*.txt")).read_text(encoding="utf-8")
    more = " ".join(text.removeprefix(BEGINNING).split())
    return Figure(
        "stories260k continues a story",
        "≥ 100 letters",
        f"…{more[:60]}…",
        text.startswith(BEGINNING) and len(more) >= 100,
    )


def _said(figures: dict[str, float]) -> str:
    return f"{figures['heldout_nats_per_token']:.3f} nats/token, {figures['heldout_nats_per_char']:.3f} nats/char"
