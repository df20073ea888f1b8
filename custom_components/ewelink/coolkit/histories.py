"""What was done with a device, as far as the cloud keeps it."""

from datetime import datetime

from .authorization import Authorization
from .cloud.api import CloudApi, part
from .cloud.parts import DeviceHistory
from .cloud.records import HistoryEntry
from .device_list import DeviceList
from .exceptions import CoolKitError
from .store import DeviceStore


class Histories:
    """Reads the histories of devices; clouds without them have none."""

    def __init__(
        self, *, api: CloudApi, store: DeviceStore, device_list: DeviceList, authorization: Authorization
    ) -> None:
        """Read nothing yet."""
        self._api = api
        self._store = store
        self._list = device_list
        self._authorization = authorization

    async def read(
        self, device_id: str, *, before: datetime | None = None, limit: int = 30
    ) -> list[HistoryEntry]:
        """Return up to 30 of the last operations on a device, or of those before a time; the newest first.

        Raises `NotSupportedError` before anything is sent, `UnknownDeviceError`, `InvalidInputError`,
        `FeatureRefusedError`, and as all calls do. Source: API Center V2, Get device history.
        """
        calls = part(self._api, DeviceHistory, "history")
        device = self._store.get(device_id)
        try:
            return await self._authorization.http(
                lambda session: calls.list_history(session, device, before=before, limit=limit)
            )
        except CoolKitError as error:
            await self._list.raise_if_unlisted(error, (device_id,))
            raise
