"""From a desk to an ordinary creation: the settings that suit it, and the job, which remembers the desk."""

from collections.abc import Mapping, Sequence
from typing import Any

from aigc_desktop.desks.desk import Desk, Value
from aigc_desktop.engine import params, registry
from aigc_desktop.engine.job import Job
from aigc_desktop.i18n import mark
from aigc_desktop.problems import BadInput


def writes(spec: registry.Spec) -> bool:
    """Can a desk use this generator: does it create texts from a prompt?"""
    return spec.create is not None and spec.medium == "text" and "prompt" in spec.create.model_fields


def settings(desk: Desk, spec: registry.Spec) -> dict[str, Any]:
    """The desk's suggestions that the generator has and can take, its stop words among them."""
    if not writes(spec):
        raise BadInput(mark("{title} writes no texts from a prompt; choose a language model."), title=spec.title)
    known = {one.name for one in params.describe(spec.params("create"))}
    wished = dict(desk.params)
    if desk.stop:
        wished.setdefault("stop_words", "|".join(_escaped(one) for one in desk.stop))
        wished.setdefault("stop_text", desk.stop[0])  # of models that look for one text only
    found: dict[str, Any] = {}
    for name, value in wished.items():
        try:
            if name in known and name != "prompt":
                params.make(spec.params("create"), {name: value})
                found[name] = value
        except BadInput:  # out of this model's bounds: its own default is better
            continue
    return found


def remembered(
    desk: Desk,
    values: Mapping[str, Value],
    examples: Sequence[Sequence[str]] | None,
    shots: int,
    prompt: str,
    answer_only: bool = False,
) -> dict[str, Any]:
    """What `Job.desk` keeps, so that the job can be opened at the desk again.

    `hides` is how many characters at the beginning of the prompt the finished text leaves out: up to the template's
    `{start}`, or (`answer_only`) all of it; `before` is how many stand before the task, which is what an item is called
    and found by. A prompt that was changed by hand is cut where these places are still known.
    """
    rows = [[*row] for row in (desk.examples if examples is None else examples)]
    out, kept = desk.parts(values, rows, shots)
    head = desk.head(rows, shots)
    whole = answer_only or (not kept and prompt == out)
    return {
        "id": desk.id,
        "values": {**desk.defaults, **values},
        "examples": rows,
        "shots": shots,
        "before": _known(prompt, head, (out + kept)[len(head) :]),
        "hides": len(prompt) if whole else _known(prompt, out, kept),
    }


def _known(prompt: str, before: str, after: str) -> int:
    """Where in the prompt, which was built of `before` and `after` and may have been changed, the second begins."""
    if prompt.startswith(before):
        return len(before)
    return len(prompt) - len(after) if after and prompt.endswith(after) else 0


def job(
    desk: Desk,
    spec: registry.Spec,
    model: str,
    values: Mapping[str, Value],
    examples: Sequence[Sequence[str]] | None = None,
    shots: int = 0,
    *,
    prompt: str | None = None,
    chosen: Mapping[str, Any] | None = None,
    answer_only: bool = False,
    **others: Any,
) -> Job:
    """The creation that writes at this desk with a model of this generator.

    `prompt`: as the user left it (else as the desk builds it); `chosen`: settings that win over the desk's suggestions;
    `others`: seed, project, out of the job. BadInput for a value, a row or a setting that does not fit.
    """
    built = desk.prompt(values, examples, shots) if prompt is None else prompt
    used = settings(desk, spec) | dict(chosen or {}) | {"prompt": built}
    params.make(spec.params("create"), used)
    return Job(
        generator=spec.id,
        action="create",
        model=model,
        params=used,
        desk=remembered(desk, values, examples, shots, built, answer_only),
        **others,
    )


def _escaped(text: str) -> str:
    """A stop word as one field of them spells it."""
    return text.replace("\\", r"\\").replace("\n", r"\n").replace("\t", r"\t").replace("|", r"\|")
