"""What the owner changes of devices in version 2: adding, deleting, names, rooms, settings; their history."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
import hashlib
from typing import Any, Final

from ...devices.device import CHANNEL_NAMES, Device
from ...devices.fields import bounded_time, read_text
from ...exceptions import CloudError, InvalidInputError, NotSupportedError
from ..answers import whole
from ..auth import AccountSession
from ..interface import Interface
from ..records import Firmware, HistoryEntry
from .caller import CallerV2
from .interfaces import (
    ADD_DEVICE,
    ADD_GSM_DEVICE,
    CLEAR_HISTORY,
    DELETE_DEVICE,
    DEVICE_SETTINGS,
    FIRMWARE,
    HISTORY,
    LEAVE_SHARE,
    RENAME_CHANNELS,
    RENAME_DEVICE,
)
from .things import listed_devices

MOST_HISTORY: Final = 30
MOST_FIRMWARE: Final = 30
_MOST_FILES: Final = 50


class DevicesV2(CallerV2):
    """Changes devices."""

    async def add_device(
        self,
        session: AccountSession,
        *,
        device_id: str,
        apikey: str,
        name: str,
        chip_id: str | None = None,
        sub_device_id: str | None = None,
        home_id: str | None = None,
        room_id: str | None = None,
    ) -> Device:
        """Add a device by its own key, to the home that the phone app shows unless told otherwise.

        What is returned may hold no more than id and name.
        Raises `NotSupportedError` for the child of a gateway, `BrandRefusedError`, `DeviceRefusedError`,
        `FeatureRefusedError`, and as all calls do.
        """
        if sub_device_id:
            raise NotSupportedError(ADD_DEVICE.name, reason="children are added by their gateway")
        digest = hashlib.sha256(f"{device_id}{apikey}".encode()).hexdigest()
        parameters = {
            "name": name,
            "deviceid": device_id,
            "digest": digest,
            "chipid": chip_id or "",
            **_place(home_id, room_id),
        }
        answer = await self._bearer(session, ADD_DEVICE, parameters, apikey, digest)
        return _added(ADD_DEVICE, answer, device_id, name)

    async def add_gsm_device(
        self,
        session: AccountSession,
        *,
        device_id: str,
        apikey: str,
        name: str,
        home_id: str | None = None,
        room_id: str | None = None,
    ) -> Device:
        """Add a GSM device by what its sticker says, id and key.

        What is returned may hold no more than id and name.
        Raises `BrandRefusedError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        """
        # Half a character is no part of any key; the cloud may say so.
        key = f"{device_id}{apikey}".encode(errors="surrogatepass")
        digest = hashlib.md5(key, usedforsecurity=False).hexdigest()
        parameters = {"id": digest, "name": name, **_place(home_id, room_id)}
        answer = await self._bearer(session, ADD_GSM_DEVICE, parameters, apikey, digest)
        return _added(ADD_GSM_DEVICE, answer, device_id, name)

    async def delete_device(self, session: AccountSession, device: Device) -> None:
        """Take a device from the account; it has to be paired again to come back.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        """
        await self._change(session, DELETE_DEVICE, {"deviceid": device.device_id}, device.apikey)

    async def leave_share(self, session: AccountSession, device: Device) -> None:
        """Give back a device that is shared with the account; it stays its owner's.

        Raises `UnknownDeviceError`, `ShareError`, `FeatureRefusedError`, and as all calls do.
        """
        await self._change(session, LEAVE_SHARE, {"deviceid": device.device_id}, device.apikey)

    async def rename_device(self, session: AccountSession, device: Device, name: str) -> None:
        """Give a device another name.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        """
        parameters = {"deviceid": device.device_id, "name": name}
        await self._change(session, RENAME_DEVICE, parameters, device.apikey)

    async def move_to_room(self, session: AccountSession, device: Device, room_id: str) -> None:
        """Put a device into another room of its home.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        """
        parameters = {"deviceid": device.device_id, "roomid": room_id}
        await self._change(session, RENAME_DEVICE, parameters, device.apikey)

    async def rename_channels(
        self, session: AccountSession, device: Device, names: Mapping[str, Any]
    ) -> None:
        """Give the channels of a device these names, by their outlet as text; those left out lose theirs.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        """
        await self.merge_tags(session, device, {CHANNEL_NAMES: dict(names)})

    async def merge_tags(self, session: AccountSession, device: Device, tags: Mapping[str, Any]) -> None:
        """Replace what the app keeps for a device under these names; what has another name stays.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        """
        parameters = {
            "deviceid": device.device_id,
            # Everything else that the app keeps for the device would be lost without it.
            "type": "merge",
            "tags": dict(tags),
        }
        await self._change(session, RENAME_CHANNELS, parameters, device.apikey)

    async def change_settings(
        self, session: AccountSession, devices: Sequence[Device], settings: Mapping[str, Any]
    ) -> list[Device]:
        """Change settings of devices, those that are named; return the devices as the answer tells them.

        They steer the notices of the phone app, nothing in a device.
        Raises `UnknownDeviceError`, `InvalidInputError`, `DeviceRefusedError`, `FeatureRefusedError`, and as
        all calls do.
        """
        parameters = {
            "deviceidList": [device.device_id for device in devices],
            "settings": dict(settings),
        }
        answer = await self._bearer(session, DEVICE_SETTINGS, parameters)
        _check_object(DEVICE_SETTINGS, answer)
        return listed_devices(answer, "updatedThingList")

    async def list_history(
        self,
        session: AccountSession,
        device: Device,
        *,
        before: datetime | None = None,
        limit: int = MOST_HISTORY,
    ) -> list[HistoryEntry]:
        """Return up to 30 of the last operations on a device, or of those before a time; the newest first.

        Raises `UnknownDeviceError`, `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        """
        if not 1 <= limit <= MOST_HISTORY:
            raise InvalidInputError(HISTORY.name, reason=f"between 1 and {MOST_HISTORY} are read at once")
        parameters: dict[str, Any] = {"deviceid": device.device_id, "num": limit}
        if before is not None:
            parameters["from"] = int(before.timestamp() * 1000)
        answer = await self._bearer(session, HISTORY, parameters, device.apikey)
        items = answer.get("histories") if isinstance(answer, Mapping) else None
        if not isinstance(items, list):
            raise CloudError(HISTORY.name, reason="no list in the answer")
        found = (_history(item) for item in items[:MOST_HISTORY] if isinstance(item, Mapping))
        return [entry for entry in found if entry is not None]

    async def clear_history(self, session: AccountSession, device: Device) -> None:
        """Delete the history of a device.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        """
        await self._change(session, CLEAR_HISTORY, {"deviceid": device.device_id}, device.apikey)

    async def list_firmware(self, session: AccountSession, devices: Sequence[Device]) -> list[Firmware]:
        """Return newer firmwares for up to 30 devices, left out where there is none, or no version is told.

        What starts an update is sent to the device (`Firmware.params`).
        Raises `InvalidInputError` for more than 30, `FeatureRefusedError`, and as all calls do.
        """
        if len(devices) > MOST_FIRMWARE:
            raise InvalidInputError(FIRMWARE.name, reason=f"at most {MOST_FIRMWARE} devices go at once")
        asked = [
            {"deviceid": device.device_id, "model": model, "version": device.firmware}
            for device in devices
            if (model := device.module) and device.firmware
        ]
        if not asked:
            return []
        answer = await self._bearer(session, FIRMWARE, {"deviceInfoList": asked})
        items = answer.get("otaInfoList") if isinstance(answer, Mapping) else None
        if not isinstance(items, list):
            raise CloudError(FIRMWARE.name, reason="no list in the answer")
        models = {one["deviceid"]: one["model"] for one in asked}
        return [
            Firmware(
                device_id=device_id,
                model=str(models[device_id]),
                version=version,
                files=tuple(one for one in files[:_MOST_FILES] if isinstance(one, Mapping)),
            )
            for item in items
            if isinstance(item, Mapping)
            and (device_id := read_text(item.get("deviceid"))) in models
            and (version := read_text(item.get("version")))
            and isinstance(files := item.get("binList"), list)
        ]


def _place(home_id: str | None, room_id: str | None) -> dict[str, str]:
    """Return the parameters that say where a thing is."""
    place = {"familyid": home_id, "roomid": room_id}
    return {name: value for name, value in place.items() if value}


def _check_object(interface: Interface, answer: Any) -> None:
    """Raise unless an answer is an object."""
    if not isinstance(answer, Mapping):
        raise CloudError(interface.name, reason="the answer is no object")


def _added(interface: Interface, answer: Any, device_id: str, name: str) -> Device:
    """Return the device that was added, as far as the answer tells."""
    _check_object(interface, answer)
    for place in ("thing", "thingList"):
        for device in listed_devices(answer, place):
            if device.device_id == device_id:
                return device
    devices = listed_devices({"things": answer}, "things")
    return devices[0] if devices else Device(device_id).with_name(name)


def _history(item: Mapping[str, Any]) -> HistoryEntry | None:
    """Return one operation; None for one that has no device or no time."""
    device_id, milliseconds = read_text(item.get("deviceid")), whole(item.get("opsTime"))
    if device_id is None or milliseconds is None:
        return None
    try:
        time = bounded_time(datetime.fromtimestamp(milliseconds / 1000, UTC))
    except OverflowError, OSError, ValueError:
        return None
    if time is None:
        return None
    return HistoryEntry(
        device_id=device_id,
        time=time,
        source=read_text(item.get("userAgent")) or "",
        switches=read_text(item.get("opsSwitchs")) or "",
        request=item["request"] if isinstance(item.get("request"), str) else "",
        account=read_text(item.get("opsAccount")) or "",
    )
