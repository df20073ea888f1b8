"""Sharing in version 2: over HTTP, without the consent of the recipient, and at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...devices.device import Device
from ...exceptions import CloudError, InvalidAddressError, InvalidInputError, NotSharedError
from ..auth import AccountSession
from ..interface import Interface
from ..region import dial_code_of, is_email, is_phone_number
from .caller import CallerV2
from .interfaces import CANCEL_SHARE, CHANGE_PERMIT, SHARE
from .things import listed_devices

# A share that needs no consent.
_SILENT = 1


class SharingV2(CallerV2):
    """Gives devices to other accounts, and takes them back."""

    async def share_device(
        self, session: AccountSession, device: Device, uid: str, *, permit: int | None, note: str
    ) -> None:
        """Share a device with another account, by its email address or phone number ("+86…").

        The recipient is not asked, and has it at once.
        Raises `UnknownAccountError`, `UnknownDeviceError`, `InvalidInputError`, `ShareError`,
        `FeatureRefusedError`, and as all calls do.
        """
        await self.share_devices(session, [device], uid, permit=permit, note=note)

    async def share_devices(
        self,
        session: AccountSession,
        devices: Sequence[Device],
        uid: str,
        *,
        permit: int | None = None,
        note: str = "",
    ) -> list[Device]:
        """Share several devices in one call; return them as it answers. Raises as `share_device` does."""
        parameters = {
            "deviceidList": [device.device_id for device in devices],
            "user": _user(uid),
            "permit": int(permit or 0),
            "comment": note,
            "shareType": _SILENT,
        }
        return _updated(SHARE, await self._bearer(session, SHARE, parameters, uid))

    async def change_share(
        self, session: AccountSession, device: Device, uid: str, *, permit: int | None, note: str
    ) -> None:
        """Change what the recipient of a share may do; its note stays as it is.

        Raises `NotSharedError`, `UnknownDeviceError`, `ShareError`, `FeatureRefusedError`, and as all calls
        do.
        """
        del note
        key = _key(CHANGE_PERMIT, device, uid)
        parameters = {"deviceid": device.device_id, "apikey": key, "permit": int(permit or 0)}
        _updated(CHANGE_PERMIT, await self._bearer(session, CHANGE_PERMIT, parameters, key, uid))

    async def cancel_share(self, session: AccountSession, device: Device, uid: str) -> None:
        """Take a device back from a recipient.

        Raises `NotSharedError`, `UnknownDeviceError`, `ShareError`, `FeatureRefusedError`, and as all calls
        do.
        """
        key = _key(CANCEL_SHARE, device, uid)
        parameters = {"deviceid": device.device_id, "apikey": key}
        _updated(CANCEL_SHARE, await self._bearer(session, CANCEL_SHARE, parameters, key, uid))


def _user(uid: str) -> dict[str, str]:
    """Return how a recipient is named."""
    if is_phone_number(uid):
        return {"countryCode": dial_code_of(uid), "phoneNumber": uid}
    if is_email(uid):
        return {"email": uid}
    raise InvalidAddressError(SHARE.name, address=uid)


def _key(interface: Interface, device: Device, uid: str) -> str:
    """Return the key of a recipient as the list has it: encrypted, to be passed back as it is."""
    wanted = uid.casefold()
    for share in device.shared_to:
        known = (share.address, share.email, share.phone_number)
        if wanted in {address.casefold() for address in known if address}:
            if share.apikey is None:
                raise InvalidInputError(interface.name, reason="the list has no key of the recipient")
            return share.apikey
    recipients = tuple(share.address for share in device.shared_to if share.address)
    raise NotSharedError(interface.name, address=uid, receivers=recipients)


def _updated(interface: Interface, answer: Any) -> list[Device]:
    """Return the devices that a call has changed."""
    if not isinstance(answer, Mapping):
        raise CloudError(interface.name, reason="the answer is no object")
    return listed_devices(answer, "updatedThingList") or listed_devices(answer, "updatedThing")
