"""Control groups of version 2: what is switched together."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...devices.device import Device
from ...devices.params import Params
from ...devices.places import ControlGroup
from ...exceptions import CloudError, InvalidInputError
from ...jsontext import MendedObject
from ..auth import AccountSession
from ..entries import MOST_GROUPS, Listed, read_entries
from ..interface import Interface
from .caller import CallerV2
from .entries import control_group_from_thing
from .interfaces import (
    ADD_CONTROL_GROUP,
    CHANGE_MEMBERS,
    CONTROL_GROUPS,
    DELETE_CONTROL_GROUP,
    RENAME_CONTROL_GROUP,
    STORE_STATUS,
)
from .things import listed_devices

_LONGEST_NAME = 50


class ControlGroupsV2(CallerV2):
    """Makes and changes control groups; they are read with the things, and commanded like these."""

    async def list_control_groups(self, session: AccountSession) -> Listed[ControlGroup]:
        """Return the control groups of the home that the phone app shows now.

        Those of all homes come with the devices (`list_devices`).
        Raises `FeatureRefusedError`, and as all calls do.
        """
        answer = await self._bearer(session, CONTROL_GROUPS, {"lang": "en"})
        items = answer.get("groupList") if isinstance(answer, Mapping) else None
        if not isinstance(items, list):
            raise CloudError(CONTROL_GROUPS.name, reason="no list in the answer")
        return await read_entries(
            CONTROL_GROUPS.name,
            items,
            lambda item: control_group_from_thing(_inner(item)),
            most=MOST_GROUPS,
            mended=isinstance(answer, MendedObject),
        )

    async def add_control_group(
        self,
        session: AccountSession,
        *,
        name: str,
        main_device_id: str,
        device_ids: Sequence[str],
        home_id: str | None = None,
        room_id: str | None = None,
    ) -> tuple[ControlGroup, list[Device]]:
        """Make a control group of a main device and others of its kind; those of other kinds are left out.

        Returns the group, and its members as the answer tells them.
        Raises `InvalidInputError`, `UnknownDeviceError`, `FeatureRefusedError`, and as all calls do.
        """
        parameters: dict[str, Any] = {
            "name": _checked_name(ADD_CONTROL_GROUP, name),
            "mainDeviceId": main_device_id,
            "deviceidList": [device_id for device_id in device_ids if device_id != main_device_id],
        }
        if home_id:
            parameters["familyid"] = home_id
        if room_id:
            parameters["roomid"] = room_id
        answer = await self._bearer(session, ADD_CONTROL_GROUP, parameters)
        answer = answer if isinstance(answer, Mapping) else {}
        group = answer.get("group")
        try:
            # The documents do not show how it is wrapped.
            made = control_group_from_thing(_inner(group if isinstance(group, Mapping) else answer))
        except ValueError:
            raise CloudError(ADD_CONTROL_GROUP.name, reason="no group in the answer") from None
        return made, listed_devices(answer, "updatedThingList")

    async def rename_control_group(self, session: AccountSession, group: ControlGroup, name: str) -> None:
        """Give a control group another name, of at most 50 characters.

        Raises `InvalidInputError`, `UnknownGroupError`, `FeatureRefusedError`, and as all calls do.
        """
        parameters = {"id": group.group_id, "name": _checked_name(RENAME_CONTROL_GROUP, name)}
        await self._change(session, RENAME_CONTROL_GROUP, parameters)

    async def delete_control_group(self, session: AccountSession, group: ControlGroup) -> None:
        """Delete a control group; its members stay.

        Raises `UnknownGroupError`, `FeatureRefusedError`, and as all calls do.
        """
        await self._change(session, DELETE_CONTROL_GROUP, {"id": group.group_id})

    async def change_members(
        self, session: AccountSession, group: ControlGroup, device_ids: Sequence[str]
    ) -> list[Device]:
        """Replace the members of a control group, its main device included; return those that changed.

        Raises `InvalidInputError`, `UnknownGroupError`, `FeatureRefusedError`, and as all calls do.
        """
        members = list(dict.fromkeys(device_ids))
        if group.main_device_id and group.main_device_id not in members:
            members.insert(0, group.main_device_id)
        answer = await self._bearer(session, CHANGE_MEMBERS, {"id": group.group_id, "deviceidList": members})
        if not isinstance(answer, Mapping):
            raise CloudError(CHANGE_MEMBERS.name, reason="the answer is no object")
        return listed_devices(answer, "updatedThingList")

    async def store_group_params(self, session: AccountSession, group: ControlGroup, params: Params) -> None:
        """Store params with a control group, for the phone app to show: no member is commanded.

        Raises `UnknownGroupError`, `FeatureRefusedError`, and as all calls do.
        """
        await self._change(session, STORE_STATUS, {"id": group.group_id, "params": dict(params)})


def _inner(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what describes a group, which may be wrapped as a thing is."""
    inner = item.get("itemData")
    return inner if isinstance(inner, Mapping) else item


def _checked_name(interface: Interface, name: str) -> str:
    """Return a name that the cloud takes."""
    if len(name) > _LONGEST_NAME:
        raise InvalidInputError(interface.name, reason=f"a name has at most {_LONGEST_NAME} characters")
    return name
