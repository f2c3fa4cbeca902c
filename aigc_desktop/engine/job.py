"""A job: everything that is needed to do a piece of work again, as plain JSON."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from aigc_desktop.i18n import mark
from aigc_desktop.media.base import why
from aigc_desktop.problems import BadInput

STARTER = "starter"
LARGEST = 64 << 20  # bytes of a job's file


class Job(BaseModel):
    """What to do. A training has `data` (a path or "starter"), a creation `model` (a project's name or a folder).

    To convert is to make another model of `model`: in the project, or with `out` as a folder of its own anywhere.

    `desk` is how a writing desk built the prompt, so that it can be taken up there again: its id, values, examples, shots.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=(), defer_build=True)

    generator: str = ""
    action: Literal["train", "create", "convert"] = "train"
    params: dict[str, Any] = Field(default_factory=dict)
    data: str | None = None
    heldout: str | None = None
    model: str | None = None
    inputs: list[str] = Field(default_factory=list)
    seed: int = Field(0, ge=0, lt=2**63)
    name: str | None = None
    project: str | None = None
    out: str | None = None
    resume: str | None = None
    desk: dict[str, Any] | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_letters(cls, values: Any) -> Any:
        """BadInput for a file name that is no text: neither JSON nor the library's tables could hold it."""
        given = values if isinstance(values, dict) else {}
        inputs = given.get("inputs")
        for value in [*given.values(), *(inputs if isinstance(inputs, list) else [])]:
            if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
                raise BadInput(
                    mark("The name {path} holds bytes that are no letters; rename it and try again."), path=value
                )
        return values


def read_job(path: Path) -> Job:
    """The job in a JSON file; BadInput where the file is missing, no JSON, or no job."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        raise BadInput(mark("There is no file {path}."), path=path) from None
    except (OSError, ValueError) as error:
        raise BadInput(mark("The file {path} cannot be read: {reason}."), path=path, reason=why(error)) from None
    if len(content) > LARGEST:
        raise BadInput(mark("{path} is not a job: it is too big."), path=path)
    try:
        return Job.model_validate_json(text)
    except ValidationError as error:
        where, reason = _first(error)
        raise BadInput(mark("{path} is not a job: {where}: {reason}."), path=path, where=where, reason=reason) from None


def remembered(values: dict[str, Any]) -> Job:
    """The job that a run or an item keeps; BadInput where another program or version wrote it otherwise."""
    try:
        return Job.model_validate(values)
    except ValidationError as error:
        where, reason = _first(error)
        raise BadInput(
            mark("How this was made cannot be read ({where}: {reason}); another version may have made it."),
            where=where,
            reason=reason,
        ) from None


def _first(error: ValidationError) -> tuple[str, str]:
    """Where the first mistake is, and what it is."""
    first = error.errors()[0]
    return ".".join(map(str, first["loc"])) or "JSON", first["msg"]
