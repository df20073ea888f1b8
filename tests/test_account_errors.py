"""What each error of the account leads to, at the start and in a session: a dialog, a repair, or patience."""

import asyncio
from dataclasses import replace
from itertools import pairwise

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
import pytest

from custom_components.ewelink import coordinator
from custom_components.ewelink.const import CONF_TOKENS, DOMAIN
from custom_components.ewelink.coolkit import ConnectionState
from simulator.home import item
from tests.common import connected, make_entry, until
from tests.platforms import call, off, on, state_of

HEATER_ID = "1000000a02"
HEATER = item(HEATER_ID, 1, "Heater", {"switch": "off"})
LOADED, RETRY, ERROR = (
    ConfigEntryState.LOADED,
    ConfigEntryState.SETUP_RETRY,
    ConfigEntryState.SETUP_ERROR,
)


@pytest.fixture(autouse=True)
def pace(unpaced):
    """Let these stories pass faster than the cloud would like."""


def repairs(issue_registry):
    return {issue.translation_key for (domain, _), issue in issue_registry.issues.items() if domain == DOMAIN}


def dialogs(hass):
    return [
        flow["step_id"]
        for flow in hass.config_entries.flow.async_progress()
        if flow["context"]["source"] == SOURCE_REAUTH
    ]


def refuse(code, *interfaces, count=None):
    """Have interfaces, or all of them, refuse the session."""

    async def set_fault(cloud):
        for interface in interfaces or (None,):
            cloud.faults.add("session_refused", interface=interface, code=code, count=count)

    return set_fault


def refuse_app(**how):
    async def set_app(cloud):
        cloud.add_app(cloud.app_id, cloud.app_secret, **how)

    return set_app


async def sign_in_elsewhere(cloud):
    await cloud.sign_in_elsewhere(cloud.account)


async def expire(cloud):
    cloud.expire_tokens(cloud.account, rt=True)


async def break_down(cloud):
    cloud.faults.add("gateway_page", status=502, count=None)


async def mend(cloud):
    """End whatever it was."""
    cloud.faults.clear()
    cloud.add_app(cloud.app_id, cloud.app_secret)
    cloud.violations.clear()


async def hand_over(hass, cloud, entry):
    """Do what a dialog does at its end."""
    data = make_entry(cloud, cloud.account).data
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_TOKENS: data[CONF_TOKENS]})


# What goes wrong: the state of the entry at the start, the dialog, the repair.
AT_START = {
    "one 401": (refuse(401, "devices", count=1), LOADED, None, None),
    "one 406": (refuse(406, "devices", count=1), LOADED, None, None),
    "one 402": (refuse(402, "devices", count=1), RETRY, None, None),
    "one 301": (refuse(301, "devices", count=1), RETRY, None, None),
    "one 403": (refuse(403, "devices", count=1), RETRY, None, "app_id_refused"),
    "signed out": (sign_in_elsewhere, ERROR, "reauth_confirm", None),
    "expired": (expire, ERROR, "reauth_confirm", None),
    "moved": (refuse(301), ERROR, "reauth_account_moved", None),
    "App ID refused with 403": (refuse_app(refused=403), RETRY, None, "app_id_refused"),
    "App ID refused with 407": (refuse_app(refused=407), RETRY, None, "app_id_refused"),
    "quota spent": (refuse_app(quota_spent=True), RETRY, None, "quota_exceeded"),
    "a cloud in trouble": (break_down, RETRY, None, None),
}


@pytest.mark.parametrize("what", AT_START)
async def test_at_the_start(hass, cloud, entry, issue_registry, what):
    happen, state, dialog, repair = AT_START[what]
    await happen(cloud)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is state
    assert dialogs(hass) == ([] if dialog is None else [dialog])
    assert repairs(issue_registry) == (set() if repair is None else {repair})

    # It comes back by itself, or by a sign-in.
    await mend(cloud)
    if dialog is not None:
        await hand_over(hass, cloud, entry)
    if entry.state is not LOADED:
        await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is LOADED
    await connected(entry)
    assert repairs(issue_registry) == set()


# What goes wrong: what ends the connection, the dialog, the repair, and whether it comes back by itself.
IN_SESSION = {
    "signed out": (sign_in_elsewhere, "reauth_signed_out", None, False),
    "expired": (expire, "reauth_confirm", None, False),
    "moved": (refuse(301), "reauth_account_moved", None, False),
    "App ID refused with 403": (refuse_app(refused=403), None, "app_id_refused", True),
    "App ID refused with 407": (refuse_app(refused=407), None, "app_id_refused", True),
    "quota spent": (refuse_app(quota_spent=True), None, "quota_exceeded", True),
    "a cloud in trouble": (break_down, None, None, True),
}


@pytest.mark.parametrize("what", IN_SESSION)
async def test_in_a_session(hass, cloud, setup_home, issue_registry, what):
    happen, dialog, repair, comes_back = IN_SESSION[what]
    entry = await setup_home(HEATER)
    await happen(cloud)
    await cloud.drop_connections("close")
    await until(lambda: state_of(hass, "switch.heater") == STATE_UNAVAILABLE)
    await until(lambda: dialogs(hass) == ([] if dialog is None else [dialog]))
    assert repairs(issue_registry) == (set() if repair is None else {repair})
    assert entry.state is LOADED

    await mend(cloud)
    if not comes_back:
        await hand_over(hass, cloud, entry)
    await connected(entry)
    await until(lambda: off(hass, "switch.heater"))
    assert repairs(issue_registry) == set()


