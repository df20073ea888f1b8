"""The HTTP side: routes, faults that take an answer's place, and how answers are spelled."""

import asyncio
from http import HTTPStatus
import json
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from .account_api import AccountApi
from .accounts import REGIONS
from .checks import LoggedRequest, without_secrets
from .control import Control
from .device_api import DeviceApi
from .dispatch import DispatchApi, Session
from .errors import CloudError, CodedError
from .group_api import GroupApi
from .interfaces import INTERFACES, Interface
from .odd import bomb, odd_text

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from .checks import Call
    from .cloud import Cloud
    from .core import Core
    from .faults import Fault

type Handler = Callable[[Call], Coroutine[Any, Any, dict[str, Any] | list[Any]]]

CLOSE_PATIENCE: Final = 1.0  # seconds that a client has to answer a close


def application(cloud: Cloud) -> web.Application:
    """Return the web application of a simulator."""
    app = web.Application()
    server = Server(cloud)
    for interface in INTERFACES:
        for prefix in ("", "/{region:" + "|".join(REGIONS) + "}"):
            app.router.add_route(interface.method, prefix + interface.path, server.route(interface))
    app.router.add_get("/api/ws", server.websocket)
    Control(cloud).add_routes(app.router)
    return app


class Server:
    """Serves every interface."""

    def __init__(self, cloud: Cloud) -> None:
        """Find the handler of each interface: the method of that name."""
        self._cloud = cloud
        core, accounts, household = cloud.core, cloud.accounts, cloud.household
        apis = (
            AccountApi(core, accounts, cloud.verification, cloud.connections),
            DeviceApi(core, household, cloud.commands),
            GroupApi(core, accounts, household),
            DispatchApi(cloud),
        )
        self._handlers: dict[str, Handler] = {
            interface.name: next(getattr(api, interface.name) for api in apis if hasattr(api, interface.name))
            for interface in INTERFACES
        }

    def route(self, interface: Interface) -> Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]:
        """Return what serves the requests to an interface."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(interface, request)

        return handle

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        """Serve one persistent connection until it ends."""
        if (fault := self._cloud.faults.take("socket_redirect", interface="websocket")) is not None:
            location = fault.get("location", default=f"{self._cloud.url}/elsewhere/api/ws")
            status = fault.get("status", default=302)
            return web.Response(status=status, headers={"Location": location})
        ws = web.WebSocketResponse(timeout=CLOSE_PATIENCE)
        await ws.prepare(request)
        session = Session(self._cloud, ws, request)
        try:
            await session.serve()
        finally:
            self._cloud.connections.signed_off(session)
        return ws

    async def _serve(self, interface: Interface, request: web.Request) -> web.StreamResponse:
        cloud = self._cloud
        region = request.match_info.get("region")
        await self._log(interface, region, request)
        if cloud.pace_checks:
            cloud.checker.pace(interface.name, asyncio.get_running_loop().time())
        if (broken := await self._broken(interface, request)) is not None:
            return broken
        try:
            call = await cloud.checker.call(interface, region, request)
            answer = await self._handlers[interface.name](call)
        except CodedError as error:
            return web.json_response({"code": error.code, "error": error.text})
        except CloudError as error:
            return web.json_response(
                {"error": cloud.core.code(error.code), cloud.quirks.message_key: error.text} | error.extra,
            )
        if isinstance(answer, dict) and "error" in answer:
            answer["error"] = cloud.core.code(answer["error"])
            if cloud.quirks.omit_error:
                del answer["error"]
        if (held := cloud.faults.take("held_answer", interface=interface.name)) is not None:
            await held.hold()
        if (odd := cloud.faults.take("odd_value", interface=interface.name)) is not None:
            return web.Response(body=odd_text(answer, odd), content_type="application/json")
        return web.json_response(answer)

    async def _log(self, interface: Interface, region: str | None, request: web.Request) -> None:
        params: Any = dict(request.query)
        if not interface.in_query:
            try:
                params = json.loads(await request.read())
            except ValueError, RecursionError:
                params = {}
        params = without_secrets(params) if isinstance(params, dict) else {}
        self._cloud.requests.append(LoggedRequest(interface=interface.name, region=region, params=params))

    async def _broken(self, interface: Interface, request: web.Request) -> web.StreamResponse | None:
        """Return the answer of a fault that takes the place of the interface's own."""
        faults = self._cloud.faults
        if faults.take("disconnect", interface=interface.name) is not None:
            return _cut(request)
        if (never := faults.take("no_answer", interface=interface.name)) is not None:
            await never.hold()
            return _cut(request)
        if (late := faults.take("late_answer", interface=interface.name)) is not None:
            await late.hold()
        if not interface.signed and (refused := faults.take("session_refused", interface=interface.name)):
            return _session_refused(self._cloud.core, refused)
        for name, answer in BROKEN.items():
            if (fault := faults.take(name, interface=interface.name)) is not None:
                return answer(self._cloud.core, fault)
        return None


