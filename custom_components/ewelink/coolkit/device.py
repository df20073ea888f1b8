"""A device of the account, as the device list tells it and as later frames change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from .params import Params, merge


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One side of a share: who shared the device, or with whom it is shared."""

    apikey: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone_number: str | None = field(default=None, repr=False)
    nickname: str | None = None
    permit: int | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device and what it last told; replaced by each frame, never edited."""

    device_id: str
    apikey: str = field(default="", repr=False)
    name: str = ""
    online: bool = False
    params: Params = field(default_factory=dict, repr=False)
    uiid: int | None = None
    manufacturer: str | None = None
    model: str | None = None
    channel_names: Mapping[int, str] = field(default_factory=dict)
    parent_id: str | None = None
    firmware: str | None = None
    mac: str | None = field(default=None, repr=False)
    device_key: str | None = field(default=None, repr=False)
    shared_by: Share | None = None
    shared_to: tuple[Share, ...] = ()
    groups: tuple[str, ...] = ()
    deny_features: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)
    raw: Params = field(default_factory=dict, repr=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the device of one entry of the device list; raises ValueError without a `deviceid`."""
        device_id = data.get("deviceid")
        if not isinstance(device_id, str) or not device_id:
            msg = "an entry of the device list has no deviceid"
            raise ValueError(msg)
        return cls(
            device_id=device_id,
            apikey=data.get("apikey", ""),
            name=data.get("name", ""),
            online=data.get("online") is True,
            params=data.get("params", {}),
            uiid=data.get("uiid"),
            raw={name: value for name, value in data.items() if name != "params"},
        )

    def with_params(self, delta: Params) -> Self:
        """Return the device with `delta` merged into its params."""
        return replace(self, params=merge(self.params, delta))

    def with_online(self, online: bool) -> Self:  # noqa: FBT001 - the one fact of the method
        """Return the device as online or offline."""
        return replace(self, online=online)

    def as_dict(self) -> dict[str, Any]:
        """Return the entry of the device list with the present params and online."""
        return {**self.raw, "online": self.online, "params": dict(self.params)}
