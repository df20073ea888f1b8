"""The probes of the first thermostats, and how their failures are told from what they measure."""

from .builders import float_reading
from .capability import Kind, ProbeCapability
from .params import Params, number

_TEMPERATURE, _HUMIDITY = "currentTemperature", "currentHumidity"
_LIMIT = 270


def probe_failed(sound: Params | None, now: Params) -> bool:
    """Return whether the params are those of a failure: beyond 270 degrees, or both readings exactly 0.

    Either 0 by itself is a measurement; so are both where no humidity, or 0, was told before. "unavailable"
    says plainly that there is no probe.
    """
    temperature = number(now, _TEMPERATURE)
    if temperature is not None and abs(temperature) > _LIMIT:
        return True
    both_zero = temperature == 0 and number(now, _HUMIDITY) == 0
    return both_zero and sound is not None and number(sound, _HUMIDITY) not in (0, None)


def _of_probe(kind: Kind, param: str, minimum: float, maximum: float) -> ProbeCapability:
    return ProbeCapability(
        kind=kind,
        params=frozenset({_TEMPERATURE, _HUMIDITY}),
        present=lambda params: param in params,
        read=float_reading(kind, param, minimum=minimum, maximum=maximum).read,
        failed=probe_failed,
    )


PROBE = (
    _of_probe(Kind.TEMPERATURE, _TEMPERATURE, -_LIMIT, _LIMIT),
    _of_probe(Kind.HUMIDITY, _HUMIDITY, 0, 100),
)
