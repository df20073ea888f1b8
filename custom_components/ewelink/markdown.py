"""Words of other people among our own: what a name says is shown, and does nothing else."""

from collections.abc import Mapping
import re
from typing import Final

# What Markdown, HTML and the links that are made of bare addresses begin or end with.
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:/&=@])")
# Unseen themselves, they turn round what follows.
_DIRECTIONS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NUMBER: Final = re.compile(r"-?\d+")

# A placeholder that stands where no Markdown is rendered: in a title, a label or an error.
PLAIN: Final = "_plain"


class Markdown(str):
    """A text that is Markdown on purpose: what it holds of others is escaped already."""

    __slots__ = ()


def escape(text: str) -> Markdown:
    """Return words as Markdown that shows them in one line."""
    if isinstance(text, Markdown):
        return text
    line = " ".join(_DIRECTIONS.sub("", text).split())
    return Markdown(line if _NUMBER.fullmatch(line) else _MARKUP.sub(r"\\\1", line))


def placeholders(values: Mapping[str, str] | None) -> dict[str, str]:
    """Return what a dialog fills in: each text escaped, and as it is for places without Markdown."""
    filled: dict[str, str] = {}
    for name, value in (values or {}).items():
        filled[name] = str(escape(value))
        if not isinstance(value, Markdown):
            filled[name + PLAIN] = value
    return filled
