"""The interfaces of v2 for homes and rooms."""

from typing import TYPE_CHECKING, Any

from .listing import home_item

if TYPE_CHECKING:
    from ..core import Core
    from ..homes import Homes
    from .checks import Call


class HomeApi:
    """The homes of an account."""

    def __init__(self, core: Core, homes: Homes) -> None:
        """Serve these homes."""
        self._core = core
        self._homes = homes

    async def homes(self, call: Call) -> dict[str, Any]:
        """List the homes with their rooms."""
        return {
            "familyList": [home_item(home, call.account) for home in self._homes.of(call.account)],
            "currentFamilyId": self._homes.current(call.account).id,
        }
