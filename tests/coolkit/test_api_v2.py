"""Version 2 with an App ID that anybody can get: sign-in, homes, things, status, at the simulated cloud."""

from dataclasses import replace
import time

from aiohttp import web
import orjson
import pytest

from custom_components.ewelink.coolkit import (
    ApiV2,
    AppCredentials,
    AppIdExpiredError,
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CodeExpiredError,
    CommandError,
    ControlGroup,
    Device,
    Endpoint,
    Feature,
    FeatureRefusedError,
    HostsV2,
    InvalidInputError,
    NotEwelinkError,
    NotSupportedError,
    QuotaError,
    Quotas,
    RedirectUrlError,
    ServerTroubleError,
    SignedOutError,
    TokenRefusedError,
    UndeliveredError,
    UnknownDeviceError,
    UnknownGroupError,
    WrongRegionError,
)
from custom_components.ewelink.coolkit.cloud.api import FolderGroups, part
from custom_components.ewelink.coolkit.exceptions import TokenExpiredError
from simulator.cloud import FREE_APP_ID, FREE_APP_SECRET, REDIRECT_URL
from tests.coolkit.conftest import sign_in_v2
from tests.coolkit.test_websocket import SESSION

SWITCH = "1000000001"
OFFLINE = "1000000013"
DAY = 86_400


@pytest.fixture
def answering(serve, websession, limiter):
    """Start a server that always gives one answer; returns the API in front of it."""

    async def start(body: object, status: int = 200) -> ApiV2:
        content = body if isinstance(body, bytes) else orjson.dumps(body)

        async def handler(_request: web.Request) -> web.Response:
            return web.Response(body=content, status=status, content_type="application/json")

        hosts = HostsV2.custom(await serve(handler))
        return ApiV2(websession, AppCredentials("app-id", "app-key"), hosts, limiter=limiter, quotas=Quotas())

    return start


def code_for(cloud, app_id=FREE_APP_ID, redirect_url=REDIRECT_URL):
    return cloud.codes.give(cloud.account, app_id, redirect_url, cloud.clock())


def app_of(cloud):
    return cloud.accounts.apps[FREE_APP_ID]


def calls(cloud):
    return [request.interface for request in cloud.requests]


async def listed(api, session, device_id):
    return next(device for device in await api.list_devices(session) if device.device_id == device_id)


# --- signing in ------------------------------------------------------------------------------------------


async def test_a_code_opens_a_session(api_v2, cloud):
    before = time.time()
    session = await api_v2.exchange_code(code_for(cloud), redirect_url=REDIRECT_URL, region="eu")

    assert session.region == "eu"
    tokens = session.tokens
    assert tokens.access_token_end - before == pytest.approx(30 * DAY, abs=60)
    assert tokens.refresh_token_end - before == pytest.approx(60 * DAY, abs=60)
    assert tokens.refresh_at - before == pytest.approx(20 * DAY, abs=60)
    assert type(tokens).from_dict(tokens.as_dict()) == tokens

    # OAuth does not tell whose tokens they are.
    assert session.apikey == ""
    session = await api_v2.with_own_apikey(session)
    assert session.apikey == cloud.account.apikey
    asked = len(cloud.requests)
    assert await api_v2.with_own_apikey(session) is session
    assert len(cloud.requests) == asked


async def test_an_answer_may_tell_whose_tokens_they_are(api_v2, cloud):
    cloud.quirks.token_names_user = True
    session = await api_v2.exchange_code(code_for(cloud), redirect_url=REDIRECT_URL, region="eu")
    assert session.apikey == cloud.account.apikey
    assert session.account == cloud.account.email


@pytest.mark.parametrize(
    ("region", "chosen", "asked"),
    [
        ("eu", "us", ["eu"]),
        (None, "eu", ["eu"]),
        (None, "us", ["us", "cn", "as", "eu"]),
        ("nowhere", None, ["cn", "as", "eu"]),
    ],
)
async def test_regions_are_asked_in_turn(api_v2, cloud, region, chosen, asked):
    session = await api_v2.exchange_code(
        code_for(cloud), redirect_url=REDIRECT_URL, region=region, chosen=chosen
    )
    assert session.region == "eu"
    assert [request.region for request in cloud.requests] == asked


