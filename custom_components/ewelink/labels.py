"""Names as Home Assistant can take them: ids are made of them, and an id that is cut off may be none."""

from typing import Final, override

from homeassistant.const import MAX_LENGTH_STATE_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers.device_registry import async_get_effective_area_id
from homeassistant.helpers.entity import Entity
from homeassistant.util import slugify

# Letters of an id that are made of one name: some scripts have several for each sign.
LONGEST_LABEL: Final = 100
# For what tells ids of the same name apart.
_ROOM: Final = 5


def label(name: str, longest: int = LONGEST_LABEL) -> str:
    """Return as much of a name as makes no more than so many letters of an id."""
    while (length := len(name) if name.isascii() else len(slugify(name))) > longest:
        # Always less than it was, and near the mark.
        name = name[: len(name) * longest // length].rstrip()
    return name


class LabeledEntity(Entity):
    """An entity whose id fits, however long the names of area, device and channel are together."""

    @property
    @override
    def suggested_object_id(self) -> str | None:
        """Return what its id is made of besides area and device."""
        if (name := super().suggested_object_id) is None:
            return None
        before = _names_before(self.hass, self)
        if len(name) + len(before) <= LONGEST_LABEL and name.isascii() and before.isascii():
            return name
        room = MAX_LENGTH_STATE_ENTITY_ID - _ROOM - len(f"{self.platform_data.domain}.{slugify(before)}_")
        return label(name, max(room, 1))


def _names_before(hass: HomeAssistant, entity: Entity) -> str:
    """Return what Home Assistant puts before an entity's name."""
    if (device := entity.device_entry) is None:
        return ""
    area_id = async_get_effective_area_id(hass, device)
    area = None if area_id is None else ar.async_get(hass).async_get_area(area_id)
    return f"{'' if area is None else area.name} {device.name_by_user or device.name or ''}"
