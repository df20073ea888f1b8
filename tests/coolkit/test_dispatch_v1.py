"""The second address for dispatch: asked when the first does not answer, or not usably."""

from aiohttp import web
import pytest

from custom_components.ewelink.coolkit import (
    ApiV1,
    AppCredentials,
    CannotConnectError,
    ConnectionState,
    CoolKitClient,
    Endpoint,
    FeatureRefusedError,
    Hosts,
    Limiter,
    NotEwelinkError,
    QuotaError,
    Region,
    ServerTroubleError,
    SignedOutError,
    Window,
)
from custom_components.ewelink.coolkit.exceptions import TokenExpiredError
from tests.coolkit.conftest import TIMINGS, listening, until

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def twofold(cloud, websession, limiter):
    """Version 1 at two addresses for dispatch: the simulated cloud at both, unless told otherwise."""

    def make(first=None, second=None, limiter=limiter):
        base = f"{cloud.url}/eu"
        hosts = Hosts(api={Region.EU: first or base}, lookup=cloud.url, dispatch={Region.EU: second or base})
        credentials = AppCredentials(cloud.app_id, cloud.app_secret)
        return ApiV1(websession, credentials, hosts, limiter=limiter, timeout=1)

    return make


def asked(cloud):
    return sum(request.interface == "dispatch" for request in cloud.requests)


def here(cloud):
    return Endpoint(domain="127.0.0.1", port=cloud.port, secure=False)


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("gateway_page", {"status": 502}),
        ("gateway_page", {"status": 404}),
        ("gateway_page", {"status": 403, "form": "json"}),
        ("gateway_page", {"status": 401, "form": "message"}),
        ("error", {"code": 500}),
        ("empty_body", {}),
        ("wrong_type", {}),
        ("disconnect", {}),
        ("dispatch_host", {"domain": "not a host"}),
        ("no_answer", {}),
    ],
)
async def test_the_second_address_is_asked(twofold, session, cloud, fault, options):
    broken = cloud.faults.add(fault, interface="dispatch", **options)

    assert await twofold().dispatch(session) == here(cloud)

    broken.release()
    assert asked(cloud) == 2


async def test_the_second_address_is_asked_when_nobody_answers_at_the_first(twofold, session, cloud):
    assert await twofold(first=NOWHERE).dispatch(session) == here(cloud)
    assert asked(cloud) == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (401, SignedOutError),
        (402, TokenExpiredError),
        (403, FeatureRefusedError),
        (406, SignedOutError),
        (407, FeatureRefusedError),
        (412, QuotaError),
    ],
)
async def test_what_is_refused_is_not_asked_for_elsewhere(twofold, session, cloud, code, error):
    cloud.faults.add("error", interface="dispatch", code=code)

    with pytest.raises(error):
        await twofold().dispatch(session)

    assert asked(cloud) == 1


async def test_an_answer_of_the_first_needs_no_second(twofold, session, cloud):
    assert await twofold(second=NOWHERE).dispatch(session) == here(cloud)


async def test_the_first_failure_is_told(twofold, session, cloud):
    cloud.faults.add("gateway_page", interface="dispatch", status=404)

    with pytest.raises(NotEwelinkError):
        await twofold(second=NOWHERE).dispatch(session)
    cloud.faults.add("gateway_page", interface="dispatch", status=502)
    with pytest.raises(CannotConnectError):
        await twofold(first=NOWHERE).dispatch(session)


async def test_a_refusal_of_the_second_is_told(twofold, session, cloud):
    cloud.faults.add("error", interface="dispatch", code=401)

    with pytest.raises(SignedOutError):
        await twofold(first=NOWHERE).dispatch(session)


async def test_where_there_is_one_address_there_is_one_call(api, session, cloud):
    cloud.faults.add("gateway_page", interface="dispatch", status=502)

    with pytest.raises(ServerTroubleError):
        await api.dispatch(session)

    assert asked(cloud) == 1


async def test_the_limiter_counts_both(twofold, session, cloud):
    limiter = Limiter(Window(10, 60))
    cloud.faults.add("gateway_page", interface="dispatch", status=502)

    await twofold(limiter=limiter).dispatch(session)

    assert limiter.as_dict()["remembered"] == 2


async def test_the_second_goes_by_its_own_address_only_to_this_machine(serve, twofold, session):
    """Plain connections are for this machine, whatever the first address is."""

    async def dispatch(_request):
        return web.json_response({"error": 0, "domain": "a.example.com", "port": 8080, "reason": "ok"})

    endpoint = await twofold(first=NOWHERE, second=await serve(dispatch)).dispatch(session)

    assert endpoint.secure


async def test_a_session_connects_by_the_second(twofold, websession, session, cloud):
    cloud.faults.add("gateway_page", interface="dispatch", status=503)
    client = CoolKitClient(websession=websession, api=twofold(), session=session, timings=TIMINGS)
    async with listening(client) as task:
        await until(lambda: client.connection is ConnectionState.CONNECTED)
        assert not task.done()

    assert cloud.handshakes == 1
