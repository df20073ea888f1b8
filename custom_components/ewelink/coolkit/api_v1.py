"""The API Center, version 1: its HTTP calls, typed, and its error codes as exceptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
import logging
import re
import time
from typing import Any, override

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout
import orjson
from yarl import URL

from .answers import error_code, error_text, whole
from .api import CloudApi, Endpoint, Feature
from .auth import AccountSession, AppCredentials, Tokens, make_nonce, query_message, sign
from .device import Device
from .exceptions import (
    AccountNotActivatedError,
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CommandError,
    CommandTimeoutError,
    CoolKitError,
    DeviceOfflineError,
    FeatureRefusedError,
    InvalidCredentialsError,
    QuotaError,
    RedirectError,
    SignedOutError,
    TokenExpiredError,
    TokenRefusedError,
    UnknownAccountError,
    UnknownDeviceError,
    WrongAccountKindError,
    WrongRegionError,
    scrub,
)
from .limiter import Limiter, shared_limiter
from .params import Params
from .region import Hosts, Region, is_loopback

_LOGGER = logging.getLogger(__name__)

VERSION = 8
_SPENT = re.compile(r"quota|limit|exceed|arrears", re.IGNORECASE)

type _Codes = Mapping[int, type[CoolKitError]]

_SIGNED: _Codes = {403: AppIdRefusedError, 406: AppIdRefusedError, 407: AppIdRefusedError, 412: QuotaError}
_BEARER: _Codes = {401: SignedOutError, 402: TokenExpiredError, 406: SignedOutError, 412: QuotaError}
_STATUS: _Codes = {
    **_BEARER,
    400: CommandError,
    403: CommandError,
    404: UnknownDeviceError,
    407: FeatureRefusedError,
    411: CommandError,
    503: DeviceOfflineError,
    504: CommandTimeoutError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One HTTP interface: its name in errors, where it is, and what its error codes mean."""

    name: str
    path: str
    codes: _Codes
    method: str = "GET"
    feature: Feature | None = None
    command: bool = False


REGION = Interface(name="region look-up", path="/api/user/region", codes=_SIGNED)
LOGIN = Interface(
    name="sign-in",
    path="/api/user/login",
    method="POST",
    codes={
        **_SIGNED,
        401: InvalidCredentialsError,
        402: AccountNotActivatedError,
        404: UnknownAccountError,
    },
    command=True,
)
REFRESH = Interface(
    name="token refresh",
    path="/api/user/refresh",
    codes={**_SIGNED, 400: TokenRefusedError, 401: TokenRefusedError, 402: TokenRefusedError},
    command=True,
)
DEVICES = Interface(
    name="device list",
    path="/api/user/device",
    codes={**_BEARER, 403: AppIdRefusedError, 407: AppIdRefusedError},
)
DEVICE = Interface(
    name="device",
    path="/api/user/device/{deviceid}",
    codes={
        **_BEARER,
        403: UnknownDeviceError,
        404: UnknownDeviceError,
        405: UnknownDeviceError,
        407: AppIdRefusedError,
    },
)
STATUS = Interface(name="status query", path="/api/user/device/status", codes=_STATUS, feature=Feature.STATUS)
UPDATE = Interface(
    name="status update",
    path="/api/user/device/status",
    method="POST",
    codes=_STATUS,
    feature=Feature.STATUS,
    command=True,
)
DISPATCH = Interface(
    name="dispatch",
    path="/dispatch/app",
    method="POST",
    codes={**_BEARER, 403: FeatureRefusedError, 407: FeatureRefusedError},
    feature=Feature.DISPATCH,
)


