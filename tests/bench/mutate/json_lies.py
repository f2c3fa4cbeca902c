"""JSON whose values are of other types, huge, deep, doubled, or no JSON at all."""

import json
from random import Random
from typing import Any

from tests.bench.mutate.harm import harm

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 10**9, 2**63, -(2**63), 10**400, 0.5, 1e308, float("nan"), float("inf"), "", "x", "../../outside",
    "/etc/passwd", "\u202etxt", "a\nb", "\ud800", "\0", "x" * 5000, "{a.__class__}", [], [[]], {}, {"a": {}}, [1, "x", None],
    {"": ""}, "CON", "posix.system", "~", "starter",
)  # fmt: skip
NAMES = ("auto_map", "__class__", "trust_remote_code", "", "x" * 3000, "a\nb", "_target_", "python/object")


def lie(content: bytes, random: Random) -> bytes:
    """The JSON with one to three of its values, names or nestings changed, or its letters harmed."""
    if random.random() < 0.25:
        return harm(content, random)
    tree = json.loads(content)
    for _ in range(random.choice((1, 1, 2, 3))):
        tree = _changed(tree, random)
    text = json.dumps(tree, ensure_ascii=random.random() < 0.5)
    way = random.random()
    if way < 0.04:
        text = "[" * 100_000 + text + "]" * 100_000
    elif way < 0.08:
        text = text.replace(":", ":" + '{"a":' * 3000, 1)
    elif way < 0.12 and text.startswith("{"):
        text = text[:-1] + "," + text[1:]  # every name twice
    elif way < 0.16:
        text = text.replace("1", "1" + "0" * 5000, 1)
    encoding = random.choice(("utf-8",) * 9 + ("utf-16", "utf-8-sig", "gb18030"))
    halves = way < 0.5 and encoding.startswith("utf")
    return text.encode(encoding, "surrogatepass" if halves else "replace")


def _changed(tree: Any, random: Random) -> Any:
    """The tree with something in it, at any depth, changed."""
    if isinstance(tree, dict) and tree:
        names = list(tree)
        way, name = random.random(), random.choice(names)
        if way < 0.15:
            return {key: value for key, value in tree.items() if key != name}
        if way < 0.25:
            return tree | {random.choice(NAMES): random.choice(VALUES)}
        if way < 0.3:
            return {(random.choice(NAMES) if key == name else key): value for key, value in tree.items()}
        return tree | {name: _changed(tree[name], random) if random.random() < 0.6 else random.choice(VALUES)}
    if isinstance(tree, list) and tree:
        place = random.randrange(len(tree))
        way = random.random()
        if way < 0.2:
            return tree[:place] + tree[place + 1 :]
        if way < 0.3:
            return tree + tree[:1] * random.choice((1, 1000))
        return [*tree[:place], _changed(tree[place], random), *tree[place + 1 :]]
    if type(tree) is int and random.random() < 0.5:
        return random.choice((tree + 1, -tree, tree * 2, tree * 1000, tree - 1))
    return random.choice(VALUES)
