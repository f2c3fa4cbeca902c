"""Pictures out of noise: a batch of them, step by step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from aigc_desktop.engine.diffusers_folder import EXPLODING
from aigc_desktop.nets.diffusion import exploding
from aigc_desktop.nets.diffusion.opening import Diffuser
from aigc_desktop.nets.diffusion.samplers import Way

OnStep = Callable[[int, int, Tensor], None]


@dataclass(frozen=True)
class How:
    """What is chosen for a drawing, as in `params.Draw`."""

    sampler: str = "dpmsolver++"
    steps: int = 20
    guidance: float = 1.5
    eta: float = 0.0
    strength: float = 1.0
    resample: int = 4


@dataclass(frozen=True)
class Given:
    """A picture to begin with, float [C, H, W] in −1…1; with a mask, bool [H, W], what is False in it stays."""

    picture: Tensor
    mask: Tensor | None = None


def sample(
    diffuser: Diffuser,
    seeds: Sequence[int],
    how: How = How(),
    labels: Sequence[int] | None = None,
    given: Given | None = None,
    on_step: OnStep | None = None,
) -> Tensor:
    """A picture for each seed, float [n, C, H, W] in about −1…1 on the processor; `labels` are numbers of classes.

    Each depends on its own seed alone, whatever is drawn with it. `on_step(done, all, estimates)` is called after each step
    with what the pictures of the batch under way would become, [rows, C, H, W].
    """
    size = diffuser.batch
    made = []
    for first in range(0, len(seeds), size):
        rows = slice(first, first + size)
        told = None if labels is None else labels[rows]
        made.append(_batch(diffuser, seeds[rows], how, told, given, on_step))
    return torch.cat(made)


@torch.inference_mode()
def _batch(
    diffuser: Diffuser,
    seeds: Sequence[int],
    how: How,
    labels: Sequence[int] | None,
    given: Given | None,
    on_step: OnStep | None,
) -> Tensor:
    count = len(seeds)
    # Filled up with pictures that nobody wants: so a batch is always of one size.
    spare = diffuser.batch - count
    draws = [torch.Generator().manual_seed(seed) for seed in [*seeds, *range(spare)]]
    if diffuser.scheduler["_class_name"] == EXPLODING:
        return _exploding(diffuser, draws[0], how, on_step)
    device, asked, guidance = diffuser.device, None, how.guidance
    if diffuser.classes:
        if labels is None:
            labels, guidance = [len(diffuser.classes) if diffuser.free else 0] * count, 1.0
        asked = torch.tensor([*labels, *[0] * spare], device=device)

    def noise() -> Tensor:
        return torch.stack([torch.randn(diffuser.shape, generator=one) for one in draws]).to(device)

    def say(done: int, total: int, estimates: Tensor) -> None:
        if on_step is not None:
            on_step(done, total, estimates[:count])

    way = _way(diffuser, how, given)
    drawing = Drawing(diffuser, way, guidance, asked, draws, noise)
    if given is None:
        found = drawing.new(say)
    elif given.mask is None:
        found = drawing.changed(given.picture.to(device), say)
    else:
        found = drawing.filled(given.picture.to(device), given.mask.to(device), how.resample, say)
    return found[:count].cpu()


def _way(diffuser: Diffuser, how: How, given: Given | None) -> Way:
    steps = min(how.steps, int(diffuser.scheduler.get("num_train_timesteps", 1000)))
    begin = 0
    if given is not None and given.mask is None:
        begin = steps - max(1, min(steps, round(steps * how.strength)))
    return Way(how.sampler, diffuser.scheduler, steps, begin, how.eta)


def _exploding(diffuser: Diffuser, draw: torch.Generator, how: How, on_step: OnStep | None) -> Tensor:
    def look(noisy: Tensor, sigma: Tensor) -> Tensor:
        device = diffuser.device
        return diffuser.look(noisy.to(device), sigma.to(device), None).cpu()

    for number, found in enumerate(exploding.walk(diffuser.scheduler, how.steps, look, diffuser.shape, draw), 1):
        if on_step is not None:
            on_step(number, how.steps, found)
    return found


@dataclass(frozen=True)
class Drawing:
    """One batch under way."""

    diffuser: Diffuser
    way: Way
    guidance: float
    labels: Tensor | None
    draws: list[torch.Generator]
    noise: Callable[[], Tensor]

    def new(self, say: OnStep) -> Tensor:
        """Out of nothing but noise."""
        return self._on(self.way.first(self.noise()), say)

    def changed(self, picture: Tensor, say: OnStep) -> Tensor:
        """From a picture with so much noise that the steps left take it away (SDEdit: Meng 2022)."""
        return self._on(self.way.noised(picture, self.noise(), self.way.begin), say)

    def filled(self, picture: Tensor, mask: Tensor, passes: int, say: OnStep) -> Tensor:
        """New where the mask says so. Before each step the rest is put back, as noisy as it would be there; a step is gone
        back and taken again, `passes` times, until both parts fit (RePaint: Lugmayr 2022)."""
        way, steps = self.way, len(self.way)
        known = self.noise()
        noisy, done, total = way.first(self.noise()), 0, (steps - 1) * passes + 1
        for step in range(steps):
            last = 1 if step == steps - 1 else passes
            memory = way.memory()
            for number in range(last):
                noisy = torch.where(mask, noisy, way.noised(picture, known, step))
                less, estimate = way.take(self._look(noisy, step), noisy, step, self.draws)
                done += 1
                say(done, total, torch.where(mask, estimate, picture))
                if number + 1 < last:
                    noisy = way.back(less, self.noise(), step)
                    way.remember(memory)
            noisy = less
        return torch.where(mask, noisy, picture)

    def _on(self, noisy: Tensor, say: OnStep) -> Tensor:
        way = self.way
        for step in range(way.begin, len(way)):
            noisy, estimate = way.take(self._look(noisy, step), noisy, step, self.draws)
            say(step + 1 - way.begin, len(way) - way.begin, estimate)
        return noisy

    def _look(self, noisy: Tensor, step: int) -> Tensor:
        """What the network says; with guidance, beyond that by as much as the class makes a difference (Ho 2022)."""
        diffuser, guidance, labels = self.diffuser, self.guidance, self.labels
        read, time = self.way.read(noisy, step), self.way.times[step].to(noisy.device)
        if labels is None or not diffuser.free or guidance == 1:
            return diffuser.look(read, time, labels)
        none = torch.full_like(labels, len(diffuser.classes))
        asked, free = diffuser.look(read.repeat(2, 1, 1, 1), time, torch.cat([labels, none])).chunk(2)
        return free + guidance * (asked - free)
