"""Lists, frames and texts with odd values in them, the same for the same seed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import json
from random import Random
from typing import Any


@dataclass(frozen=True)
class Raw:
    """What stands in JSON byte by byte, whether it is JSON or not."""

    content: bytes


def dump(value: Any) -> bytes:
    """Write JSON with whatever stands in it."""
    match value:
        case Raw(content):
            return content
        case dict():
            return b"{%s}" % b",".join(b"%s:%s" % (dump(key), dump(item)) for key, item in value.items())
        case list():
            return b"[%s]" % b",".join(map(dump, value))
    return json.dumps(value, ensure_ascii=False).encode()


def nested(levels: int, brackets: str) -> bytes:
    """Return so many levels of lists or objects."""
    opening, closing = brackets.split("|")
    return (opening * levels + "0" + closing * levels).encode()


# Each stands for a kind; what is behind it fills the time that is left to chance.
SCALARS: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63 - 1, -(2**63), 2**64 - 1, 2**64, 10**30),
    *(0.0, -0.0, 0.1, 1e-320, 1e308, -1e308),
    *("", " ", "0", "1", "-1", "on", "off", "true", "null", "NaN", "inf", "-inf", "1e400", "1e308", "1_000"),
    *("\u0663", "9" * 400, "0x10", "\u200b", "\0", "line\nbreak", "\U0001f384", "%", "{", "[[", "{0}"),
    *("a" * 300, "A" * 70_000, "a@" * 20_000, "eyJ" * 10_000, "\ufdfd" * 200),
    *("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999-14:00", "0001-01-01T00:00:00.000+14:00"),
    *("0001-01-01T00:00:00Z", "2026-11-30T06:00:00.000Z", "2026-02-30T06:00:00.000Z", "1970-01-01"),
    *("24:00", "99:99", "253402300800000"),
)
RAW = (
    *(rb'"\ud83d"', rb'"\ude00\ud83d"', b'"\xed\xa0\xbd"', b'"\xff\xfe"', b'\xef\xbb\xbf"x"', b"\xff"),
    *(b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e400", b"1" * 5000, b"01", b"1.", b"+1"),
    *(b'"\0\x01\x1f"', b'"\n"', b"undefined", b"'x'", b"", b"[1,]", b"{,}", b'"a"b"', rb'"\u12"'),
    *(b'{"a":1,"a":[2]}', b"[{]}"),
)
BRACKETS = ("[|]", '{"a":|}', '[{"params":|}]', '[0,|,"]"]', '{"[":[|],"x":{}}')
LEVELS = (8, 20, 23, 24, 25, 31, 32, 33, 64, 120, 250, 255, 300, 1100)


class Oddity:
    """Makes odd things of sane ones."""

    def __init__(self, seed: int) -> None:
        """Begin where the seed says."""
        self.random = Random(seed)  # noqa: S311 - the same each time

    def value(self, depth: int = 3) -> Any:
        """Return an odd value."""
        random = self.random
        kinds: tuple[Callable[[], Any], ...] = (
            lambda: random.choice(SCALARS),
            lambda: Raw(random.choice(RAW)),
            lambda: Raw(nested(random.choice(LEVELS), random.choice(BRACKETS))),
            # As a text, which is looked at by some.
            lambda: nested(random.choice(LEVELS), random.choice(BRACKETS)).decode(),
            lambda: dump({"a": self.value(depth - 1)}).decode("utf-8", "replace"),
            # Where a buffer is about to double, each further bracket counts.
            lambda: [0] * random.randrange(600) + [Raw(nested(random.choice(LEVELS), "[|]"))],
            lambda: [self.value(depth - 1) for _ in range(random.randrange(4))],
            lambda: {self.key(): self.value(depth - 1) for _ in range(random.randrange(4))},
            lambda: [{"outlet": self.value(0), "switch": self.value(0)} for _ in range(random.randrange(40))],
            lambda: list(range(random.randrange(3000))),
        )
        return random.choice(kinds if depth > 0 else kinds[:4])()

    def key(self) -> str:
        """Return an odd name."""
        return self.random.choice(
            ("", "k" * 3000, "a.b", "switch", "params", "\ufffd", "0", "{x}", "deviceid")
        )

    def made_of(self, sane: Any) -> Any:
        """Return a copy of something sane with a few places that are odd."""
        copy = json.loads(json.dumps(sane))
        for _ in range(self.random.choice((0, 1, 1, 2, 5, 20))):
            holder, key = self.random.choice(list(_places(copy)))
            if isinstance(holder, dict) and self.random.random() < 0.2:
                holder[self.key()] = self.value()
            else:
                holder[key] = self.value()
        return copy


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place within lists and objects."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])
