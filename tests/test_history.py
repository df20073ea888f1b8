"""The history of a device as an action: what it answers and hides, and what is refused before it is sent."""

from datetime import UTC, datetime, timedelta

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import probatio
import pytest

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.coolkit import Feature
from tests.common import connected, make_entry_v2

STRIP = "1000000002"


@pytest.fixture
async def entry_v2(cloud, setup_entry, unpaced):
    entry = make_entry_v2(cloud, app=cloud.accounts.apps[cloud.app_id])
    await setup_entry(entry)
    return entry


async def history(hass, entry, **data):
    data["device_id"] = entry.runtime_data.async_device_entry(data.get("device_id", STRIP)).id
    answer = await hass.services.async_call(DOMAIN, "get_history", data, blocking=True, return_response=True)
    return answer["history"]


async def test_what_was_done_is_told_and_nobody_is_named(hass, cloud, entry_v2):
    now = dt_util.utcnow()
    client = entry_v2.runtime_data.client
    await client.update(STRIP, {"switches": [{"outlet": 1, "switch": "on"}]})
    device = cloud.devices[STRIP]
    guest = cloud.add_account(email="guest@example.com")
    device.note("app", {"switch": "on", "secretName": "Grandma's"}, guest)
    first, second, *_ = await history(hass, entry_v2)
    assert (first["source"], first["person"]) == ("app", 1)
    assert first["params"]["switch"] == "on"
    assert "Grandma" not in str(first)
    assert second["channels"] == [2]
    assert second["params"]["switches"] == [{"outlet": 1, "switch": "on"}]
    assert second["person"] in {2, None}
    assert abs(datetime.fromisoformat(second["time"]) - now) < timedelta(minutes=1)
    assert "@" not in str([first, second])

    assert len(await history(hass, entry_v2, limit=1)) == 1
    assert await history(hass, entry_v2, before="2020-01-01 00:00:00") == []
    (asked,) = [one for one in cloud.requests if one.interface == "history"][-1:]
    # Without a zone it is the time of Home Assistant.
    zone = dt_util.get_default_time_zone()
    assert int(asked.params["from"]) == datetime(2020, 1, 1, tzinfo=zone).astimezone(UTC).timestamp() * 1000


@pytest.mark.parametrize("data", [{"limit": 31}, {"limit": 0}, {"before": "yesterday"}])
async def test_what_cannot_be_meant(hass, cloud, entry_v2, data):
    before = len(cloud.requests)
    with pytest.raises(probatio.Invalid):
        await history(hass, entry_v2, **data)
    assert len(cloud.requests) == before


async def test_a_cause_is_named_before_anything_is_sent(hass, cloud, setup_entry, unpaced):
    entry = make_entry_v2(cloud)
    await setup_entry(entry)
    with pytest.raises(HomeAssistantError, match=r"does not include this function \(error 407\)"):
        await history(hass, entry)
    await hass.config_entries.async_reload(entry.entry_id)
    await connected(entry)
    before = len(cloud.requests)
    day = dt_util.utcnow().date()
    with pytest.raises(HomeAssistantError) as failure:
        await history(hass, entry)
    assert f"rejected it on {day}. Nothing was sent." in str(failure.value)
    assert f"again after {day + timedelta(days=30)}" in str(failure.value)
    # Names of channels are read before they are written: not even that.
    entry.runtime_data.api.refuse(Feature.DEVICE_MANAGEMENT)
    with pytest.raises(HomeAssistantError, match="Nothing was sent"):
        await hass.services.async_call(
            DOMAIN,
            "rename_channel",
            {
                "device_id": entry.runtime_data.async_device_entry(STRIP).id,
                "channel": 1,
                "name": "Kettle",
            },
            blocking=True,
        )
    with pytest.raises(HomeAssistantError, match="has homes and rooms instead of these groups"):
        await hass.services.async_call(DOMAIN, "list_groups", {}, blocking=True, return_response=True)
    assert len(cloud.requests) == before


async def test_version_1_has_none(hass, cloud, running_entry):
    before = len(cloud.requests)
    with pytest.raises(HomeAssistantError, match="does not have this function"):
        await history(hass, running_entry)
    assert len(cloud.requests) == before
