"""Sharing devices with other accounts, and answering those who want to share theirs."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
import logging
import time
from typing import Any, Final

from .account_management import Explain, own
from .background import Background
from .cloud.answers import error_text, session_code, whole
from .cloud.api import CloudApi, Feature
from .cloud.auth import AccountSession
from .cloud.connection import Connection
from .cloud.frames import frame_error, marked
from .cloud.region import account_address
from .cloud.words import told_by_web_server
from .devices.device import Device, Permit, Share
from .events import Event, ShareRequest, ShareRequested, ShareRequestEnded
from .exceptions import (
    AlreadySharedError,
    CannotConnectError,
    CommandTimeoutError,
    CoolKitError,
    FeatureRefusedError,
    InvalidAddressError,
    InvalidInputError,
    NotConnectedError,
    NoteTooLongError,
    NotSharedError,
    OwnAddressError,
    QuotaError,
    RequestEndedError,
    ServerTroubleError,
    SessionError,
    ShareError,
    ShareOpenError,
    ShareRefusedError,
    ShareTimeoutError,
    ShareUnderWayError,
    SignedOutError,
    UnknownAccountError,
)
from .scrubbing import scrub
from .timings import Timings

SHARE: Final = "share"
CHANGE: Final = "updateShare"
CANCEL: Final = "cancelShare"
_LOGGER = logging.getLogger(__name__)

# Of other accounts that are open at once.
MOST_REQUESTS: Final = 20
_ANSWER: Final = "share answer"
_NOTE_CHARACTERS = 10
_NOTE_BYTES = 30
_EVERYTHING = ~Permit(0)

_CODES: Mapping[int, type[CoolKitError]] = {
    400: InvalidInputError,
    406: SignedOutError,
    407: FeatureRefusedError,
    412: QuotaError,
    504: ShareTimeoutError,
}
_NO_USER, _ACCEPTED, _REFUSED, _DONE = 1, 2, 3, 4


class Sharing:
    """The shares that the account gives, and the requests of others that wait for its answer."""

    def __init__(
        self,
        *,
        api: CloudApi,
        timings: Timings,
        background: Background,
        emit: Callable[[Event], None],
        session: Callable[[], AccountSession],
        judge: Callable[[SessionError], Awaitable[CoolKitError]],
        device: Callable[[str], Device],
        connection: Callable[[], Connection | None],
        relist: Callable[[], Awaitable[None]],
        read_list: Callable[[], Awaitable[None]],
        explain: Explain,
        want_list: Callable[[float], None],
    ) -> None:
        """Share devices that `device` finds (raises for unknown ones) over the present `connection`."""
        self._api = api
        self._timings = timings
        self._background = background
        self._emit = emit
        self._session = session
        self._judge = judge
        self._device = device
        self._connection = connection
        self._relist = relist
        self._read_list = read_list
        self._explain = explain
        self._want_list = want_list
        self._asking: set[tuple[str, str]] = set()
        self._requests: dict[ShareRequest, asyncio.TimerHandle] = {}
        self._answering: set[ShareRequest] = set()
        self._crowded = False

    # Shares that are given

    async def share(
        self, device_id: str, uid: str, *, permit: Permit, note: str, user_name: str | None
    ) -> None:
        """Ask another account to take a device; returns when it has accepted."""
        uid, device = self._checked(SHARE, device_id, uid)
        note = _check_terms(SHARE, permit, note)
        # The cloud may take another spelling of the same address for another account.
        uid = _spelling(device, uid) or uid
        await self._offer(SHARE, device, uid, permit=permit, note=note, user_name=user_name)

    async def change(
        self,
        device_id: str,
        uid: str,
        *,
        permit: Permit | None,
        note: str | None,
        user_name: str | None,
    ) -> None:
        """Change what a receiver may do; returns when that holds.

        The frame carries all terms: those that are not given are sent as the list has them now.
        """
        note = _check_terms(CHANGE, permit, note)
        fresh = permit is None or note is None
        uid, device = await self._shared(CHANGE, device_id, uid, fresh=fresh)
        share = next((share for share in device.shared_to if share.address == uid), Share())
        await self._offer(
            CHANGE,
            device,
            uid,
            permit=share.permit if permit is None else permit,
            note=(share.comment or "") if note is None else note,
            user_name=user_name,
        )

    async def cancel(self, device_id: str, uid: str) -> None:
        """Take a device back; the list says before whether it is shared, and after whether that has ended.

        The cloud itself takes any address for one that it was shared with.
        """
        uid, device = await self._shared(CANCEL, device_id, uid, fresh=True)
        receivers = len(device.shared_to)
        params = {"uid": uid, "deviceName": device.name}
        await self._ask(CANCEL, device, params, seconds=self._timings.command)
        if not self._has(device, uid, receivers):
            return
        # A server that has not caught up yet may still show it.
        await asyncio.sleep(self._timings.resync)
        try:
            await self._read_list()
        except CoolKitError as error:
            raise ShareOpenError(CANCEL, reason="the list cannot be read") from error
        if not self._has(device, uid, receivers):
            return
        if _spelling(device, uid) is None:
            raise NotSharedError(CANCEL, address=uid, receivers=_receivers(device))
        raise ShareError(CANCEL, reason="the list still has the share")

    def _has(self, device: Device, uid: str, receivers: int) -> bool:
        """Return whether a device, which had so many receivers, still has this one."""
        now = self._find(device.device_id)
        if now is None:
            return False
        if _spelling(device, uid) is not None:
            return _spelling(now, uid) is not None
        # One of those without an address.
        return len(now.shared_to) >= receivers

    async def _offer(
        self, action: str, device: Device, uid: str, *, permit: int | None, note: str, user_name: str | None
    ) -> None:
        session = self._session()
        params: dict[str, Any] = {
            "uid": uid,
            "deviceName": device.name,
            "userName": user_name or session.nickname or session.account,
            "shareTime": str(time.time_ns() // 10**6),
            "note": note,
            "sender_appid": self._api.app_id,
        }
        if permit is not None:
            params["permit"] = int(permit)
        # The cloud itself gives up after the time that the receiver has.
        await self._ask(action, device, params, seconds=self._timings.share + self._timings.command)

    def _checked(self, action: str, device_id: str, uid: str) -> tuple[str, Device]:
        """Return the receiver's address and the device, or raise what is wrong with them."""
        session = self._session()
        device = own(self._device(device_id), session.apikey, action)
        # The list may know somebody by an address of another form.
        address = account_address(uid) or _spelling(device, uid.strip())
        if address is None:
            raise InvalidAddressError(action, address=uid)
        if address.casefold() == session.account.casefold():
            raise OwnAddressError(action)
        return address, device

    async def _shared(
        self, action: str, device_id: str, uid: str, *, fresh: bool = False
    ) -> tuple[str, Device]:
        """Return the receiver's address as the list has it, and the device; it has to be shared with it.

        The list is read first if it has to be `fresh`, and for a share that it does not have yet.
        """
        uid, device = self._checked(action, device_id, uid)
        if fresh or _receiver(device, uid) is None:
            await self._read_list()
            uid, device = self._checked(action, device_id, uid)
        if (known := _receiver(device, uid)) is None:
            raise NotSharedError(action, address=uid, receivers=_receivers(device))
        return known, device

    async def _ask(self, action: str, device: Device, params: Mapping[str, Any], *, seconds: float) -> None:
        """Send one frame, once, and wait for its outcome; that goes on when the caller is cancelled."""
        if Feature.SHARING not in self._api.features:
            raise FeatureRefusedError(action, code=407)
        key = (device.device_id, params["uid"].lower())
        if key in self._asking:
            raise ShareUnderWayError(action)
        connection = self._connection()
        if connection is None or not connection.alive:
            raise NotConnectedError(action, reason="sharing needs the persistent connection")
        self._asking.add(key)
        asked = self._background.spawn(self._asked(connection, action, device, params, seconds))
        try:
            await Background.outcome(asked)
        except CannotConnectError as error:
            if not asked.cancelled():
                raise
            # The session was closed; the receiver may still answer.
            raise ShareOpenError(action, reason=error.reason) from error

    async def _asked(
        self,
        connection: Connection,
        action: str,
        device: Device,
        params: Mapping[str, Any],
        seconds: float,
    ) -> None:
        try:
            answer = await connection.ask(action, device, params, seconds)
            self._check(action, answer, device)
        except CannotConnectError as error:
            if not error.handed:
                raise NotConnectedError(action, reason=error.reason) from error
            self._want_list(0)
            raise ShareOpenError(action, reason=error.reason) from error
        except CommandTimeoutError as error:
            connection.probe()
            self._want_list(0)
            raise ShareOpenError(action, reason=error.reason) from error
        except SignedOutError as error:
            error.alone = ShareError
            raise await self._judge(error) from error
        except ServerTroubleError:
            # It may have been done nevertheless.
            self._want_list(0)
            raise
        except CoolKitError as error:
            await self._explain(error, (device.device_id,))
            if action != SHARE and error.may_be_gone and (known := self._find(device.device_id)):
                uid = params["uid"]
                if _receiver(known, uid) is None:
                    raise NotSharedError(action, address=uid, receivers=_receivers(known)) from error
            raise
        finally:
            self._asking.discard((device.device_id, params["uid"].lower()))
        # Whom a device is shared with stands in the list.
        await self._relist()

    def _check(self, action: str, answer: Mapping[str, Any], device: Device) -> None:
        """Raise what an answer says unless it is that all is done."""
        code = session_code(answer)
        session = self._session()
        reason = scrub(error_text(answer), session.apikey, device.apikey)
        if told_by_web_server(answer):
            raise ServerTroubleError(action, code=code or None, reason=reason)
        if code is None:
            raise ShareError(action, reason=reason)
        if code != 0:
            kind = frame_error(code, _CODES, ServerTroubleError, ShareError)
            if kind is FeatureRefusedError:
                self._api.refuse(Feature.SHARING)
            raise marked(kind(action, code=code, reason=reason))
        if action == CANCEL:
            return
        result = whole(answer.get("result"))
        if result == _NO_USER:
            raise UnknownAccountError(action, code=result, reason=reason)
        if result == _REFUSED:
            raise ShareRefusedError(action, code=result, reason=reason)
        if result == _DONE and action == SHARE:
            raise AlreadySharedError(action, code=result, reason=reason)
        if result not in {_ACCEPTED, _DONE}:
            self._want_list(0)
            raise ShareOpenError(action, code=result, reason=reason or "the answer has no known result")

    # Requests of others

    @property
    def requests(self) -> tuple[ShareRequest, ...]:
        """The requests that can be answered now, oldest first."""
        return tuple(self._requests)

    def take(self, request: ShareRequest) -> None:
        """Keep a request that has come, as long as it can be answered."""
        device = self._find(request.device_id)
        if device is not None and device.apikey == self._session().apikey:
            # Another client of this account shares a device of its own.
            return
        for earlier in self.requests:
            if (earlier.apikey, earlier.device_id) == (request.apikey, request.device_id):
                self._end(earlier)
        if len(self._requests) >= MOST_REQUESTS:
            # Each of them is a repair and a notification.
            if not self._crowded:
                _LOGGER.warning("More than %d share requests are open; others are ignored", MOST_REQUESTS)
            self._crowded = True
            return
        self._crowded = False
        loop = asyncio.get_running_loop()
        self._requests[request] = loop.call_at(request.received + self._timings.share, self._end, request)
        self._emit(ShareRequested(request))

    def restore(self, requests: Iterable[ShareRequest]) -> None:
        """Go on with requests that came to an earlier session of the account."""
        for request in requests:
            accepted = not request.changes and self._find(request.device_id) is not None
            late = request.received + self._timings.share <= asyncio.get_running_loop().time()
            if not accepted and not late:
                self.take(request)

    def note_added(self, device: Device) -> None:
        """End the request that made a device appear: it was accepted, wherever that was."""
        for request in self.requests:
            if request.device_id == device.device_id and not request.changes:
                self._end(request)

    async def answer(self, request: ShareRequest, *, accept: bool) -> None:
        """Accept or refuse a request."""
        if request not in self._requests or request in self._answering:
            raise RequestEndedError(_ANSWER)
        connection = self._connection()
        if connection is None or not connection.alive:
            raise NotConnectedError(_ANSWER, reason="answering needs the persistent connection")
        self._answering.add(request)
        try:
            await connection.answer(request, _ACCEPTED if accept else _REFUSED)
        except CannotConnectError as error:
            raise NotConnectedError(_ANSWER, reason=error.reason) from error
        finally:
            self._answering.discard(request)
        self._end(request)
        if accept:
            self._want_list(self._timings.resync)

    def _find(self, device_id: str) -> Device | None:
        try:
            return self._device(device_id)
        except CoolKitError:
            return None

    def _end(self, request: ShareRequest) -> None:
        """Let a request go, and tell it once."""
        if (timer := self._requests.pop(request, None)) is not None:
            timer.cancel()
            self._emit(ShareRequestEnded(request))

    def close(self) -> None:
        """Forget the requests; nothing is told any more."""
        for timer in self._requests.values():
            timer.cancel()
        self._requests.clear()


