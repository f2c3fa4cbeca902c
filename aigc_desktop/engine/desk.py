"""What a writing desk asks of a creation: that the finished text, and what it is found by, leave the examples out."""

from typing import Any

from aigc_desktop.engine.wildcards import expand


def hidden(desk: dict[str, Any] | None, typed: str, expanded: str, seed: int, key: str = "hides") -> int:
    """How many characters at the beginning of the expanded prompt the finished text leaves out.

    `desk` is `Job.desk`, whose `hides` counts characters of the typed prompt; its `before` is asked for by the `key`.
    """
    count = (desk or {}).get(key)
    if type(count) is not int or not 0 < count <= len(typed):
        return 0
    if count == len(typed):
        return len(expanded)
    before = expand(typed[:count], seed)  # the draws of a beginning are those of the whole
    return len(before) if expanded.startswith(before) else 0
