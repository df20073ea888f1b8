"""Other clouds of version 2: each an honest reading of the same documents, and the client works with all."""

from copy import deepcopy
import time

from aiohttp import web
import pytest

from custom_components.ewelink.coolkit import ApiV2, AppCredentials, HostsV2, Quotas

CREDENTIALS = AppCredentials("an application", "its secret")
REDIRECT_URL = "http://127.0.0.1/callback"
HOME = {
    "id": "5f0c0000000000000000000a",
    "apikey": "own",
    "name": "Home",
    "index": 0,
    "familyType": 1,
    "roomList": [{"id": "5f0c0000000000000000000b", "name": "Hall", "index": 0}],
}
GROUP = {"id": "5f0c0000000000000000000c", "name": "Both", "mainDeviceId": "1000000001", "params": {}}


def device(number):
    return {
        "deviceid": f"10000000{number:02}",
        "apikey": "own",
        "name": f"Lamp {number}",
        "online": True,
        "params": {"switch": "on", "rssi": -40 - number},
        "extra": {"uiid": 1, "model": "PSA-BHA-GL"},
        "family": {"familyid": HOME["id"], "index": -number, "roomid": HOME["roomList"][0]["id"]},
        "devGroups": [{"type": 1, "groupId": GROUP["id"]}],
        "tags": {},
    }


THINGS = [
    *({"itemType": 1, "itemData": device(number), "index": -number} for number in range(1, 41)),
    {"itemType": 3, "itemData": GROUP, "index": -41},
]


class OtherCloud:
    """What the documents say, read in another way where they leave it open."""

    tokens = ("accessToken", "refreshToken")
    renewed = ("at", "rt")
    # What is answered where nothing is to be said.
    nothing = {}  # noqa: RUF012 - read only

    def __init__(self):
        self.written = []

    def wrapped(self, data):
        return {"error": 0, "msg": "", "data": data}

    def dispatch(self):
        return {"port": 8080, "IP": "127.0.0.1", "reason": "ok", "domain": "127.0.0.1", "error": 0}

    def thing(self, thing):
        return deepcopy(thing)

    def page(self, query):
        begin, most = query.get("beginIndex"), int(query["num"])
        rest = [one for one in THINGS if begin is None or one["index"] < int(begin)]
        return {"thingList": [self.thing(one) for one in rest[:most]], "total": len(THINGS)}

    def homes(self):
        return {"familyList": [deepcopy(HOME)], "currentFamilyId": HOME["id"]}

    def expiry(self):
        now = int(time.time() * 1000)
        return {"atExpiredTime": now + 30 * 86_400_000, "rtExpiredTime": now + 60 * 86_400_000}

    def token(self):
        return {**dict(zip(self.tokens, ("at-1", "rt-1"), strict=True)), **self.expiry()}

    def batch(self, body):
        return {"respList": [{"type": 1, "id": one["id"], "error": 0} for one in body["thingList"]]}

    def write(self, body):
        self.written.append(body["params"])
        return self.nothing

    async def answer(self, request):
        body = {} if request.method in {"GET", "DELETE"} else await request.json()
        calls = {
            "POST /v2/user/oauth/token": self.token,
            "DELETE /v2/user/oauth/token": lambda: self.nothing,
            "POST /v2/user/refresh": lambda: dict(zip(self.renewed, ("at-2", "rt-2"), strict=True)),
            "GET /v2/family": self.homes,
            "GET /v2/device/thing": lambda: self.page(request.query),
            "POST /v2/device/thing": lambda: {"thingList": [self.thing(THINGS[0])]},
            "GET /v2/device/thing/status": lambda: {"params": {"switch": "on"}},
            "POST /v2/device/thing/status": lambda: self.write(body),
            "POST /v2/device/thing/batch-status": lambda: self.batch(body),
        }
        path = request.path.removeprefix("/eu")
        if path == "/dispatch/app":
            return self.dispatch()
        return self.wrapped(calls[f"{request.method} {path}"]())

    async def handle(self, request):
        return web.json_response(await self.answer(request))


class WithoutWhatIsOptional(OtherCloud):
    def wrapped(self, data):
        return {"error": 0, **({"data": data} if data else {})}

    def expiry(self):
        return {}

    def homes(self):
        return {"familyList": [{key: HOME[key] for key in ("id", "apikey", "name")}]}

    def thing(self, thing):
        item = {
            key: value
            for key, value in thing["itemData"].items()
            if key not in {"tags", "devGroups", "family"}
        }
        return {"itemData": item, "index": thing["index"]}

    def page(self, query):
        answered = super().page(query)
        del answered["total"]
        return answered


