"""The shares that the account gives to others."""

import asyncio
from typing import Final

from .account_management import own
from .authorization import Authorization
from .background import Background
from .cloud.api import CloudApi, Feature
from .cloud.region import account_address
from .cloud.share_frames import CANCEL, CHANGE, SHARE
from .device_list import DeviceList
from .devices.device import Device, Permit, Share
from .exceptions import (
    CannotConnectError,
    CoolKitError,
    InvalidAddressError,
    InvalidInputError,
    NoteTooLongError,
    NotSharedError,
    OwnAddressError,
    ServerTroubleError,
    SessionError,
    ShareError,
    ShareOpenError,
    ShareUnderWayError,
)
from .share_transports import ShareChange, ShareTransport
from .store import DeviceStore
from .timings import Timings

_NOTE_CHARACTERS: Final = 10
_NOTE_BYTES: Final = 30
_EVERYTHING: Final = ~Permit(0)


class Sharing:
    """Shares devices of the account with others."""

    def __init__(
        self,
        *,
        api: CloudApi,
        timings: Timings,
        store: DeviceStore,
        device_list: DeviceList,
        authorization: Authorization,
        transport: ShareTransport,
        background: Background,
    ) -> None:
        """Share what is in the store, the way that the `transport` is."""
        self._api = api
        self._timings = timings
        self._store = store
        self._list = device_list
        self._authorization = authorization
        self._transport = transport
        self._background = background
        # Devices, and whom somebody is being asked about them.
        self._under_way: set[tuple[str, str]] = set()

    async def share(
        self, device_id: str, uid: str, *, permit: Permit, note: str = "", user_name: str | None = None
    ) -> None:
        """Share a device with another account of the region; returns when it has it.

        Where the recipient has to accept it, that may last for three minutes. `uid` is its email address or
        phone number ("+86…"), `note` has at most 10 characters and 30 bytes, `user_name` is what it is told
        of us if not the nickname. The request goes on when the caller is cancelled, and is never sent twice.

        Raises before anything is sent: `NotOwnerError`, `UnknownDeviceError`, `InvalidInputError`,
        `ShareUnderWayError`, `NotConnectedError`. Then: `UnknownAccountError`, `ShareRefusedError`,
        `AlreadySharedError`, `ShareTimeoutError` (no answer in time, or not online), `ShareOpenError` (its
        outcome is not known), `ShareError`, and as all calls do.
        """
        uid, device = self._checked(SHARE, device_id, uid)
        note = _check_terms(SHARE, permit, note)
        # The cloud may take another spelling of the same address for another account.
        uid = _spelling(device, uid) or uid
        await self._carry(
            ShareChange(action=SHARE, device=device, uid=uid, permit=permit, note=note, user_name=user_name)
        )

    async def change(
        self,
        device_id: str,
        uid: str,
        *,
        permit: Permit | None = None,
        note: str | None = None,
        user_name: str | None = None,
    ) -> None:
        """Change what a recipient may do; it may have to agree.

        What is not given, permit or note, stays as the list has it. Raises as `share` does, and
        `NotSharedError`.
        """
        note = _check_terms(CHANGE, permit, note)
        fresh = permit is None or note is None
        uid, device = await self._shared(CHANGE, device_id, uid, fresh=fresh)
        share = next((share for share in device.shared_to if share.address == uid), Share())
        await self._carry(
            ShareChange(
                action=CHANGE,
                device=device,
                uid=uid,
                permit=share.permit if permit is None else permit,
                note=(share.comment or "") if note is None else note,
                user_name=user_name,
            )
        )

    async def cancel(self, device_id: str, uid: str) -> None:
        """Take a device back. The list says before whether it is shared, and after whether that has ended.

        The cloud itself takes any address for one that it was shared with. Raises as `share` does, and
        `NotSharedError`.
        """
        uid, device = await self._shared(CANCEL, device_id, uid, fresh=True)
        recipients = len(device.shared_to)
        await self._carry(ShareChange(action=CANCEL, device=device, uid=uid))
        if not self._has(device, uid, recipients):
            return
        # A server that has not caught up yet may still show it.
        await asyncio.sleep(self._timings.resync)
        try:
            await self._list.read()
        except CoolKitError as error:
            raise ShareOpenError(CANCEL, reason="the list cannot be read") from error
        if not self._has(device, uid, recipients):
            return
        if _spelling(device, uid) is None:
            raise NotSharedError(CANCEL, address=uid, receivers=_recipients(device))
        raise ShareError(CANCEL, reason="the list still has the share")

    def _has(self, device: Device, uid: str, recipients: int) -> bool:
        """Return whether a device, which had so many recipients, still has this one."""
        now = self._store.devices.get(device.device_id)
        if now is None:
            return False
        if _spelling(device, uid) is not None:
            return _spelling(now, uid) is not None
        # One of those without an address.
        return len(now.shared_to) >= recipients

    def _checked(self, action: str, device_id: str, uid: str) -> tuple[str, Device]:
        """Return the recipient's address and the device, or raise what is wrong with them."""
        session = self._authorization.session
        device = own(self._store.get(device_id), session.apikey, action)
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
        """Return the recipient's address as the list has it, and the device; it has to be shared with it.

        The list is read first if it has to be `fresh`, and for a share that it does not have yet.
        """
        uid, device = self._checked(action, device_id, uid)
        if fresh or _recipient(device, uid) is None:
            await self._list.read()
            uid, device = self._checked(action, device_id, uid)
        if (known := _recipient(device, uid)) is None:
            raise NotSharedError(action, address=uid, receivers=_recipients(device))
        return known, device

    async def _carry(self, change: ShareChange) -> None:
        """Send a change, once, and wait for its outcome; that goes on when the caller is cancelled."""
        action = change.action
        self._api.require(Feature.SHARING, action)
        key = (change.device.device_id, change.uid.lower())
        if key in self._under_way:
            raise ShareUnderWayError(action)
        self._transport.check_ready(action)
        self._under_way.add(key)
        asked = self._background.spawn(self._carried(change))
        asked.add_done_callback(lambda _: self._under_way.discard(key))
        try:
            await Background.outcome(asked)
        except CannotConnectError as error:
            if not asked.cancelled():
                raise
            # The session was closed; the recipient may still answer.
            raise ShareOpenError(action, reason=error.reason) from error

    async def _carried(self, change: ShareChange) -> None:
        action, device, uid = change.action, change.device, change.uid
        try:
            await self._transport.carry(change)
        except ShareOpenError, ServerTroubleError:
            # It may have been done nevertheless.
            self._list.requests.request(0)
            raise
        except SessionError:
            raise
        except CoolKitError as error:
            await self._list.raise_if_unlisted(error, (device.device_id,))
            known = self._store.devices.get(device.device_id) if error.may_be_gone else None
            if action != SHARE and known is not None and _recipient(known, uid) is None:
                raise NotSharedError(action, address=uid, receivers=_recipients(known)) from error
            raise
        # Whom a device is shared with stands in the list.
        await self._list.read_or_request()


def _check_terms[N: (str, str | None)](action: str, permit: Permit | None, note: N) -> N:
    """Return the note without the blanks around it, or raise what cannot be sent."""
    if permit is not None and not 0 <= permit <= _EVERYTHING:
        raise InvalidInputError(action, reason="there is no such permission")
    if note is None:
        return note
    note = note.strip()
    if len(note) > _NOTE_CHARACTERS or len(note.encode(errors="surrogatepass")) > _NOTE_BYTES:
        raise NoteTooLongError(action, characters=_NOTE_CHARACTERS, size=_NOTE_BYTES)
    return note


def _recipients(device: Device) -> tuple[str, ...]:
    """Return the addresses of those who have a device, as far as the list tells them."""
    return tuple(filter(None, (share.address for share in device.shared_to)))


def _recipient(device: Device, uid: str) -> str | None:
    """Return a recipient's address as the list has it; None if the device is not shared with it."""
    if (known := _spelling(device, uid)) is not None:
        return known
    # Of some of them the list may tell no address: it may be one of those.
    return uid if len(_recipients(device)) < len(device.shared_to) else None


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
