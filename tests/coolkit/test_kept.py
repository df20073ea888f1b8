"""What was set elsewhere stays: a setting that is written changes its own value and nothing beside it."""

from collections.abc import Iterator, Mapping
import re
from typing import Any

from fixture_devices import NAMES, commands, device
import pytest

from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry
from custom_components.ewelink.coolkit.devices.capability import (
    AnyCapability,
    ButtonCapability,
    Kind,
    LightCapability,
    NumberCapability,
    SelectCapability,
)
from custom_components.ewelink.coolkit.devices.states import LightCommand, LightMode
from custom_components.ewelink.coolkit.devices.uiid import MODELS, capabilities_of
from simulator.catalogue import behaviour_of

# What the user, the app or a firmware that nobody has seen may have put there.
ODD_ITEMS = {
    "configure": [
        {"enableDelay": 1, "width": "27000", "note": "stand-in"},
        {"width": 123, "scenes": [{"id": None}]},
        {"outlet": 7, "startup": "fade"},
        {"group": "all", "startup": "on"},
    ],
    "pulses": [
        {"width": 36_000_000, "switch": "off"},
        {"width": 700, "since": {"at": "stand-in"}},
        {"width": "1500"},
        {"outlet": 7, "pulse": "soft", "width": -1},
        {"group": "all"},
    ],
}
ODD_VALUES = {
    "pulseWidth": (36_000_000, 99_999_000, 700, 1, "36000000", "700"),
    "pulseConfig": (
        {"pulse": "on", "switch": "off", "pulseWidth": 36_000_000, "note": {"a": [1]}},
        {"pulse": "off", "switch": "stay", "pulseWidth": "700", "since": 7},
    ),
}
GO_ALONE = {Kind.RELAY, Kind.COVER, Kind.FAN}
MODES = ("white", "color")
# Where facts are kept that are no param of their own; what a command of the catalogue carries along is named
# with it.
OWN = {
    Kind.RELAY: r"switch|switch_0\d|switches/\d/switch|mainSwitch|deviceType|operSide|commands/.*",
    Kind.STARTUP: r"startup|configure/{outlet}/startup",
    Kind.INCHING: r"pulse|pulses/{outlet}/pulse|pulseConfig/pulse",
    Kind.INCHING_DURATION: r"pulseWidth|pulses/{outlet}/width|pulseConfig/pulseWidth",
    Kind.INTERLOCK: r"lock|locks/0/enabled",
    Kind.FAN: r"fan|speed|mode|shake|switches/[123]/switch",
    Kind.CLIMATE: (
        r"deviceType|mainSwitch|targets/.*|autoControlEnabled|autoControl/place 0/targets/.*"
        r"|workMode|workState|(man|auto|eco)TargetTemp|switch|targetTemp|ATCEnable|ATCMode|ATCExpect0|power|temperature"
        r"|small_temperature|wind_swing_(ud|lr)"
    ),
    Kind.COVER: (
        r"switch|setclose|curtainAction|openPercent|op|per|motorTurn|location|electromotor|percentageControl"
        r"|switches/\d/switch|source|NO_SAVE_DB"
    ),
    # Those of alarms go together; -1 takes the place of a lower limit that is above.
    Kind.POWER_LIMIT: (
        r"alarmType|alarmPValue/[01]|alarm_p_max|(threshold/actPow|overload_0{outlet}/maxActPow)/\w+"
    ),
    Kind.CURRENT_LIMIT: (
        r"alarmType|alarmCValue/[01]|alarm_c_max|(threshold/current|overload_0{outlet}/maxCurrent)/\w+"
    ),
    Kind.VOLTAGE_LIMIT: (
        r"alarmType|alarmVValue/[01]|alarm_v_max|(threshold/voltage|overload_0{outlet}/maxVoltage)/\w+"
    ),
    Kind.ALARM: r"securityType|currentType",
    Kind.VALVE: r"switch|switch_0\d|controlMode",
    Kind.MEASURE: r"uiActive.*",
    Kind.PLAY_ALARM: r"soundAction|buzzerAlarm/.*",
    Kind.DETACHED_RELAY: r"relaySeparation|relaySeparations/{outlet}/enable",
}
LIGHT = (
    r"switch|state|mode|type|ltype|light_type|zyx_mode|speed|bright|brightness|colorTemp|color[RGB]|channel\d"
    r"|lightswitch|lightmode|light[RGB]color|lightbright|switches/0/switch"
    r"|colorMode|hue|saturation|(cct|rgb)Brightness"
    r"|\w+/(br|ct|r|g|b|tf|sp)"
    r"|rhythmMode|(bright|speed)\d\d|currentLevel|currentHue|currentSaturation|colorTemperatureMireds"
    r"|capability|execParams/.*|commands/.*"
)


def odd_params(name: str) -> Iterator[dict[str, Any]]:
    """Yield the params of a fixture with odd values beside those that are written."""
    plain = dict(device(name).params)
    for key, odd in ODD_ITEMS.items():
        if isinstance(plain.get(key), list):
            known = [dict(item) for item in plain[key]]
            for item, more in zip(known, odd, strict=False):
                item.update({} if "outlet" in more or "group" in more else more)
            plain[key] = known + [dict(item) for item in odd if "outlet" in item or "group" in item]
    for key in (*MODES, "party", "read"):
        if isinstance(plain.get(key), dict):
            plain[key] = {**plain[key], "name": "stand-in", "steps": [1, 2]}
    yield plain
    for key, values in ODD_VALUES.items():
        if key in plain:
            yield from ({**plain, key: value} for value in values)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every single value with its path; items of a list of outlets by their outlet."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, f"{path}/{key}".lstrip("/"))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            named = item.get("outlet", f"place {place}") if isinstance(item, Mapping) else place
            yield from leaves(item, f"{path}/{named}")
    else:
        yield path, value


