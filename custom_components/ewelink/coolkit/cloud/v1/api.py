"""The API Center, version 1: its HTTP calls, typed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
import hashlib
import logging
from typing import Any, override

from ...devices.device import Device, Group, GroupMove
from ...devices.fields import short_name
from ...devices.params import Params, Sent, together
from ...exceptions import CannotConnectError, CloudError
from ...jsontext import MendedList, MendedObject
from ..answers import whole
from ..api import CloudApi, Endpoint, FolderGroups, Witness
from ..auth import AccountSession
from ..entries import MOST_DEVICES, MOST_GROUPS, Listed, read_entries
from ..interface import Interface
from ..region import is_host, is_loopback
from .account import AccountV1
from .entries import device_from_entry, group_from_entry, mended_device
from .interfaces import (
    ADD_DEVICE,
    ADD_GROUP,
    ADD_GSM_DEVICE,
    CHANGE_GROUP,
    DELETE_DEVICE,
    DELETE_GROUP,
    DEVICE,
    DEVICES,
    DISPATCH,
    GROUPS,
    LEAVE_SHARE,
    MOVE_DEVICES,
    RENAME_CHANNELS,
    RENAME_DEVICE,
    STATUS,
    UPDATE,
)

_LOGGER = logging.getLogger(__name__)


class ApiV1(AccountV1, CloudApi, FolderGroups):
    """Every HTTP call of version 1 that is in use."""

    @property
    @override
    def poll_interval(self) -> float:
        """Seconds between two lists while there is no persistent connection."""
        return 60

    @property
    @override
    def stops_at_quota(self) -> bool:
        """Whether the list is read no more while the quota of calls is spent."""
        return False

    @override
    def witnesses(self) -> Sequence[Witness]:
        """Return calls that tell if a session is known: first that for where to connect, the cheapest."""
        return (
            (DISPATCH.name, self.dispatch),
            (DEVICES.name, self.list_devices),
            (GROUPS.name, self.list_groups),
        )

    @override
    async def list_devices(self, session: AccountSession) -> Listed[Device]:
        """Return every device of the account; entries that cannot be read are left out.

        Raises as all calls do. Source: API Center, Device List.
        """
        answer = await self._bearer(session, DEVICES, {"lang": "en", "getTags": "1"})
        entries = answer if isinstance(answer, list) else answer.get("devicelist")
        if not isinstance(entries, list):
            raise CloudError(DEVICES.name, reason="no list in the answer")
        mended = isinstance(answer, (MendedList, MendedObject))
        read = mended_device if mended else device_from_entry
        devices = await read_entries(DEVICES.name, entries, read, most=MOST_DEVICES, mended=mended)
        if entries and not devices:
            raise CloudError(DEVICES.name, reason="no device in the list")
        return devices

    @override
    async def get_device(self, session: AccountSession, device: Device) -> Device:
        """Return one device as the cloud knows it now.

        Raises `UnknownDeviceError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Check a device info.
        """
        answer = await self._bearer(
            session, DEVICE, {"deviceid": device.device_id, "apikey": device.apikey}, device.apikey
        )
        entry = answer.get("device", answer) if isinstance(answer, Mapping) else answer
        if isinstance(entry, list) and len(entry) == 1:
            entry = entry[0]
        try:
            found = device_from_entry(entry) if isinstance(entry, Mapping) else None
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
        if isinstance(found, list) and all(isinstance(delta, Mapping) for delta in found):
            # The specification's table says array, its example shows an object.
            found = together(found)
        if not isinstance(found, Mapping):
            raise CloudError(STATUS.name, reason="no params in the answer")
        return found

    @override
    async def update_status(self, session: AccountSession, device: Device, params: Sent) -> None:
        """Send params to a device.

        Raises `DeviceOfflineError`, `CommandTimeoutError`, `CommandError`, `UnknownDeviceError`,
        `FeatureRefusedError`, and as all calls do. Source: API Center, HTTP: Update device status.
        """
        await self._change(session, UPDATE, {"deviceid": device.device_id, "params": params}, device.apikey)

    @override
    async def dispatch(self, session: AccountSession) -> Endpoint:
        """Return where to open the persistent connection.

        A second address is asked where there is one and the first does not answer, or not usably.
        Raises `FeatureRefusedError`, and as all calls do. Source: API Center, HTTP: Server Dispatch.
        """
        first = self.hosts.api_url(session.region)
        second = self.hosts.dispatch.get(session.region)
        try:
            return await self._dispatch(session, first)
        except (CannotConnectError, CloudError) as error:
            if second is None:
                raise
            _LOGGER.debug("Asking the second address for dispatch: %s", error)
            failure = error
        try:
            return await self._dispatch(session, second)
        except CannotConnectError, CloudError:
            raise failure from None

    async def _dispatch(self, session: AccountSession, base: str) -> Endpoint:
        """Return where one of the hosts says that the persistent connection is to be opened."""
        answer = await self._bearer(session, DISPATCH, {"accept": "ws"}, base=base)
        domain = answer.get("domain") if isinstance(answer, Mapping) else None
        port = whole(answer.get("port")) if isinstance(answer, Mapping) else None
        if not isinstance(domain, str) or port is None or not 0 < port < 65536:
            raise CloudError(DISPATCH.name, reason="no domain and port in the answer")
        plain = base.startswith("http:") and is_loopback(domain)
        if not is_host(domain):
            # The handshake, with the token, goes there.
            raise CloudError(DISPATCH.name, reason="the domain in the answer is none")
        return Endpoint(domain=domain, port=port, secure=not plain)

    @override
    async def add_device(
        self,
        session: AccountSession,
        *,
        device_id: str,
        apikey: str,
        name: str,
        chip_id: str | None = None,
        sub_device_id: str | None = None,
    ) -> Device:
        """Add a device by its own key; with `sub_device_id` that child, by id and key of its gateway.

        What is returned may hold no more than id and name.
        Raises `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Add Wi-Fi Device.
        """
        parameters: dict[str, Any] = {
            "deviceid": device_id,
            "apikey": apikey,
            "name": name,
            "isSub": 1 if sub_device_id else 0,
        }
        if sub_device_id:
            parameters["subDeviceId"] = sub_device_id
        if chip_id:
            parameters["chipid"] = chip_id
        answer = await self._bearer(session, ADD_DEVICE, parameters, apikey)
        return _device(ADD_DEVICE, answer, sub_device_id or device_id, name)

    @override
    async def add_gsm_device(
        self, session: AccountSession, *, device_id: str, apikey: str, name: str
    ) -> Device:
        """Add a GSM device by what its sticker says, id and key.

        What is returned may hold no more than id and name.
        Raises `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Add GSM device.
        """
        # Half a character is no part of any key; the cloud may say so.
        key = f"{device_id}{apikey}".encode(errors="surrogatepass")
        digest = hashlib.md5(key, usedforsecurity=False).hexdigest()
        answer = await self._bearer(session, ADD_GSM_DEVICE, {"id": digest, "name": name}, apikey, digest)
        return _device(ADD_GSM_DEVICE, answer, device_id, name)

    @override
    async def delete_device(self, session: AccountSession, device: Device) -> None:
        """Take a device from the account; it has to be paired again to come back.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Delete regular device.
        """
        gateway = device.parent_id
        parameters: dict[str, Any] = {
            "deviceid": gateway or device.device_id,
            "apikey": device.apikey,
            "isSub": 1 if gateway else 0,
        }
        if gateway:
            parameters["subDeviceId"] = device.device_id
        _gone(DELETE_DEVICE, await self._bearer(session, DELETE_DEVICE, parameters, device.apikey))

    @override
    async def leave_share(self, session: AccountSession, device: Device) -> None:
        """Give back a device that is shared with the account; it stays its owner's.

        A share is of one device: also a child is named by its own id, so that no gateway loses it.
        Raises `UnknownDeviceError`, `NotLeftError`, `FeatureRefusedError`, and as all calls do.
        Source: docs/protocol.md, Sharing.
        """
        parameters = {"deviceid": device.device_id, "apikey": device.apikey, "isSub": 0}
        _gone(LEAVE_SHARE, await self._bearer(session, LEAVE_SHARE, parameters, device.apikey))

    @override
    async def rename_device(self, session: AccountSession, device: Device, name: str) -> None:
        """Give a device another name.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Change Device Name.
        """
        group = device.raw.get("group")
        parameters = {
            "deviceid": device.device_id,
            "apikey": device.apikey,
            "name": name,
            "group": group if isinstance(group, str) else "",
        }
        await self._change(session, RENAME_DEVICE, parameters, device.apikey)

    @override
    async def rename_channels(
        self, session: AccountSession, device: Device, names: Mapping[str, Any]
    ) -> None:
        """Give the channels of a device these names, by their outlet as text; those left out lose theirs.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Change Child Device Name; docs/protocol.md, Devices.
        """
        parameters = {
            "deviceid": device.device_id,
            "apikey": device.apikey,
            "key": "ck_channel_name",
            "value": dict(names),
        }
        await self._change(session, RENAME_CHANNELS, parameters, device.apikey)

    @override
    async def list_groups(self, session: AccountSession) -> Listed[Group]:
        """Return every group of the account, in their order; items that cannot be read are left out.

        Raises `FeatureRefusedError`, and as all calls do. Source: API Center, Get Group List.
        """
        answer = await self._bearer(session, GROUPS, {"groupType": 0, "apikey": session.apikey})
        items = answer.get("groupinfos") if isinstance(answer, Mapping) else answer
        if not isinstance(items, list):
            raise CloudError(GROUPS.name, reason="no list in the answer")
        mended = isinstance(answer, (MendedList, MendedObject))
        groups = await read_entries(GROUPS.name, items, group_from_entry, most=MOST_GROUPS, mended=mended)
        groups.sort(key=lambda group: group.index)
        return groups

    @override
    async def add_group(self, session: AccountSession, *, name: str, index: int) -> Group:
        """Add a group at a place, counted from 0, and return it.

        Raises `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Add Device Group.
        """
        parameters = {"index": index, "name": name, "groupType": 0, "apikey": session.apikey}
        answer = await self._bearer(session, ADD_GROUP, parameters)
        try:
            return group_from_entry({"id": answer.get("groupid"), "name": name, "index": index})
        except AttributeError, ValueError:
            raise CloudError(ADD_GROUP.name, reason="no group in the answer") from None

    @override
    async def change_group(
        self, session: AccountSession, group: Group, *, name: str | None = None, index: int | None = None
    ) -> Group:
        """Give a group another name or place, or both, and return it.

        Raises `UnknownGroupError`, `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Change Group.
        """
        changed = replace(group, index=group.index if index is None else index)
        if name is not None:
            changed = replace(changed, name=short_name(name), full_name=name)
        parameters = {
            "id": changed.group_id,
            "index": changed.index,
            # The cloud takes both: the name that it has goes back as it came.
            "name": changed.name if changed.full_name is None else changed.full_name,
            "groupType": 0,
            "apikey": session.apikey,
        }
        await self._change(session, CHANGE_GROUP, parameters)
        return changed

    @override
    async def delete_group(self, session: AccountSession, group: Group) -> None:
        """Delete a group; its devices stay in the account.

        Raises `UnknownGroupError`, `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Delete Group.
        """
        parameters = {"id": group.group_id, "type": 0, "apikey": session.apikey}
        await self._change(session, DELETE_GROUP, parameters)

    @override
    async def move_devices(self, session: AccountSession, moves: Sequence[GroupMove]) -> None:
        """Put devices into groups and take them out.

        Raises `UnknownGroupError`, `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Add device to Group.
        """
        parameters = {
            "deviceinfos": [
                {
                    "source_id": move.source_id,
                    "target_id": move.target_id,
                    "deviceid": move.device_id,
                    "type": 1,
                }
                for move in moves
            ],
            "groupType": 0,
            "apikey": session.apikey,
        }
        await self._change(session, MOVE_DEVICES, parameters)


def _gone(interface: Interface, answer: Any) -> None:
    """Raise unless an answer can be that to a device that was taken away: the device, or an array of it."""
    devices = answer if isinstance(answer, list) else [answer]
    if not devices or not all(isinstance(device, Mapping) for device in devices):
        raise CloudError(interface.name, reason="the answer is no object")


def _device(interface: Interface, answer: Any, device_id: str, name: str) -> Device:
    """Return the device that was added, as far as the answer tells."""
    entry = answer.get("device", answer) if isinstance(answer, Mapping) else answer
    if isinstance(entry, list) and len(entry) == 1:
        entry = entry[0]
    if not isinstance(entry, Mapping):
        raise CloudError(interface.name, reason="no device in the answer")
    try:
        return device_from_entry({"name": name, "deviceid": device_id, **entry})
    except ValueError:
        # It has been added, whatever stands there for its id.
        return device_from_entry({"name": name, **entry, "deviceid": device_id})
