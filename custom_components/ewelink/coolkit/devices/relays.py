"""Relays of devices with one, and the settings that go with relays and LEDs."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from .builders import ON_OFF, ZERO_ONE, float_reading, int_reading, number_setting, on_off_setting, request
from .capability import AnyCapability, Capability, Kind, NumberCapability, SelectCapability
from .params import Params, choice, flag, integer, item_of, items_with, object_of

STARTUP_OPTIONS = ("on", "off", "stay")

# Work modes of devices that are more than switches.
_WORK_MODE = "workMode"
_SWITCH, _MOTOR, _METER_ONLY = 1, 2, 3


def relay(param: str = "switch", *, extra_params: Callable[[str], Params] | None = None) -> Capability[bool]:
    """Make the relay of a device with one; `extra_params` gives what else the command has to carry."""

    def write(_: Params, value: bool) -> tuple[Params, ...]:  # noqa: FBT001 - the value of the relay
        text = ON_OFF[value]
        return ({param: text, **(extra_params(text) if extra_params else {})},)

    return Capability(
        kind=Kind.RELAY, params=frozenset({param}), read=lambda params: flag(params, param), write=write
    )


def relay_as_sent(param: str = "switch", *, outlet: int | None = None) -> Capability[bool]:
    """Make a relay that is told in the type in which it tells: a text or a JSON bool."""

    def write(params: Params, value: bool) -> tuple[Params, ...]:  # noqa: FBT001 - the value of the relay
        return ({param: value if isinstance(params.get(param), bool) else ON_OFF[value]},)

    return Capability(
        kind=Kind.RELAY,
        params=frozenset({param}),
        read=lambda params: flag(params, param),
        write=write,
        outlet=outlet,
        present=lambda params: params.get(param) in ("on", "off", True, False),
    )


LED = on_off_setting(Kind.LED, "sledOnline")
LED_BRIGHTNESS = NumberCapability(
    kind=Kind.LED_BRIGHTNESS,
    params=frozenset({"sledBright"}),
    read=float_reading(Kind.LED_BRIGHTNESS, "sledBright", minimum=0, maximum=100).read,
    write=lambda _, value: ({"sledBright": min(max(round(value), 0), 100)},),
    minimum=0,
    maximum=100,
    step=1,
    unit="%",
)

STARTUP = SelectCapability(
    kind=Kind.STARTUP,
    params=frozenset({"startup"}),
    read=lambda params: choice(params, "startup", STARTUP_OPTIONS),
    write=lambda _, value: ({"startup": value},),
    options=STARTUP_OPTIONS,
)
# The numbers of `swMode` are not documented: it is shown and not set.
SWITCH_MODE = int_reading(Kind.SWITCH_MODE, "swMode")
SWITCH_REVERSED = on_off_setting(Kind.SWITCH_REVERSED, "swCtrlReverse")
DETACHED_RELAY = on_off_setting(Kind.DETACHED_RELAY, "relaySeparation", values=ZERO_ONE)
CHANNEL_SWITCHES: tuple[AnyCapability, ...] = tuple(
    capability
    for outlet in (0, 1)
    for capability in (
        int_reading(Kind.SWITCH_MODE, f"swMode_0{outlet}", outlet=outlet),
        on_off_setting(Kind.SWITCH_REVERSED, f"swReverse_0{outlet}", values=ZERO_ONE, outlet=outlet),
    )
)


# What turns the other way round while a device drives a motor: the motor itself, and the wall switch.
MOTOR_SETTINGS: tuple[AnyCapability, ...] = (
    on_off_setting(Kind.MOTOR_REVERSED, "outputReverse", values=ZERO_ONE),
    on_off_setting(Kind.SWITCH_REVERSED, "motorSwReverse", values=ZERO_ONE),
)
TOUCH_MOTOR_REVERSED = on_off_setting(Kind.MOTOR_REVERSED, "motorReversal", values=(False, True))


def thermostat_rides_along(switch: str) -> Params:
    """Return what goes with the relay of a thermostat: a command by hand ends the automatic control."""
    return {"mainSwitch": switch, "deviceType": "normal"}


def _is_no_switch(params: Params) -> bool:
    """Return whether a device of several work modes is something else than a switch now."""
    return integer(params, _WORK_MODE) in (_MOTOR, _METER_ONLY)


def is_motor(params: Params) -> bool:
    """Return whether a device of several work modes drives a motor now."""
    return integer(params, _WORK_MODE) == _MOTOR


def _is_no_motor(params: Params) -> bool:
    return integer(params, _WORK_MODE) in (_SWITCH, _METER_ONLY)


def while_motor[C: AnyCapability](capabilities: Iterable[C]) -> tuple[C, ...]:
    """Make the capabilities exist only while a device of several work modes drives a motor."""
    return tuple(
        replace(
            capability,
            present=partial(_has_in_motor_mode, capability),
            put_away=_is_no_motor,
            decided_by=capability.decided_by | {_WORK_MODE},
        )
        for capability in capabilities
    )


def _has_in_motor_mode(capability: AnyCapability, params: Params) -> bool:
    return is_motor(params) and not capability.params.isdisjoint(params)


def while_switch(capabilities: Iterable[AnyCapability]) -> tuple[AnyCapability, ...]:
    """Make the capabilities exist only while a device of several work modes is a switch."""
    return tuple(
        replace(capability, put_away=_is_no_switch, decided_by=capability.decided_by | {_WORK_MODE})
        for capability in capabilities
    )


def detached_relays(outlets: tuple[int, ...]) -> tuple[AnyCapability, ...]:
    """Make the settings that keep wall switches from moving relays: items of one list, written as a whole."""

    def make(wire_outlet: int) -> AnyCapability:
        def read(params: Params) -> bool | None:
            item = item_of(params, "relaySeparations", wire_outlet)
            return None if item is None else flag(item, "enable")

        return Capability(
            kind=Kind.DETACHED_RELAY,
            params=frozenset({"relaySeparations"}),
            read=read,
            write=lambda params, value: (
                {
                    "relaySeparations": items_with(
                        params, "relaySeparations", wire_outlet, enable=ZERO_ONE[value]
                    )
                },
            ),
            outlet=wire_outlet if len(outlets) > 1 else None,
            present=lambda params: item_of(params, "relaySeparations", wire_outlet) is not None,
        )

    return tuple(map(make, outlets))


# How bright the keys are while their relays are off.
BACKLIGHT = number_setting(Kind.BACKLIGHT, "offBrightness", minimum=0, maximum=100, unit="%")
CHILD_LOCK = on_off_setting(Kind.CHILD_LOCK, "childLock", values=(False, True))
TURBO_RADIO = on_off_setting(Kind.TURBO_RADIO, "wallPenetration", values=(False, True))
INDICATOR_LIGHT = on_off_setting(Kind.LED, "backlight")

# Touch switches.
DO_NOT_DISTURB = on_off_setting(Kind.DO_NOT_DISTURB, "doNotDisturb", values=ZERO_ONE)
VIBRATION = on_off_setting(Kind.VIBRATION, "shock", values=ZERO_ONE)


def _unless(kind: Kind, param: str) -> Capability[bool]:
    """Make a setting that the device tells the other way round."""
    return Capability(
        kind=kind,
        params=frozenset({param}),
        read=lambda params: None if (off := flag(params, param)) is None else not off,
        write=lambda _, value: ({param: not value},),
    )


GESTURES: tuple[AnyCapability, ...] = (
    _unless(Kind.SWIPE_GESTURE, "disableSwipeGesture"),
    _unless(Kind.TAP_GESTURE, "disableTapGesture"),
)


def _bridged_state(params: Params) -> bool | None:
    return flag(object_of(object_of(params, "switch"), "switch"), "value")


# A switch of SmartThings: its state is nested, and it takes commands.
BRIDGED_RELAY = Capability(
    kind=Kind.RELAY,
    params=frozenset({"switch"}),
    read=_bridged_state,
    write=lambda _, value: (
        {
            "commands": [
                {"component": "main", "capability": "switch", "command": ON_OFF[value], "arguments": []}
            ]
        },
    ),
)


PLAY_ALARM = request(Kind.PLAY_ALARM, "soundAction", 1, told=False)
PLAY_BELL = request(Kind.PLAY_BELL, "soundAction", 2, told=False)
RESTART = request(Kind.RESTART, "restart", value=True, told=False)
FORCE_SHUTDOWN = request(Kind.FORCE_SHUTDOWN, "forceShutdown", value=True, told=False)
# The one button of a device that sends by radio.
PRESS_IT = request(Kind.SEND, "key", 0, told=False)


def valve(told: str, *, sent: str | None = None, outlet: int | None = None) -> Capability[bool]:
    """Make a water valve that is open or closed: a JSON bool, told under one param and sent under another."""
    params = frozenset({told} if sent is None else {told, sent})

    def read(values: Params) -> bool | None:
        return flag(values, told if told in values or sent is None else sent)

    return Capability(
        kind=Kind.VALVE,
        params=params,
        read=read,
        write=lambda _, value: ({sent or told: value},),
        outlet=outlet,
    )


MANUAL_VALVE: Capability[bool] = Capability(
    kind=Kind.VALVE,
    params=frozenset({"switch"}),
    read=lambda params: flag(params, "switch"),
    write=lambda _, value: ({"switch": value, "controlMode": "manual"},),
)
ZIGBEE_LED = on_off_setting(Kind.ZIGBEE_LED, "zled")
REBOOT = request(Kind.RESTART, "reboot", value=True, told=False)
_SOUND = {"test": True, "fileName": "ring/ring5.mp3", "volume": 50, "duration": 5}
PLAY_SOUND = request(Kind.PLAY_ALARM, "buzzerAlarm", _SOUND)

_ALARM_STATES = ("disarmed", "armed_home", "armed_away", "armed_night")


def _read_alarm(params: Params) -> str | None:
    number = integer(params, "securityType")
    return _ALARM_STATES[number] if number is not None and 0 <= number < len(_ALARM_STATES) else None


def _write_alarm(_: Params, value: str) -> tuple[Params, ...]:
    number = _ALARM_STATES.index(value)
    return ({"securityType": number, "currentType": number} if number else {"securityType": 0},)


ALARM = SelectCapability(
    kind=Kind.ALARM,
    params=frozenset({"securityType"}),
    read=_read_alarm,
    write=_write_alarm,
    options=_ALARM_STATES,
)
