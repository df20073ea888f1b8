"""What is typed of an account and how it is reached, and which field is to blame for which error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypedDict

from homeassistant.const import CONF_ADDRESS, CONF_PASSWORD
import phonenumbers

from ..const import CONF_ACCOUNT, CONF_SERVER, SERVER_AUTOMATIC
from ..coolkit import (
    REGIONS,
    AccountExistsError,
    AccountNotActivatedError,
    AppIdRefusedError,
    CodeNotSentError,
    CoolKitError,
    FeatureRefusedError,
    Hosts,
    InvalidCredentialsError,
    InvalidInputError,
    QuotaError,
    Region,
    TooManyCodesError,
    UnknownAccountError,
    WrongCodeError,
    WrongRegionError,
    account_address,
    is_email,
)
from .forms import BASE, FormError

FIELD_CODE: Final = "code"
SECTION_APPLICATION: Final = "application"
SECTION_SERVER: Final = "server"
SERVERS: Final = (SERVER_AUTOMATIC, *REGIONS)

# Digits of a phone number with its country code; what is shorter calls an office or a neighbour.
SHORTEST_NUMBER: Final = 7

# The region that most accounts of a part of the world are in, by the first digit of its dial codes.
_REGION_OF_ZONE: Final = {
    "1": Region.US,
    "2": Region.EU,
    "3": Region.EU,
    "4": Region.EU,
    "5": Region.US,
    "6": Region.AS,
    "7": Region.EU,
    "8": Region.AS,
    "9": Region.AS,
}
_CHINA: Final = "86"
# One of each region: an account of a territory without phone numbers is as much one of these as of any other.
DIAL_CODES: Final = {Region.CN: _CHINA, Region.AS: "65", Region.EU: "44", Region.US: "1"}

type ErrorFields = Mapping[type[CoolKitError], tuple[str, str | None]]

# Where in the form an error of the cloud is shown, and the key of a text of its own, which names the code; a
# class stands before its base.
ERROR_FIELDS: Final[ErrorFields] = {
    WrongRegionError: (SECTION_SERVER, "wrong_region"),
    InvalidCredentialsError: (CONF_PASSWORD, "invalid_password"),
    UnknownAccountError: (CONF_ACCOUNT, "unknown_account"),
    AccountNotActivatedError: (CONF_ACCOUNT, "account_not_activated"),
    AccountExistsError: (CONF_ACCOUNT, "account_exists"),
    CodeNotSentError: (CONF_ACCOUNT, "code_not_sent"),
    TooManyCodesError: (FIELD_CODE, "too_many_codes"),
    WrongCodeError: (FIELD_CODE, "wrong_code"),
    InvalidInputError: (CONF_ACCOUNT, "account_refused"),
    AppIdRefusedError: (SECTION_APPLICATION, "app_id_refused"),
    FeatureRefusedError: (SECTION_APPLICATION, "feature_refused"),
    QuotaError: (SECTION_APPLICATION, "quota_exceeded"),
    CoolKitError: (BASE, None),
}

# What is sent at a sign-in is all that was entered: the cloud does not say which of it.
SIGN_IN_ERROR_FIELDS: Final[ErrorFields] = {**ERROR_FIELDS, InvalidInputError: (BASE, "input_refused")}


class RegionUnknownError(Exception):
    """The region of a country could not be looked up."""


class Address(TypedDict, total=False):
    """The address of an account, as calls take it: exactly one of both."""

    email: str
    phone_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Which account it is, and how the cloud is reached.

    Attributes:
        account: the address as the cloud knows it.
        country_code: the dial code that decides the region, without a plus; empty where there is none.
    """

    account: str
    country_code: str
    app_id: str
    app_secret: str = field(repr=False)
    server: str
    hosts: Hosts

    @property
    def is_phone(self) -> bool:
        """Whether the account is a phone number."""
        return "@" not in self.account

    @property
    def address(self) -> Address:
        """The account as calls take it."""
        return {"phone_number": self.account} if self.is_phone else {"email": self.account}


def dial_code_of(country: str) -> str:
    """Return the dial code of a country, without a plus; empty for territories without phone numbers."""
    return str(phonenumbers.country_code_for_region(country) or "")


def likely_region(dial_code: str) -> Region | None:
    """Return where an account of a country most likely lives; None where nobody knows."""
    return Region.CN if dial_code == _CHINA else _REGION_OF_ZONE.get(dial_code[:1])


def identify_account(account: str, country: str) -> tuple[str, str]:
    """Return the account as the cloud knows it, and the country code (no plus) that decides its region.

    Which numbers there are is the cloud's to say: number plans change faster than tables of them.
    """
    of_country = dial_code_of(country)
    if "@" in account:
        if not is_email(account):
            raise FormError("invalid_account", CONF_ACCOUNT)
        return account, of_country
    international, country_code = account_address(account), of_country
    try:
        number = phonenumbers.parse(account, country)
    except phonenumbers.NumberParseException:
        # One of a country that the tables do not know may be complete nevertheless.
        pass
    else:
        international = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        country_code = str(number.country_code)
    if international is None or len(international) <= SHORTEST_NUMBER:
        raise FormError("invalid_account", CONF_ACCOUNT)
    return international, country_code


def server_of(server: Mapping[str, str]) -> str:
    """Return the server of a form: an address, where there is one, stands before the choice."""
    return server.get(CONF_ADDRESS, "").strip() or server.get(CONF_SERVER, SERVER_AUTOMATIC)
