"""What an account's owner changes over HTTP: the password, devices and their names, groups."""

from collections.abc import Awaitable, Callable, Mapping
import logging
from typing import Any

from .background import Background
from .cloud.api import part
from .cloud.auth import AccountSession
from .cloud.parts import DeviceTags
from .devices.device import Device
from .exceptions import CoolKitError, NotOwnerError, OwnDeviceError, UnknownDeviceError
from .group_management import GroupManagement, counted, named

_LOGGER = logging.getLogger(__name__)

_LEAVING = "leaving the share"


def own(device: Device, apikey: str, interface: str) -> Device:
    """Return the device if it is the account's own; raise `NotOwnerError` for one that is shared with it."""
    if not device.is_owned_by(apikey):
        raise NotOwnerError(interface, owner=device.owner_label)
    return device


class AccountManagement(GroupManagement):
    """Adds, deletes and renames devices, keeps groups; what the cloud has accepted shows at once."""

    async def change_password(self, old_password: str, new_password: str) -> None:
        """Set a new password; the session goes on as far as the cloud lets it.

        Raises `InvalidCredentialsError` if the old one is wrong, `FeatureRefusedError`, and as all calls do.
        """
        self._store.check_open()
        change = self._authorization.http(
            lambda session: self._api.change_password(
                session, old_password=old_password, new_password=new_password
            )
        )
        await Background.outcome(self._background.spawn(change))

    # Devices

    async def get_device(self, device_id: str) -> Device:
        """Return one device as the cloud knows it now; the client's stay as the list and pushes tell them.

        Raises `UnknownDeviceError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Check a device info.
        """
        device = self._store.get(device_id)
        try:
            return await self._authorization.http(lambda session: self._api.get_device(session, device))
        except CoolKitError as error:
            await self._list.raise_if_unlisted(error, (device_id,))
            raise

    async def add_device(
        self,
        *,
        device_id: str,
        apikey: str,
        name: str,
        chip_id: str | None = None,
        sub_device_id: str | None = None,
    ) -> Device:
        """Add a device by id and own key; with `sub_device_id` that child, by id and key of its gateway.

        It is told as added with the answer, before any list is read.
        Raises `DeviceRefusedError`, `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        """
        name = named("adding the device", name)
        return await self._add(
            lambda session: self._api.add_device(
                session,
                device_id=device_id,
                apikey=apikey,
                name=name,
                chip_id=chip_id,
                sub_device_id=sub_device_id,
            )
        )

    async def add_gsm_device(self, *, device_id: str, apikey: str, name: str) -> Device:
        """Add a GSM device by id and key. Tells and raises as `add_device` does."""
        name = named("adding the GSM device", name)
        return await self._add(
            lambda session: self._api.add_gsm_device(session, device_id=device_id, apikey=apikey, name=name)
        )

    async def _add(self, call: Callable[[AccountSession], Awaitable[Device]]) -> Device:
        async def add() -> Device:
            device = await self._authorization.http(call)
            if not device.apikey or not device.params:
                # The answer may hold no more than id and name.
                device = await self._as_it_is(
                    device.with_owner(device.apikey or self._authorization.session.apikey)
                )
            self._store.put(device)
            return self._store.devices[device.device_id]

        return await self._list.exclusively(add)

    async def _as_it_is(self, device: Device) -> Device:
        """Return a device as the cloud has it now; or as it is known, if that cannot be read."""
        try:
            return await self._authorization.http(lambda session: self._api.get_device(session, device))
        except CoolKitError as error:
            _LOGGER.debug("Going on with what is known of %s: %s", device.device_id, error)
            return device

    async def delete_device(self, device_id: str) -> None:
        """Take a device from the account, and tell that it has left; to come back it is paired again.

        Raises `NotOwnerError` before anything is sent, `UnknownDeviceError`, `DeviceRefusedError`,
        `FeatureRefusedError`, and as all calls do.
        """
        self.own(device_id, "deleting the device")

        async def delete() -> None:
            device = self.own(device_id, "deleting the device")
            await self._authorization.http(lambda session: self._api.delete_device(session, device))
            # A gateway takes its children along.
            children = [child for child in self._store.devices.values() if child.parent_id == device_id]
            for gone in (*children, device):
                self._store.remove(gone.device_id)

        await self._on_devices((device_id,), delete)
        # Whether the cloud agrees on what went with it.
        self._list.requests.request(0)

    async def leave_share(self, device_id: str) -> None:
        """Give a device back that another account shares with this one, and tell that it has left.

        Raises before anything is sent: `OwnDeviceError`, `UnknownDeviceError`. Then: `NotLeftError`,
        `FeatureRefusedError`, and as all calls do. Source: docs/protocol.md, Sharing.
        """
        self._received(device_id)

        async def leave() -> None:
            device = self._received(device_id)
            await self._authorization.http(lambda session: self._api.leave_share(session, device))
            self._store.remove(device_id)

        try:
            await self._on_devices((device_id,), leave)
        except UnknownDeviceError:
            if device_id not in self._store.devices or not self._store.lacks(device_id):
                raise
            # Its owner has taken it back meanwhile.
            self._store.remove(device_id)
        self._list.requests.request(0)

    def _received(self, device_id: str) -> Device:
        """Return a device that is shared with the account; raise `OwnDeviceError` for another one."""
        device = self._store.get(device_id)
        if device.is_owned_by(self._authorization.session.apikey):
            raise OwnDeviceError(_LEAVING)
        return device

    async def rename_device(self, device_id: str, name: str) -> None:
        """Give a device another name. Raises as `delete_device` does, and `InvalidInputError`."""
        name = named("renaming the device", name)
        self.own(device_id, "renaming the device")

        async def rename() -> None:
            device = self.own(device_id, "renaming the device")
            await self._authorization.http(lambda session: self._api.rename_device(session, device, name))
            self._store.put(self._store.get(device_id).with_name(name))

        await self._on_devices((device_id,), rename)

    async def rename_channel(self, device_id: str, outlet: int, name: str) -> None:
        """Give a channel another name; the others keep theirs.

        Raises as `delete_device` does, and `InvalidInputError`.
        """
        name = named("renaming the channels", name)
        counted("renaming the channels", outlet)
        self.own(device_id, "renaming the channels")

        async def rename() -> None:
            device = self.own(device_id, "renaming the channels")
            # The cloud replaces them all, and pushes none that was changed elsewhere.
            present = await self._as_it_is(device)
            names = (device if present.listing.kept_tags == {} else present).kept_channel_names(outlet, name)
            await self._authorization.http(lambda session: self._api.rename_channels(session, device, names))
            self._store.put(self._store.get(device_id).with_channel_names(names))

        await self._on_devices((device_id,), rename)

    async def change_tags(
        self, device_id: str, interface: str, change: Callable[[Device], Mapping[str, Any]]
    ) -> None:
        """Change what the app keeps for a device; `change` says what is kept then under which names.

        It gets the device as the cloud has it now, and may raise what it likes.
        Raises as `delete_device` does, and `NotSupportedError` where the cloud does not take any.
        """
        self.own(device_id, interface)

        async def write() -> None:
            device = self.own(device_id, interface)
            calls = part(self._api, DeviceTags, interface)
            tags = change(await self._as_it_is(device))
            await self._authorization.http(lambda session: calls.merge_tags(session, device, tags))
            self._store.put(self._store.get(device_id).with_tags(tags))

        await self._on_devices((device_id,), write)

    def own(self, device_id: str, interface: str) -> Device:
        """Return a device of the account's own. Raises `NotOwnerError`, `UnknownDeviceError`."""
        return own(self._store.get(device_id), self._authorization.session.apikey, interface)
