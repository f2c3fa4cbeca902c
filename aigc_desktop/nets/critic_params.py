"""What trainings with a critic have in common. Imports no torch."""

from typing import Any, Self

from pydantic import model_validator

from aigc_desktop.data.framing import Framed
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput


class WithCritic(Framed):
    """Settings of a training whose critic may learn several times for each time the generator does."""

    @model_validator(mode="after")
    def _counts_steps_once(self) -> Self:
        chosen: Any = self
        if chosen.loss == "wasserstein-gp" and chosen.critic_steps > 1 and chosen.accumulate > 1:
            raise BadInput(
                mark("With Wasserstein, gradient penalty, several batches per step need the critic's steps to be 1.")
            )
        return self