def wishes(one: AnyCapability, params: Mapping[str, Any]) -> list[Any]:
    """Return values that a capability may be asked for."""
    if (asked := commands(one, params)) is not None:
        return asked
    if isinstance(one, SelectCapability):
        return list(one.options)
    if isinstance(one, NumberCapability):
        return [one.minimum, one.minimum + 7 * one.step, one.maximum]
    if isinstance(one, ButtonCapability):
        return [None]
    if not isinstance(one, LightCapability):
        return [True, False]
    wanted: list[Any] = [
        LightCommand(on=False),
        LightCommand(on=True),
        LightCommand(on=True, brightness=0.37),
    ]
    wanted += [LightCommand(on=True, effect=effect) for effect in one.effects]
    if one.kelvin is not None:
        wanted.append(LightCommand(on=True, kelvin=one.kelvin[0]))
    if LightMode.RGB in one.modes:
        wanted.append(LightCommand(on=True, rgb=(1, 2, 3)))
    return wanted


def own_paths(one: AnyCapability) -> str:
    outlet = "0" if one.outlet is None else str(one.outlet)
    own = OWN.get(one.kind, "|".join(one.params))
    return LIGHT if one.kind is Kind.LIGHT else own.replace("{outlet}", outlet)


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_changes_nothing_beside_it(name):
    for params in odd_params(name):
        of = device(name).with_params({}).with_params(params)
        behaviour = behaviour_of(of.uiid, params)
        for one in capabilities_of(of):
            if isinstance(one, ButtonCapability):
                # A request, not a setting.
                continue
            for value in wishes(one, params) if one.write else ():
                for message in one.write(params, value):
                    before = dict(leaves({key: params.get(key) for key in message}))
                    after = dict(leaves(message))
                    # Lists and objects are written whole: what was in them is in them, as it came.
                    lost = before.keys() - after.keys()
                    # Relays go alone, whatever they move; what a light never had is not lost.
                    of_mode = lost <= {*message} or "switches" in message
                    assert not lost or (one.kind is Kind.LIGHT and of_mode) or one.kind in GO_ALONE
                    # A number that came as text may go as the number that it is.
                    changed = {path for path, now in after.items() if str(before.get(path)) != str(now)}
                    strange = {path for path in changed if not re.fullmatch(own_paths(one), path)}
                    assert not strange, (one.key, value, message)
                    if one.kind is Kind.INCHING:
                        assert one.read({**params, **message}) is value
                    if one.kind is not Kind.LIGHT and of.uiid in MODELS:
                        refusal = behaviour.refuse(params, message)
                        hint = f"the simulator refuses it: give {of.uiid} a behaviour in simulator/"
                        assert refusal is None, (hint, refusal, one.key, value, message)


@pytest.mark.parametrize(
    ("present", "shown"), [(36_000_000, 36000), ("36000000", 36000), (700, 0.7), (99_999_500, 99999.5)]
)
@pytest.mark.parametrize(
    ("name", "place"), [("1", "{}"), ("2", "pulses"), ("181", "pulseConfig")], ids=["one", "list", "object"]
)
def test_the_time_of_inching_survives_its_switch_and_itself(name, place, present, shown):
    key = "inching_duration_1" if place == "pulses" else "inching_duration"
    params = {
        "{}": {"pulse": "on", "pulseWidth": present},
        "pulses": {"pulses": [{"outlet": 0}, {"outlet": 1, "pulse": "on", "width": present}]},
        "pulseConfig": {"pulseConfig": {"pulse": "on", "switch": "on", "pulseWidth": present}},
    }[place]
    of = device(name, **params)
    found = {one.key: one for one in capabilities_of(of)}
    state = dict(of.params)
    for key_of, value in (
        (key.replace("_duration", ""), False),
        (key.replace("_duration", ""), True),
        (key, shown),
    ):
        for message in found[key_of].write(state, value):
            state |= message
            assert found[key].read(state) == shown


def test_a_time_beyond_the_range_can_be_set_again_but_no_longer_one():
    duration = next(one for one in capabilities_of(device(1)) if one.key == "inching_duration")
    assert duration.maximum == 36000
    params = {"pulse": "off", "pulseWidth": 99_999_000}
    assert duration.write(params, 99_999) == ({"pulse": "off", "pulseWidth": 99_999_000},)
    assert duration.write(params, 50_000) == ({"pulse": "off", "pulseWidth": 36_000_000},)


def test_the_names_of_other_channels_survive():
    of = device(4)
    kept = {"0": "Pump", "2": " Fountain\u200b ", "all": "Garden", "3": None, "5": ["a"], "01": "First"}
    of = device_from_entry({**of.as_dict(), "tags": {"ck_channel_name": kept, "m_1a2b_x": "on"}})
    assert of.kept_channel_names(2, "Basin") == {
        **{key: value for key, value in kept.items() if key != "2"},
        "2": "Basin",
    }
    # One outlet has one name, however its key is spelled.
    assert of.kept_channel_names(1, "Gate") == {
        **{key: value for key, value in kept.items() if key != "01"},
        "1": "Gate",
    }
    renamed = of.with_channel_names(of.kept_channel_names(2, "Basin"))
    assert renamed.channel_names[2] == "Basin"
    assert renamed.tags["m_1a2b_x"] == "on"
