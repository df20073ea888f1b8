"""Where the interfaces of version 1 are."""

from dataclasses import dataclass
from typing import Self

from ..region import REGIONS, Hosts, Region, by_region, checked_address, lookup_of

# How the vendor calls its hosts, and the second ones for dispatch.
_API, _DISPATCH = "://{region}-api.", "://{region}-disp."


@dataclass(frozen=True, slots=True)
class HostsV1(Hosts):
    """Where version 1 is."""

    @classmethod
    def official(cls) -> Self:
        """Return the vendor's own hosts (API Center, API Overview)."""
        tops = {region: "cn" if region is Region.CN else "cc" for region in REGIONS}
        return cls(
            api={region: f"https://{region}-api.coolkit.{top}:8080" for region, top in tops.items()},
            lookup="https://api.coolkit.cc:8080",
            dispatch={region: f"https://{region}-disp.coolkit.{top}:8080" for region, top in tops.items()},
        )

    @classmethod
    def custom(cls, address: str, *, lookup: str | None = None) -> Self:
        """Return the hosts of a server of one's own; `{region}` in the address stands for the region.

        The look-up of regions is asked at the address without the placeholder unless told otherwise. Where
        hosts are called like the vendor's ("{region}-api.…"), so is the second one for dispatch
        ("{region}-disp.…"); others have none.

        Raises:
            ValueError: not an https address (http is accepted for loopback only), or more than an address.
        """
        address = address.strip().rstrip("/")
        return cls(
            api=by_region(address),
            lookup=lookup_of(address) if lookup is None else checked_address(lookup.strip().rstrip("/")),
            dispatch=by_region(address.replace(_API, _DISPATCH, 1)) if _API in address else {},
        )
