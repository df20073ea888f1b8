"""Covers: where they are, which way they move, and that what they are told is what they then tell."""

import asyncio
import random

from fixture_devices import NAMES, capability, device, keys, write
import pytest

from custom_components.ewelink.coolkit.devices.capability import CoverCapability, Sender
from custom_components.ewelink.coolkit.devices.covers import door
from custom_components.ewelink.coolkit.devices.params import merge
from custom_components.ewelink.coolkit.devices.states import CoverAction, CoverCommand, CoverState, Movement
from simulator import Simulator
from simulator.covers import Cover, Doors, Motor

DEVICE, CLIENT = Sender.DEVICE, Sender.CLIENT
OPENING, CLOSING = Movement.OPENING, Movement.CLOSING
COVERS = [(name, key) for name in NAMES for key in sorted(keys(device(name))) if key.startswith("cover")]
ODD = (None, "", "x", [], {}, True, 1.5, -1, 255, 10**400, {"0": []}, [{"outlet": 0}])


def cover(name, key="cover") -> CoverCapability:
    found = capability(device(name), key)
    assert isinstance(found, CoverCapability)
    return found


class Followed:
    """A cover that is followed from frame to frame."""

    def __init__(self, name, key="cover", **params):
        self.cover = cover(name, key)
        self.params = device(name, **params).params
        self.state = self.cover.read(self.params)

    def told(self, sender, **params):
        self.params = merge(self.params, params)
        self.state = self.cover.follow(self.state, self.params, params.keys(), sender)
        return self.state.position, self.state.movement


@pytest.mark.parametrize(
    ("name", "params", "position", "movement"),
    [
        (11, {}, 70, None),
        (11, {"setclose": "0", "switch": "on"}, 100, None),
        (11, {"setclose": 101}, None, None),
        (67, {}, 0, None),
        (67, {"op": 1, "per": 100, "statu": 5}, 100, None),
        # It was stopped on its way, and has not told where.
        (67, {"op": 2}, None, None),
        (67, {"op": 2, "per": 40}, 40, None),
        (67, {"per": None}, 0, None),
        (91, {}, 60, None),
        (126, {"workMode": 2, "calibState": 0}, None, None),
        ("126_motor", {}, 50, None),
        ("126_motor", {"motorTurn": 1}, 50, OPENING),
        ("126_motor", {"motorTurn": "2"}, 50, CLOSING),
        ("126_motor", {"motorTurn": 2, "currLocation": 0}, 0, None),
        ("126_motor", {"calibState": 0}, None, None),
        ("165_motor", {}, None, None),
        ("211_curtain", {}, 75, None),
        ("211_curtain", {"calibState": False}, None, None),
        (258, {}, 0, None),
        (258, {"calibState": 0}, None, None),
        (1514, {}, 71, None),
        (1514, {"curPercent": 255}, None, None),
        (7034, {}, 55, None),
    ],
)
def test_what_the_params_say_by_themselves(name, params, position, movement):
    if name == 126:
        name = "126_motor"
    state = cover(name).read(device(name, **params).params)
    assert (state.position, state.movement) == (position, movement)


def test_a_cover_that_is_not_calibrated_says_so():
    assert not cover("165_motor").read(device("165_motor").params).calibrated
    assert cover("126_motor").read(device("126_motor").params).calibrated
    assert not cover(1514).read(device(1514, curPercent=255).params).calibrated


@pytest.mark.parametrize(
    ("name", "place", "denied"),
    [(258, 0, 0), (7034, 55, "0"), ("126_motor", 50, 0), ("211_curtain", 75, False)],
)
def test_calibration_that_is_told_alone_counts(name, place, denied):
    one = cover(name)
    assert "calibState" in one.params | one.decided_by
    followed = Followed(name, calibState=1)
    assert followed.told(DEVICE, calibState=denied) == (None, None)
    assert not followed.state.calibrated
    assert followed.told(DEVICE, calibState=1) == (place, None)
    assert followed.state.calibrated


def test_a_target_is_no_place():
    curtain = Followed(11)
    assert curtain.told(CLIENT, setclose=25) == (70, OPENING)
    assert curtain.told(DEVICE, switch="on", setclose=25) == (75, None)
    assert curtain.told(CLIENT, setclose=75) == (75, CLOSING)
    assert curtain.told(DEVICE, setclose=75) == (25, None)


def test_a_curtain_that_is_stopped_tells_later_where_it_is():
    curtain = Followed(11, setclose=0, switch="on")
    assert curtain.told(CLIENT, switch="off") == (100, CLOSING)
    assert curtain.told(CLIENT, switch="pause") == (None, None)
    assert curtain.told(DEVICE, switch="pause", setclose=66) == (34, None)
    # It stands still already.
    assert curtain.told(CLIENT, switch="pause") == (34, None)


def test_a_door_that_is_moved_at_the_wall_is_followed():
    garage = Followed(67)
    assert garage.told(DEVICE, op=1) == (0, OPENING)
    assert garage.told(DEVICE, op=1, per=100, statu=5) == (100, None)
    assert garage.told(CLIENT, op=3) == (100, CLOSING)
    assert garage.told(DEVICE, rssi=-70) == (100, CLOSING)
    assert garage.told(CLIENT, op=2) == (None, None)
    assert garage.told(DEVICE, op=2, per=30) == (30, None)