async def test_a_code_opens_one_session(api_v2, cloud):
    code = code_for(cloud)
    await api_v2.exchange_code(code, redirect_url=REDIRECT_URL, region="eu")
    with pytest.raises(CodeExpiredError) as caught:
        await api_v2.exchange_code(code, redirect_url=REDIRECT_URL, region="eu")
    assert caught.value.code == 405
    assert code not in str(caught.value)


async def test_another_redirect_url(api_v2, cloud):
    with pytest.raises(RedirectUrlError):
        await api_v2.exchange_code(code_for(cloud), redirect_url=f"{REDIRECT_URL}/", region="eu")


async def test_a_region_that_is_out_of_reach_is_left_out(cloud, websession, limiter, unused_tcp_port):
    hosts = HostsV2.custom(f"{cloud.url}/{{region}}")
    hosts = replace(hosts, api={**hosts.api, "us": f"http://127.0.0.1:{unused_tcp_port}"})
    api = ApiV2(websession, AppCredentials(FREE_APP_ID, FREE_APP_SECRET), hosts, limiter=limiter)
    session = await api.exchange_code(code_for(cloud), redirect_url=REDIRECT_URL, chosen="us")
    assert session.region == "eu"
    with pytest.raises(CannotConnectError):
        await api.exchange_code("0-0", redirect_url=REDIRECT_URL, region="us")


@pytest.mark.parametrize("code", [400, 406])
async def test_a_wrong_secret(cloud, websession, limiter, code):
    cloud.quirks.wrong_signature = code
    hosts = HostsV2.custom(f"{cloud.url}/{{region}}")
    api = ApiV2(websession, AppCredentials(FREE_APP_ID, "wrong-secret"), hosts, limiter=limiter)
    with pytest.raises(AppIdRefusedError):
        await api.exchange_code(code_for(cloud), redirect_url=REDIRECT_URL, region="eu")
    cloud.violations.clear()


@pytest.mark.parametrize("code", [407, 408])
async def test_an_app_id_that_has_ended(api_v2, session_v2, cloud, code):
    app_of(cloud).expired = True
    cloud.quirks.expired_app = code
    with pytest.raises(AppIdExpiredError):
        await api_v2.list_devices(session_v2)
    with pytest.raises(AppIdExpiredError):
        await api_v2.refresh(session_v2)
    # It is no function that was refused.
    with pytest.raises(AppIdExpiredError):
        await api_v2.get_status(session_v2, Device(SWITCH))
    assert api_v2.refused == set()


@pytest.mark.parametrize("code", [403, 407])
async def test_an_app_id_that_is_refused(api_v2, session_v2, cloud, code):
    app_of(cloud).refused = code
    with pytest.raises(AppIdRefusedError):
        await api_v2.list_devices(session_v2)
    with pytest.raises(AppIdRefusedError):
        await api_v2.exchange_code(code_for(cloud), redirect_url=REDIRECT_URL, region="eu")


async def test_both_tokens_are_renewed(api_v2, session_v2, cloud):
    renewed = await api_v2.refresh(session_v2)
    before, after = session_v2.tokens, renewed.tokens
    assert after.access_token != before.access_token
    assert after.refresh_token != before.refresh_token
    assert after.access_token_expires is None
    assert (renewed.apikey, renewed.region) == (session_v2.apikey, session_v2.region)
    await api_v2.list_homes(renewed)
    with pytest.raises(SignedOutError):
        await api_v2.list_homes(session_v2)
    with pytest.raises(TokenRefusedError) as caught:
        await api_v2.refresh(session_v2)
    assert caught.value.code == 405
    assert before.refresh_token not in str(caught.value)


async def test_unbinding_ends_the_tokens(api_v2, session_v2):
    await api_v2.unbind(session_v2)
    with pytest.raises(SignedOutError):
        await api_v2.list_homes(session_v2)


