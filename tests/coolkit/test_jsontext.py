"""JSON as it comes from outside, and as it is written."""

import json
from random import Random

import orjson
import pytest

from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.jsontext import (
    MAX_DEPTH,
    NotJsonError,
    TooDeepError,
    decode,
    decode_text,
    encode,
    is_too_deep,
)

# Texts may hold whatever looks like structure.
TEXTS = ("", "x", "[[[[", "]}", '"', "\\", '\\"', "[]{}", "\n", "ß")


def nested(levels, innermost=0):
    value = innermost
    for _ in range(levels):
        value = [value]
    return value


def depth(value):
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


def shallow(value, levels=MAX_DEPTH):
    """Return what should be left of a value."""
    if isinstance(value, dict | list) and levels == 0:
        return None
    if isinstance(value, dict):
        return {key: shallow(item, levels - 1) for key, item in value.items()}
    return [shallow(item, levels - 1) for item in value] if isinstance(value, list) else value


def anything(random, levels):
    if not levels or random.random() < 0.1:
        return random.choice([*TEXTS, 0, -1.5, True, None])
    if random.random() < 0.5:
        return [anything(random, levels - 1) for _ in range(random.randint(0, 3))]
    return {random.choice(TEXTS): anything(random, levels - 1) for _ in range(random.randint(0, 3))}


@pytest.mark.parametrize("seed", range(50))
def test_only_what_is_too_deep_is_emptied(seed):
    random = Random(seed)  # noqa: S311 - the same each time
    for _ in range(20):
        value = anything(random, random.randint(0, 6))
        for _ in range(random.randint(0, 40)):
            value = [value] if random.random() < 0.5 else {random.choice(TEXTS): value}
        text = json.dumps(value, ensure_ascii=False)
        assert decode(text.encode()) == decode_text(text) == shallow(value)
        assert is_too_deep(value) == (depth(value) > MAX_DEPTH)


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 32, 120, 250, 400, 1100, 20_000])
@pytest.mark.parametrize("brackets", ["[]", '{"a":}'], ids=["list", "object"])
def test_a_value_that_is_too_deep_takes_nothing_with_it(levels, brackets):
    closing = brackets[-1]
    deep = brackets[:-1] * levels + "0" + closing * levels
    answer = (
        f'{{"error":0,"devicelist":[{{"deviceid":"1","params":{{"x":{deep},"y":1}}}},{{"deviceid":"2"}}]}}'
    )
    first, second = decode(answer.encode())["devicelist"]
    assert second == {"deviceid": "2"}
    assert first["params"]["y"] == 1
    assert depth(first["params"]["x"]) == MAX_DEPTH - 4
    # As a text, it is looked at where the text is.
    assert depth(decode_text(deep)) == MAX_DEPTH


def test_what_devices_send_is_taken_as_it_is():
    assert decode(orjson.dumps(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    wide = {"devicelist": [{"deviceid": str(index), "params": {"x": "[[["}} for index in range(1000)]}
    assert decode(orjson.dumps(wide)) == wide


@pytest.mark.parametrize("text", ["", "<html>", "{", '{"a":', '["', "[" * 5000, "]" * 5000, '"[' * 5000])
def test_what_is_no_json_is_nothing(text):
    assert decode(text.encode()) is None
    assert decode_text(text) is None


def test_texts_that_hold_json_are_as_shallow():
    deep = "[" * 300 + "]" * 300
    device = device_from_entry({"deviceid": "1", "tags": f'{{"ck_channel_name":{{"0":"Left","1":{deep}}}}}'})
    assert device.channel_names == {0: "Left"}


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (nested(MAX_DEPTH + 1), TooDeepError),
        ({"params": {"x": (nested(300),)}}, TooDeepError),
        ({"x": object()}, NotJsonError),
        ({1: "x"}, NotJsonError),
        ({"x": "\ud83d"}, NotJsonError),
        ({"x": 2**70}, NotJsonError),
    ],
)
def test_what_cannot_be_written(value, error):
    with pytest.raises(error):
        encode(value)


def test_writing():
    assert encode({"b": 1, "a": nested(3)}) == b'{"b":1,"a":[[[0]]]}'
    assert encode({"b": 1, "a": 2}, sort=True) == b'{"a":2,"b":1}'
    assert encode({1: True}, any_keys=True) == b'{"1":true}'
    loop = []
    loop.append(loop)
    with pytest.raises(TooDeepError):
        encode(loop)
