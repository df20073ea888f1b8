"""Actions for what the cloud remembers: the history of a device."""

from datetime import UTC, datetime
import re
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import probatio

from ..coolkit import Feature, HistoryEntry, decode_json_text
from ..coordinator import EwelinkCoordinator
from ..diagnostics import without_secrets
from .common import (
    DEVICE_FIELD,
    Action,
    async_target_device,
    errors_shown,
    invalid,
    positive,
    whole_characters,
)
from .permissions import Access

ATTR_BEFORE: Final = "before"
ATTR_LIMIT: Final = "limit"

# The cloud tells no more at once.
_MOST: Final = 30
# What the cloud calls those who do something; others are people's words.
_SOURCE: Final = re.compile(r"[A-Za-z]{1,16}")
_SWITCH: Final = re.compile(r"switch_?(\d{1,2})")


async def _async_get_history(call: ServiceCall) -> ServiceResponse:
    """Read what was done with a device last."""
    coordinator, device = async_target_device(call)
    with errors_shown(device):
        entries = await coordinator.client.histories.read(
            device.device_id, before=moment_of(call.data.get(ATTR_BEFORE)), limit=limit_of(call)
        )
    people: dict[str, int] = {}
    return {"history": [_described(coordinator, entry, people) for entry in entries]}


def limit_of(call: ServiceCall) -> int:
    """Return how many entries a call wants at most."""
    limit: int = call.data[ATTR_LIMIT]
    return limit


def moment_of(value: datetime | None) -> datetime | None:
    """Return a time with its zone, that of Home Assistant if it has none."""
    if value is None:
        return None
    try:
        return (value if value.tzinfo else value.replace(tzinfo=dt_util.get_default_time_zone())).astimezone(
            UTC
        )
    except OverflowError:
        raise invalid("time_out_of_range") from None


def _described(
    coordinator: EwelinkCoordinator, entry: HistoryEntry, people: dict[str, int]
) -> JsonObjectType:
    """Return one operation; whoever did it is told from others, and not named."""
    account = entry.account.casefold()
    params = decode_json_text(entry.request)
    return {
        "time": dt_util.as_local(entry.time).isoformat(),
        "source": entry.source if _SOURCE.fullmatch(entry.source) else None,
        "person": people.setdefault(account, len(people) + 1) if account else None,
        "channels": sorted({int(number) + 1 for number in _SWITCH.findall(entry.switches)}),
        "params": _shown(coordinator, params),
    }


def _shown(coordinator: EwelinkCoordinator, params: Any) -> Any:
    """Return params without what may be a secret."""
    if not isinstance(params, dict | list):
        return None
    return without_secrets(coordinator.config_entry, params, params=True)


# How far back, and how much.
PAST_FIELDS: Final[VolDictType] = {
    probatio.Optional(ATTR_BEFORE): probatio.All(whole_characters, cv.datetime),
    probatio.Optional(ATTR_LIMIT, default=_MOST): probatio.All(positive, probatio.Range(max=_MOST)),
}
HISTORY_ACTIONS: Final = {
    "get_history": Action(
        handle=_async_get_history,
        fields={
            **DEVICE_FIELD,
            **PAST_FIELDS,
        },
        access=Access.READ,
        response=SupportsResponse.ONLY,
        feature=Feature.HISTORY,
    ),
}
