"""What the phone app tells its user: messages to the account, and which notices it gives of devices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from .authorization import Authorization
from .cloud.api import CloudApi, part
from .cloud.parts import DeviceSettings, Messages
from .cloud.records import Message
from .device_list import DeviceList
from .exceptions import CoolKitError
from .store import DeviceStore

_MESSAGES: Final = "messages"
_SETTINGS: Final = "changing the settings"


class Notices:
    """Reads messages and changes settings; clouds without them have none.

    Every call raises `NotSupportedError` before anything is sent, `InvalidInputError`, `FeatureRefusedError`,
    and as all calls do.
    """

    def __init__(
        self, *, api: CloudApi, store: DeviceStore, device_list: DeviceList, authorization: Authorization
    ) -> None:
        """Read nothing yet."""
        self._api = api
        self._store = store
        self._list = device_list
        self._authorization = authorization

    async def read_messages(self, *, before: datetime | None = None, limit: int = 30) -> list[Message]:
        """Return up to 30 of the last messages to the account, or of those before a time; the newest first.

        Those of the home that the phone app shows now. Source: API Center V2, Read messages.
        """
        calls = part(self._api, Messages, _MESSAGES)
        return await self._authorization.http(
            lambda session: calls.list_messages(session, before=before, limit=limit)
        )

    async def change_settings(self, device_ids: Sequence[str], settings: Mapping[str, Any]) -> None:
        """Change the named settings of devices; the others stay. They steer notices of the app alone.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, too. Source: API Center V2, Update device settings.
        """
        calls = part(self._api, DeviceSettings, _SETTINGS)
        devices = [self._store.get(device_id) for device_id in device_ids]
        try:
            await self._authorization.http(lambda session: calls.change_settings(session, devices, settings))
        except CoolKitError as error:
            await self._list.raise_if_unlisted(error, device_ids)
            raise
