"""What goes wrong in the field, on demand."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from .interfaces import ACTIONS, INTERFACES
from .v2.interfaces import INTERFACES as V2_INTERFACES, PAGE_CALLS

if TYPE_CHECKING:
    from collections.abc import Iterator

# Name of each fault: what it does and which options it takes.
KNOWN: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "gateway_page": ("an error page of the gateway instead of an answer", frozenset({"status", "form"})),
    "empty_body": ("HTTP 200 without a body", frozenset()),
    "nested_error": ("an error whose message is another answer as text", frozenset({"code"})),
    "wrong_type": ("JSON of a type that no answer has", frozenset({"body"})),
    "error": ("any error code", frozenset({"code", "text"})),
    "http_status": ("an HTTP status with an error in JSON", frozenset({"status", "code", "retry_after"})),
    "raw_answer": ("an answer byte by byte", frozenset({"body"})),
    "odd_value": ("one value that is no JSON, or is odd", frozenset({"raw", "place", "device"})),
    "bomb": ("an answer that is large when it is unpacked", frozenset({"mib"})),
    "redirect": ("error 301 that names a region", frozenset({"region"})),
    "no_answer": ("a call or command that is never answered", frozenset()),
    "late_answer": ("an answer after a while", frozenset({"delay"})),
    "held_answer": ("a call that is carried out at once and answered after a while", frozenset({"delay"})),
    "disconnect": ("the connection is cut instead of an answer", frozenset()),
    "cut_midway": ("the connection is cut while a device executes a command", frozenset({"executed"})),
    "refresh_same_rt": ("the refresh answers the same refresh token", frozenset()),
    "refresh_refused": ("the refresh token is refused (401)", frozenset()),
    "list_empty": ("a device list without devices", frozenset({"total"})),
    "list_partial": ("a device list that lacks devices", frozenset({"missing"})),
    "list_online": (
        "a device list that says something else of being online",
        frozenset({"devices", "online"}),
    ),
    "list_scant": ("a device list that leaves params or outlets out", frozenset({"params", "outlets"})),
    "list_twice": ("a device list that names devices twice", frozenset({"other"})),
    "list_slow": ("a device list read now, answered when released", frozenset({"delay"})),
    "dispatch_host": ("dispatch names another host", frozenset({"domain", "port"})),
    "session_refused": (
        "calls, frames and handshakes are refused as if the session were over",
        frozenset({"code", "form"}),
    ),
    "drop_after": ("the connection is cut a while after its handshake", frozenset({"delay"})),
    "handshake_error": ("the handshake is refused", frozenset({"code", "reason"})),
    "handshake_close": ("close 1000 instead of an answer to the handshake", frozenset()),
    "socket_redirect": ("the WebSocket is sent elsewhere by HTTP", frozenset({"location", "status"})),
    "no_pong": ("pings are accepted, pongs never sent", frozenset()),
    "other_sequence": ("an answer with another sequence", frozenset()),
    "executed_504": ("a command that is executed, but answered with 504", frozenset({"code", "text"})),
    "executed_no_answer": ("a command that is executed and pushed, but not answered", frozenset()),
}
ABSENT: Final = "absent"  # of a field that is left out
_PLACES: Final = {
    None,
    *ACTIONS,
    *(interface.name for interface in (*INTERFACES, *V2_INTERFACES, *PAGE_CALLS)),
}


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """One fault that waits for its occasion."""

    name: str
    interface: str | None = None
    deviceid: str | None = None
    count: int | None = 1
    until: float | None = None
    options: dict[str, Any] = field(default_factory=dict)
    taken: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def get[T](self, option: str, *, default: T) -> T:
        """Return an option of the fault."""
        value: T = self.options.get(option, default)
        return value

    async def hold(self) -> None:
        """Wait until the fault is released, or for its delay in seconds."""
        delay = self.get("delay", default=None)
        try:
            async with asyncio.timeout(delay):
                await self.released.wait()
        except TimeoutError:
            return

    def release(self) -> None:
        """Let answers go that the fault holds back."""
        self.released.set()


class Faults:
    """The faults that are set now."""

    def __init__(self) -> None:
        """Start without any."""
        self._faults: list[Fault] = []
        self._taken: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        """Iterate over the faults that are still to come."""
        return iter(self._faults)

    def add(
        self,
        name: str,
        *,
        interface: str | None = None,
        deviceid: str | None = None,
        count: int | None = 1,
        seconds: float | None = None,
        **options: Any,
    ) -> Fault:
        """Set a fault for the next `count` occasions (None: every one) and for `seconds` at most.

        `interface` and `deviceid` narrow it down; what else it takes stands in KNOWN.
        """
        if name not in KNOWN:
            msg = f"no fault is called {name!r}"
            raise ValueError(msg)
        if interface not in _PLACES:
            msg = f"no interface is called {interface!r}"
            raise ValueError(msg)
        if unknown := options.keys() - KNOWN[name][1]:
            msg = f"{name} takes no {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        until = None if seconds is None else asyncio.get_running_loop().time() + seconds
        fault = Fault(
            name=name,
            interface=interface,
            deviceid=deviceid,
            count=count,
            until=until,
            options=options,
        )
        self._faults.append(fault)
        return fault

    def take(self, name: str, *, interface: str | None = None, deviceid: str | None = None) -> Fault | None:
        """Return the fault of that name that applies now, and count the occasion."""
        now = asyncio.get_running_loop().time()
        for fault in list(self._faults):
            if fault.until is not None and now >= fault.until:
                self._faults.remove(fault)
                continue
            if (
                fault.name != name
                or fault.interface not in {None, interface}
                or fault.deviceid not in {None, deviceid}
            ):
                continue
            fault.taken += 1
            self._taken.append(fault)
            if fault.count is not None and fault.taken >= fault.count:
                self._faults.remove(fault)
            return fault
        return None

    def clear(self, name: str | None = None) -> None:
        """Forget all faults, or those of one name, and let go what they hold back."""
        for fault in [*self._faults, *self._taken]:
            if name in {None, fault.name}:
                fault.release()
        self._faults = [fault for fault in self._faults if name not in {None, fault.name}]
        self._taken.clear()


@dataclass(slots=True, kw_only=True)
class Quirks:
    """Forms in which the real cloud answers; each one is allowed."""

    error_as_text: bool = False
    message_key: Literal["msg", "info", "errmsg"] = "msg"
    device_list: Literal["object", "bare"] = "object"
    uiid_place: Literal["as_given", "top", "extra.extra", "extra", "nowhere"] = "as_given"
    uiid_as_text: bool = False
    one_device: Literal["top", "device"] = "top"
    heartbeat_flag: Literal["hb", "hbl"] = "hb"
    heartbeat: bool = True
    heartbeat_interval: int | None = 145
    sequence: Literal["as_received", "text", "number"] = "as_received"
    omit_error: bool = False
    handshake_omit_error: bool = False
    numbers: Literal["as_given", "text", "number"] = "as_given"
    report_to_sender: bool = False
    update_share_waits: bool = False
    as_tables: bool = False
    share_names: Literal["address", "uid", "uid_and_apikey"] = "address"
    # Of v2 alone; the first of each is what the documents say, or what is seen more often.
    wrong_signature: Literal[406, 400] = 406
    expired_app: Literal[407, 408] = 407
    quota_as_status: bool = False
    dispatch_counts: bool = True
    dispatch_checks_token: bool = True
    begin_index: Literal["exclusive", "inclusive"] = "exclusive"
    num_zero: Literal["all", "thirty", "error"] = "all"
    region_country_code: Literal["either", "plus", "digits"] = "either"
    wrong_region_burns_code: bool = False
    token_names_user: bool = False
    refresh_closes_socket: bool = False
    country_is_checked: bool = False
    group_pushes: bool = False
    upgrade_is_answered: bool = True
    frames_count: bool = False
    share_frames_in_v2: bool = True
    v1_is_served: bool = True
    shared_home_apikey: Literal["owner", "own"] = "owner"
    push_apikey: Literal["owner", "receiver"] = "owner"
