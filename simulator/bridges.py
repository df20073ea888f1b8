"""Bridges that hear and send what radio remotes send."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, override

from .behaviours import Behaviour, State
from .values import ON_OFF, each, fields, integer, one_of, text

if TYPE_CHECKING:
    from .params import Params

_CHANNEL: Final = integer(0, 63)
_CODE: Final = fields({"rfChl": _CHANNEL, "rfVal": text})
# Four remotes of four buttons; a newer firmware takes more.
CODES: Final = 16


class RadioBridge(Behaviour):
    """A bridge: it learns the next code that it hears, tells when it hears one that it knows, and sends."""

    events = frozenset({"cmd"})

    def __init__(self) -> None:
        """Know no code."""
        super().__init__(
            defaults={"sledOnline": "on", "rssi": -52, "rfList": []},
            writable={
                "cmd": one_of("capture", "captureCancel", "edit", "transmit"),
                "rfChl": _CHANNEL,
                "rfList": lambda value: value == [] or each(_CODE)(value),
                "setState": text,
                "sledOnline": ON_OFF,
            },
        )
        self.most_codes = CODES
        self.learning: int | None = None

    @override
    def rule(self, state: State, sent: Params) -> str | None:
        command, channel = sent.get("cmd"), sent.get("rfChl")
        if (command in {"capture", "transmit"}) is not (channel is not None):
            return "capture and transmit name a channel, nothing else does"
        if (command == "edit") is not ("rfList" in sent):
            return "edit writes the list of codes, nothing else does"
        channels = [code["rfChl"] for code in state["rfList"]]
        if command == "transmit" and channel not in channels:
            return "the channel has no code"
        if command == "capture" and channel not in channels and len(channels) >= self.most_codes:
            return "there is no room for another code"
        return super().rule(state, sent)

    @override
    def remarks(self, state: State, sent: Params) -> list[str]:
        unknown = [code for code in sent.get("rfList", []) if code not in state["rfList"]]
        return ["a code that the bridge has never learnt"] if unknown else []

    @override
    def take(self, state: State, sent: Params) -> tuple[Params, Params]:
        if "cmd" in sent:
            self.learning = sent["rfChl"] if sent["cmd"] == "capture" else None
        return super().take(state, sent)

    @override
    def heard(self, state: State, code: str) -> Params:
        codes: list[dict[str, Any]] = state["rfList"]
        if (channel := self.learning) is not None:
            self.learning = None
            kept = [one for one in codes if one["rfChl"] != channel]
            learnt = sorted([*kept, {"rfChl": channel, "rfVal": code}], key=lambda one: int(one["rfChl"]))
            return {"cmd": "capture", "rfChl": channel, "rfList": learnt}
        return next((self.pressed(state, one["rfChl"]) for one in codes if one["rfVal"] == code), {})

    @override
    def pressed(self, state: State, outlet: int) -> Params:
        if outlet not in [one["rfChl"] for one in state["rfList"]]:
            return {}
        last, now = state.get(f"rfTrig{outlet}", ""), datetime.now(UTC)
        if last >= _time(now):
            now = datetime.fromisoformat(last) + timedelta(milliseconds=1)
        return {"cmd": "trigger", f"rfTrig{outlet}": _time(now)}


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