@dataclass(slots=True)
class ApiV1(CloudApi):
    """Every HTTP call of version 1 that is in use.

    Attributes:
        websession: carries the calls; certificates are verified as it says.
        credentials: the application that calls.
        hosts: where the cloud is.
        limiter: the pace of calls, shared by all accounts of the process.
        timeout: seconds for one call, from its turn to the end of its answer.
    """

    websession: ClientSession
    credentials: AppCredentials
    hosts: Hosts
    limiter: Limiter = field(default=shared_limiter, kw_only=True)
    timeout: float = field(default=10, kw_only=True)
    _refused: set[Feature] = field(default_factory=set, init=False, repr=False)

    @property
    @override
    def app_id(self) -> str:
        """The App ID that calls and handshakes carry."""
        return self.credentials.app_id

    @property
    @override
    def features(self) -> frozenset[Feature]:
        """What can be asked; what was refused once with 407 is not asked again."""
        return frozenset(Feature) - self._refused

    @property
    @override
    def poll_interval(self) -> float:
        """Seconds between two lists while there is no persistent connection."""
        return 60

    async def find_region(self, country_code: str) -> Region:
        """Return the region of a country's accounts; `country_code` is its dial code ("86").

        Raises `AppIdRefusedError`, `QuotaError`, `CloudError`, `CannotConnectError`.
        Source: API Center, Check current server.
        """
        answer = await self._signed(
            self.hosts.lookup, REGION, {"country_code": country_code.strip().removeprefix("+")}
        )
        return _region(REGION, answer.get("region"))

    async def sign_in(
        self, region: str, *, password: str, email: str | None = None, phone_number: str | None = None
    ) -> AccountSession:
        """Sign in with exactly one of e-mail and phone number ("+86…"), and return the session.

        An account of another region is signed in there, once. Another client that is signed in with the same
        account and App ID is signed out by it.

        Raises `InvalidCredentialsError`, `UnknownAccountError`, `AccountNotActivatedError`,
        `WrongAccountKindError` (before anything is sent), `WrongRegionError`, `AppIdRefusedError`,
        `QuotaError`, `CloudError`, `CannotConnectError`; `ValueError` if not exactly one account is given.
        Source: API Center, Account Login.
        """
        if bool(email) == bool(phone_number):
            raise ValueError("sign in with either an e-mail address or a phone number")
        place = Region(region)
        if not (place.accepts_email if email else place.accepts_phone):
            raise WrongAccountKindError(LOGIN.name, region=place)
        parameters = {"phoneNumber": phone_number} if phone_number else {"email": email}
        parameters["password"] = password
        try:
            answer = await self._signed(self.hosts.api_url(place), LOGIN, parameters, password)
        except RedirectError as error:
            place = self._redirected(error, place)
            try:
                answer = await self._signed(self.hosts.api_url(place), LOGIN, parameters, password)
            except RedirectError as again:
                raise WrongRegionError(LOGIN.name, code=again.code, reason=again.reason) from None
        user = answer.get("user")
        if not isinstance(user, Mapping):
            raise CloudError(LOGIN.name, reason="no user in the answer")
        now = time.time()
        nickname = user.get("nickname")
        return AccountSession(
            apikey=_text(LOGIN, user, "apikey"),
            region=place,
            tokens=Tokens(
                access_token=_text(LOGIN, answer, "at"),
                refresh_token=_text(LOGIN, answer, "rt"),
                access_token_time=now,
                refresh_token_time=now,
            ),
            account=email or phone_number or "",
            nickname=nickname if isinstance(nickname, str) else "",
        )

    @override
    async def refresh(self, session: AccountSession) -> AccountSession:
        """Return the session with new tokens.

        Raises `TokenRefusedError` if it has to sign in again; `AppIdRefusedError`, `QuotaError`,
        `CloudError`, `CannotConnectError`. Source: API Center, Token Refresh.
        """
        tokens = session.tokens
        try:
            answer = await self._signed(
                self.hosts.api_url(session.region),
                REFRESH,
                {"rt": tokens.refresh_token, "grantType": "refresh"},
                tokens.refresh_token,
                tokens.access_token,
            )
        except RedirectError as error:
            raise WrongRegionError(REFRESH.name, code=error.code, reason=error.reason) from None
        renewed = tokens.renewed(
            access_token=_text(REFRESH, answer, "at"),
            refresh_token=_text(REFRESH, answer, "rt") if answer.get("rt") else None,
            now=time.time(),
        )
        return replace(session, tokens=renewed)

    @override
    async def list_devices(self, session: AccountSession) -> list[Device]:
        """Return every device of the account; entries that are none are left out.

        Raises as all calls do. Source: API Center, Device List.
        """
        answer = await self._bearer(session, DEVICES, {"lang": "en", "getTags": "1"})
        entries = answer if isinstance(answer, list) else answer.get("devicelist")
        if not isinstance(entries, list):
            raise CloudError(DEVICES.name, reason="no list in the answer")
        devices: dict[str, Device] = {}
        for entry in entries:
            try:
                device = Device.from_dict(entry) if isinstance(entry, Mapping) else None
            except ValueError:
                device = None
            if device is None:
                _LOGGER.debug("An entry of the device list is no device")
            else:
                devices[device.device_id] = device
        return list(devices.values())

    @override
    async def get_device(self, session: AccountSession, device: Device) -> Device:
        """Return one device as the cloud knows it now.

        Raises `UnknownDeviceError`, and as all calls do. Source: API Center, Check a device info.
        """
        answer = await self._bearer(
            session, DEVICE, {"deviceid": device.device_id, "apikey": device.apikey}, device.apikey
        )
        entry = answer.get("device", answer) if isinstance(answer, Mapping) else answer
        if isinstance(entry, list) and len(entry) == 1:
            entry = entry[0]
        try:
            found = Device.from_dict(entry) if isinstance(entry, Mapping) else None
        except ValueError:
            found = None
        if found is None or found.device_id != device.device_id:
            raise CloudError(DEVICE.name, reason="no device in the answer")
        return found

    @override
    async def get_status(self, session: AccountSession, device: Device, params: Sequence[str] = ()) -> Params:
        """Return the named params of a device, or all of them.

        Raises `DeviceOfflineError`, `CommandTimeoutError`, `CommandError`, `UnknownDeviceError`,
        `FeatureRefusedError`, and as all calls do. Source: API Center, HTTP: Check device status.
        """
        parameters = {"deviceid": device.device_id}
        if params:
            parameters["params"] = "|".join(params)
        answer = await self._bearer(session, STATUS, parameters, device.apikey)
        found = answer.get("params") if isinstance(answer, Mapping) else None
        if not isinstance(found, Mapping):
            raise CloudError(STATUS.name, reason="no params in the answer")
        return found

    @override
    async def update_status(self, session: AccountSession, device: Device, params: Params) -> None:
        """Send params to a device.

        Raises `DeviceOfflineError`, `CommandTimeoutError`, `CommandError`, `UnknownDeviceError`,
        `FeatureRefusedError`, and as all calls do. Source: API Center, HTTP: Update device status.
        """
        await self._bearer(
            session, UPDATE, {"deviceid": device.device_id, "params": dict(params)}, device.apikey
        )

    @override
    async def dispatch(self, session: AccountSession) -> Endpoint:
        """Return where to open the persistent connection.

        Raises `FeatureRefusedError`, and as all calls do. Source: API Center, HTTP: Server Dispatch.
        """
        answer = await self._bearer(session, DISPATCH, {"accept": "ws"})
        domain = answer.get("domain") if isinstance(answer, Mapping) else None
        port = whole(answer.get("port")) if isinstance(answer, Mapping) else None
        if not isinstance(domain, str) or port is None or not 0 < port < 65536:
            raise CloudError(DISPATCH.name, reason="no domain and port in the answer")
        plain = self.hosts.api_url(session.region).startswith("http:") and is_loopback(domain)
        endpoint = Endpoint(domain=domain, port=port, secure=not plain)
        try:
            host = endpoint.url.host
        except ValueError:
            host = None
        if not host:
            raise CloudError(DISPATCH.name, reason="the domain in the answer is none")
        return endpoint

    def _redirected(self, error: RedirectError, place: Region) -> Region:
        """Return the region that a redirection leads to, if it leads anywhere."""
        try:
            target = Region(error.region)
        except ValueError:
            target = None
        if target is None or target is place or not self.hosts.has_regions:
            raise WrongRegionError(error.interface, code=error.code, reason=error.reason) from None
        _LOGGER.debug("The account lives in region %s", target)
        return target

    async def _signed(
        self, base: str, interface: Interface, parameters: Mapping[str, Any], *secrets: str
    ) -> Mapping[str, Any]:
        """Call an interface before sign-in; the answer is an object."""
        answer = await self._call(base, interface, parameters, None, secrets)
        if not isinstance(answer, Mapping):
            raise CloudError(interface.name, reason="the answer is no object")
        return answer

    async def _bearer(
        self, session: AccountSession, interface: Interface, parameters: Mapping[str, Any], *secrets: str
    ) -> Any:
        """Call an interface after sign-in."""
        feature = interface.feature
        if feature in self._refused:
            raise FeatureRefusedError(interface.name, code=407)
        tokens = session.tokens
        try:
            return await self._call(
                self.hosts.api_url(session.region),
                interface,
                parameters,
                tokens.access_token,
                (tokens.access_token, tokens.refresh_token, session.apikey, *secrets),
            )
        except RedirectError as error:
            raise WrongRegionError(interface.name, code=error.code, reason=error.reason) from None
        except FeatureRefusedError as error:
            if feature is not None and error.code == 407:
                self._refused.add(feature)
            raise

    async def _call(
        self,
        base: str,
        interface: Interface,
        parameters: Mapping[str, Any],
        access_token: str | None,
        secrets: tuple[str, ...],
    ) -> Any:
        """Make one call and return its answer; raise what its error code means."""
        await self.limiter.acquire(command=interface.command)
        secret = self.credentials.app_secret
        url = URL(base + interface.path.format(deviceid=parameters.get("deviceid", "")))
        general = {
            "appid": self.credentials.app_id,
            "nonce": make_nonce(),
            "ts": int(time.time()),
            "version": VERSION,
        }
        body = None
        if interface.method == "GET":
            query = {name: str(value) for name, value in {**parameters, **general}.items()}
            message = query_message(query)
            url = url.with_query(query)
        else:
            body = message = orjson.dumps({**parameters, **general})
        authorization = f"Sign {sign(secret, message)}" if access_token is None else f"Bearer {access_token}"
        try:
            async with self.websession.request(
                interface.method,
                url,
                data=body,
                headers={"Authorization": authorization, "Content-Type": "application/json"},
                allow_redirects=False,
                raise_for_status=False,
                timeout=ClientTimeout(total=self.timeout),
            ) as response:
                status, content = response.status, await response.read()
        except (ClientError, TimeoutError, OSError) as error:
            reason = scrub(f"{type(error).__name__}: {error}".rstrip(": "), secret, *secrets)
            raise CannotConnectError(
                interface.name, reason=reason, handed=not isinstance(error, ClientConnectorError)
            ) from error
        return self._read(interface, status, content, (secret, *secrets))

    def _read(self, interface: Interface, status: int, content: bytes, secrets: tuple[str, ...]) -> Any:
        """Return what was answered; raise what its error code means."""
        name = interface.name
        try:
            answer = orjson.loads(content)
        except orjson.JSONDecodeError:
            answer = None
        if isinstance(answer, list) and status == 200:
            return answer
        if not isinstance(answer, dict):
            if status in {403, 412}:
                raise QuotaError(name, code=status)
            reason = "the answer is no JSON object" if content.strip() else "the answer is empty"
            raise CloudError(name, code=None if status == 200 else status, reason=reason)
        code = error_code(answer)
        reason = scrub(error_text(answer), *secrets)
        if code is None:
            raise CloudError(name, reason=reason or "the answer has an unknown error")
        if status == 403 and (code in {0, 412} or _SPENT.search(reason)):
            raise QuotaError(name, code=status, reason=reason)
        if code == 0 and status >= 300:
            code = status
        if code == 0:
            return answer
        if code == 301:
            raise RedirectError(name, region=str(answer.get("region")), reason=reason)
        raise interface.codes.get(code, CloudError)(name, code=code, reason=reason)


def _text(interface: Interface, answer: Mapping[str, Any], name: str) -> str:
    """Return a text that the answer must have."""
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise CloudError(interface.name, reason=f"no {name} in the answer")
    return value


def _region(interface: Interface, value: object) -> Region:
    """Return a region that the answer must name."""
    try:
        return Region(str(value))
    except ValueError:
        raise CloudError(interface.name, reason="no known region in the answer") from None