async def test_an_own_key_that_nothing_tells(answering):
    api = await answering({"error": 0, "msg": "", "data": {"familyList": [], "thingList": [], "total": 0}})
    session = SESSION
    with pytest.raises(CloudError, match="own key"):
        await api.with_own_apikey(replace(session, apikey=""))


HOMES = [
    # (homes, itemType and apikey of devices) → whose
    ([("a", 1, "mine")], [], "mine"),
    ([("a", 2, "other"), ("b", 1, "mine")], [], "mine"),
    ([("a", None, "mine")], [], "mine"),
    # Which of the two is the account's, the devices tell.
    ([("a", None, "other"), ("b", None, "mine")], [(2, "other"), (1, "mine")], "mine"),
    ([("a", 1, "")], [(5, "other"), (1, "mine")], "mine"),
    ([("a", 2, "other")], [(5, "other")], None),
]


@pytest.mark.parametrize(("homes", "devices", "whose"), HOMES)
async def test_whose_homes_and_devices_they_are(answering, homes, devices, whose):
    families = [
        {"id": home, "apikey": key, "name": home, "index": 0, "roomList": []}
        | ({} if kind is None else {"familyType": kind})
        for home, kind, key in homes
    ]
    things = [
        {"itemType": kind, "itemData": {"deviceid": f"10{place}", "apikey": key}, "index": place}
        for place, (kind, key) in enumerate(devices)
    ]
    data = {"familyList": families, "thingList": things, "total": len(things)}
    api = await answering({"error": 0, "msg": "", "data": data})
    assert await api.find_own_apikey(SESSION) == whose


# --- homes and things ------------------------------------------------------------------------------------


async def test_homes_and_rooms(api_v2, session_v2, cloud):
    home = cloud.homes.of(cloud.account)[0]
    cloud.homes.add_room(home, "Attic")
    homes = await api_v2.list_homes(session_v2)
    assert homes.complete
    assert homes[0].home_id == home.id
    assert homes[0].is_own
    assert homes[0].is_current
    assert {room.name for room in homes[0].rooms} >= {"Attic"}


async def test_all_things_of_all_homes(api_v2, session_v2, cloud):
    second = cloud.homes.add(cloud.account, "Cottage")
    moved = min(cloud.devices)
    cloud.homes.place(cloud.account, moved).home = second.id

    things = await api_v2.list_devices(session_v2)

    seen = {device.deviceid for device in cloud.devices.values() if device.seen_by(cloud.account)}
    withheld = {
        device.deviceid
        for device in cloud.devices.values()
        if device.item.get("brandName") in app_of(cloud).withheld
    }
    assert {device.device_id for device in things} == seen - withheld
    assert {home.name for home in things.homes} >= {"Cottage"}
    assert next(device for device in things if device.device_id == moved).home_id == second.id
    assert things.withheld == len(seen & withheld)
    listed_calls = [request for request in cloud.requests if request.interface == "devices"]
    assert {request.params["familyid"] for request in listed_calls} == {home.home_id for home in things.homes}
    # The home that the phone shows is left as it is.
    assert "homes" in calls(cloud)


@pytest.mark.parametrize("begin", ["exclusive", "inclusive"])
async def test_page_by_page(api_v2, session_v2, cloud, begin):
    cloud.quirks.begin_index = begin
    for number in range(70):
        cloud.add_device({"deviceid": f"20000000{number:02}", "name": f"More {number}", "params": {}})
    things = await api_v2.list_devices(session_v2)
    ids = [device.device_id for device in things]
    assert len(set(ids)) == len(ids)
    assert {f"20000000{number:02}" for number in range(70)} <= set(ids)
    assert all(
        int(request.params["num"]) == 30 for request in cloud.requests if request.interface == "devices"
    )


async def test_what_is_withheld_is_told_once(api_v2, session_v2, cloud, caplog):
    app_of(cloud).withheld.add("Elsewhere")
    cloud.add_device(
        {"deviceid": "2000000001", "name": "Old plug", "brandName": "Elsewhere", "params": {"switch": "on"}}
    )
    caplog.set_level("INFO")
    first = await api_v2.list_devices(session_v2)
    assert first.withheld >= 1
    # Nobody knows yet whether that passes.
    assert not first.complete
    second = await api_v2.list_devices(session_v2)
    assert second.withheld == first.withheld
    assert second.complete
    assert caplog.text.count("brands are not released") == 1


