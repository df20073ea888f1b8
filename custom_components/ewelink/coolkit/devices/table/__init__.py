"""The table: what is known of each uiid, one row each, one file a family."""

from collections.abc import Mapping
from types import MappingProxyType

from ..model import Model
from .climate import CLIMATE
from .covers import COVERS
from .fans import FANS
from .gateways import GATEWAYS
from .lights import LIGHTS
from .meters import METERS
from .others import OTHERS
from .panels import PANELS
from .relays import RELAYS
from .remotes import REMOTES
from .sensors import SENSORS
from .valves import VALVES

FAMILIES: tuple[Mapping[int, Model], ...] = (
    CLIMATE,
    COVERS,
    FANS,
    GATEWAYS,
    LIGHTS,
    METERS,
    OTHERS,
    PANELS,
    RELAYS,
    REMOTES,
    SENSORS,
    VALVES,
)

TABLE: Mapping[int, Model] = MappingProxyType({uiid: row for rows in FAMILIES for uiid, row in rows.items()})