class NumbersAsText(OtherCloud):
    async def answer(self, request):
        def spelled(value):
            match value:
                case bool():
                    return value
                case int():
                    return str(value)
                case dict():
                    return {key: spelled(one) for key, one in value.items()}
                case list():
                    return [spelled(one) for one in value]
            return value

        return spelled(await super().answer(request))


class IdsAsNumbers(OtherCloud):
    """And the names of an error that is none."""

    def homes(self):
        return {
            "familyList": [HOME | {"id": 17, "roomList": [{"id": 18, "name": "Hall"}]}],
            "currentFamilyId": 17,
        }

    def wrapped(self, data):
        return {"error": 0, "msg": None, "message": "ok", "data": data}


class MoreWrapped(OtherCloud):
    """Dispatch has an envelope like everything else; there is more in everything than is documented."""

    def dispatch(self):
        flat = super().dispatch()
        return {"error": 0, "msg": "", "data": {key: flat[key] for key in ("domain", "port", "IP")}}

    def wrapped(self, data):
        return {"requestid": "1", "error": 0, "msg": "success", "data": {"extra": {"more": [1]}, **data}}


class NothingIsAList(OtherCloud):
    nothing = []  # noqa: RUF012 - read only


class NothingIsNull(OtherCloud):
    nothing = None


class NamesOfTheOtherInterface(OtherCloud):
    tokens = ("at", "rt")
    renewed = ("accessToken", "refreshToken")


class ThingsWithoutWrapping(OtherCloud):
    def thing(self, thing):
        return {**deepcopy(thing["itemData"]), "itemType": thing["itemType"], "index": thing["index"]}


class Inclusive(OtherCloud):
    """A page begins with the last one of the page before."""

    def page(self, query):
        begin, most = query.get("beginIndex"), int(query["num"])
        rest = [one for one in THINGS if begin is None or one["index"] <= int(begin)]
        return {"thingList": [self.thing(one) for one in rest[:most]], "total": len(THINGS)}


class AllAtOnce(OtherCloud):
    def page(self, query):
        return super().page({"num": len(THINGS)} if query else {})


class AnotherOrder(OtherCloud):
    """Nothing stands where it stood."""

    def page(self, query):
        answered = super().page(query)
        return dict(reversed(answered.items()))

    async def answer(self, request):
        answered = await super().answer(request)
        return dict(reversed(answered.items()))


class SecondsForMilliseconds(OtherCloud):
    def expiry(self):
        return {name: value // 1000 for name, value in super().expiry().items()}


CLOUDS = [OtherCloud, *OtherCloud.__subclasses__()]


@pytest.mark.parametrize("kind", CLOUDS, ids=lambda kind: kind.__name__)
async def test_the_main_job(serve, websession, limiter, kind):
    cloud = kind()
    address = await serve(cloud.handle)
    api = ApiV2(
        websession, CREDENTIALS, HostsV2.custom(f"{address}/{{region}}"), limiter=limiter, quotas=Quotas()
    )
    session = await api.exchange_code("code", redirect_url=REDIRECT_URL, region="eu")
    session = await api.with_own_apikey(session)
    assert (session.apikey, session.tokens.access_token, session.tokens.refresh_token) == (
        "own",
        "at-1",
        "rt-1",
    )
    assert 15 * 86_400 < session.tokens.refresh_at - time.time() < 25 * 86_400

    things = await api.list_devices(session)
    assert len(things) == 40
    assert things.complete
    assert things.withheld == 0
    lamp = next(one for one in things if one.device_id == "1000000001")
    assert (lamp.name, lamp.uiid, lamp.online, lamp.params["switch"]) == ("Lamp 1", 1, True, "on")
    assert [group.group_id for group in things.control_groups] == [GROUP["id"]]
    assert [home.name for home in things.homes] == ["Home"]

    assert (await api.get_device(session, lamp)).device_id == lamp.device_id
    assert await api.get_status(session, lamp) == {"switch": "on"}
    await api.update_status(session, lamp, {"switch": "off"})
    assert cloud.written == [{"switch": "off"}]
    outcomes = await api.update_several(session, {lamp.device_id: {"switch": "on"}})
    assert outcomes[lamp.device_id].code == 0
    endpoint = await api.dispatch(session)
    assert (endpoint.domain, endpoint.port) == ("127.0.0.1", 8080)
    renewed = await api.refresh(session)
    assert (renewed.tokens.access_token, renewed.tokens.refresh_token) == ("at-2", "rt-2")
    await api.unbind(renewed)
