"""What follows when another client has signed the account out."""

import asyncio
from collections.abc import Callable
import logging

from .authorization import Authorization
from .backoff import BackOff
from .exceptions import TROUBLE, CoolKitError, RepeatedSignOutError, SignedOutError, TokenRefusedError
from .health import Health
from .refusals import Refusals, Way
from .timings import Timings
from .waiting import is_set_within

_LOGGER = logging.getLogger(__name__)


class Recovery:
    """Tries the refresh token once after a sign-out; signed out again soon, somebody has to look into it."""

    def __init__(
        self,
        *,
        timings: Timings,
        authorization: Authorization,
        refusals: Refusals,
        health: Health,
        longest_pause: Callable[[CoolKitError], float],
    ) -> None:
        """Start without a sign-out; `longest_pause` is what pauses between attempts grow to, by error."""
        self._timings = timings
        self._authorization = authorization
        self._refusals = refusals
        self._health = health
        self._longest_pause = longest_pause
        # When tokens were renewed after a sign-out.
        self._recovered_at: float | None = None

    def forget(self) -> None:
        """Take the next sign-out for the first: somebody has signed in."""
        self._recovered_at = None

    async def recover(self, error: SignedOutError) -> None:
        """After a sign-out by another client: pause, then try the refresh token once."""
        loop = asyncio.get_running_loop()
        if self._recovered_at is not None and loop.time() - self._recovered_at < self._timings.sign_out_again:
            self._health.note_sign_out(signed_out=True)
            raise RepeatedSignOutError(error.interface, code=error.code, reason=error.reason)
        authorization = self._authorization
        stale = authorization.ended
        if authorization.session.tokens != stale.tokens:
            return
        self._health.note_sign_out(signed_out=True)
        delay, pauses = self._timings.signed_out, BackOff(self._timings)
        while not await is_set_within(authorization.replaced, delay):
            try:
                await authorization.renew(stale)
            except TROUBLE as failure:
                _LOGGER.debug("Cannot refresh the tokens yet: %s", failure)
                self._refusals.note(failure, Way.HTTP)
                delay = max(
                    self._timings.signed_out,
                    pauses.next(self._longest_pause(failure)),
                )
            except TokenRefusedError as refusal:
                # A sign-in replaces both tokens: it is still that which has ended the session.
                raise error from refusal
            else:
                if not authorization.replaced.is_set():
                    self._recovered_at = loop.time()
                break
        self._health.note_sign_out(signed_out=False)