async def test_an_empty_answer_removes_nothing_by_itself(api_v2, session_v2, cloud):
    await api_v2.list_devices(session_v2)
    await api_v2.list_devices(session_v2)
    for name in list(cloud.devices):
        cloud.household.devices.pop(name)
    cloud.homes.groups.clear()
    complete = [(await api_v2.list_devices(session_v2)).complete for _ in range(3)]
    assert complete == [False, False, True]


async def test_a_shrunken_answer_removes_nothing_by_itself(api_v2, session_v2, cloud):
    whole = await api_v2.list_devices(session_v2)
    whole = await api_v2.list_devices(session_v2)
    assert whole.complete
    cloud.faults.add("list_partial", interface="devices", count=1, missing=[SWITCH])
    shrunken = await api_v2.list_devices(session_v2)
    assert len(shrunken) == len(whole) - 1
    assert not shrunken.complete


async def test_one_device(api_v2, session_v2):
    device = await listed(api_v2, session_v2, SWITCH)
    found = await api_v2.get_device(session_v2, device)
    assert found == device
    with pytest.raises(UnknownDeviceError):
        await api_v2.get_device(session_v2, replace(device, device_id="3000000000"))


# --- status ----------------------------------------------------------------------------------------------


async def test_read_and_change_the_status(api_v2, session_v2, cloud):
    device = await listed(api_v2, session_v2, SWITCH)
    await api_v2.update_status(session_v2, device, {"switch": "on"})
    assert cloud.devices[SWITCH].params["switch"] == "on"
    assert await api_v2.get_status(session_v2, device, ("switch",)) == {"switch": "on"}
    assert (await api_v2.get_status(session_v2, device)).keys() > {"switch"}
    await api_v2.update_status(session_v2, device, [{"switch": "off"}, {"startup": "on"}])
    assert cloud.devices[SWITCH].params["switch"] == "off"


async def test_a_command_that_fails_is_sent_once(api_v2, session_v2, cloud):
    device = await listed(api_v2, session_v2, OFFLINE)
    with pytest.raises(UndeliveredError) as caught:
        await api_v2.update_status(session_v2, device, {"switch": "on"})
    assert caught.value.code == 4002
    assert not caught.value.may_be_gone
    assert calls(cloud).count("write_status") == 1


async def test_a_device_that_is_gone(api_v2, session_v2, cloud):
    device = await listed(api_v2, session_v2, SWITCH)
    cloud.household.devices.pop(SWITCH)
    with pytest.raises(UnknownDeviceError) as caught:
        await api_v2.update_status(session_v2, device, {"switch": "on"})
    assert caught.value.may_be_gone


async def test_several_at_once(api_v2, session_v2, cloud):
    outcomes = await api_v2.update_several(
        session_v2,
        {SWITCH: {"switch": "on"}, OFFLINE: {"switch": "on"}, "3000000000": {"switch": "on"}},
    )
    assert {thing_id: outcome.code for thing_id, outcome in outcomes.items()} == {
        SWITCH: 0,
        OFFLINE: 30022,
        "3000000000": 30018,
    }
    assert cloud.devices[SWITCH].params["switch"] == "on"
    for commands in ({}, {str(number): {"switch": "on"} for number in range(11)}):
        with pytest.raises(InvalidInputError):
            await api_v2.update_several(session_v2, commands)


async def test_a_control_group(api_v2, session_v2, cloud):
    group = next(iter((await api_v2.list_devices(session_v2)).control_groups), None)
    if group is None:
        made = cloud.homes.add_group(cloud.account, "Both", [SWITCH, "1000000002"])
        (group,) = (await api_v2.list_devices(session_v2)).control_groups
        assert group.group_id == made.id
    things = await api_v2.list_devices(session_v2)
    members = [device.device_id for device in things if group.group_id in device.control_groups]
    assert group.main_device_id in members
    await api_v2.update_control_group(session_v2, group, {"switch": "on"})
    assert cloud.devices[group.main_device_id].params["switch"] == "on"
    with pytest.raises(UnknownGroupError):
        await api_v2.update_control_group(
            session_v2, ControlGroup(group_id="000000000000000000000000"), {"switch": "on"}
        )