def _cut(request: web.Request) -> web.Response:
    """Cut the connection; the response has nowhere to go."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _gateway_page(core: Core, fault: Fault) -> web.Response:
    """Return an error page of a web server that stands before the cloud, in one of the wrappings seen."""
    status = fault.get("status", default=502)
    phrase = f"{status} {HTTPStatus(status).phrase}"
    page = f"<html><head><title>{phrase}</title></head><body><h1>{phrase}</h1><hr>nginx</body></html>"
    key, error = core.quirks.message_key, core.code(status)
    in_json = {
        "json": {"error": error, key: page},
        "nested": {"error": error, key: json.dumps({"error": status, "msg": page})},
        "phrase": {"error": error, key: phrase},
        "code": {"code": status, "msg": HTTPStatus(status).phrase},
    }
    form = fault.get("form", default="page")
    if form in in_json:
        return web.json_response(in_json[form])
    if form == "message":
        return web.json_response({"message": "no Route matched with those values"}, status=status)
    if form == "text":
        return web.Response(status=status, text=f"{phrase}\n", content_type="text/plain")
    return web.Response(status=status, text=page, content_type="text/html")


def _empty_body(core: Core, fault: Fault) -> web.Response:
    del core, fault
    return web.Response()


def _nested_error(core: Core, fault: Fault) -> web.Response:
    inner = {"error": fault.get("code", default=401), "msg": "Bearer:accessToken is empty"}
    return web.json_response({"error": 406, core.quirks.message_key: json.dumps(inner)})


def _wrong_type(core: Core, fault: Fault) -> web.Response:
    del core
    return web.json_response(fault.get("body", default="ok"))


def _http_status(core: Core, fault: Fault) -> web.Response:
    status = fault.get("status", default=403)
    answer = {"error": core.code(fault.get("code", default=status)), core.quirks.message_key: "refused"}
    told = fault.options.get("retry_after")
    return web.json_response(
        answer, status=status, headers=None if told is None else {"Retry-After": str(told)}
    )


def _redirect(core: Core, fault: Fault) -> web.Response:
    return web.json_response({"error": core.code(301), "region": fault.get("region", default="us")})


def _session_refused(core: Core, fault: Fault) -> web.Response:
    """Return what is said of a session, in one of the forms in which single calls say it, too."""
    code = fault.get("code", default=401)
    if fault.get("form", default="error") == "code":
        return web.json_response({"code": code, "error": "refused"})
    answer = {"error": core.code(code), core.quirks.message_key: "refused"}
    return web.json_response(answer | ({"region": "us"} if code == 301 else {}))


def _error(core: Core, fault: Fault) -> web.Response:
    answer = {
        "error": core.code(fault.get("code", default=500)),
        core.quirks.message_key: fault.get("text", default="error"),
    }
    return web.json_response(answer)


def _raw_answer(core: Core, fault: Fault) -> web.Response:
    del core
    body: str = fault.get("body", default="")
    return web.Response(body=body.encode("latin-1"), content_type="application/json")


BROKEN: Final[dict[str, Callable[[Core, Fault], web.Response]]] = {
    "gateway_page": _gateway_page,
    "empty_body": _empty_body,
    "nested_error": _nested_error,
    "wrong_type": _wrong_type,
    "http_status": _http_status,
    "raw_answer": _raw_answer,
    "bomb": bomb,
    "redirect": _redirect,
    "error": _error,
}
