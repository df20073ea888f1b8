"""The account's tokens: what calls carry, how they are renewed, and when the cloud has ended the session."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
import logging
from math import inf
import time

from .background import Background
from .cloud.api import CloudApi, Witness
from .cloud.auth import AccountSession
from .cloud.frames import HANDSHAKE
from .events import Event, SessionChanged
from .exceptions import (
    TROUBLE,
    AppIdRefusedError,
    CoolKitError,
    FeatureRefusedError,
    SessionError,
    SignedOutError,
    TokenExpiredError,
    TokenRefusedError,
    WrongRegionError,
)
from .refusals import Refusals, Way
from .timings import Timings

_LOGGER = logging.getLogger(__name__)


class Authorization:
    """Makes calls with the present tokens, and judges what a refusal means for the session.

    One call that is refused is an error of that call. It is one of the session when another interface says
    the same (docs/protocol.md, Two witnesses).
    """

    def __init__(
        self,
        *,
        api: CloudApi,
        session: AccountSession,
        timings: Timings,
        background: Background,
        refusals: Refusals,
        emit: Callable[[Event], None],
        fail: Callable[[CoolKitError], None],
    ) -> None:
        """Start with a session; `fail` is told what ends it."""
        self.session = session
        # The session whose end was found out last, and whether there are new tokens since.
        self.ended = session
        self.replaced = asyncio.Event()
        self._api = api
        self._timings = timings
        self._background = background
        self._refusals = refusals
        self._emit = emit
        self._fail = fail
        self._renewal: asyncio.Task[None] | None = None
        # Until when refusals by an interface need no hearing, and the hearings that are under way.
        self._heard: dict[str, float] = {}
        self._hearings: dict[str, asyncio.Task[SessionError | None]] = {}
        self._shaken_off_at = -inf

    @property
    def renewal(self) -> asyncio.Task[None] | None:
        """The refresh that is under way: new tokens that were answered to nobody would be lost."""
        return self._renewal

    def replace(self, session: AccountSession) -> None:
        """Go on with the tokens of a new sign-in."""
        self.session = session
        self._heard.clear()
        self.replaced.set()

    async def http[R](self, call: Callable[[AccountSession], Awaitable[R]]) -> R:
        """Make an HTTP call as `call` does, and note whether the App ID is refused."""
        try:
            return await self.call(call)
        except CoolKitError as error:
            self._refusals.note(error, Way.HTTP)
            raise

    async def call[R](self, call: Callable[[AccountSession], Awaitable[R]]) -> R:
        """Make a call with the present tokens; again with others if these were out of date.

        Raises what ends the session only when a second witness says so, too.
        """
        first = self.session
        try:
            return await call(first)
        except SessionError as error:
            if self.session.tokens == first.tokens:
                await self._settle(error, first)
        second = self.session
        try:
            return await call(second)
        except TokenExpiredError as error:
            # They have just been made.
            raise error.of_call() from error
        except SessionError as error:
            judged = await self._judge(error, second)
            raise (error.of_call() if isinstance(judged, TokenExpiredError) else judged) from error

    async def _settle(self, error: SessionError, session: AccountSession) -> None:
        """Return when a call that was refused may be made again; raise what it is otherwise."""
        judged = await self._judge(error, session)
        if self.session.tokens != session.tokens:
            return
        if not isinstance(judged, TokenExpiredError):
            raise judged from error
        if error.interface == HANDSHAKE:
            self._shaken_off_at = asyncio.get_running_loop().time()
        await self._renew_expired(session)

    async def _renew_expired(self, session: AccountSession) -> None:
        """Renew tokens of which two have said that they have expired; it is the end if that is refused."""
        try:
            await self.renew(session)
        except (TokenRefusedError, WrongRegionError) as refusal:
            self._end(refusal, session)
            raise

    async def judge(self, error: SessionError, session: AccountSession) -> CoolKitError:
        """Return what a refusal is: one of the session, which ends with it, or an error of its call alone.

        The call is not made again; tokens that have expired are renewed.
        """
        judged = await self._judge(error, session)
        if not isinstance(judged, TokenExpiredError):
            return judged
        try:
            await self._renew_expired(session)
        except CoolKitError as refusal:
            return refusal
        return error.of_call()

    async def _judge(self, error: SessionError, session: AccountSession) -> CoolKitError:
        judged = await self._verdict(error, session)
        if judged is None or self.session.tokens != session.tokens:
            # Of tokens that were replaced meanwhile every witness says that they are not known.
            return error.of_call()
        if isinstance(judged, (SignedOutError, WrongRegionError)):
            self._end(judged, session)
        return judged

    async def is_over(self, error: TokenRefusedError, session: AccountSession) -> bool:
        """Return whether the cloud takes no access token of a session whose refresh it has refused."""
        return await self._hear(error, session) is not None

    def _end(self, error: CoolKitError, session: AccountSession) -> None:
        self.ended = session
        self.replaced.clear()
        self._fail(error)

    async def _verdict(self, error: SessionError, session: AccountSession) -> SessionError | None:
        """Return what a refusal says of the session; None if it does not concern it."""
        now = asyncio.get_running_loop().time()
        interface = error.interface
        if interface == HANDSHAKE and self._is_plain(error):
            return error
        if now < self._heard.get(interface, -inf):
            return None
        if (hearing := self._hearings.get(interface)) is None:
            hearing = self._background.spawn(self._hear(error, session))
            self._hearings[interface] = hearing
            hearing.add_done_callback(lambda _: self._hearings.pop(interface, None))
        witness = await Background.outcome(hearing)
        if witness is None:
            self._heard[interface] = asyncio.get_running_loop().time() + self._timings.witness
            return None
        return error if type(witness) is type(error) else witness

    def _is_plain(self, error: SessionError) -> bool:
        """Return whether the refusal of a handshake needs no witness: it is all about the session."""
        if isinstance(error, TokenExpiredError):
            # Believed once: new tokens that are refused like that are not too old.
            again = self._shaken_off_at + self._timings.sign_out_again
            return asyncio.get_running_loop().time() > again
        # Another client has signed in: no other answer says so without a second witness.
        return isinstance(error, AppIdRefusedError) or error.only_of_session

    async def _hear[E: CoolKitError](self, refusal: E, session: AccountSession) -> E | SessionError | None:
        """Ask other interfaces whether the session is known; return their refusal, or None if it is.

        Who has trouble of its own says nothing: without any witness it is none. But if nobody else is open to
        the App ID, the refusal stands.
        """
        _LOGGER.debug("Asking a second witness: %s", refusal)
        barred = True
        for name, ask in self._witnesses(refusal.interface):
            try:
                await ask(session)
            except SessionError as error:
                _LOGGER.debug("So says %s: %s", name, error)
                return error
            except FeatureRefusedError as error:
                if isinstance(refusal, AppIdRefusedError):
                    return refusal
                _LOGGER.debug("No witness: %s", error)
            except CoolKitError as error:
                barred = False
                _LOGGER.debug("No witness now: %s", error)
            else:
                _LOGGER.debug("The session is known to %s", name)
                return None
        return refusal if barred else None

    def _witnesses(self, interface: str) -> Sequence[Witness]:
        """Return whom to ask about a refusal by an interface."""
        witnesses = self._api.witnesses()
        if interface == HANDSHAKE:
            # The first one has just said where to shake hands.
            return witnesses[1:]
        return [witness for witness in witnesses if witness[0] != interface]

    async def renew(self, stale: AccountSession) -> None:
        """Replace stale tokens, once for all who found them stale."""
        if self.session.tokens != stale.tokens:
            return
        if self._renewal is None:
            # It outlives its callers: tokens that were answered to nobody would be lost.
            self._renewal = self._background.spawn(self._renew_once(stale))
        await Background.outcome(self._renewal)

    async def _renew_once(self, stale: AccountSession) -> None:
        try:
            renewed = await self._api.refresh(stale)
        except CoolKitError:
            if self.session.tokens == stale.tokens:
                raise
            # A new sign-in made these tokens worthless, and brought others.
            return
        finally:
            self._renewal = None
        if self.session.tokens == stale.tokens:
            self.session = renewed
            self._heard.clear()
            _LOGGER.debug("The tokens were refreshed")
            self._emit(SessionChanged(renewed))

    async def keep_tokens(self) -> None:
        """Refresh the access token long before it expires."""
        while True:
            session = self.session
            left = session.tokens.refresh_at - time.time()
            if left <= 0:
                try:
                    await self.renew(session)
                except (*TROUBLE, WrongRegionError) as error:
                    _LOGGER.debug("Cannot refresh the tokens yet: %s", error)
                except TokenRefusedError as error:
                    # As long as the access token is taken, nobody has to sign in.
                    if await self.is_over(error, session):
                        raise
                    _LOGGER.debug("Cannot refresh the tokens, which still work: %s", error)
                left = self._timings.token_check
            await asyncio.sleep(min(left, self._timings.token_check))
