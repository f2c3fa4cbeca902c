"""What happens to bytes: bits turned, bytes written over, ranges gone, doubled or exchanged, an end that is missing."""

from collections.abc import Callable
from random import Random

EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**63 - 1, 2**63, 2**64 - 1)
WORDS = (b"\0", b"\xff" * 8, b"../../x", b"\r\n", b"%n%s", b"{a.__class__}", b"\xed\xa0\x80", b"\x80\x04\x95", b"<x>")


def harm(content: bytes, random: Random) -> bytes:
    """The content with one to four things done to it."""
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        content = random.choice(WAYS)(content, random)
    return content


def bits(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 3, 20)) if changed else 0):
        changed[_place(random, len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def over(content: bytes, random: Random) -> bytes:
    changed, word = bytearray(content), random.choice(WORDS) if random.random() < 0.5 else random.randbytes(4)
    place = _place(random, len(changed))
    changed[place : place + len(word)] = word
    return bytes(changed)


def number(content: bytes, random: Random) -> bytes:
    """An extreme number where a length, an offset or a count may stand."""
    wide = random.choice((1, 2, 4, 8))
    value = (random.choice(EXTREMES) % (1 << 8 * wide)).to_bytes(wide, random.choice(("big", "little")))
    place = _place(random, len(content))
    return content[:place] + value + content[place + wide :]


def cut(content: bytes, random: Random) -> bytes:
    return content[: random.choice((0, 1, 4, 8, 12, _place(random, len(content)), random.randrange(len(content) + 1)))]


def gone(content: bytes, random: Random) -> bytes:
    start, end = _range(content, random)
    return content[:start] + content[end:]


def doubled(content: bytes, random: Random) -> bytes:
    start, end = _range(content, random)
    return content[:end] + content[start:end] * random.choice((1, 1, 5)) + content[end:]


def exchanged(content: bytes, random: Random) -> bytes:
    a, b = _range(content, random)
    c, d = _range(content, random)
    if a > c:
        a, b, c, d = c, d, a, b
    c = max(b, c)
    return content[:a] + content[c : max(c, d)] + content[b:c] + content[a:b] + content[max(c, d) :]


def noise(content: bytes, random: Random) -> bytes:
    start, end = _range(content, random)
    return content[:start] + random.randbytes(end - start) + content[end:]


def more(content: bytes, random: Random) -> bytes:
    return content + random.choice((b"\0" * 64, random.randbytes(64), content[:512]))


WAYS: tuple[Callable[[bytes, Random], bytes], ...] = (
    bits, bits, over, number, number, cut, gone, doubled, exchanged, noise, more,
)  # fmt: skip


def _place(random: Random, length: int) -> int:
    """A place, more often near the beginning, where headers are."""
    reach = random.choice((16, 64, 256, length, length))
    return random.randrange(max(1, min(reach, length)))


def _range(content: bytes, random: Random) -> tuple[int, int]:
    start = _place(random, len(content))
    return start, min(len(content), start + random.choice((1, 2, 4, 16, 64, random.randrange(len(content) + 1))))
