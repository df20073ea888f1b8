"""Regions of the cloud, their hosts, and which kinds of account they take."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
import re
from typing import Self

from yarl import URL

_PLACEHOLDER = "{region}"


class Region(StrEnum):
    """The regions there are; an account lives in one (docs/protocol.md, Hosts)."""

    CN = "cn"
    AS = "as"
    EU = "eu"
    US = "us"

    @property
    def accepts_email(self) -> bool:
        """Whether accounts of this region can be e-mail addresses."""
        return self is not Region.CN

    @property
    def accepts_phone(self) -> bool:
        """Whether accounts of this region can be phone numbers."""
        return self in {Region.CN, Region.AS}


REGIONS: tuple[Region, ...] = tuple(Region)

_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*")
_LONGEST_EMAIL = 254
_LONGEST_HOST = 253
_LABEL = re.compile(r"(?!-)[0-9A-Za-z_-]{1,63}(?<!-)")
_PHONE_NUMBER = re.compile(r"\+[0-9]{6,15}")


def is_email(address: str) -> bool:
    """Return whether this can be an e-mail address."""
    return len(address) <= _LONGEST_EMAIL and _EMAIL.fullmatch(address) is not None


def is_phone_number(address: str) -> bool:
    """Return whether this can be a phone number with its country code ("+86…")."""
    return _PHONE_NUMBER.fullmatch(address) is not None


def is_host(name: str) -> bool:
    """Return whether this can be the name or the address of a host, and nothing besides."""
    try:
        # Not of one of the machine's own networks, which may be named behind a %.
        return not ip_address(name).is_unspecified and "%" not in name
    except ValueError:
        labels = name.removesuffix(".").split(".")
        return len(name) <= _LONGEST_HOST and all(_LABEL.fullmatch(label) for label in labels)


def is_loopback(host: str | None) -> bool:
    """Return whether a host name or address can only be this machine."""
    if not host:
        return False
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where the HTTP interfaces are: one base address for each region, and one for the look-up of regions."""

    api: Mapping[Region, str]
    lookup: str

    @classmethod
    def official(cls) -> Self:
        """Return the vendor's own hosts (API Center, API Overview)."""
        return cls(
            api={
                region: f"https://{region}-api.coolkit.{'cn' if region is Region.CN else 'cc'}:8080"
                for region in REGIONS
            },
            lookup="https://api.coolkit.cc:8080",
        )

    @classmethod
    def custom(cls, address: str, *, lookup: str | None = None) -> Self:
        """Return the hosts of a server of one's own; `{region}` in the address stands for the region.

        The look-up of regions is asked at the address without the placeholder unless told otherwise.

        Raises:
            ValueError: not an https address (http is accepted for loopback only), or more than an address.
        """
        address = address.strip().rstrip("/")
        if lookup is None:
            lookup = address
            for form in (f"{_PLACEHOLDER}-", f"{_PLACEHOLDER}.", f"/{_PLACEHOLDER}", _PLACEHOLDER):
                lookup = lookup.replace(form, "")
        return cls(
            api={region: _checked(address.replace(_PLACEHOLDER, region)) for region in REGIONS},
            lookup=_checked(lookup.strip().rstrip("/")),
        )

    @property
    def has_regions(self) -> bool:
        """Whether the regions have addresses of their own, so that a redirection leads somewhere."""
        return len(set(self.api.values())) > 1

    def api_url(self, region: str) -> str:
        """Return the base address of a region, without a slash at its end.

        Raises:
            ValueError: there is no such region.
        """
        return self.api[Region(region)]


def _checked(address: str) -> str:
    """Return the address if it is one that secrets may be sent to."""
    url = URL(address)
    if "{" in address or "}" in address:
        raise ValueError("the only placeholder of an address is {region}")
    if not url.host or url.user is not None or url.password is not None:
        raise ValueError("an address is scheme, host, and maybe port and path")
    if url.query_string or url.fragment or "?" in address or "#" in address:
        raise ValueError("an address has no query and no fragment")
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
        raise ValueError("an address starts with https; http is for loopback only")
    return address
