"""Write translations/ from texts/, a file for each language; with --check only tell whether they are current.

In the sources a text stands once. Elsewhere `[%key:path::of::the::text%]` stands for it, and for whole parts.
Placeholders are written by their names alone: where a browser renders no Markdown, the name as it is
(`{device_plain}`) is filled in. A reference of a key that ends with `_no_code` leaves out "(error {code})".
"""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import sys

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "texts"
TARGETS = ROOT / "custom_components" / "ewelink" / "translations"

type Text = str | dict[str, Text]

REFERENCE = re.compile(r"\[%key:([\w:-]+)%\]")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
CODE = re.compile(r" ?\([^()]*\{code\}[^()]*\)")
# Numbers need no escaping, wherever they stand.
NUMBERS = {"bytes", "characters", "code", "count"}
# The parts that are dialogs; of an issue, what mends it.
DIALOGS = {"config", "options", "issues"}


class WrongReferenceError(Exception):
    """A reference leads nowhere, or round in a circle."""


def find(texts: Text, path: str) -> Text:
    """Return what stands at a path."""
    for key in path.split("::"):
        if not isinstance(texts, dict) or key not in texts:
            raise WrongReferenceError(f"[%key:{path}%] leads nowhere")
        texts = texts[key]
    return texts


def resolved(whole: Text, part: Text, passed: tuple[str, ...] = ()) -> Text:
    """Return a part with what its references stand for."""
    if isinstance(part, dict):
        return {key: resolved(whole, item, passed) for key, item in part.items()}
    if not (reference := REFERENCE.fullmatch(part)):
        return part
    if (path := reference[1]) in passed:
        raise WrongReferenceError(f"[%key:{path}%] leads back to itself")
    return resolved(whole, find(whole, path), (*passed, path))


def is_markdown(path: tuple[str, ...]) -> bool:
    """Return whether a browser renders the Markdown of a text of a dialog."""
    return path[0] in {"abort", "progress", "create_entry"} or (
        path[0] == "step" and (path[2:] == ("description",) or "data_description" in path)
    )


def finished(part: Text, *path: str) -> Text:
    """Return a part as its keys ask for it: without a code, or with names as they are."""
    if isinstance(part, dict):
        return {key: finished(item, *path, key) for key, item in part.items()}
    if any(key.endswith("_no_code") for key in path):
        part = CODE.sub("", part)
    dialog = path[1:]
    if path[0] == "issues":
        dialog = path[3:] if path[2] == "fix_flow" else ()
    if path[0] not in DIALOGS or not dialog or is_markdown(dialog):
        return part
    return PLACEHOLDER.sub(lambda name: name[0] if name[1] in NUMBERS else f"{{{name[1]}_plain}}", part)


def built(source: Text) -> Text:
    """Return the translations that a source stands for."""
    return finished(resolved(source, source))


def written(texts: Text) -> str:
    """Return translations as they stand in their file."""
    return json.dumps(texts, indent=2, ensure_ascii=False) + "\n"


def stale() -> Iterator[str]:
    """Yield what is wrong with the translations, a line each."""
    for source in sorted(SOURCES.glob("*.json")):
        target = TARGETS / source.name
        try:
            texts = built(json.loads(source.read_text()))
        except WrongReferenceError as err:
            yield f"texts/{source.name}: {err}"
            continue
        if not target.is_file() or target.read_text() != written(texts):
            yield f"translations/{source.name} is not what texts/{source.name} says: run script/texts"
    for target in sorted(TARGETS.glob("*.json")):
        if not (SOURCES / target.name).is_file():
            yield f"translations/{target.name} has no source in texts/"


def main() -> int:
    """Write the translations, or tell which are not current."""
    if "--check" in sys.argv[1:]:
        problems = list(stale())
        print(*(f"✗ {problem}" for problem in problems), sep="\n", end="\n" if problems else "")
        return 1 if problems else 0
    for source in sorted(SOURCES.glob("*.json")):
        (TARGETS / source.name).write_text(written(built(json.loads(source.read_text()))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
