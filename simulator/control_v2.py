"""The control address for what v2 alone has: App IDs, codes of the sign-in page, homes, firmware."""

from typing import TYPE_CHECKING, Any, Final, get_args

from aiohttp import web

from .accounts import Plan
from .v2.interfaces import INTERFACES

if TYPE_CHECKING:
    from .accounts import App
    from .cloud import Cloud
    from .homes import Home

# What may be changed of an App ID, and of which type it is.
CHANGEABLE: Final[dict[str, type]] = {
    "redirect_url": str,
    "plan": str,
    "refused": int,
    "expired": bool,
    "quota_spent": bool,
    "quota": int,
    "withdrawn": list,
    "withheld": list,
}
PLANS: Final = get_args(Plan.__value__)
NAMES: Final = {interface.name for interface in INTERFACES}


class AppControl:
    """Plays with App IDs, codes, homes and firmware."""

    def __init__(self, cloud: Cloud) -> None:
        """Control a simulator."""
        self._cloud = cloud

    def apps(self) -> list[dict[str, Any]]:
        """Return every App ID without its secret."""
        return [_shown(app) for app in self._cloud.accounts.apps.values()]

    def add_app(self, body: dict[str, Any]) -> dict[str, Any]:
        """Register an App ID."""
        app_id, secret = body.pop("app_id", None), body.pop("secret", None)
        if not isinstance(app_id, str) or not isinstance(secret, str):
            raise web.HTTPBadRequest(text="an app has an app_id and a secret")
        _check(body)
        return self._changed(self._cloud.add_app(app_id, secret), body)

    def change_app(self, app_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change what an App ID is and may."""
        app = self._cloud.accounts.apps.get(app_id)
        if app is None:
            raise web.HTTPNotFound
        _check(body)
        return self._changed(app, body)

    @staticmethod
    def _changed(app: App, body: dict[str, Any]) -> dict[str, Any]:
        for key, value in body.items():
            setattr(app, key, set(value) if isinstance(value, list) else value)
        return _shown(app)

    def give_code(self, body: dict[str, Any]) -> dict[str, str]:
        """Give a code as the sign-in page does, without the page."""
        cloud = self._cloud
        app = cloud.accounts.apps.get(body.get("app_id", cloud.free_app.app_id))
        account = cloud.accounts.by_apikey.get(body.get("account", cloud.account.apikey))
        if app is None or account is None or app.redirect_url is None:
            raise web.HTTPBadRequest(text="a code needs an app with a redirect_url, and an account")
        code = cloud.codes.give(account, app.app_id, app.redirect_url, cloud.clock())
        return {"code": code, "region": account.region}

    def age_codes(self, seconds: float) -> dict[str, int]:
        """Let every code be older."""
        self._cloud.codes.age(seconds)
        return {"codes": len(self._cloud.codes.given)}

    def homes(self) -> list[dict[str, Any]]:
        """Return every home with what is in it."""
        return [self._home(home) for home in self._cloud.homes.homes.values()]

    def _home(self, home: Home) -> dict[str, Any]:
        homes = self._cloud.homes
        return {
            "id": home.id,
            "owner": home.owner.apikey,
            "name": home.name,
            "shared_to": sorted(home.members),
            "rooms": [{"id": room.id, "name": room.name} for room in home.rooms.values()],
            "devices": {
                device.deviceid: homes.place(home.owner, device.deviceid).room
                for device in homes.devices_in(home.owner, home)
            },
            "groups": {
                group.id: {"name": group.name, "members": group.members, "params": group.params}
                for group in homes.groups_in(home.owner, home)
            },
        }


def _shown(app: App) -> dict[str, Any]:
    used = {f"{region or '-'} {month}": count for (region, month), count in app.used.items()}
    sets = {"withdrawn": sorted(app.withdrawn), "withheld": sorted(app.withheld)}
    return {"app_id": app.app_id, **{key: getattr(app, key) for key in CHANGEABLE}, **sets, "used": used}


def _check(body: dict[str, Any]) -> None:
    for key, value in body.items():
        kind = CHANGEABLE.get(key)
        optional = key in {"redirect_url", "refused"} and value is None
        if kind is None or not (optional or (isinstance(value, kind) and type(value) is kind)):
            raise web.HTTPBadRequest(text=f"{key} is none of {', '.join(CHANGEABLE)}, or of another type")
    if unknown := set(body.get("withdrawn", ())) - NAMES:
        raise web.HTTPBadRequest(text=f"no interface is called {', '.join(map(str, unknown))}")
    if body.get("plan", "personal") not in PLANS or body.get("refused") not in {
        None,
        403,
        407,
    }:
        raise web.HTTPBadRequest(text=f"plan is one of {', '.join(PLANS)}, refused is 403, 407 or null")