async def test_where_to_connect(api_v2, session_v2, cloud):
    assert await api_v2.dispatch(session_v2) == Endpoint(domain=cloud.host, port=cloud.port, secure=False)


# --- refusals --------------------------------------------------------------------------------------------


async def test_what_a_free_app_id_may_not_do_is_asked_once(api_v2, session_v2, cloud):
    refused = []
    api_v2.on_refused = refused.append
    device = await listed(api_v2, session_v2, SWITCH)
    for _ in range(2):
        with pytest.raises(FeatureRefusedError):
            await api_v2.rename_device(session_v2, device, "Porch")
    assert refused == [Feature.DEVICE_MANAGEMENT]
    assert Feature.DEVICE_MANAGEMENT not in api_v2.features
    assert Feature.STATUS in api_v2.features
    with pytest.raises(FeatureRefusedError):
        await api_v2.list_history(session_v2, device)
    assert refused == [Feature.DEVICE_MANAGEMENT, Feature.HISTORY]
    assert len([one for one in calls(cloud) if one not in {"oauth_token", "homes", "devices"}]) <= 2


async def test_what_was_refused_before_is_not_asked(cloud, websession, limiter, session_v2):
    hosts = HostsV2.custom(f"{cloud.url}/{{region}}")
    api = ApiV2(
        websession,
        AppCredentials(FREE_APP_ID, FREE_APP_SECRET),
        hosts,
        limiter=limiter,
        refused={Feature.HISTORY},
    )
    asked = len(cloud.requests)
    with pytest.raises(FeatureRefusedError):
        await api.list_history(session_v2, Device(SWITCH))
    assert len(cloud.requests) == asked
    assert Feature.HISTORY not in api.features


async def test_what_version_2_does_not_have(api_v2):
    assert Feature.GROUPS not in api_v2.features
    with pytest.raises(NotSupportedError):
        part(api_v2, FolderGroups, "groups")


async def test_a_token_of_another_region(api_v2, session_v2):
    with pytest.raises(SignedOutError):
        await api_v2.list_homes(replace(session_v2, region="us"))


async def test_a_token_that_has_expired(cloud, api_v2, session_v2):
    cloud.core.clock = lambda: time.time() + 31 * DAY
    with pytest.raises(TokenExpiredError):
        await api_v2.list_homes(session_v2)
    renewed = await api_v2.refresh(session_v2)
    await api_v2.list_homes(renewed)


@pytest.mark.parametrize("as_status", [False, True])
async def test_a_quota_that_is_spent(api_v2, session_v2, cloud, as_status):
    cloud.quirks.quota_as_status = as_status
    app_of(cloud).quota_spent = True
    assert api_v2.poll_interval == 300
    with pytest.raises(QuotaError):
        await api_v2.list_devices(session_v2)
    # Until the next month.
    assert 300 <= api_v2.poll_interval <= 31 * DAY
    assert api_v2.quota("eu").is_refused
    app_of(cloud).quota_spent = False
    await api_v2.list_devices(session_v2)
    assert api_v2.poll_interval == 300


async def test_calls_are_counted(api_v2, session_v2, cloud):
    quota = api_v2.quota("eu")
    assert quota.used == len(cloud.requests)
    before = quota.used
    await api_v2.list_homes(session_v2)
    assert quota.used == before + 1
    assert quota.limit == 50_000


