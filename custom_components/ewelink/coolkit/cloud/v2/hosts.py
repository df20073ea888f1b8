"""Where the interfaces of version 2 are."""

from dataclasses import dataclass
from typing import Self

from ..region import REGIONS, Hosts, Region, by_region, checked_address, lookup_of

# How the vendor calls its hosts, and those for dispatch.
_API, _DISPATCH = "://{region}-apia.", "://{region}-dispa."
_PAGE = "/oauth/index.html"


@dataclass(frozen=True, slots=True)
class HostsV2(Hosts):
    """Where version 2 is.

    Attributes:
        page: the page on which the user signs in.
    """

    page: str = ""

    @classmethod
    def official(cls) -> Self:
        """Return the vendor's own hosts (docs/protocol.md, Hosts)."""
        tops = {region: "cn" if region is Region.CN else "cc" for region in REGIONS}
        return cls(
            api={region: f"https://{region}-apia.coolkit.{top}" for region, top in tops.items()},
            lookup="https://apia.coolkit.cn",
            dispatch={region: f"https://{region}-dispa.coolkit.{top}" for region, top in tops.items()},
            page=f"https://c2ccdn.coolkit.cc{_PAGE}",
        )

    @classmethod
    def custom(cls, address: str, *, lookup: str | None = None, page: str | None = None) -> Self:
        """Return the hosts of a server of one's own; `{region}` in the address stands for the region.

        Where hosts are called like the vendor's ("{region}-apia.…"), so are those for dispatch
        ("{region}-dispa.…"); others are asked where everything is. The page is beside the look-up of regions
        unless told otherwise.

        Raises:
            ValueError: not an https address (http is accepted for loopback only), or more than an address.
        """
        address = address.strip().rstrip("/")
        lookup = lookup_of(address) if lookup is None else checked_address(lookup.strip().rstrip("/"))
        return cls(
            api=by_region(address),
            lookup=lookup,
            dispatch=by_region(address.replace(_API, _DISPATCH, 1)),
            page=checked_address(f"{lookup}{_PAGE}" if page is None else page.strip()),
        )
