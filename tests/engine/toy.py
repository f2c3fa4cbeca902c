"""The smallest trainable thing that has everything fit cares about: dropout, batch norm, EMA, a carried tensor."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from aigc_desktop.data.order import Shuffled
from aigc_desktop.engine.params import Training
from aigc_desktop.engine.params import field as parameter
from aigc_desktop.engine.registry import Spec
from aigc_desktop.engine.trainer import Place, Trainer
from aigc_desktop.media.text import Text


class ToyTraining(Training):
    poison: int = parameter(0, ge=0, le=1000, title="Poison", help="The step at which the loss becomes NaN.")


SPEC = Spec(
    id="toy.line",
    title="Line",
    medium="text",
    summary="",
    about="",
    train=ToyTraining,
    precisions=("float32", "bfloat16"),
)


@dataclass
class ToyData:
    train: Tensor = field(default_factory=lambda: torch.linspace(-1, 1, 64)[:, None])
    sha256: str = "0" * 64
    facts: dict[str, Any] = field(default_factory=lambda: {"count": 64})


class ToyTrainer(Trainer):
    def __init__(self, params: ToyTraining, data: ToyData, place: Place):
        self.params, self.data, self.place = params, data, place
        self.net = nn.Sequential(nn.Linear(1, 16), nn.BatchNorm1d(16), nn.Dropout(0.2), nn.Tanh(), nn.Linear(16, 1))
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=params.learning_rate)
        self.carried = torch.zeros(3)
        self.ema = {"net": 0.9}
        self.order = Shuffled(64, params.batch_size, place.seed, place.rank, place.world)
        self.steps = 0
        self.learning_rates: list[float] = []

    def batch(self, step: int) -> Tensor:
        self.steps = step
        return self.data.train[self.order.take(step)]

    def step(self, batch: Tensor) -> dict[str, Tensor]:
        for group in self.optimizer.param_groups:
            group["lr"] = self.params.learning_rate * (1 - self.progress)
        with self.place.autocast():
            loss = ((self.net(batch) - 3 * batch) ** 2).float().mean()
        if self.params.poison and self.steps + 1 >= self.params.poison:
            loss = loss * float("nan")
        self.optimise(loss, self.optimizer, clip=1.0)
        self.carried = self.carried * 0.5 + loss.detach()
        return {"loss": loss.detach()}

    def sample(self, seed: int) -> Text:
        return Text(f"at one: {float(self.net(torch.ones(1, 1))):.3f}")

    def evaluate(self) -> dict[str, float]:
        return {"heldout_error": float(((self.net(self.data.train) - 3 * self.data.train) ** 2).mean())}

    def parts(self) -> dict[str, Any]:
        return {"net": self.net, "optimizer": self.optimizer, "carried": self.carried}

    def save(self, folder: Path) -> None:
        save_file(self.net.state_dict(), folder / "model.safetensors")
