"""Single things in version 2: a device, its status, commands over HTTP, and where to connect."""

from collections.abc import Mapping, Sequence
import logging
from typing import Any, Final

from ...devices.device import Device
from ...devices.params import Params, Sent, together
from ...devices.places import ControlGroup
from ...exceptions import CloudError, InvalidInputError, UnknownDeviceError
from ..answers import whole
from ..api import Endpoint, Witness
from ..auth import AccountSession
from ..records import Outcome
from ..region import is_host, is_loopback
from .entries import device_from_thing
from .interfaces import BATCH, DEVICE, DISPATCH, HOMES, STATUS, THINGS, UPDATE, UPDATE_CONTROL_GROUP
from .oauth import OAuthV2

_LOGGER = logging.getLogger(__name__)

OWN_DEVICE, SHARED_DEVICE, GROUP = 1, 2, 3
# What a status is of.
_OF_DEVICE, _OF_GROUP = 1, 2
MOST_AT_ONCE: Final = 10
# Milliseconds for which the cloud waits for the devices: without them it reports each as done.
_PATIENCE: Final = 8000


class StatusV2(OAuthV2):
    """Reads and commands single things."""

    def witnesses(self) -> Sequence[Witness]:
        """Return calls that tell if a session is known: first that for where to connect, the cheapest."""
        return (
            (DISPATCH.name, self.dispatch),
            (HOMES.name, self.list_homes),
            (THINGS.name, self.ask_first_page),
        )

    async def get_device(self, session: AccountSession, device: Device) -> Device:
        """Return one device as the cloud knows it now.

        Raises `UnknownDeviceError`, `FeatureRefusedError`, and as all calls do.
        """
        found = await self.get_devices(session, (device,))
        if not found:
            raise UnknownDeviceError(DEVICE.name, reason="the cloud does not know it")
        return found[0]

    async def get_devices(self, session: AccountSession, devices: Sequence[Device]) -> list[Device]:
        """Return up to ten devices as the cloud knows them now; those that it does not know are left out.

        Raises `FeatureRefusedError`, and as all calls do.
        """
        wanted = {device.device_id for device in devices}
        things = [
            {"itemType": OWN_DEVICE if device.shared_by is None else SHARED_DEVICE, "id": device.device_id}
            for device in devices[:MOST_AT_ONCE]
        ]
        answer = await self._bearer(
            session, DEVICE, {"thingList": things}, *(device.apikey for device in devices)
        )
        found = [device for device in listed_devices(answer, "thingList") if device.device_id in wanted]
        if not isinstance(answer, Mapping) or not isinstance(answer.get("thingList"), list):
            raise CloudError(DEVICE.name, reason="no list in the answer")
        return found

    async def get_status(self, session: AccountSession, device: Device, params: Sequence[str] = ()) -> Params:
        """Return the named params of a device, or all of them.

        Raises `DeviceOfflineError`, `UndeliveredError`, `CommandError`, `UnknownDeviceError`,
        `FeatureRefusedError`, and as all calls do.
        """
        parameters: dict[str, Any] = {"type": _OF_DEVICE, "id": device.device_id}
        if params:
            parameters["params"] = "|".join(params)
        answer = await self._bearer(session, STATUS, parameters, device.apikey)
        found = answer.get("params") if isinstance(answer, Mapping) else None
        if not isinstance(found, Mapping):
            raise CloudError(STATUS.name, reason="no params in the answer")
        return found

    async def update_status(self, session: AccountSession, device: Device, params: Sent) -> None:
        """Send params to a device; the cloud answers after they were delivered.

        Raises `UndeliveredError` (offline, or not taken), `DeviceOfflineError`, `CommandError`,
        `UnknownDeviceError`, `FeatureRefusedError`, and as all calls do.
        """
        parameters = {"type": _OF_DEVICE, "id": device.device_id, "params": dict(together(params))}
        await self._change(session, UPDATE, parameters, device.apikey)

    async def update_control_group(
        self, session: AccountSession, group: ControlGroup, params: Params
    ) -> None:
        """Send params to all members of a control group.

        The cloud ignores which of them do not take it: no error proves nothing of any member, their own
        pushes do. Raises `UnknownGroupError`, `CommandError`, `FeatureRefusedError`, and as all calls do.
        """
        parameters = {"type": _OF_GROUP, "id": group.group_id, "params": dict(params)}
        await self._change(session, UPDATE_CONTROL_GROUP, parameters)

    async def update_several(
        self, session: AccountSession, commands: Mapping[str, Params]
    ) -> dict[str, Outcome]:
        """Send params to up to ten devices, by their ids, in one call; return what became of each.

        The cloud waits up to 8 seconds for them. A device that the answer does not name has no outcome.
        Raises `CommandError`, `InvalidInputError` for more than ten, `FeatureRefusedError`, and as all calls
        do.
        """
        if not 0 < len(commands) <= MOST_AT_ONCE:
            raise InvalidInputError(BATCH.name, reason=f"between 1 and {MOST_AT_ONCE} commands go at once")
        things = [
            {"type": _OF_DEVICE, "id": device_id, "params": dict(params)}
            for device_id, params in commands.items()
        ]
        answer = await self._bearer(session, BATCH, {"thingList": things, "timeout": _PATIENCE})
        results = answer.get("respList") if isinstance(answer, Mapping) else None
        if not isinstance(results, list):
            raise CloudError(BATCH.name, reason="no list in the answer")
        outcomes = {}
        for result in results:
            if not isinstance(result, Mapping):
                continue
            thing_id, code = result.get("id"), whole(result.get("error"))
            if isinstance(thing_id, str) and thing_id in commands and code is not None:
                outcomes[thing_id] = Outcome(thing_id=thing_id, code=code)
        return outcomes

    async def dispatch(self, session: AccountSession) -> Endpoint:
        """Return where to open the persistent connection.

        Raises `FeatureRefusedError`, and as all calls do.
        """
        base = self.hosts.dispatch[session.region]
        answer = await self._bearer(session, DISPATCH, {}, base=base)
        domain = answer.get("domain") if isinstance(answer, Mapping) else None
        port = whole(answer.get("port")) if isinstance(answer, Mapping) else None
        if not isinstance(domain, str) or port is None or not 0 < port < 65536:
            raise CloudError(DISPATCH.name, reason="no domain and port in the answer")
        if not is_host(domain):
            # The handshake, with the token, goes there.
            raise CloudError(DISPATCH.name, reason="the domain in the answer is none")
        _LOGGER.debug("The persistent connection is at %s, port %d", domain, port)
        plain = base.startswith("http:") and is_loopback(domain)
        return Endpoint(domain=domain, port=port, secure=not plain)


def listed_devices(answer: Any, name: str) -> list[Device]:
    """Return the devices of an answer that lists things, or what is in them; others are left out."""
    entries = answer.get(name) if isinstance(answer, Mapping) else None
    if isinstance(entries, Mapping):
        entries = [entries]
    devices = []
    for entry in entries if isinstance(entries, list) else ():
        item = entry.get("itemData", entry) if isinstance(entry, Mapping) else None
        if isinstance(item, Mapping) and "deviceid" in item:
            try:
                devices.append(device_from_thing(item))
            except ValueError:
                continue
    return devices
