"""One call of v2 that bundles several reads of the current home; single calls are what is recommended."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checks import Call
    from .device_api import DeviceApi
    from .home_api import HomeApi
    from .sign_in_api import SignInApi
    from .thing_api import ThingApi


class HomePage:
    """Reads what is asked for, and nothing else."""

    def __init__(self, accounts: SignInApi, homes: HomeApi, things: ThingApi, devices: DeviceApi) -> None:
        """Bundle these interfaces."""
        self._parts = {
            "getFamily": ("familyInfo", homes.homes),
            "getThing": ("thingInfo", things.devices),
            "getMessage": ("messageInfo", devices.messages),
        }
        self._accounts = accounts

    async def home_page(self, call: Call) -> dict[str, Any]:
        """Answer user, homes, things and messages as they are asked for."""
        data: dict[str, Any] = {}
        if "getUser" in call.params:
            data["userInfo"] = (await self._accounts.profile(call))["user"]
        for key, (name, read) in self._parts.items():
            if key in call.params:
                data[name] = await read(replace(call, params=call.params[key]))
        if "getScene" in call.params:
            data["sceneInfo"] = {}
        return data
