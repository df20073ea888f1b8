"""The account session: devices as the cloud tells them, and the way of every command."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
import logging
from typing import Any

from .backoff import BackOff
from .cloud.auth import AccountSession
from .devices.capability import Capability
from .devices.energy_history import HistoryCapability
from .devices.params import Params, Sent
from .devices.timers.timer import Timer
from .exceptions import (
    CoolKitError,
    SignedOutError,
    TokenRefusedError,
    WrongRegionError,
)
from .session_parts import SessionParts
from .timer_writing import TimersChange
from .together import run_together
from .waiting import is_set_within

_LOGGER = logging.getLogger(__name__)


class _ClosedError(CoolKitError):
    """The session was closed: `listen` ends."""


class CoolKitClient(SessionParts):
    """One account's session: `listen` keeps it open, `subscribe` follows it, `write` and `update` command.

    Devices are replaced as they change, never edited; events are told in order, in the event loop, after
    `devices` has changed. Every call raises `CoolKitError`.
    """

    # Tokens

    async def refresh_tokens(self) -> None:
        """Get new tokens; raises `TokenRefusedError` if it has to sign in again, and as all calls do."""
        session = self.session
        try:
            await self._authorization.renew(session)
        except TokenRefusedError as error:
            if await self._authorization.is_over(error, session):
                self._fail(error)
            raise

    def replace_session(self, session: AccountSession) -> None:
        """Go on with the tokens of a new sign-in of the same account, at once; no event tells them.

        Raises:
            ValueError: it is another account.
        """
        if session.apikey != self.session.apikey:
            raise ValueError("another account needs a client of its own")
        self._authorization.replace(session)
        self._recovery.forget()
        self._health.note_sign_out(signed_out=False)

    # The account's life

    async def write[W](self, device_id: str, capability: Capability[Any, W], value: W) -> None:
        """Make a capability of a device so; returns when that is confirmed.

        The messages are made of the device's params when it is their turn. Writes of relays of one device
        within 10 ms become one frame. Cancelling the caller does not recall the command.

        Raises `DeviceOfflineError`, `CommandTimeoutError` (it may have been executed), `CommandError`,
        `UnknownDeviceError`, and as all calls do; `ValueError` for a capability that cannot be written.
        """
        await self._commands.write(device_id, capability, value)

    async def update(self, device_id: str, params: Sent) -> Params:
        """Send one frame to a device, params as one object or as several; return the cloud's answer.

        The answer is empty if a push or a query confirmed the command. Raises as `write` does.
        """
        return await self._commands.update(device_id, params)

    async def query(self, device_id: str, params: Sequence[str] = ()) -> Params:
        """Ask a device for the named params, or for all; they are told like a push, and returned.

        Raises as `write` does, and `QueryTimeoutError` if it does not answer.
        """
        return await self._delivery.query(device_id, params)

    async def read_history(
        self, device_id: str, history: HistoryCapability, wanted: int, way: int = 0
    ) -> tuple[float, ...]:
        """Ask a meter once for that many of its latest hours or days; `way` counts its `requests`.

        Returns the energy of each in kWh, the running one first, as many as it tells. Raises as `query` does.
        """
        request = history.requests[way]
        told = await self._commands.request(device_id, request.make(wanted))
        return request.decode(told, wanted, self._store.get(device_id).deny_features)

    # Tokens

    async def write_timers(self, device_id: str, change: TimersChange) -> tuple[Timer, ...]:
        """Change the timers of a device and return those that it has then.

        They are asked for, changed, written as a whole and asked for again; `change` may raise what it
        likes, and then nothing is written. Without a change nothing is written either.

        Raises `TimersUnreadableError` if it keeps any in a form that cannot be read, `TimersNotReadError` if
        the device does not tell them first, `TimersChangedError` if another client wrote meanwhile, and as
        `write` does; `CommandTimeoutError` if they may have been written.
        """
        return await self._timers.write(device_id, change)

    async def listen(self) -> None:
        """Keep the session open: connection, heartbeat, lists, tokens, and polling while disconnected.

        Ends only after `close`, or by raising what needs the user: `TokenRefusedError` (the sign-in has
        expired), `SignedOutError` (another client has signed in), `RepeatedSignOutError` (it keeps signing
        in: stop), `WrongRegionError`.
        Cancelling it leaves nothing behind.
        """
        self._health.note_sign_out(signed_out=False)
        self._idle.clear()
        pauses = BackOff(self._timings)
        loop = asyncio.get_running_loop()
        try:
            while not self._closed:
                started = loop.time()
                self._health.begin()
                try:
                    await self._live_on()
                except CoolKitError:
                    raise
                except Exception as error:  # noqa: BLE001 - it must not leave the account for dead
                    self._unforeseen.report(error, "the session")
                    self._health.stop(failed=True)
                    if loop.time() - started >= self._timings.settled:
                        pauses.reset()
                    await self._pause(pauses.next(self._timings.refused_limit))
        except _ClosedError:
            self._health.close()
        except asyncio.CancelledError:
            self._health.close()
            raise
        except CoolKitError as error:
            # The clock goes on: what nobody hears of any more becomes unreachable.
            self._health.stop()
            if isinstance(error, (TokenRefusedError, WrongRegionError)):
                self._health.note_sign_out(signed_out=True)
            raise
        finally:
            self._idle.set()

    async def _live_on(self) -> None:
        """Run a session until something ends it; after a sign-out, until it may go on."""
        try:
            await self._live()
        except SignedOutError as error:
            _LOGGER.debug("Signed out: %s", error)
            # Nothing is heard of the devices until somebody signs in.
            self._health.stop()
            await self._recovery.recover(error)

    async def _pause(self, seconds: float) -> None:
        """Wait before the session is opened again; new tokens end that, and so does `close`."""
        if not self._closed:
            replaced = self._authorization.replaced
            replaced.clear()
            await is_set_within(replaced, seconds)

    async def _live(self) -> None:
        """Run everything that a session needs until something ends it."""
        self._failed.clear()
        self._failure = None
        works: Sequence[Callable[[], Awaitable[None]]] = (
            self._connector.keep_connected,
            self._list.keep_read,
            self._list.poll,
            self._authorization.keep_tokens,
            self._store.watch_silence,
            self._delivery.doubts.look,
            partial(self._store.loads.watch, self._delivery.ask_once),
            self._watch_failure,
        )
        await run_together(works, self._unforeseen)

    async def _watch_failure(self) -> None:
        """End the session if a call of somebody else has found that it must."""
        await self._failed.wait()
        raise self._failure or _ClosedError("session")

    async def close(self) -> None:
        """End the session: `listen`, the connection, commands that wait, timers."""
        self._closed = self._connector.closed = True
        self._store.close()
        self._authorization.replaced.set()
        self._failure = None
        self._failed.set()
        self.share_requests.close()
        # New tokens that were answered to nobody would be lost.
        await self._background.close(spare=self._authorization.renewal)
        await self._idle.wait()
        self._health.close()
