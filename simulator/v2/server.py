"""The HTTP side of v2: routes, the envelope of answers, and faults that take an answer's place."""

import asyncio
from collections.abc import Callable, Coroutine
import json
import re
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from ..accounts import REGIONS
from ..broken import broken_answer
from ..checks import LoggedRequest, without_secrets
from ..errors import CloudError
from ..odd import odd_text
from .account_api import AccountApi
from .answers import V2_BROKEN, envelope, refusal
from .checks import Call, Checker, QuotaSpentError
from .device_api import DeviceApi
from .group_api import GroupApi, ShareApi
from .home_api import HomeApi
from .home_page import HomePage
from .interfaces import INTERFACES, Interface
from .oauth_page import OAuthPage
from .sign_in_api import SignInApi
from .thing_api import ThingApi
from .things import Things

if TYPE_CHECKING:
    from ..cloud import Cloud

type Serve = Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]
type Handler = Callable[[Call], Coroutine[Any, Any, dict[str, Any]]]

# The vendor calls its hosts like that; a name before the simulator's own does the same as a path.
HOST_OF_REGION: Final = re.compile(rf"({'|'.join(REGIONS)})-(apia|dispa)\.")


class Server:
    """Serves every interface of v2."""

    def __init__(self, cloud: Cloud) -> None:
        """Find the handler of each interface: the method of that name."""
        self._cloud = cloud
        core, accounts = cloud.core, cloud.accounts
        things = Things(core, cloud.household, cloud.homes)
        self._checker = Checker(core, accounts)
        sign_in = SignInApi(core, accounts, cloud.household, cloud.verification, cloud.connections)
        thing_api = ThingApi(things, cloud.commands, cloud.connections)
        devices, homes = DeviceApi(things, cloud.messages), HomeApi(things)
        apis = (
            AccountApi(core, accounts, cloud.codes, cloud.connections),
            sign_in,
            thing_api,
            devices,
            GroupApi(things),
            ShareApi(things, accounts, cloud.messages),
            homes,
            HomePage(sign_in, homes, thing_api, devices),
            self,
        )
        self._handlers: dict[str, Handler] = {
            one.name: next(getattr(api, one.name) for api in apis if hasattr(api, one.name))
            for one in INTERFACES
        }

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Serve every interface at its path, and at that of each region."""
        OAuthPage(self._cloud).add_routes(router)
        prefixes = ("", "/{region:" + "|".join(REGIONS) + "}")
        for prefix in prefixes:
            for interface in INTERFACES:
                router.add_route(interface.method, prefix + interface.path, self._route(interface))
        for prefix in prefixes:
            router.add_route("*", prefix + "/v2/{unknown:.*}", self._unknown)

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        self._cloud.violations.record("v2", "path", f"{request.method} {request.path}")
        return refusal(self._cloud.core, 403, "api not found")

    def _route(self, interface: Interface) -> Serve:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._serve(interface, request)

        return handle

    async def dispatch(self, call: Call) -> dict[str, Any]:
        """Answer host and port of the persistent connection, without an envelope."""
        del call
        domain, port = self._cloud.host, self._cloud.port
        if (fault := self._cloud.faults.take("dispatch_host", interface="dispatch")) is not None:
            domain = fault.get("domain", default="pconnect9.invalid")
            port = fault.get("port", default=port)
        return {"port": port, "IP": self._cloud.host, "reason": "ok", "domain": domain, "error": 0}

    async def _serve(self, interface: Interface, request: web.Request) -> web.StreamResponse:
        cloud, core = self._cloud, self._cloud.core
        region, kind = _where(request)
        await self._log(interface, region, request)
        if cloud.pace_checks:
            cloud.checker.pace(interface.name, asyncio.get_running_loop().time())
        if interface.name == "dispatch" and kind == "apia":
            return web.Response(status=503, text="<html>503</html>", content_type="text/html")
        if (other := await self._other_answer(interface, request)) is not None:
            return other
        try:
            call = await self._checker.call(interface, region, request)
            data = await self._handlers[interface.name](call)
        except QuotaSpentError as error:
            code, status = (403, 403) if core.quirks.quota_as_status else (error.code, 200)
            return refusal(core, code, error.text, status=status)
        except CloudError as error:
            return refusal(core, error.code, error.text, error.extra)
        answer: dict[str, Any] = data
        if interface.name != "dispatch":
            answer = envelope(core, data)
        if (held := core.faults.take("held_answer", interface=interface.name)) is not None:
            await held.hold()
        if (odd := core.faults.take("odd_value", interface=interface.name)) is not None:
            return web.Response(body=odd_text(answer, odd), content_type="application/json")
        return web.json_response(answer)

    async def _other_answer(self, interface: Interface, request: web.Request) -> web.StreamResponse | None:
        """Return what is answered in place of the interface: to App IDs of v1 alone, or by a fault."""
        if not self._checker.serves(request):
            return refusal(self._cloud.core, 407, "appid is unauthorized")
        return await broken_answer(self._cloud.core, V2_BROKEN, interface, request)

    async def _log(self, interface: Interface, region: str | None, request: web.Request) -> None:
        params: Any = dict(request.query)
        if not interface.in_query:
            try:
                params = json.loads(await request.read())
            except ValueError, RecursionError:
                params = {}
        params = without_secrets(params) if isinstance(params, dict) else {}
        self._cloud.requests.append(
            LoggedRequest(interface=interface.name, region=region, params=params, generation="v2")
        )


def _where(request: web.Request) -> tuple[str | None, str | None]:
    """Return the region that a request goes to, and the kind of host if its name says one."""
    if (region := request.match_info.get("region")) is not None:
        return region, None
    if (named := HOST_OF_REGION.match(request.host)) is not None:
        return named[1], named[2]
    return None, None
