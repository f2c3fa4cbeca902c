"""What a writing desk asks of a creation: that the finished text leaves the examples out."""

from typing import Any

from aigc_desktop.engine.wildcards import expand


def hidden(desk: dict[str, Any] | None, typed: str, expanded: str, seed: int) -> int:
    """How many characters at the beginning of the expanded prompt the finished text leaves out.

    `desk` is `Job.desk`, whose `hides` counts characters of the typed prompt.
    """
    hides = (desk or {}).get("hides")
    if type(hides) is not int or not 0 < hides <= len(typed):
        return 0
    if hides == len(typed):
        return len(expanded)
    before = expand(typed[:hides], seed)  # the draws of a beginning are those of the whole
    return len(before) if expanded.startswith(before) else 0
