"""The control address under /_sim, for loopback only: look into the simulator and play with it."""

from dataclasses import asdict
import ipaddress
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from .control_v2 import AppControl
from .device_api import gsm_id
from .devices import ANSWERS, METERS_OFF, uiid_of
from .faults import KNOWN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .accounts import Account
    from .cloud import Cloud
    from .devices import SimulatedDevice

HOW: Final = ("abort", "close", "silent")
ON_SHARE: Final = ("accept", "refuse", "ignore", None)


class Control:
    """Serves the control address."""

    def __init__(self, cloud: Cloud) -> None:
        """Control a simulator."""
        self._cloud = cloud
        self._apps = AppControl(cloud)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add every path of the control address."""
        routes: tuple[tuple[str, str, Callable[[web.Request], Awaitable[Any]]], ...] = (
            ("GET", "/violations", self._violations),
            ("DELETE", "/violations", self._clear_violations),
            ("GET", "/requests", self._requests),
            ("GET", "/state", self._state),
            ("GET", "/devices/{deviceid}", self._device),
            ("POST", "/devices", self._add_device),
            ("DELETE", "/devices/{deviceid}", self._remove_device),
            ("POST", "/devices/{deviceid}/push", self._push),
            ("POST", "/devices/{deviceid}/press", self._press),
            ("POST", "/devices/{deviceid}/fail_probe", self._fail_probe),
            ("POST", "/devices/{deviceid}/hear", self._hear),
            ("POST", "/devices/{deviceid}/online", self._online),
            ("POST", "/devices/{deviceid}/answer", self._answer),
            ("POST", "/devices/{deviceid}/meter", self._meter),
            ("POST", "/devices/{deviceid}/tick", self._tick),
            ("POST", "/devices/{deviceid}/rename", self._rename),
            ("POST", "/devices/{deviceid}/run_timers", self._run_timers),
            ("POST", "/devices/{deviceid}/share", self._share),
            ("POST", "/devices/{deviceid}/unshare", self._unshare),
            ("POST", "/devices/{deviceid}/offer", self._offer),
            ("GET", "/stock", self._stock),
            ("GET", "/verification_codes", self._codes),
            ("GET", "/faults", self._faults),
            ("POST", "/faults", self._add_fault),
            ("DELETE", "/faults", self._clear_faults),
            ("POST", "/quirks", self._quirks),
            ("POST", "/connections/drop", self._drop),
            ("GET", "/apps", self._list_apps),
            ("POST", "/apps", self._add_app),
            ("POST", "/apps/{app_id}/change", self._change_app),
            ("POST", "/codes", self._give_code),
            ("POST", "/codes/age", self._age_codes),
            ("GET", "/homes", self._homes),
            ("POST", "/devices/{deviceid}/firmware", self._firmware),
            ("POST", "/accounts", self._add_account),
            ("POST", "/accounts/{apikey}/unbind", self._unbind),
            ("POST", "/accounts/{apikey}/sign_in_elsewhere", self._sign_in_elsewhere),
            ("POST", "/accounts/{apikey}/expire_tokens", self._expire_tokens),
            ("POST", "/accounts/{apikey}/on_share", self._on_share),
        )
        for method, path, handler in routes:
            router.add_route(method, f"/_sim{path}", self._guarded(handler))

    def _guarded(
        self, handler: Callable[[web.Request], Awaitable[Any]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Serve loopback only, and answer what a handler returns as JSON."""

        async def handle(request: web.Request) -> web.StreamResponse:
            remote = request.remote
            if remote is None or not ipaddress.ip_address(remote).is_loopback:
                raise web.HTTPForbidden
            return web.json_response(await handler(request))

        return handle

    async def _violations(self, request: web.Request) -> list[dict[str, str]]:
        del request
        return [asdict(violation) for violation in self._cloud.violations]

    async def _clear_violations(self, request: web.Request) -> dict[str, int]:
        del request
        count = len(self._cloud.violations)
        self._cloud.violations.clear()
        return {"cleared": count}

    async def _requests(self, request: web.Request) -> list[dict[str, Any]]:
        del request
        return [asdict(one) for one in self._cloud.requests]

    async def _state(self, request: web.Request) -> dict[str, Any]:
        del request
        cloud = self._cloud
        return {
            "app_id": cloud.app_id,
            "accounts": [_account(account) for account in cloud.accounts.by_apikey.values()],
            "devices": [_device(device) for device in cloud.devices.values()],
            "connections": [
                {"apikey": session.account.apikey, "app_id": session.app_id, "pings": session.pings}
                for session in cloud.connections
                if session.account is not None
            ],
            "handshakes": cloud.handshakes,
        }

    async def _device(self, request: web.Request) -> dict[str, Any]:
        return _device(self._find(request))

    async def _add_device(self, request: web.Request) -> dict[str, Any]:
        body = await _body(request)
        owner = self._cloud.accounts.by_apikey.get(str(body.pop("owner", self._cloud.account.apikey)))
        if owner is None or not isinstance(body.get("deviceid"), str):
            raise web.HTTPBadRequest(text="a device needs its deviceid, and an owner that exists")
        return _device(self._cloud.add_device(body, owner))

    async def _remove_device(self, request: web.Request) -> dict[str, str]:
        device = self._find(request)
        self._cloud.remove_device(device.deviceid)
        return {"removed": device.deviceid}

    async def _push(self, request: web.Request) -> dict[str, Any]:
        device = self._find(request)
        await device.push((await _body(request, params=dict))["params"])
        return _device(device)

    async def _press(self, request: web.Request) -> dict[str, Any]:
        device = self._find(request)
        await device.press(int(_number(await _body(request), "outlet", 0)))
        return _device(device)

    async def _fail_probe(self, request: web.Request) -> dict[str, Any]:
        device = self._find(request)
        how = (await _body(request, how=str))["how"]
        try:
            await device.fail_probe(how)
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return _device(device)

    async def _hear(self, request: web.Request) -> dict[str, Any]:
        device = self._find(request)
        await device.hear((await _body(request, code=str))["code"])
        return _device(device)

    async def _online(self, request: web.Request) -> dict[str, Any]:
        device = self._find(request)
        await device.set_online((await _body(request, online=bool))["online"])
        return _device(device)

    async def _answer(self, request: web.Request) -> dict[str, Any]:
        device = self._find(request)
        mode = (await _body(request, mode=str))["mode"]
        if mode not in ANSWERS:
            raise web.HTTPBadRequest(text=f"mode is one of {', '.join(ANSWERS)}")
        device.answer = mode
        return _device(device)

    async def _meter(self, request: web.Request) -> dict[str, Any]:
        device = self._find(request)
        off = (await _body(request, off=str))["off"]
        if off not in METERS_OFF:
            raise web.HTTPBadRequest(text=f"off is one of {', '.join(METERS_OFF)}")
        device.meter_off = off
        return _device(device)

    async def _tick(self, request: web.Request) -> dict[str, Any]:
        device = self._find(request)
        await device.tick()
        return _device(device)

    async def _rename(self, request: web.Request) -> dict[str, Any]:
        device = self._find(request)
        self._cloud.rename(device.deviceid, (await _body(request, name=str))["name"])
        return _device(device)

    async def _run_timers(self, request: web.Request) -> dict[str, Any]:
        device = self._find(request)
        await device.run_timers(_number(await _body(request), "until", self._cloud.clock()))
        return _device(device)

    async def _share(self, request: web.Request) -> dict[str, Any]:
        device, receiver, body = await self._receiver(request)
        self._cloud.share(device, receiver, permit=_permit(body), note=str(body.get("note", "")))
        return _device(device)

    async def _unshare(self, request: web.Request) -> dict[str, Any]:
        device, receiver, _ = await self._receiver(request)
        self._cloud.unshare(device, receiver)
        return _device(device)

    async def _offer(self, request: web.Request) -> dict[str, Any]:
        device, receiver, body = await self._receiver(request)
        return await self._cloud.offer(device, receiver, permit=_permit(body), note=str(body.get("note", "")))

    async def _receiver(self, request: web.Request) -> tuple[SimulatedDevice, Account, dict[str, Any]]:
        """Return the device and the account (`to` is its email or phone number) of a request."""
        body = await _body(request, to=str)
        receiver = self._cloud.accounts.find(body["to"])
        if receiver is None:
            raise web.HTTPNotFound
        return self._find(request), receiver, body

    async def _stock(self, request: web.Request) -> list[dict[str, Any]]:
        del request
        return [
            {
                "deviceid": item["deviceid"],
                "uiid": uiid_of(item),
                "name": item.get("name"),
                "devicekey": item.get("devicekey"),
                "gsm_id": gsm_id(item["deviceid"], item.get("devicekey", "")),
                "gateway": item.get("params", {}).get("parentid"),
            }
            for item in self._cloud.stock.values()
        ]

    async def _codes(self, request: web.Request) -> list[dict[str, Any]]:
        del request
        return [asdict(code) for code in self._cloud.verification.sent]

    async def _on_share(self, request: web.Request) -> dict[str, Any]:
        account, mode = self._find_account(request), (await _body(request)).get("mode")
        if mode not in ON_SHARE:
            raise web.HTTPBadRequest(text="mode is accept, refuse, ignore or null")
        account.on_share = mode
        return _account(account)

    async def _faults(self, request: web.Request) -> dict[str, Any]:
        del request
        known = {name: {"does": text, "options": sorted(options)} for name, (text, options) in KNOWN.items()}
        return {"known": known, "set": [fault.name for fault in self._cloud.faults]}

    async def _add_fault(self, request: web.Request) -> dict[str, str]:
        body = await _body(request, name=str)
        try:
            fault = self._cloud.faults.add(**body)
        except (TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return {"set": fault.name}

    async def _clear_faults(self, request: web.Request) -> dict[str, str]:
        self._cloud.faults.clear(request.query.get("name"))
        return {}

    async def _quirks(self, request: web.Request) -> dict[str, Any]:
        for key, value in (await _body(request)).items():
            if not hasattr(self._cloud.quirks, key):
                raise web.HTTPBadRequest(text=f"no quirk is called {key}")
            setattr(self._cloud.quirks, key, value)
        return asdict(self._cloud.quirks)

    async def _drop(self, request: web.Request) -> dict[str, int]:
        how = (await _body(request)).get("how", "abort")
        if how not in HOW:
            raise web.HTTPBadRequest(text=f"how is one of {', '.join(HOW)}")
        count = len(self._cloud.connections)
        await self._cloud.drop_connections(how)
        return {"dropped": count}

    async def _list_apps(self, request: web.Request) -> list[dict[str, Any]]:
        del request
        return self._apps.apps()

    async def _add_app(self, request: web.Request) -> dict[str, Any]:
        return self._apps.add_app(await _body(request))

    async def _change_app(self, request: web.Request) -> dict[str, Any]:
        return self._apps.change_app(request.match_info["app_id"], await _body(request))

    async def _give_code(self, request: web.Request) -> dict[str, str]:
        return self._apps.give_code(await _body(request))

    async def _age_codes(self, request: web.Request) -> dict[str, int]:
        return self._apps.age_codes(_number(await _body(request), "seconds", 31))

    async def _homes(self, request: web.Request) -> list[dict[str, Any]]:
        del request
        return self._apps.homes()

    async def _firmware(self, request: web.Request) -> dict[str, Any]:
        device, body = self._find(request), await _body(request, version=str)
        device.firmware = body["version"]
        device.upgrade_fails = bool(body.get("fails"))
        return _device(device)

    async def _unbind(self, request: web.Request) -> dict[str, Any]:
        account = self._find_account(request)
        app_id = (await _body(request)).get("app_id", self._cloud.free_app.app_id)
        await self._cloud.unbind(account, app_id)
        return _account(account)

    async def _add_account(self, request: web.Request) -> dict[str, Any]:
        try:
            account = self._cloud.add_account(**await _body(request))
        except (TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return _account(account)

    async def _sign_in_elsewhere(self, request: web.Request) -> dict[str, Any]:
        account = self._find_account(request)
        await self._cloud.sign_in_elsewhere(account, (await _body(request)).get("app_id"))
        return _account(account)

    async def _expire_tokens(self, request: web.Request) -> dict[str, Any]:
        account = self._find_account(request)
        self._cloud.expire_tokens(account, rt=bool((await _body(request)).get("rt")))
        return _account(account)

    def _find(self, request: web.Request) -> SimulatedDevice:
        device = self._cloud.devices.get(request.match_info["deviceid"])
        if device is None:
            raise web.HTTPNotFound
        return device

    def _find_account(self, request: web.Request) -> Account:
        account = self._cloud.accounts.by_apikey.get(request.match_info["apikey"])
        if account is None:
            raise web.HTTPNotFound
        return account


async def _body(request: web.Request, **needed: type) -> dict[str, Any]:
    """Return the JSON object of a request (an empty body is an empty one) with what it needs."""
    if not await request.read():
        body: Any = {}
    else:
        try:
            body = await request.json()
        except ValueError as error:
            raise web.HTTPBadRequest(text="the body is not JSON") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body is not an object")
    for key, kind in needed.items():
        if not isinstance(body.get(key), kind):
            raise web.HTTPBadRequest(text=f"{key} is missing or no {kind.__name__}")
    return body


def _number(body: dict[str, Any], key: str, default: float) -> float:
    """Return a number of a body, the default if it has none."""
    value = body.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise web.HTTPBadRequest(text=f"{key} is no number")
    return value


def _permit(body: dict[str, Any]) -> int:
    """Return what a body allows a recipient; everything if it does not say."""
    permit = int(_number(body, "permit", 15))
    if not 0 <= permit <= 15:
        raise web.HTTPBadRequest(text="permit is not 0 to 15")
    return permit


def _account(account: Account) -> dict[str, Any]:
    return {
        "apikey": account.apikey,
        "email": account.email,
        "phone_number": account.phone_number,
        "region": account.region,
        "nickname": account.nickname,
        "activated": account.activated,
        "signed_in": sorted(account.tokens),
    }


def _device(device: SimulatedDevice) -> dict[str, Any]:
    return {
        "deviceid": device.deviceid,
        "name": device.name,
        "uiid": device.uiid,
        "owner": device.owner.apikey,
        "shared_to": sorted(device.shares),
        "online": device.online,
        "reachable": device.reachable,
        "answer": device.answer,
        "meter_off": device.meter_off,
        "firmware": device.firmware,
        "params": device.params,
        "tags": device.tags,
        "received": device.received,
    }
