"""The home that a simulator starts with: a flat with one of each interesting kind of device."""

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .accounts import Account, Accounts
    from .homes import Homes
    from .household import Household

EMAIL: Final = "demo@example.com"
PASSWORD: Final = "demo-password"  # noqa: S105  of a person who does not exist
UNRELEASED: Final = "Elsewhere"  # a brand that is not released for personal App IDs
NEIGHBOUR: Final = "neighbour@example.com"
GATEWAY: Final = "1000000012"
PUMP: Final = "1000000013"


def item(
    deviceid: str,
    uiid: int,
    name: str,
    params: dict[str, Any] | None = None,
    *,
    product: str = "",
    model: str = "",
    **further: Any,
) -> dict[str, Any]:
    """Return a device in the shape of the device list; the params stand beside its kind's defaults."""
    # Sub-devices count from one, too: the front of the id keeps their addresses apart.
    mac = f"d0:27:00:{deviceid[:2]}:{deviceid[-4:-2]}:{deviceid[-2:]}"
    return {
        "_id": f"5f00000000000000{int(deviceid[-8:], 16):08x}",
        "name": name,
        "type": "10",
        "deviceid": deviceid,
        "extra": {
            "_id": "5f0000000000000000000000",
            "extra": {
                "model": model,
                "ui": name,
                "description": "",
                "manufacturer": "SONOFF",
                "mac": mac,
                "apmac": mac,
                "modelInfo": "5f0000000000000000000001",
                "brandId": "5f0000000000000000000002",
                "uiid": uiid,
                "staMac": mac,
                "chipid": f"00{deviceid[-6:]}",
            },
        },
        "__v": 0,
        "onlineTime": "2026-01-10T07:22:14.361Z",
        "ip": "192.0.2.20",
        "location": "",
        "settings": {"opsNotify": 0, "opsHistory": 1, "alarmNotify": 1},
        "devGroups": [],
        "groups": [],
        "params": {"version": 8, "fwVersion": "3.5.0"} | (params or {}),
        "online": True,
        "createdAt": "2025-11-02T09:00:00.000Z",
        "group": "",
        "sharedTo": [],
        "devicekey": f"00000000-0000-4000-8000-{deviceid:0>12}",
        "deviceUrl": "",
        "brandName": "SONOFF",
        "showBrand": True,
        "brandLogoUrl": "",
        "productModel": product,
        "devConfig": {},
        "uiid": uiid,
    } | further


def child(deviceid: str, uiid: int, name: str, params: dict[str, Any], *, product: str) -> dict[str, Any]:
    """Return a Zigbee sub-device of the gateway."""
    hardware = f"00124b00{deviceid[-8:]}"
    own = {"parentid": GATEWAY, "subDevId": f"{hardware}{uiid}", "staMac": hardware}
    return item(deviceid, uiid, name, own | params, product=product)


def _wifi() -> list[dict[str, Any]]:
    return [
        item("1000000001", 1, "Hall lamp", product="BASICR2", model="PSF-B01-GL"),
        item(
            "1000000002",
            4,
            "Living room strip",
            product="4CHPROR3",
            model="PSF-B04-GL",
            tags={"ck_channel_name": {"0": "Floor lamp", "1": "TV", "2": "Aquarium", "3": "Fan"}},
        ),
        item(
            "1000000003",
            32,
            "Washing machine",
            {"switch": "on", "power": "12.78", "voltage": "230.10", "current": "0.06"},
            product="POWR2",
            model="PSF-B67-GL",
        ),
        item(
            "1000000004",
            104,
            "Bedroom bulb",
            {"switch": "on", "ltype": "white", "white": {"br": 50, "ct": 127}},
            product="B05-B-A60",
        ),
        item(
            "1000000005",
            190,
            "Boiler",
            {"switches": _outlets("on"), "power": 181250, "voltage": 23010, "current": 788},
            product="POWR316",
            model="CK-BL602-SWP1-02",
        ),
        item(
            "1000000006",
            126,
            "Kitchen",
            {"switches": _outlets("on", "off"), "actPow_00": 3640, "current_00": 16},
            product="DUALR3",
            tags={"ck_channel_name": {"0": "Worktop", "1": "Ceiling"}},
        ),
        item("1000000007", 181, "Greenhouse", {"currentTemperature": "18.5"}, product="THR316D"),
        item("1000000008", 15, "Cellar heater", product="TH16"),
        item(
            "1000000009",
            103,
            "Reading lamp",
            {"switch": "off", "ltype": "white", "white": {"br": 80, "ct": 40}},
            product="B02-F-A60",
        ),
        item("1000000010", 59, "Shelf strip", {"switch": "on"}, product="L1"),
        item("1000000011", 44, "Dining dimmer", {"switch": "on", "brightness": 60}, product="D1"),
        item(PUMP, 6, "Garden pump", product="TX1C", online=False),
        item("1000000014", 9999, "Coffee machine", {"switch": "off", "rssi": -58}, product="BREW-1"),
    ]