def test_a_motor_is_followed_by_what_it_does_now():
    motor = Followed("126_motor")
    assert motor.told(CLIENT, location=80) == (50, OPENING)
    assert motor.told(DEVICE, currLocation=60) == (60, OPENING)
    assert motor.told(DEVICE, motorTurn=0, currLocation=80, location=80) == (80, None)
    assert motor.told(CLIENT, motorTurn=2) == (80, CLOSING)
    assert motor.told(DEVICE, motorTurn=0, currLocation=0) == (0, None)
    # It is told where it is already.
    assert motor.told(CLIENT, location=0) == (0, None)


def test_a_zigbee_curtain_tells_its_way():
    blind = Followed(1514, curPercent=0, openPercent=0)
    assert blind.told(CLIENT, openPercent=27) == (100, CLOSING)
    assert blind.told(DEVICE, curPercent=10) == (90, CLOSING)
    # Near enough, and beyond.
    assert blind.told(DEVICE, curPercent=29) == (71, None)
    assert blind.told(CLIENT, curtainAction="open") == (71, OPENING)
    assert blind.told(DEVICE, curPercent=7) == (93, OPENING)
    assert blind.told(CLIENT, curtainAction="close") == (93, CLOSING)
    assert blind.told(DEVICE, curPercent=100) == (0, None)
    assert blind.told(CLIENT, curtainAction="pause") == (0, None)
    # What it did last begins nothing.
    assert blind.told(DEVICE, curPercent=40, curtainAction="open") == (60, None)


def test_garage_doors_are_known_by_their_contacts():
    doors = Followed(236, "cover_0")
    assert doors.state == CoverState(closed=True, calibrated=False)
    (message,) = write(device(236), "cover_0", CoverCommand(action=CoverAction.OPEN))
    assert message == {
        "switches": [{"switch": "on", "outlet": 0}],
        "source": "app",
        "NO_SAVE_DB": True,
        "ASYN_RESP": {},
    }
    assert doors.told(CLIENT, **message) == (None, OPENING)
    doors.told(DEVICE, doorsensors={"0": "on", "1": "on"})
    assert doors.state == CoverState(closed=False, calibrated=False)
    # The other door says nothing of this one.
    other = write(device(236), "cover_1", CoverCommand(action=CoverAction.CLOSE))[0]
    assert doors.told(CLIENT, **other) == (None, None)
    doors.told(DEVICE, doorsensors={"0": "uninstalled", "1": "off"})
    assert doors.state.closed is None
    assert not door(2).is_present(device(236).params)


@pytest.mark.parametrize(("name", "key"), COVERS)
def test_nothing_that_is_sent_makes_a_cover_fail(name, key):
    one = cover(name, key)
    before = one.read(device(name).params)
    for param in one.params:
        for odd in ODD:
            params = {**device(name).params, param: odd}
            one.read(params)
            for sender in Sender:
                one.follow(before, params, {param}, sender)
                one.follow(CoverState(), params, one.params, sender)


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(("name", "key"), COVERS)
async def test_what_a_cover_is_told_is_what_it_then_tells(name, key):
    """Write, the simulated device moves and reports, read: over the whole range, and both ends twice."""
    rng = random.Random(12)  # noqa: S311 - a seed, no secret
    async with Simulator(devices=[]) as home:
        of = device(name)
        simulated = home.add_device({"deviceid": "1000000001", "uiid": of.uiid, "params": dict(of.params)})
        moves = isinstance(simulated.behaviour, Cover | Doors | Motor)
        assert moves, f"add {of.uiid} to COVERS in simulator/covers.py"
        runs = simulated.behaviour if isinstance(simulated.behaviour, Doors) else simulated.behaviour.run
        runs.seconds = 0
        followed = Followed(name, key)
        one = followed.cover
        assert one.write is not None
        wishes = [
            CoverCommand(action=action) for action in (CoverAction.OPEN, CoverAction.CLOSE) for _ in "12"
        ]
        if one.can_position and followed.state.calibrated:
            wishes += [CoverCommand(position=place) for place in (0, 100, 0, 1, 99, *range(0, 101, 7))]
        rng.shuffle(wishes)
        for wish in wishes:
            for message in one.write(followed.params, wish):
                outcome = simulated.execute(message)
                assert outcome.error == 0, outcome.reason
                followed.told(CLIENT, **message)
                followed.told(DEVICE, **outcome.caused)
                arrival = simulated.behaviour.arrival()
                await asyncio.sleep(0.002)
                if arrival is not None:
                    told = simulated.behaviour.told_at_arrival(simulated.params, arrival[1])
                    assert told.items() <= simulated.params.items()
                    followed.told(DEVICE, **told)
            wanted = wish.position if wish.position is not None else 100 * (wish.action is CoverAction.OPEN)
            if one.can_position and followed.state.calibrated:
                assert (followed.state.position, followed.state.movement) == (wanted, None), wish
            elif not one.can_position:
                assert followed.state.closed is (wanted == 0), wish
