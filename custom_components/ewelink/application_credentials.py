"""The eWeLink sign-in page as Home Assistant's application credentials see it."""

from collections.abc import Mapping
import time
from typing import Any, Final, override

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import AUTH_CALLBACK_PATH, MY_AUTH_CALLBACK_PATH
from yarl import URL

from .const import CONSOLE_URL, SERVER_AUTOMATIC
from .coolkit import AccountSession, ApiV2, AppCredentials, Region, Tokens, oauth_page_url
from .entry_data import hosts_v2_of, make_api_v2

# Home Assistant asks for new tokens when these seconds are over; the refresh token lives longer.
_DAY: Final = 86_400


class EwelinkImplementation(AuthImplementation):
    """One application: its page, and the calls that turn the code of the page into tokens."""

    def __init__(self, hass: HomeAssistant, auth_domain: str, credential: ClientCredential) -> None:
        """Stand for an application at the official cloud; `reach` changes that."""
        self._server = SERVER_AUTOMATIC
        self._chosen_region: Region | None = None
        # What the code of the page has brought; each flow has an object of its own.
        self.session: AccountSession | None = None
        server = AuthorizationServer(authorize_url=hosts_v2_of(SERVER_AUTOMATIC).page, token_url="")
        super().__init__(hass, auth_domain, credential, server)

    @property
    def credentials(self) -> AppCredentials:
        """The App ID and its secret."""
        return AppCredentials(app_id=self.client_id, app_secret=self.client_secret)

    def reach(self, server: str, region: Region | None) -> None:
        """Use another server, and ask for tokens where the account is likely to live."""
        self._server = server
        self._chosen_region = region

    def api(self) -> ApiV2:
        """Return the calls of the application."""
        return make_api_v2(self.hass, self.credentials, self._server)

    @override
    async def async_generate_authorize_url(self, flow_id: str) -> str:
        """Return the address of the page; it names things in its own way."""
        query = URL(await super().async_generate_authorize_url(flow_id)).query
        page = oauth_page_url(
            hosts_v2_of(self._server),
            self.credentials,
            redirect_url=query["redirect_uri"],
            state=query["state"],
        )
        return str(page)

    async def async_exchange(self, external_data: Mapping[str, Any], region: str | None) -> AccountSession:
        """Turn the code of the page into a session, once; raises as `ApiV2.exchange_code` does."""
        self.session = await self.api().exchange_code(
            external_data["code"],
            redirect_url=external_data["state"]["redirect_uri"],
            region=region,
            chosen=self._chosen_region,
        )
        return self.session

    @override
    async def async_resolve_external_data(self, external_data: Any) -> dict[str, Any]:
        """Return the tokens that the code of the page has brought."""
        return _as_token(self.session or await self.async_exchange(external_data, None))

    @override
    async def _async_refresh_token(self, token: dict[str, Any]) -> dict[str, Any]:
        """Return the token with new ones in it; the old ones are void."""
        now = time.time()
        session = AccountSession(
            apikey="",
            region=Region(token["region"]),
            tokens=Tokens(
                access_token=token["access_token"],
                refresh_token=token["refresh_token"],
                access_token_time=now,
                refresh_token_time=now,
            ),
            account="",
        )
        return {**token, **_as_token(await self.api().refresh(session))}


def _as_token(session: AccountSession) -> dict[str, Any]:
    """Return a session's tokens as Home Assistant keeps them; it asks for new ones after `expires_in`."""
    return {
        "access_token": session.tokens.access_token,
        "refresh_token": session.tokens.refresh_token,
        "expires_in": max(int(session.tokens.refresh_at - time.time()), _DAY),
        "region": str(session.region),
    }


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> EwelinkImplementation:
    """Return what signs in with an application."""
    return EwelinkImplementation(hass, auth_domain, credential)


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what the dialog for application credentials names."""
    if "my" in hass.config.components:
        redirect_url = MY_AUTH_CALLBACK_PATH
    else:
        base = hass.config.external_url or hass.config.internal_url or "https://YOUR_DOMAIN:PORT"
        redirect_url = f"{base}{AUTH_CALLBACK_PATH}"
    return {
        "console_url": CONSOLE_URL,
        "redirect_url": f"`{redirect_url}`",
    }
