"""How an HTTP interface is called: its turn, its time, its answer, and what it means that none came."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
import logging
from typing import Any, ClassVar

from aiohttp import (
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ServerDisconnectedError,
)
from yarl import URL

from ..exceptions import (
    CannotConnectError,
    CertificateError,
    CloudError,
    CoolKitError,
    FeatureRefusedError,
    InvalidInputError,
    NoAnswerError,
    QuotaError,
    RedirectError,
    SessionError,
    ThrottledError,
    TooManyCallsError,
    WrongRegionError,
)
from ..scrubbing import scrub
from .answers import whole
from .api import Feature
from .auth import AccountSession, AppCredentials
from .interface import MIB, Interface
from .limiter import Limiter, shared_limiter
from .quota import Quota, Quotas, shared_quotas
from .reading import Envelope, read
from .region import Hosts, Region

_LOGGER = logging.getLogger(__name__)

# What refuses an interface to an App ID for good.
_REFUSED = 407
_LONGEST_AT_ONCE = 64 * 1024
# Seconds for which nothing is asked after 429: where it does not say, and within which it may.
_USUAL_PAUSE, _SHORTEST_PAUSE, _LONGEST_PAUSE = 30, 1, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """What goes over the wire for one call."""

    url: URL
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(slots=True)
class HttpCaller(ABC):
    """Makes the HTTP calls of one generation of the cloud for one App ID.

    Attributes:
        websession: carries the calls; certificates are verified as it says.
        credentials: the application that calls.
        hosts: where the cloud is.
        limiter: the pace of calls, shared by all accounts of the process.
        timeout: seconds for one call, from its turn to the end of its answer; a command to a device, or a
            query, waits no longer for its turn either.
        refused: what was refused to the App ID with 407 and is not asked again.
        on_refused: called with each feature that is refused from now on.
        quotas: the calls of the month, shared by all accounts of the process.
    """

    websession: ClientSession
    credentials: AppCredentials
    hosts: Hosts
    limiter: Limiter = field(default=shared_limiter, kw_only=True)
    timeout: float = field(default=10, kw_only=True)
    refused: set[Feature] = field(default_factory=set, kw_only=True)
    on_refused: Callable[[Feature], None] | None = field(default=None, kw_only=True, repr=False)
    quotas: Quotas = field(default=shared_quotas, kw_only=True)
    _regions: set[Region] = field(default_factory=set, init=False, repr=False)

    calls_a_month: ClassVar[int | None] = None
    offered: ClassVar[frozenset[Feature]]
    envelope: ClassVar[Envelope]

    @abstractmethod
    def make_request(
        self, base: str, interface: Interface, parameters: Mapping[str, Any], access_token: str | None
    ) -> HttpRequest:
        """Return the request of a call; without an access token it is signed.

        Raises `InvalidInputError` if the parameters cannot be written.
        """

    @property
    def app_id(self) -> str:
        """The App ID that calls and handshakes carry."""
        return self.credentials.app_id

    @property
    def features(self) -> frozenset[Feature]:
        """What can be asked; what was refused once with 407 is not asked again."""
        return self.offered - self.refused

    def require(self, feature: Feature, interface: str) -> None:
        """Raise `FeatureRefusedError` if a feature was refused to this App ID, or this cloud has none."""
        if feature not in self.features:
            raise FeatureRefusedError(interface, code=_REFUSED)

    def refuse(self, feature: Feature) -> None:
        """Ask for a feature no more."""
        if feature not in self.refused:
            self.refused.add(feature)
            if self.on_refused is not None:
                self.on_refused(feature)

    def server(self, session: AccountSession) -> str:
        """Return the host, and the port, that the account's calls go to."""
        return URL(self.hosts.api_url(session.region)).authority

    def quota(self, region: str) -> Quota:
        """Return the quota of the App ID in a region, and how much of it is used."""
        return self.quotas.of(self.app_id, region, self.calls_a_month)

    async def _followed(
        self, place: Region, interface: Interface, parameters: Mapping[str, Any], *secrets: str
    ) -> tuple[Mapping[str, Any], Region]:
        """Call an interface before sign-in where the account lives; return the answer, and the region."""
        try:
            return await self._signed(place, interface, parameters, *secrets), place
        except RedirectError as error:
            place = self._redirected(error, place)
        try:
            return await self._signed(place, interface, parameters, *secrets), place
        except RedirectError as again:
            raise WrongRegionError(interface.name, code=again.code, reason=again.reason) from None

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
        self, place: Region | None, interface: Interface, parameters: Mapping[str, Any], *secrets: str
    ) -> Mapping[str, Any]:
        """Call an interface before sign-in, in a region or where regions are looked up.

        The answer is an object.
        """
        answer = await self._call(place, interface, parameters, None, secrets)
        if not isinstance(answer, Mapping):
            raise CloudError(interface.name, reason="the answer is no object")
        return answer

    async def _bearer(
        self,
        session: AccountSession,
        interface: Interface,
        parameters: Mapping[str, Any],
        *secrets: str,
        base: str | None = None,
    ) -> Any:
        """Call an interface after sign-in, at the address of the region unless told otherwise."""
        tokens = session.tokens
        try:
            return await self._call(
                session.region,
                interface,
                parameters,
                tokens.access_token,
                (tokens.access_token, tokens.refresh_token, session.apikey, *secrets),
                base=base,
            )
        except RedirectError as error:
            moved = WrongRegionError(interface.name, code=error.code, reason=error.reason)
            moved.server, moved.alone = error.server, interface.refusal or interface.other
            raise moved from None
        except SessionError as error:
            error.alone = interface.refusal or interface.other
            raise

    async def _change(
        self, session: AccountSession, interface: Interface, parameters: Mapping[str, Any], *secrets: str
    ) -> None:
        """Call an interface after sign-in that answers no more than that it is done."""
        if not isinstance(await self._bearer(session, interface, parameters, *secrets), Mapping):
            raise CloudError(interface.name, reason="the answer is no object")

    async def _call(
        self,
        place: Region | None,
        interface: Interface,
        parameters: Mapping[str, Any],
        access_token: str | None,
        secrets: tuple[str, ...],
        *,
        base: str | None = None,
    ) -> Any:
        """Make one call and return its answer; raise what its error code means."""
        if interface.feature in self.refused:
            self.require(interface.feature, interface.name)
        await self._turn(interface)
        if base is None:
            base = self.hosts.lookup if place is None else self.hosts.api_url(place)
        # The look-up of regions is counted for none.
        quota = Quota() if place is None else self._counted(place)
        try:
            request = self.make_request(base, interface, parameters, access_token)
        except UnicodeEncodeError as error:
            raise InvalidInputError(interface.name, reason="half a character is no text") from error
        secrets = (self.credentials.app_secret, *secrets)
        quota.note_call()
        try:
            status, content, headers = await self._exchange(interface, request, secrets)
            understand = partial(read, self.envelope, interface, status, content, secrets, sent=parameters)
            if len(content) <= _LONGEST_AT_ONCE:
                answer = understand()
            else:
                # What is long takes its time, most of all if it is broken.
                answer = await asyncio.get_running_loop().run_in_executor(None, understand)
        except CoolKitError as error:
            error.server = request.url.host_port_subcomponent or ""
            if isinstance(error, ThrottledError):
                self.limiter.pause(_pause(headers))
            elif isinstance(error, QuotaError):
                quota.note_refusal()
            elif isinstance(error, CannotConnectError) and not error.maybe_sent:
                quota.note_unsent()
            elif isinstance(error, FeatureRefusedError):
                self._note_refusal(interface, error)
            raise
        quota.note_answer()
        return answer

    def _counted(self, place: Region) -> Quota:
        """Return the quota of a region that is called."""
        self._regions.add(place)
        return self.quota(place)

    def _pause(self, usual: float) -> float:
        """Return the seconds between two reads that can wait, as the quotas in use allow."""
        return max((self.quota(place).pause(usual) for place in self._regions), default=usual)

    async def _turn(self, interface: Interface) -> None:
        """Wait until a call may be made."""
        try:
            # What a device is told or asked is wanted now: held for longer, it would surprise.
            async with asyncio.timeout(self.timeout if interface.feature is Feature.STATUS else None):
                await self.limiter.acquire(interface.urgency)
        except TimeoutError:
            raise TooManyCallsError(
                interface.name, reason="not sent: too many calls stand before it"
            ) from None

    async def _exchange(
        self, interface: Interface, request: HttpRequest, secrets: tuple[str, ...]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Send a request; return status, body and headers of the answer."""
        try:
            async with self.websession.request(
                interface.method,
                request.url,
                data=request.body,
                headers=request.headers,
                allow_redirects=False,
                raise_for_status=False,
                timeout=ClientTimeout(total=interface.timeout or self.timeout),
                middlewares=(_send_once,),
            ) as response:
                return response.status, await _body(interface, response), response.headers
        except (ClientError, TimeoutError, OSError) as error:
            raise _failure(interface, error, secrets) from None

    def _note_refusal(self, interface: Interface, error: FeatureRefusedError) -> None:
        """Remember what is refused for good."""
        # Where to connect is asked again: an account comes back by that alone.
        if error.code == _REFUSED and interface.feature not in {None, Feature.DISPATCH}:
            self.refuse(interface.feature)


async def _send_once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Carry a request; aiohttp sends one again by itself unless the error is another than it expects."""
    try:
        return await handler(request)
    except ClientConnectorError:
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise ClientConnectionError(str(error)) from error


async def _body(interface: Interface, response: ClientResponse) -> bytes:
    """Return the body of an answer; raise if it is longer, unpacked, than any that is meant well."""
    body = bytearray()
    # It comes unpacked piece by piece, as fast as it is taken.
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > interface.longest:
            response.close()
            raise CloudError(
                interface.name, reason=f"the answer is longer than {interface.longest // MIB} MiB"
            )
        await asyncio.sleep(0)
    return bytes(body)


def _pause(headers: Mapping[str, str]) -> float:
    """Return for how many seconds no more calls are taken, within what can be borne."""
    told = headers.get("Retry-After", "").strip()
    if (seconds := whole(told)) is None:
        try:
            # By the server's own clock, where it tells it.
            now = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
            seconds = round((parsedate_to_datetime(told) - now).total_seconds())
        except TypeError, ValueError, OverflowError:
            seconds = _USUAL_PAUSE
    return min(max(seconds, _SHORTEST_PAUSE), _LONGEST_PAUSE)


def _failure(interface: Interface, error: Exception, secrets: tuple[str, ...]) -> CannotConnectError:
    """Return what it means that a call was not answered."""
    # This one names the whole address, and with it the parameters.
    words = error.message if isinstance(error, ClientResponseError) else error
    reason = scrub(f"{type(error).__name__}: {words}".rstrip(": "), *secrets)
    kind = CannotConnectError
    if isinstance(error, ClientConnectorCertificateError):
        kind = CertificateError
    elif isinstance(error, TimeoutError):
        kind = NoAnswerError
    return kind(interface.name, reason=reason, maybe_sent=not isinstance(error, ClientConnectorError))
