"""Zero is a value: what a probe that fails sends is told from what it measures by more than that."""

import pytest

from custom_components.ewelink.coolkit.devices.capability import Capability, ProbeCapability
from custom_components.ewelink.coolkit.devices.probes import PROBE
from custom_components.ewelink.coolkit.devices.uiid import MODELS

TEMPERATURE, HUMIDITY = PROBE


def told(temperature, humidity):
    return {"currentTemperature": temperature, "currentHumidity": humidity}


@pytest.mark.parametrize(
    ("sound", "now", "failed"),
    [
        # one 0 is a measurement
        (told("0.5", "60"), told("0.0", "60"), False),
        (told("0.5", "60"), told(0, "60"), False),
        (told("21.0", "5"), told("21.0", "0"), False),
        (told("21.0", "45"), told("-0.5", "45"), False),
        # both at once are a failure
        (told("21.0", "45"), told("0.0", "0"), True),
        (told("0.0", "45"), told(0, 0), True),
        # not where no humidity was told, or nothing before
        (told("0.5", "0"), told("0.0", "0"), False),
        (told("0.5", "unavailable"), told("0.0", "0"), False),
        (None, told("0.0", "0"), False),
        # nothing is as hot or as cold
        (told("21.0", "45"), told("270.5", "45"), True),
        (None, told("-312.0", "0"), True),
        (told("21.0", "45"), told("270", "45"), False),
        # said plainly
        (told("21.0", "45"), told("unavailable", "unavailable"), False),
        (told("21.0", "45"), {}, False),
        (told("21.0", "45"), told([], "rubbish"), False),
    ],
)
def test_what_is_a_failure(sound, now, failed):
    for capability in PROBE:
        assert isinstance(capability, ProbeCapability)
        assert capability.failed(sound, now) is failed


def test_reading_tells_what_is_there():
    assert (TEMPERATURE.read(told("0.0", "0")), HUMIDITY.read(told("0.0", "0"))) == (0.0, 0)
    assert (TEMPERATURE.read(told("-312.5", "101")), HUMIDITY.read(told("-312.5", "101"))) == (None, None)


def test_no_measurement_takes_zero_for_none():
    """Where the range of a measurement has a 0, a 0 is read, however it is spelled."""
    # Levels from 1, what is told by words, and what stands within an object.
    beyond = {"dust_level", "illumination_level", "noise_level", "ambient_light"}
    beyond |= {"outdoor_temperature", "cpu_temperature"}
    beyond |= {
        "problem",
        "program",
        "running_status",
        "support",
        "failsafe",
        "frost_risk",
        "water_leakage",
        "water_shortage",
    }
    for row in MODELS.values():
        for one in row.capabilities:
            # What is only told, in a param of its own.
            if type(one) not in (Capability, ProbeCapability) or one.write is not None or one.kind in beyond:
                continue
            for zero in (0, "0", 0.0):
                value = one.read(dict.fromkeys(one.params, zero))
                # A battery without a voltage is low, a tank at 0 is empty.
                expected = (True,) if one.kind in {"battery_low", "water_tank"} else (0, (), False)
                assert value in expected, (one.key, zero)
