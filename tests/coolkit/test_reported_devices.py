"""Reports of owners from public threads, as far as devices here are concerned: facts only, in own words."""

from fixture_devices import keys, read, write

from custom_components.ewelink.coolkit.cloud.v1.entries import device_from_entry


def of(uiid, model, params):
    return device_from_entry({"deviceid": "1", "uiid": uiid, "productModel": model, "params": params})


def test_a_touch_switch_keeps_what_newer_firmware_adds():
    """TX Ultimate: a delay of 27 s beside the power-on state, and inching that falls to on."""
    params = {
        "switches": [{"outlet": 0, "switch": "off"}],
        "configure": [{"startup": "off", "enableDelay": 0, "width": 27000, "outlet": 0}],
        "pulses": [{"pulse": "off", "switch": "off", "outlet": 0, "width": 500}],
        "lightSwitch": "on",
        "onEffects": {"lightEffect": 0, "volume": 50},
    }
    switch = of(209, "T5-1C-86", params)
    assert write(switch, "startup", "stay") == [
        {"configure": [{"startup": "stay", "enableDelay": 0, "width": 27000, "outlet": 0}]}
    ]
    assert write(switch, "inching", value=True) == [
        {"pulses": [{"pulse": "on", "switch": "off", "outlet": 0, "width": 500}]}
    ]
    assert write(switch, "inching_duration", 90) == [
        {"pulses": [{"pulse": "off", "switch": "off", "outlet": 0, "width": 90000}]}
    ]


def test_keys_that_somebody_left_make_no_switch_of_a_garage_door():
    """KING-Q1 after experiments with raw commands: foreign keys stay for ever."""
    params = {
        "op": 3,
        "per": 0,
        "sledOnline": "on",
        "rssi": -84,
        "switch": "off",
        "pulse": "on",
        "pulseWidth": 60000,
        "pulseConfig": {"pulse": "open", "switch": "open", "pulseWidth": 500},
        "switches": [{"outlet": 0, "switch": "on"}],
        "timers": [],
    }
    assert not {"relay", "relay_0", "startup", "inching", "inching_duration"} & keys(
        of(67, "KING-Q1", params)
    )


def test_words_of_the_local_protocol_make_no_switches_of_a_fan():
    """iFan03: `fan` and `light` stay in the params and mean nothing; outlets 1 to 3 are the speed."""
    params = {
        "switches": [{"switch": "off", "outlet": outlet} for outlet in range(4)],
        "configure": [{"startup": "on", "outlet": 0}, {"startup": "off", "outlet": 1}],
        "fan": "off",
        "light": "on",
    }
    assert not {f"relay_{outlet}" for outlet in (1, 2, 3)} & keys(of(34, "iFan03", params))


def test_a_meter_tells_its_counters_by_itself():
    """POWR320D: first nothing of the meter, then all of it in hundredths."""
    params = {
        "switches": [{"switch": "on", "outlet": 0}],
        "configure": [{"startup": "stay", "outlet": 0}],
        "pulses": [{"pulse": "off", "switch": "off", "outlet": 0, "width": 500}],
    }
    meter = of(190, "POWR320D", params)
    assert "power" not in keys(meter)
    report = {"current": 65, "voltage": 23183, "power": 9507, "dayKwh": 182, "monthKwh": 4079}
    meter = meter.with_params(report)
    told = {key: read(meter, key) for key in ("power", "voltage", "current", "energy_today", "energy_month")}
    assert told == {
        "power": 95.07,
        "voltage": 231.83,
        "current": 0.65,
        "energy_today": 1.82,
        "energy_month": 40.79,
    }
    # Without load, and on the first of a month, all of them are 0 and not unknown.
    idle = meter.with_params(dict.fromkeys(report, 0))
    assert {read(idle, key) for key in told} == {0}
