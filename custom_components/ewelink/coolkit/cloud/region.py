"""Regions of the cloud, their hosts, and what addresses accounts there have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
import re

from yarl import URL

_PLACEHOLDER = "{region}"


class Region(StrEnum):
    """The regions there are; an account lives in one (docs/protocol.md, Hosts)."""

    CN = "cn"
    AS = "as"
    EU = "eu"
    US = "us"

    def expects(self, *, phone: bool) -> bool:
        """Return whether accounts of this region usually are phone numbers, or email addresses.

        The cloud decides; nobody is held back who has another one.
        """
        if phone:
            return self in {Region.CN, Region.AS}
        return self is not Region.CN


REGIONS: tuple[Region, ...] = tuple(Region)

# No more than what everybody can see: which addresses there are, the cloud decides.
_EMAIL = re.compile(r'(?:"[^"\x00-\x1f\x7f]+"|[^\s"@\x00-\x1f\x7f]+)@[^\s@\x00-\x1f\x7f]+')
_LONGEST_EMAIL = 254
_LONGEST_HOST = 253
_LABEL = re.compile(r"(?!-)[0-9A-Za-z_-]{1,63}(?<!-)")
_PHONE_NUMBER = re.compile(r"\+[0-9]{3,20}")
# All others have three digits (ITU-T E.164).
_SHORT_DIAL_CODES = ("1", "7")
_DIAL_CODES = re.compile(r"2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
_SEPARATORS = re.compile(r"[\s().\-/]+")


def is_email(address: str) -> bool:
    """Return whether this can be an email address."""
    return len(address) <= _LONGEST_EMAIL and _EMAIL.fullmatch(address) is not None


def is_phone_number(address: str) -> bool:
    """Return whether this can be a phone number with its country code ("+86…")."""
    return _PHONE_NUMBER.fullmatch(address) is not None


def dial_code_of(phone_number: str) -> str:
    """Return the dial code with which a phone number ("+86…") begins ("+86"): no code begins another."""
    digits = phone_number.removeprefix("+")
    if digits.startswith(_SHORT_DIAL_CODES):
        return f"+{digits[:1]}"
    length = 2 if _DIAL_CODES.match(digits) else 3
    return f"+{digits[:length]}"


def account_address(typed: str) -> str | None:
    """Return the email address or phone number that somebody has typed, None if it can be neither.

    A phone number stands behind its country code ("+86 131…"); what divides its digits is left out.
    """
    typed = typed.strip()
    if is_email(typed):
        return typed
    number = _SEPARATORS.sub("", typed)
    return number if is_phone_number(number) else None


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
    """Where the HTTP interfaces are: one base address for each region, and one for the look-up of regions.

    Each generation has its own: `HostsV1`, `HostsV2`.

    Attributes:
        api: the base address of each region.
        lookup: the one for the look-up of regions.
        dispatch: a second address for dispatch, for each region that has one.
    """

    api: Mapping[Region, str]
    lookup: str
    dispatch: Mapping[Region, str] = field(default_factory=dict)

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


def by_region(address: str) -> dict[Region, str]:
    """Return the address of each region."""
    return {region: checked_address(address.replace(_PLACEHOLDER, region)) for region in REGIONS}


def lookup_of(address: str) -> str:
    """Return where regions are looked up at a server of one's own: its address without the placeholder."""
    for form in (f"{_PLACEHOLDER}-", f"{_PLACEHOLDER}.", f"/{_PLACEHOLDER}", _PLACEHOLDER):
        address = address.replace(form, "")
    return checked_address(address)


def checked_address(address: str) -> str:
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