def _zigbee() -> list[dict[str, Any]]:
    return [
        item(GATEWAY, 168, "Zigbee bridge", product="ZBBridge-P"),
        child("a480000001", 2026, "Hall motion", {}, product="SNZB-03"),
        child("a480000002", 3026, "Front door", {}, product="SNZB-04"),
        child("a480000003", 1770, "Nursery climate", {}, product="SNZB-02"),
        child("a480000004", 1258, "Nursery light", {"brightness": 70, "colorTemp": 30}, product="CCT-1"),
    ]


def _outlets(*states: str) -> list[dict[str, Any]]:
    """Return `switches` with four items, the first ones in these states."""
    return [{"outlet": at, "switch": states[at] if at < len(states) else "off"} for at in range(4)]


ROOMS: Final = {
    "Living room": ("1000000002", "1000000010"),
    "Bedroom": ("1000000004", "1000000009"),
    "Nursery": ("a480000003", "a480000004"),
    "Utility room": ("1000000003", "1000000005"),
}


def _shop() -> list[dict[str, Any]]:
    """Return devices that can be paired."""
    return [
        item("1000000101", 6, "New switch", product="TX1C"),
        item("1000000102", 2, "New two-channel switch", product="TX2C"),
        item("1000000103", 1, "New GSM switch", product="GSM-1"),
        child("a480000101", 3026, "New door sensor", {}, product="SNZB-04"),
    ]


def default_home(accounts: Accounts, household: Household, homes: Homes, owner: Account, now: float) -> None:
    """Fill an account's home, let a neighbour share one device, and fill the shop."""
    for one in [*_wifi(), *_zigbee()]:
        household.add(one, owner)
    neighbour = accounts.add(email=NEIGHBOUR, password=PASSWORD, region="eu", nickname="Neighbour")
    garage = household.add(item("1000000015", 6, "Garage light", product="TX1C"), neighbour)
    household.share(garage, owner, note="Holidays")
    for index, (room, devices) in enumerate(ROOMS.items()):
        accounts.add_group(owner, room, index, now).devices.extend(devices)
    flat = homes.add(owner, "Flat")
    for room, devices in ROOMS.items():
        made = homes.add_room(flat, room)
        for deviceid in devices:
            homes.put(owner, deviceid, flat, made)
    cottage = homes.add(owner, "Cottage")
    garden = homes.add_room(cottage, "Garden")
    homes.put(owner, PUMP, cottage, garden)
    for one in _shop():
        household.add_stock(one)


def furnish(household: Household, homes: Homes, owner: Account) -> None:
    """Add what a demo of v2 is to show: a control group, a brand that is not released, new firmware."""
    flat, cottage = homes.of(owner)[:2]
    porch = homes.add_room(flat, "Porch")
    lights = [
        household.add(item(deviceid, 6, name, product="TX1C", model="PSF-BFB-GL"), owner)
        for deviceid, name in (("1000000016", "Porch light left"), ("1000000017", "Porch light right"))
    ]
    for light in lights:
        homes.put(owner, light.deviceid, flat, porch)
    group = homes.add_group(owner, "Porch lights", [light.deviceid for light in lights])
    homes.put(owner, group.id, flat, porch)
    bathroom = homes.add_room(cottage, "Bathroom")
    household.add(item("1000000018", 15, "Towel heater", product="TH10"), owner)
    homes.put(owner, "1000000018", cottage, bathroom)
    household.add(item("1000000019", 6, "Doorbell plug", brandName=UNRELEASED), owner)
    household.devices["1000000001"].firmware = "3.6.0"
