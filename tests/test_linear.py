"""What is searched is searched in linear time; with the square of it, each of these would take minutes."""

import pytest

from custom_components.ewelink.coolkit.cloud.region import is_email, is_host, is_phone_number
from custom_components.ewelink.coolkit.cloud.words import told_by_web_server
from custom_components.ewelink.coolkit.scrubbing import scrub
from custom_components.ewelink.markdown import escape
from custom_components.ewelink.redaction import Redactor

LENGTH = 600_000
PARTS = [
    "a",
    "A",
    "1",
    "a@",
    "@",
    ".",
    "a.",
    "eyJ",
    "eyJ.",
    "-",
    "a1",
    "+1",
    "1 ",
    "<",
    "<  ",
    '"',
    "[",
    '\\"',
    "a:",
    "\n",
]

pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize("part", PARTS)
def test_diagnostics(part):
    text = part * (LENGTH // len(part))
    device = {
        "deviceid": text,
        "name": text,
        text: text,
        "params": {
            "fwVersion": text,
            "timers": [{"at": text}],
            "switch": text,
            "x": f"[{text}",
            "y": {text: 1},
        },
    }
    told = Redactor((text[:1000], "secret")).redact(device)
    # Of separators alone there is nothing to hide.
    if any(map(str.isalnum, text)):
        assert text not in told["params"].values()


@pytest.mark.parametrize("part", PARTS)
def test_errors(part):
    text = part * (LENGTH // len(part))
    assert len(scrub(text, "secret", text[:50])) <= 200
    told_by_web_server({"error": 400, "msg": text, "info": [text] * 5}, 400, frozenset({"abc"}))
    escape(text)


@pytest.mark.parametrize("part", PARTS)
def test_addresses(part):
    text = part * (LENGTH // len(part))
    assert [check(text) for check in (is_email, is_phone_number, is_host)] == [False] * 3
