"""What a config entry stores; the only place that picks a generation and a sign-in, and makes the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_COUNTRY, CONF_REGION
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from .const import CONF_ACCOUNT, CONF_APP_ID, CONF_APP_SECRET, CONF_SERVER, CONF_TOKENS, SERVER_AUTOMATIC
from .coolkit import (
    REGIONS,
    AccountSession,
    ApiV1,
    ApiV2,
    AppCredentials,
    Feature,
    Hosts,
    HostsV1,
    HostsV2,
    Region,
    Tokens,
)

# The version that is written. Entries of a higher minor version can still be read.
VERSION: Final = 1
MINOR_VERSION: Final = 2

# Keys of an entry's data that only this module knows.
CONF_GENERATION: Final = "generation"
CONF_SIGN_IN: Final = "sign_in"
CONF_REFUSED: Final = "refused"
CONF_QUOTA: Final = "quota"
CONF_APP_SEEN: Final = "app_seen"
# Where Home Assistant looks for the credential that an entry uses.
CONF_IMPLEMENTATION: Final = "auth_implementation"

# A feature that was refused is asked for again after this time: contracts change.
REFUSED_FOR: Final = timedelta(days=30)


class Generation(StrEnum):
    """Which interfaces of the cloud answer."""

    V1 = "v1"
    V2 = "v2"


class SignIn(StrEnum):
    """How somebody has signed in."""

    PASSWORD = "password"  # noqa: S105 - the name of a way
    OAUTH = "oauth"


def hosts_of(server: str, generation: Generation = Generation.V1) -> Hosts:
    """Return the hosts behind a server setting.

    Raises:
        ValueError: the address is none that secrets may be sent to.
    """
    if generation is Generation.V2:
        return hosts_v2_of(server)
    return HostsV1.official() if server == SERVER_AUTOMATIC or server in REGIONS else HostsV1.custom(server)


def hosts_v2_of(server: str) -> HostsV2:
    """Return the hosts of version 2 behind a server setting, with the sign-in page; as `hosts_of`."""
    return HostsV2.official() if server == SERVER_AUTOMATIC or server in REGIONS else HostsV2.custom(server)


@callback
def make_api_v1(hass: HomeAssistant, credentials: AppCredentials, server: str, **options: Any) -> ApiV1:
    """Return the calls of version 1, as an application makes them at a server."""
    return ApiV1(async_get_clientsession(hass), credentials, hosts_of(server), **options)


@callback
def make_api_v2(hass: HomeAssistant, credentials: AppCredentials, server: str, **options: Any) -> ApiV2:
    """Return the calls of version 2, as an application makes them at a server."""
    return ApiV2(async_get_clientsession(hass), credentials, hosts_v2_of(server), **options)


@callback
def make_api(
    hass: HomeAssistant, generation: Generation, credentials: AppCredentials, server: str, **options: Any
) -> ApiV1 | ApiV2:
    """Return the calls of a version, as an application makes them at a server."""
    make = make_api_v2 if generation is Generation.V2 else make_api_v1
    return make(hass, credentials, server, **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryData:
    """The data of an entry.

    Attributes:
        account: the email address or phone number that signed in.
        country: the country that it was registered in.
        server: the word for the official cloud, one of its regions, or an address.
        region: where the account lives.
        app_id: the application that signed in, with its secret.
        tokens: what the account's calls carry; those stored last.
        generation: which interfaces of the cloud answer.
        sign_in: how somebody has signed in.
        refused: what was refused to the application, with the day.
        quota: the calls of the month.
        app_seen: the day on which the application was first used here.
        implementation: the stored application credential, if it is one.
    """

    account: str = field(repr=False)
    country: str
    server: str
    region: str
    app_id: str = field(repr=False)
    app_secret: str = field(repr=False)
    tokens: Tokens
    generation: Generation = Generation.V1
    sign_in: SignIn = SignIn.PASSWORD
    refused: Mapping[str, date] = field(default_factory=dict)
    quota: Mapping[str, Any] = field(default_factory=dict)
    app_seen: date | None = None
    implementation: str = ""

    @classmethod
    def from_entry(cls, entry: ConfigEntry) -> Self:
        """Return what an entry stores; one of an older version has what it had then."""
        data = entry.data
        return cls(
            account=data[CONF_ACCOUNT],
            country=data[CONF_COUNTRY],
            server=data[CONF_SERVER],
            region=data[CONF_REGION],
            app_id=data[CONF_APP_ID],
            app_secret=data[CONF_APP_SECRET],
            tokens=Tokens.from_dict(data[CONF_TOKENS]),
            generation=Generation(data.get(CONF_GENERATION, Generation.V1)),
            sign_in=SignIn(data.get(CONF_SIGN_IN, SignIn.PASSWORD)),
            refused={feature: date.fromisoformat(day) for feature, day in data.get(CONF_REFUSED, {}).items()},
            quota=data.get(CONF_QUOTA, {}),
            app_seen=date.fromisoformat(day) if (day := data.get(CONF_APP_SEEN)) else None,
            implementation=data.get(CONF_IMPLEMENTATION, ""),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what an entry stores."""
        return {
            CONF_ACCOUNT: self.account,
            CONF_COUNTRY: self.country,
            CONF_SERVER: self.server,
            CONF_REGION: str(self.region),
            CONF_APP_ID: self.app_id,
            CONF_APP_SECRET: self.app_secret,
            CONF_TOKENS: self.tokens.as_dict(),
            CONF_GENERATION: self.generation.value,
            CONF_SIGN_IN: self.sign_in.value,
            CONF_REFUSED: {feature: day.isoformat() for feature, day in self.refused.items()},
            CONF_QUOTA: dict(self.quota),
            CONF_APP_SEEN: None if self.app_seen is None else self.app_seen.isoformat(),
            **({CONF_IMPLEMENTATION: self.implementation} if self.implementation else {}),
        }

    # What is made of it

    @property
    def hosts(self) -> Hosts:
        """The hosts that calls go to."""
        return hosts_of(self.server, self.generation)

    @property
    def kind(self) -> str:
        """What the account is called by; OAuth seldom tells."""
        if not self.account:
            return "unknown"
        return "email" if "@" in self.account else "phone_number"

    @property
    def connection_settings(self) -> tuple[str, ...]:
        """What cannot change while the account runs."""
        return (self.generation, self.server, self.app_id, self.app_secret, self.region)

    def api(
        self, hass: HomeAssistant, *, on_refused: Callable[[Feature], None] | None = None
    ) -> ApiV1 | ApiV2:
        """Return the calls that the account makes; what was refused lately is not asked for."""
        return make_api(
            hass,
            self.generation,
            AppCredentials(app_id=self.app_id, app_secret=self.app_secret),
            self.server,
            on_refused=on_refused,
            refused=self.still_refused(dt_util.utcnow().date()),
        )

    def session(self, apikey: str) -> AccountSession:
        """Return the account as it is signed in."""
        return AccountSession(
            apikey=apikey, region=Region(self.region), tokens=self.tokens, account=self.account
        )

    def still_refused(self, today: date) -> set[Feature]:
        """Return what was refused not too long ago."""
        known = {feature.value for feature in Feature}
        return {
            Feature(feature)
            for feature, day in self.refused.items()
            if feature in known and today - day < REFUSED_FOR
        }

    # What changes in it

    def signed_in(self, session: AccountSession) -> Self:
        """Return it with the tokens and the region of a session."""
        return replace(self, region=str(session.region), tokens=session.tokens)

    def with_refusal(self, feature: str, day: date) -> Self:
        """Return it with a feature that was refused on a day."""
        return replace(self, refused={**self.refused, feature: day})

    def follows(self, other: Self, today: date) -> Self:
        """Return it with what an older one knows of the same application; another one begins anew.

        What was refused is asked for again: this is called when somebody has signed in.
        """
        if other.app_id != self.app_id:
            return replace(self, refused={}, quota={}, app_seen=today)
        return replace(self, refused={}, quota=other.quota, app_seen=other.app_seen or today)


@callback
def async_store(hass: HomeAssistant, entry: ConfigEntry, data: EntryData) -> None:
    """Store what has changed."""
    hass.config_entries.async_update_entry(entry, data=data.as_dict())


@callback
def async_migrate(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Bring an entry to the version that is written, with all that it has; refuse one of a later design."""
    if entry.version > VERSION:
        return False
    if entry.minor_version < MINOR_VERSION:
        data = EntryData.from_entry(entry)
        # Version 1.1 knew one generation and one way to sign in, and not since when.
        data = replace(data, app_seen=data.app_seen or entry.created_at.date())
        hass.config_entries.async_update_entry(
            entry, data=data.as_dict(), version=VERSION, minor_version=MINOR_VERSION
        )
    return True
