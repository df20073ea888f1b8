"""The home that a simulator starts with."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cloud import Simulator


def item(deviceid: str, uiid: int, name: str, params: dict[str, Any], **further: Any) -> dict[str, Any]:
    """Return a device in the shape of the device list."""
    mac = "d0:27:00:" + ":".join(deviceid[-6:][at : at + 2] for at in (0, 2, 4))
    return {
        "_id": f"5f00000000000000{int(deviceid[-8:], 16):08x}",
        "name": name,
        "type": "10",
        "deviceid": deviceid,
        "extra": {"extra": {"model": further.pop("model", ""), "mac": mac, "uiid": uiid}},
        "onlineTime": "2026-01-10T07:22:14.361Z",
        "ip": "192.0.2.20",
        "settings": {"opsNotify": 0, "opsHistory": 1, "alarmNotify": 1},
        "groups": [],
        "params": {"version": 8, "fwVersion": "3.5.0", "rssi": -52} | params,
        "online": True,
        "createdAt": "2025-11-02T09:00:00.000Z",
        "sharedTo": [],
        "devicekey": f"00000000-0000-4000-8000-{deviceid:0>12}",
        "deviceUrl": "",
        "brandName": "SONOFF",
        "showBrand": True,
        "productModel": further.pop("product", ""),
        "uiid": uiid,
    } | further


def default_home(cloud: Simulator) -> None:
    """Fill the default account's home."""
    relays = {"switches": [{"outlet": outlet, "switch": "off"} for outlet in range(4)]}
    cloud.add_device(item("1000000001", 1, "Hall lamp", {"switch": "off", "startup": "off"}))
    cloud.add_device(
        item(
            "1000000002",
            4,
            "Living room strip",
            relays,
            tags={"ck_channel_name": {"0": "Floor lamp", "1": "TV", "2": "Aquarium", "3": "Fan"}},
        )
    )
    cloud.add_device(
        item(
            "1000000003",
            32,
            "Washing machine",
            {"switch": "on", "power": "12.78", "voltage": "230.10", "current": "0.06"},
        )
    )
    cloud.add_device(
        item(
            "1000000004",
            104,
            "Bedroom bulb",
            {"switch": "on", "ltype": "white", "white": {"br": 50, "ct": 127}},
        )
    )