PAGES = [
    (b"<html><h1>503</h1></html>", 503, ServerTroubleError),
    (b"<html><h1>403 Forbidden</h1><hr>nginx</html>", 403, NotEwelinkError),
    (b"", 403, QuotaError),
    (b"", 412, QuotaError),
    (b"<html>your quota is used up</html>", 403, QuotaError),
    (b'{"error":403,"msg":"the quota of the appid is spent","data":{}}', 403, QuotaError),
    (b"", 200, CloudError),
    (b"[]", 200, CloudError),
    (b'{"msg":"","data":{"familyList":[]}}', 200, CloudError),
    (b'{"error":0,"msg":"","data":{}}', 200, CloudError),
    (b'{"error":0,"msg":"","data":{"familyList":{}}}', 200, CloudError),
    (b'{"error":500,"msg":"","data":{}}', 200, ServerTroubleError),
    (b'{"error":413,"msg":"","data":{}}', 200, ServerTroubleError),
    (b'{"error":10004,"msg":"","data":{"region":"us"}}', 200, WrongRegionError),
]


@pytest.mark.parametrize(("body", "status", "kind"), PAGES)
async def test_odd_answers(answering, body, status, kind):
    api = await answering(body, status)
    with pytest.raises(kind) as caught:
        await api.list_homes(SESSION)
    assert type(caught.value) is kind


async def test_a_change_is_done_only_when_the_cloud_says_so(answering):
    session = SESSION
    for body in ({}, {"data": {}}, {"msg": "ok"}):
        api = await answering(body)
        with pytest.raises(CloudError):
            await api.update_status(session, Device(SWITCH), {"switch": "on"})
    api = await answering({"error": 0, "msg": ""})
    await api.update_status(session, Device(SWITCH), {"switch": "on"})


CODES = [
    (400, CommandError),
    (405, UnknownDeviceError),
    (406, CommandError),
    (407, FeatureRefusedError),
    (4002, UndeliveredError),
    (30018, UnknownDeviceError),
    (12345, CloudError),
    (500, ServerTroubleError),
]


@pytest.mark.parametrize(("code", "kind"), CODES)
async def test_codes_of_a_command(answering, code, kind):
    api = await answering({"error": code, "msg": "in its own words", "data": {}})
    with pytest.raises(kind) as caught:
        await api.update_status(SESSION, Device(SWITCH), {"switch": "on"})
    assert type(caught.value) is kind
    assert caught.value.code == code


async def test_who_is_asked_about_a_session(api_v2, session_v2):
    names = []
    for name, ask in api_v2.witnesses():
        await ask(session_v2)
        names.append(name)
    assert names == ["dispatch", "home list", "device list"]
    ended = replace(session_v2, tokens=replace(session_v2.tokens, access_token="gone"))
    for name, ask in api_v2.witnesses():
        with pytest.raises(SignedOutError) as caught:
            await ask(ended)
        assert caught.value.interface == name


async def test_regions_are_looked_up(contract_api, cloud):
    for form in ("either", "plus", "digits"):
        cloud.quirks.region_country_code = form
        assert await contract_api.find_region("+86") == "cn"
        assert await contract_api.find_region("49") == "eu"


async def test_a_free_app_id_looks_up_no_region(api_v2):
    with pytest.raises(FeatureRefusedError):
        await api_v2.find_region("49")
    # It has no feature that would be missing from now on.
    assert not api_v2.refused


@pytest.mark.parametrize("app_id", ["a\0b", "a\nb", "a\r\nX-CK-Nonce: 1"])
async def test_an_app_id_that_is_no_header_is_refused_before_it_is_sent(api_v2, cloud, app_id):
    api_v2.credentials = AppCredentials(app_id, "secret")
    with pytest.raises(AppIdRefusedError):
        await api_v2.find_region("49")
    assert cloud.requests == []


@pytest.mark.parametrize("token", ["a\nb", "a\0", 7, ""])
async def test_a_token_that_is_no_header_is_none(api_v2, cloud, token):
    answer = {"error": 0, "msg": "", "data": {"accessToken": token, "refreshToken": "rt"}}
    cloud.faults.add("wrong_type", interface="oauth_token", body=answer, count=None)
    with pytest.raises(CloudError):
        await api_v2.exchange_code("code", redirect_url=REDIRECT_URL)


async def test_a_session_of_each_app_id(api_v2, contract_api, cloud):
    """They do not sign each other out."""
    first = await sign_in_v2(cloud, api_v2)
    second = await sign_in_v2(cloud, contract_api)
    await api_v2.list_homes(first)
    await contract_api.list_homes(second)
