"""The HTTP side: routes, faults that take an answer's place, and how answers are spelled."""

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from .account_api import AccountApi
from .accounts import REGIONS
from .broken import BROKEN, broken_answer
from .checks import LoggedRequest, without_secrets
from .control import Control
from .device_api import DeviceApi
from .dispatch import DispatchApi, Session
from .errors import CloudError, CodedError
from .group_api import GroupApi
from .interfaces import INTERFACES, Interface
from .odd import odd_text
from .v2.server import Server as V2Server

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from .checks import Call
    from .cloud import Cloud

type Handler = Callable[[Call], Coroutine[Any, Any, dict[str, Any] | list[Any]]]

CLOSE_PATIENCE: Final = 1.0  # seconds that a client has to answer a close


def application(cloud: Cloud) -> web.Application:
    """Return the web application of a simulator."""
    app = web.Application()
    server = Server(cloud)
    for interface in INTERFACES:
        for prefix in ("", "/{region:" + "|".join(REGIONS) + "}"):
            app.router.add_route(interface.method, prefix + interface.path, server.route(interface))
    V2Server(cloud).add_routes(app.router)
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
        if not cloud.quirks.v1_is_served:
            page = "<html><head><title>503 Service Temporarily Unavailable</title></head></html>"
            return web.Response(status=503, text=page, content_type="text/html")
        if (broken := await broken_answer(cloud.core, BROKEN, interface, request)) is not None:
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
