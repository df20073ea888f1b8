"""Sharing in version 2: over HTTP, without the consent of the recipient, and at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...devices.device import Device, Permit, Share
from ...exceptions import CloudError, InvalidInputError
from ..auth import AccountSession
from ..interface import Interface
from .caller import CallerV2
from .interfaces import CANCEL_SHARE, CHANGE_PERMIT, SHARE
from .things import listed_devices

NO_PERMIT = Permit(0)
# A share that needs no consent.
_SILENT = 1


class SharingV2(CallerV2):
    """Gives devices to other accounts, and takes them back."""

    async def share_devices(
        self,
        session: AccountSession,
        devices: Sequence[Device],
        *,
        email: str | None = None,
        phone_number: str | None = None,
        country_code: str | None = None,
        permit: Permit = NO_PERMIT,
        note: str = "",
    ) -> list[Device]:
        """Share devices with exactly one of email and phone number ("+86…"); the recipient is not asked.

        `country_code` is the dial code of the recipient's country, where it is known. Returns the devices as
        the answer tells them.
        Raises `UnknownAccountError`, `UnknownDeviceError`, `InvalidInputError`, `ShareError`,
        `FeatureRefusedError`, and as all calls do; `ValueError` if not exactly one address is given.
        """
        if bool(email) == bool(phone_number):
            raise ValueError("give either an email address or a phone number")
        user: dict[str, str] = {}
        if country_code:
            user["countryCode"] = f"+{country_code.strip().removeprefix('+')}"
        if phone_number:
            user["phoneNumber"] = phone_number
        elif email:
            user["email"] = email
        parameters = {
            "deviceidList": [device.device_id for device in devices],
            "user": user,
            "permit": int(permit),
            "comment": note,
            "shareType": _SILENT,
        }
        address = phone_number or email or ""
        answer = await self._bearer(session, SHARE, parameters, address)
        return _updated(SHARE, answer)

    async def change_permit(
        self, session: AccountSession, device: Device, share: Share, permit: Permit
    ) -> list[Device]:
        """Change what the recipient of a share may do; return the device as the answer tells it.

        Raises `UnknownDeviceError`, `ShareError`, `FeatureRefusedError`, and as all calls do.
        """
        key = _key(CHANGE_PERMIT, share)
        parameters = {"deviceid": device.device_id, "apikey": key, "permit": int(permit)}
        return _updated(CHANGE_PERMIT, await self._bearer(session, CHANGE_PERMIT, parameters, key))

    async def cancel_share(self, session: AccountSession, device: Device, share: Share) -> list[Device]:
        """Take a device back from a recipient; return the device as the answer tells it.

        Raises `UnknownDeviceError`, `ShareError`, `FeatureRefusedError`, and as all calls do.
        """
        key = _key(CANCEL_SHARE, share)
        parameters = {"deviceid": device.device_id, "apikey": key}
        return _updated(CANCEL_SHARE, await self._bearer(session, CANCEL_SHARE, parameters, key))


def _key(interface: Interface, share: Share) -> str:
    """Return the key of a recipient as the list has it: encrypted, to be passed back as it is."""
    if share.apikey is None:
        raise InvalidInputError(interface.name, reason="the list has no key of the recipient")
    return share.apikey


def _updated(interface: Interface, answer: Any) -> list[Device]:
    """Return the devices that a call has changed."""
    if not isinstance(answer, Mapping):
        raise CloudError(interface.name, reason="the answer is no object")
    return listed_devices(answer, "updatedThingList") or listed_devices(answer, "updatedThing")