@pytest.mark.parametrize("code", [401, 402, 403, 407])
@pytest.mark.parametrize("where", ["handshake", "dispatch"])
async def test_a_session_that_is_refused_for_a_moment(hass, cloud, setup_home, issue_registry, where, code):
    """Nobody is asked for anything, and nothing stays of it."""
    entry = await setup_home(HEATER)
    cloud.faults.add("session_refused", interface=where, code=code, count=2)
    await cloud.drop_connections("close")
    await until(lambda: not list(cloud.faults))
    await connected(entry)
    assert dialogs(hass) == []
    assert repairs(issue_registry) == set()
    assert off(hass, "switch.heater")


@pytest.mark.parametrize("code", [401, 402, 406, 403, 407, 301])
async def test_a_cloud_that_refuses_everything_for_a_moment(
    hass, cloud, setup_home, issue_registry, monkeypatch, code
):
    """Two interfaces say so. What the refresh token mends, it mends; who has moved is asked."""
    # It is over before the refresh token is tried.
    monkeypatch.setattr(coordinator, "TIMINGS", replace(coordinator.TIMINGS, signed_out=0.6))
    entry = await setup_home(HEATER)
    cloud.faults.add("session_refused", code=code, count=None, seconds=0.3)
    await entry.runtime_data.async_refresh()
    await cloud.drop_connections("close")
    await asyncio.sleep(0.3)
    if code == 301:
        await until(lambda: dialogs(hass) == ["reauth_account_moved"])
        await hand_over(hass, cloud, entry)
    await connected(entry)
    await until(lambda: repairs(issue_registry) == set())
    assert code == 301 or dialogs(hass) == []


@pytest.mark.parametrize("code", [401, 402, 406])
async def test_a_thing_that_is_refused_again_and_again(hass, cloud, setup_home, issue_registry, code):
    """The device key is mistyped, the share has ended: the account has nothing to do with it."""
    entry = await setup_home(HEATER)
    client = entry.runtime_data.client
    handshakes = cloud.handshakes
    for form in ("error", "code"):
        cloud.faults.add("session_refused", interface="groups", code=code, count=3, form=form)
        for _ in range(3):
            await client.refresh_devices()
            await until(lambda: not client._background)
    assert not list(cloud.faults)
    assert (cloud.handshakes, client.connection) == (handshakes, ConnectionState.CONNECTED)
    assert dialogs(hass) == []
    assert repairs(issue_registry) == set()


async def test_a_command_that_works_keeps_nothing_available(hass, cloud, setup_home, issue_registry):
    """The session has given up, with tokens that are valid."""
    entry = await setup_home(HEATER)
    for _ in range(2):
        await connected(entry)
        cloud.faults.add("handshake_error", code=406)
        await cloud.drop_connections("close")
        await until(lambda: entry.runtime_data.client.connection is ConnectionState.SIGNED_OUT)
    await until(lambda: repairs(issue_registry) == {"signed_out_repeatedly"})

    await entry.runtime_data.client.update(HEATER_ID, {"switch": "on"})
    await until(lambda: state_of(hass, "switch.heater") == STATE_UNAVAILABLE)
    await entry.runtime_data.client.update(HEATER_ID, {"switch": "off"})
    assert state_of(hass, "switch.heater") == STATE_UNAVAILABLE


@pytest.mark.no_fail_on_log_exception
async def test_an_error_of_our_own_makes_unavailable_what_does_not_come_back(
    hass, cloud, setup_home, monkeypatch, caplog
):
    entry = await setup_home(HEATER)
    client = entry.runtime_data.client
    broken = True
    take_over = client._store.take_list

    def replace_devices(*arguments, **options):
        if broken:
            raise KeyError("something unforeseen")
        return take_over(*arguments, **options)

    monkeypatch.setattr(client._store, "take_list", replace_devices)
    await cloud.drop_connections("close")
    await until(lambda: state_of(hass, "switch.heater") == STATE_UNAVAILABLE)
    assert caplog.text.count("Unexpected error in the session") == 1
    assert "something unforeseen" in caplog.text

    broken = False
    await connected(entry)
    await until(lambda: off(hass, "switch.heater"))
    await call(hass, "switch", "turn_on", "switch.heater")
    assert on(hass, "switch.heater")


async def test_reloads_in_a_row_keep_the_distance_of_handshakes(hass, cloud, setup_home, monkeypatch):
    """Removing the entry and adding it again is no way around it."""
    timings = replace(coordinator.TIMINGS, handshake_span=60, backoff=0.4, jitter=0)
    monkeypatch.setattr(coordinator, "TIMINGS", timings)
    entry = await setup_home(HEATER)
    loop, times = asyncio.get_running_loop(), []
    check = cloud.check_handshake_pace

    def noted():
        times.append(loop.time())
        check()

    monkeypatch.setattr(cloud, "check_handshake_pace", noted)
    started = loop.time()
    for _ in range(5):
        await hass.config_entries.async_reload(entry.entry_id)
        await asyncio.sleep(0.05)
    # The list is read meanwhile.
    assert off(hass, "switch.heater")
    await hass.config_entries.async_remove(entry.entry_id)
    entry = make_entry(cloud, cloud.account)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await connected(entry)
    assert all(later - earlier >= 0.4 for earlier, later in pairwise(times))
    assert len(times) <= 1 + (loop.time() - started) / 0.4
