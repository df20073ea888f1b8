"""The energy of meters that count none: added up from what they report, and nothing invented."""

from homeassistant.core import State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.util import dt as dt_util
import pytest

from custom_components.ewelink.estimated_energy import EwelinkEstimatedEnergy
from simulator.home import item
from tests.common import keep_state, until
from tests.platforms import call

SUM = "sensor.dimmer_estimated_energy"
HOUR = 3600


@pytest.fixture
def clock(monkeypatch):
    """The time that the sum goes by."""
    now = [1000.0]
    monkeypatch.setattr(EwelinkEstimatedEnergy, "_now", lambda _self: now[0])
    return now


def dimmer(**params):
    return item("1000a27701", 277, "Dimmer", {"switch": "on", "brightness": 80, "power": 4000, **params})


async def shown(hass):
    """Return what is shown at the next look; time that is moved for all would end the connection."""
    hass.data[DATA_INSTANCES]["sensor"].get_entity(SUM)._show_sum(dt_util.utcnow())
    return float(hass.states.get(SUM).state)


async def test_it_adds_up_what_is_reported(hass, cloud, setup_home, clock):
    device = (await setup_home(dimmer()), cloud.devices["1000a27701"])[1]

    async def report(watts, **params):
        told = hass.states.get("sensor.dimmer_power").state
        await device.push({"power": watts * 100, **params})
        if float(told) != watts:
            await until(lambda: float(hass.states.get("sensor.dimmer_power").state) == watts)

    # The power of a list is the memory of the cloud: nobody knows how old it is.
    clock[0] += HOUR
    assert await shown(hass) == 0
    await report(100)
    clock[0] += HOUR / 2
    assert await shown(hass) == 0.05
    await report(200)
    clock[0] += HOUR / 4
    await report(0)
    assert await shown(hass) == 0.1
    clock[0] += HOUR
    assert await shown(hass) == 0.1
    # Nobody heard it for a day: an hour of it counts, and no more.
    await report(50)
    clock[0] += 24 * HOUR
    await report(60)
    assert await shown(hass) == 0.15
    # While it is offline it counts nothing.
    clock[0] += HOUR / 2
    await device.set_online(online=False)
    await until(lambda: hass.states.get(SUM).state == "unavailable")
    clock[0] += HOUR / 4
    await device.set_online(online=True)
    await until(lambda: hass.states.get(SUM).state != "unavailable")
    clock[0] += HOUR / 4
    assert await shown(hass) == 0.18
    # A command ends a load that is told no more, and begins none.
    await report(100)
    clock[0] += HOUR / 2
    await call(hass, "light", "turn_off", "light.dimmer")
    await until(lambda: float(hass.states.get("sensor.dimmer_power").state) == 0)
    clock[0] += HOUR / 4
    assert await shown(hass) == pytest.approx(0.23, abs=0.03)


async def test_it_goes_on_after_a_restart(hass, cloud, setup_home, clock):
    before = State(SUM, "12.345")
    data = {"native_value": 12.345, "native_unit_of_measurement": "kWh"}
    keep_state(hass, before, data)
    await setup_home(dimmer())
    state = hass.states.get(SUM)
    assert float(state.state) == 12.345
    assert state.attributes["state_class"] == "total_increasing"
    assert state.attributes["friendly_name"] == "Dimmer Estimated energy"
    # What was taken meanwhile nobody has heard.
    clock[0] += 24 * HOUR
    assert await shown(hass) == 12.345
    await cloud.devices["1000a27701"].push({"power": 100000})
    await until(lambda: hass.states.get("sensor.dimmer_power").state == "1000.0")
    clock[0] += HOUR
    assert await shown(hass) == 13.345


async def test_who_keeps_a_history_has_it_disabled(hass, setup_home, entity_registry):
    await setup_home(
        item("1000000321", 32, "Washer", {"switch": "on", "power": "12.00"}),
        item("1000002621", 262, "Strip", {"power": 1200}),
        item("1000001901", 190, "Rack", {"power": 1200, "dayKwh": 1}),
    )
    found = {
        one.entity_id: one.disabled_by
        for one in entity_registry.entities.values()
        if one.unique_id.endswith("energy_estimated")
    }
    assert found == {
        "sensor.washer_estimated_energy": er.RegistryEntryDisabler.INTEGRATION,
        "sensor.strip_estimated_energy": None,
    }
