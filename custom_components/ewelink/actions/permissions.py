"""Who may use an action: nobody does more by one than by the entities of the device."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.const import ATTR_DEVICE_ID, Platform
from homeassistant.core import ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_registry import RegistryEntry

from ..const import DOMAIN

# What only shows: who may control a device controls none of these.
# What shows, or asks a device to tell.
_SHOWING: Final = frozenset(
    {Platform.BINARY_SENSOR, Platform.BUTTON, Platform.CALENDAR, Platform.EVENT, Platform.SENSOR}
)


class Access(StrEnum):
    """What an action asks of the user who calls it.

    `ADMIN` is for what changes an account, and for what reaches a device past its entities.
    """

    READ = POLICY_READ
    CONTROL = POLICY_CONTROL
    ADMIN = "admin"


async def _async_limited_user(call: ServiceCall) -> User | None:
    """Return the user whose permissions limit a call; None for automations and administrators."""
    if not call.context.user_id:
        return None
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    return None if user.is_admin else user


async def async_check_access(call: ServiceCall, access: Access) -> None:
    """Raise `Unauthorized` unless the caller may do this to every device that the call names."""
    if (user := await _async_limited_user(call)) is None:
        return
    if access is Access.ADMIN:
        raise Unauthorized(context=call.context, user_id=user.id)
    for device_id in call.data.get(ATTR_DEVICE_ID, ()):
        entries = _entries(call, device_id)
        # Nothing to be allowed: such a device is for those who may do everything.
        if not entries and not user.permissions.access_all_entities(access):
            raise Unauthorized(context=call.context, user_id=user.id, permission=access)
        for entry in _concerned(entries, access):
            if not user.permissions.check_entity(entry.entity_id, access):
                raise Unauthorized(
                    context=call.context, user_id=user.id, entity_id=entry.entity_id, permission=access
                )


async def async_read_check(call: ServiceCall) -> Callable[[object], bool]:
    """Return what tells whether the caller may read every entity of one of the registry's devices."""
    if (user := await _async_limited_user(call)) is None:
        return lambda _device_id: True
    permissions = user.permissions

    def may_read(device_id: object) -> bool:
        if permissions.access_all_entities(POLICY_READ):
            return True
        entries = _entries(call, device_id) if isinstance(device_id, str) else []
        return bool(entries) and all(
            permissions.check_entity(entry.entity_id, POLICY_READ) for entry in entries
        )

    return may_read


def _entries(call: ServiceCall, device_id: str) -> list[RegistryEntry]:
    """Return the integration's entities of a device, those that are disabled, too."""
    return [
        entry
        for entry in er.async_entries_for_device(
            er.async_get(call.hass), device_id, include_disabled_entities=True
        )
        if entry.platform == DOMAIN
    ]


def _concerned(entries: list[RegistryEntry], access: Access) -> list[RegistryEntry]:
    """Return the entities that an access is about: to control a device is to control what it switches."""
    if access is Access.READ:
        return entries
    switching = [entry for entry in entries if entry.domain not in _SHOWING and entry.entity_category is None]
    return switching or entries