def _check_terms[N: (str, str | None)](action: str, permit: Permit | None, note: N) -> N:
    """Return the note without the blanks around it, or raise what cannot be sent."""
    if permit is not None and not 0 <= permit <= _EVERYTHING:
        raise InvalidInputError(action, reason="there is no such permission")
    if note is None:
        return note
    note = note.strip()
    if len(note) > _NOTE_CHARACTERS or len(note.encode()) > _NOTE_BYTES:
        raise NoteTooLongError(action, characters=_NOTE_CHARACTERS, size=_NOTE_BYTES)
    return note


def _receivers(device: Device) -> tuple[str, ...]:
    """Return the addresses of those who have a device, as far as the list tells them."""
    return tuple(filter(None, (share.address for share in device.shared_to)))


def _receiver(device: Device, uid: str) -> str | None:
    """Return a receiver's address as the list has it; None if the device is not shared with it."""
    if (known := _spelling(device, uid)) is not None:
        return known
    # Of some of them the list may tell no address: it may be one of those.
    return uid if len(_receivers(device)) < len(device.shared_to) else None


def _spelling(device: Device, uid: str) -> str | None:
    """Return an address as the list spells it; None if the list does not have it."""
    wanted = _plain(uid)
    for share in device.shared_to:
        if wanted in {_plain(known) for known in (share.address, share.email, share.phone_number) if known}:
            return share.address
    return None


def _plain(address: str) -> str:
    """Return an address without what may be spelled differently."""
    return (account_address(address) or address).casefold()
