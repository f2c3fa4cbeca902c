"""JSON that anybody may have written: ValueError for whatever is wrong with it, and only texts that can be kept."""

import json
import re
from typing import Any

DEEPEST = 200  # lists and objects inside each other
_HALF = re.compile(r"[\ud800-\udfff]")


def parse(content: str | bytes) -> Any:
    """The value; halves of surrogate pairs in its texts become "�", since no file, table or terminal can take them."""
    try:
        value = json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    return _whole(value, DEEPEST)


def _whole(value: Any, left: int) -> Any:
    if left < 0:
        raise ValueError("it is nested too deep")
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(one, left - 1) for one in value]
    if isinstance(value, dict):
        return {_whole(name, left): _whole(one, left - 1) for name, one in value.items()}
    return value
