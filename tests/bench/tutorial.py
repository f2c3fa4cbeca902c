"""The same models in the loop that tutorials have: float32, plain Adam, a DataLoader that fetches sample by sample.

Ours is the step as `Fit` takes it (batch, step, moving averages), in the precision that is fastest here. The tutorial has a
process of its own, since ours sets more than the loop (how memory is held); they run in turns, so that a busy machine slows
both.
"""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from aigc_desktop.engine import params, registry
from aigc_desktop.engine.control import Tally
from aigc_desktop.engine.fit import Fit
from aigc_desktop.engine.job import Job
from aigc_desktop.engine.registry import Spec
from aigc_desktop.engine.run import Run
from aigc_desktop.engine.trainer import Place

Loop = Callable[[Any, Any, Any], Iterator[None]]  # (networks untrained, settings, data): yields after each step
TURNS, BLOCK, FIRST = 12, 11, 3  # of each turn's BLOCK steps the FIRST do not count


def compare(
    generator: str,
    data: Path,
    loop: Loop | None = None,
    settings: Mapping[str, Any] | None = None,
    steps: int = BLOCK,
    turns: int = TURNS,
) -> tuple[float, float, str]:
    """Seconds of one step, ours and the tutorial's, and our precision; `settings` are those of the training.

    Means over a turn, since some steps do more than others; medians of the turns.
    """
    spec, chosen, loaded = _loaded(generator, data, settings or {})
    build = registry.model(generator).Trainer
    fit = Fit(spec, build, chosen, loaded, Run(Job(generator=generator), lambda event: None))
    tally = Tally()

    def ours() -> None:
        fit._one_step(0.3, tally)

    spawn = multiprocessing.get_context("spawn")
    theirs, far = spawn.Pipe()
    plain = (far, generator, data, loop or TUTORIALS[generator], dict(settings or {}), torch.get_num_threads())
    process = spawn.Process(target=_plainly, args=plain, daemon=True)
    process.start()
    far.close()
    mine, other = [], []
    for _ in range(turns):
        mine.append(_seconds(ours, steps))
        tally.take()
        theirs.send(steps)
        other.append(theirs.recv())
    theirs.send(0)
    process.join()
    return statistics.median(mine), statistics.median(other), fit.precision


def _plainly(asked: Connection, generator: str, data: Path, loop: Loop, settings: dict[str, Any], threads: int) -> None:
    """The tutorial's process: asked for a number of steps, it says the seconds of one; 0 ends it."""
    torch.set_num_threads(threads)
    _, chosen, loaded = _loaded(generator, data, settings)
    torch.manual_seed(0)
    plain = registry.model(generator).Trainer(chosen, loaded, Place(torch.device("cpu"), 0, "float32"))
    for _, network in plain.modules():
        network.float().train()
    steps = loop(plain, chosen, loaded)
    while count := asked.recv():
        asked.send(_seconds(lambda: next(steps), count))


def _loaded(generator: str, data: Path, settings: Mapping[str, Any]) -> tuple[Spec, Any, Any]:
    """The generator, its settings and the data."""
    spec = registry.get(generator)
    assert spec.data is not None and spec.train is not None
    chosen: Any = params.make(spec.train, dict(settings))
    options = {name: getattr(chosen, name) for name in getattr(spec.data, "options", ())}
    return spec, chosen, spec.data.load(str(data), None, 0, **options)


def _seconds(step: Callable[[], object], steps: int) -> float:
    seconds = []
    for _ in range(steps):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    return statistics.mean(seconds[min(FIRST, steps // 3) :])


class Pictures(Dataset[Tensor]):
    """As torchvision's ToTensor and Normalize make them: one picture at a time."""

    def __init__(self, pixels: Tensor):
        self.pixels = pixels

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, index: int) -> Tensor:
        return (self.pixels[index].float() / 255 - 0.5) / 0.5


def gan(plain: Any, chosen: Any, data: Any) -> Iterator[None]:
    """Goodfellow 2014 as commonly written down: two BCE losses, two Adams, the losses printed each step."""
    generator, discriminator = plain.generator, plain.discriminator
    betas = (0.5, 0.999)
    generator_adam = torch.optim.Adam(generator.parameters(), 2e-4, betas=betas, foreach=False)
    discriminator_adam = torch.optim.Adam(discriminator.parameters(), 2e-4, betas=betas, foreach=False)
    criterion = nn.BCEWithLogitsLoss()
    loader = DataLoader(Pictures(data.train), chosen.batch_size, shuffle=True, drop_last=True)
    while True:
        for pictures in loader:
            real = pictures.flatten(1)
            ones, zeros = torch.ones(len(real)), torch.zeros(len(real))
            generator_adam.zero_grad()
            fake = generator(torch.randn(len(real), chosen.latent_size))
            generator_loss = criterion(discriminator(fake), ones)
            generator_loss.backward()
            generator_adam.step()
            discriminator_adam.zero_grad()
            loss = (criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)) / 2
            loss.backward()
            discriminator_adam.step()
            str((generator_loss.item(), loss.item()))
            yield


class Windows(Dataset[tuple[Tensor, Tensor]]):
    """As in every character model's tutorial: some letters, and the same moved on by one."""

    def __init__(self, text: Tensor, length: int):
        self.text, self.length = text.long(), length

    def __len__(self) -> int:
        return len(self.text) - self.length

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self.text[index : index + self.length], self.text[index + 1 : index + self.length + 1]


def lstm(plain: Any, chosen: Any, data: Any) -> Iterator[None]:
    """A recurrent network on shuffled windows, from an empty state each, the loss printed each step."""
    network = plain.network
    adam = torch.optim.Adam(network.parameters(), 1e-3, foreach=False)
    criterion = nn.CrossEntropyLoss()
    loader = DataLoader(
        Windows(plain.corpus.train, chosen.sequence_length), chosen.batch_size, shuffle=True, drop_last=True
    )
    while True:
        for read, follows in loader:
            adam.zero_grad()
            scores, _ = network(read.t(), network.nothing(len(read)))
            loss = criterion(scores.flatten(0, 1), follows.t().flatten())
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            adam.step()
            str(loss.item())
            yield


TUTORIALS: dict[str, Loop] = {"image.gan": gan, "text.lstm": lstm}
