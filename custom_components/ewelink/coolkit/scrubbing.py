"""Keeps secrets out of errors and logs: those of a call, those that are known, and what looks like one."""

from collections.abc import Iterable
import re
from typing import Final

# Tokens, API keys and keyed digests look like this wherever the cloud may quote them.
_SECRET_SHAPES: Final = re.compile(
    r"(?P<word>\b(?:Bearer|Sign)\s)\S+"
    r"|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r"|\b[0-9a-fA-F]{32,}\b"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"
)
_WORD: Final = re.compile(r"[\w.+@-]+")
_SIGNS: Final = {"%40": "@", "%2b": "+", "&#64;": "@", "&commat;": "@"}
_IN_URLS: Final = re.compile("|".join(map(re.escape, _SIGNS)), re.IGNORECASE)
_LONGEST_REASON: Final = 200
# Only this much of a text is looked at, so that a long one costs no more than a short one.
_LONGEST_SEARCHED: Final = 2_000
# What is shorter is part of any word; nobody's key, but it may be what somebody has typed.
_SHORTEST_PART: Final = 4
# A number or a short word would hide what an error is about.
_SHORTEST_KNOWN: Final = 6
_MOST_PARTS: Final = 256
_MOST_WORDS: Final = 50_000


class KnownSecrets:
    """What the process knows of tokens, keys and addresses; the oldest are forgotten when there are too many.

    An answer to the call of one account may quote what belongs to another.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        # Found as parts of other words; few: tokens, app secrets and addresses of the accounts.
        self._parts: dict[str, None] = {}
        # Found as whole words, so that thousands cost no more than one: keys of devices, others' addresses.
        self._words: dict[str, None] = {}

    def note(self, *secrets: str | None) -> None:
        """Know what belongs to an account."""
        _remember(self._parts, secrets, _MOST_PARTS)

    def note_words(self, *secrets: str | None) -> None:
        """Know what belongs to a device, or to somebody else."""
        _remember(
            self._words, (None if secret is None else secret.casefold() for secret in secrets), _MOST_WORDS
        )

    def replace(self, line: str) -> str:
        """Return a text without them."""
        for secret in [secret for secret in self._parts if secret in line]:
            line = line.replace(secret, "***")
        return _WORD.sub(self._shown, line)

    def _shown(self, word: re.Match[str]) -> str:
        # A full stop, or what else ends a sentence, is no part of it.
        text = word[0].rstrip(".-")
        return f"***{word[0][len(text) :]}" if text.casefold() in self._words else word[0]


def _remember(known: dict[str, None], secrets: Iterable[str | None], most: int) -> None:
    for secret in secrets:
        if secret is not None and len(secret) >= _SHORTEST_KNOWN:
            known.pop(secret, None)
            known[secret] = None
    while len(known) > most:
        del known[next(iter(known))]


known_secrets: Final = KnownSecrets()


def scrub(text: object, *secrets: str) -> str:
    """Return the text in one short line, without the given and the known secrets, and what looks like one."""
    searched = str(text)
    if len(searched) > _LONGEST_SEARCHED:
        # A word that is cut in two is no longer known.
        searched = f"{searched[:_LONGEST_SEARCHED].rpartition(' ')[0]} …"
    # As URLs write the signs of addresses.
    line = _IN_URLS.sub(lambda sign: _SIGNS[sign[0].lower()], " ".join(searched.split()))
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        if len(secret) < _SHORTEST_PART:
            line = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", line)
        else:
            line = line.replace(secret, "***")
    line = known_secrets.replace(line)
    line = _SECRET_SHAPES.sub(lambda match: f"{match['word'] or ''}***", line)
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 1]}…"
