"""The frames of the persistent connection: how they are made, what they say, what their codes mean.

Source: API Center, WebSocket; docs/protocol.md.
"""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
import logging
import time
from typing import Any

from ..devices.device import Device, Permit
from ..devices.fields import LONGEST_TEXT, read_online, short_name
from ..devices.params import Params, Sent, together
from ..events import Origin, ShareRequest
from ..exceptions import (
    AppIdRefusedError,
    CloudError,
    CommandError,
    CommandInDoubtError,
    CoolKitError,
    DeviceOfflineError,
    FeatureRefusedError,
    InvalidInputError,
    NoResponseError,
    QuotaError,
    ServerTroubleError,
    SessionError,
    SignedOutError,
    ThrottledError,
    TokenExpiredError,
)
from ..jsontext import NotJsonError, decode, encode
from ..push import Push
from ..scrubbing import scrub
from .answers import error_code, error_text, session_code, whole
from .auth import AccountSession, make_nonce
from .words import told_by_web_server

_LOGGER = logging.getLogger(__name__)

HANDSHAKE = "handshake"
UPDATE = "update"
QUERY = "query"
UPGRADE = "upgrade"
# What may be asked of the recipient of a share, and whether the device is shared with it already.
_CHILD_ADDED = 1
_SHARE_ACTIONS = {"share": False, "updateShare": True}

_HANDSHAKE_CODES: Mapping[int, type[CoolKitError]] = {
    401: SignedOutError,
    402: TokenExpiredError,
    403: AppIdRefusedError,
    406: SignedOutError,
    407: AppIdRefusedError,
    429: ThrottledError,
}
# A token that has expired; signed in elsewhere.
_OF_SESSIONS = frozenset({402, 406})
_OFFLINE = 503
# With these a frame for a device may mean that the account does not have it any more.
_DEVICE_GONE = frozenset({400, 401, 403, 404})
# Of commands and queries; all others under 500 are those of the device.
_FRAME_CODES: Mapping[int, type[CoolKitError]] = {
    402: TokenExpiredError,
    406: SignedOutError,
    407: FeatureRefusedError,
    412: QuotaError,
    429: ThrottledError,
    _OFFLINE: DeviceOfflineError,
    504: NoResponseError,
}
# An interval beyond it is a slip: the cloud closes a connection after about 165 s without a ping. A shorter
# one than the least is not worth more pings: the cloud waits for 7 s longer than it says.
_LEAST_HEARTBEAT, _LONGEST_HEARTBEAT = 1, 160
# Of an action that is not understood.
_LONGEST_WORD = 100


# What is sent


def handshake(session: AccountSession, app_id: str, sequence: str) -> str:
    """Return the frame that signs on."""
    frame = {
        "action": "userOnline",
        "version": 8,
        "ts": int(time.time()),
        "at": session.tokens.access_token,
        "userAgent": "app",
        "apikey": session.apikey,
        "appid": app_id,
        "nonce": make_nonce(),
        "sequence": sequence,
    }
    return encode(frame).decode()


def request(
    action: str, sequence: str, device: Device, params: Sent | list[str], *, account_apikey: str
) -> str:
    """Return a frame for a device; of one that is shared with the account it names both owner and account."""
    owner = device.apikey or account_apikey
    frame: dict[str, Any] = {"action": action, "deviceid": device.device_id, "apikey": owner}
    of_device = action in {UPDATE, QUERY, UPGRADE}
    if owner != account_apikey or not of_device:
        frame["selfApikey"] = account_apikey
    frame |= {"userAgent": "app", "sequence": sequence, "params": params}
    if of_device:
        frame["ts"] = 0
    try:
        return encode(frame).decode()
    except NotJsonError as error:
        raise InvalidInputError(action, reason=str(error)) from error


def share_answer(request: ShareRequest, result: int) -> str:
    """Return the frame that answers the request of another account: 2 accepts, 3 refuses it."""
    frame = {
        "error": 0,
        "result": result,
        "apikey": request.apikey,
        "deviceid": request.device_id,
        "sequence": request.sequence,
    }
    return encode(frame).decode()


# What is received


def read(data: Any) -> dict[str, Any] | None:
    """Return the JSON object of a frame; None for the bare words and whatever else is no object."""
    frame = decode(data)
    return frame if isinstance(frame, dict) else None


def read_heartbeat(answer: Mapping[str, Any], default: float) -> float:
    """Return the interval of pings in seconds that a handshake's answer gives."""
    config = answer.get("config")
    if isinstance(config, str):
        config = read(config.encode())
    if not isinstance(config, Mapping):
        return default
    interval = config.get("hbInterval")
    if isinstance(interval, str):
        try:
            interval = float(interval)
        except ValueError:
            return default
    if isinstance(interval, bool) or not isinstance(interval, (int, float)):
        return default
    return max(interval, _LEAST_HEARTBEAT) if 0 < interval <= _LONGEST_HEARTBEAT else default


def read_handshake(answer: Mapping[str, Any], *secrets: str) -> None:
    """Return if a handshake was accepted; raise what the answer says otherwise."""
    code = session_code(answer)
    by_server = told_by_web_server(answer)
    if code == 0 and not by_server:
        return
    reason = scrub(error_text(answer), *secrets)
    if by_server or not code:
        raise ServerTroubleError(HANDSHAKE, code=code or None, reason=reason)
    raise marked(
        frame_error(code, _HANDSHAKE_CODES, ServerTroubleError, CloudError)(
            HANDSHAKE, code=code, reason=reason
        )
    )


def read_answer(action: str, answer: Mapping[str, Any], *secrets: str) -> Mapping[str, Any]:
    """Return the answer to a command or a query; raise what its error code means."""
    code = session_code(answer)
    by_server = told_by_web_server(answer)
    if code == 0 and not by_server:
        return answer
    reason = scrub(error_text(answer), *secrets)
    trouble = CommandInDoubtError if action in {UPDATE, UPGRADE} else ServerTroubleError
    if by_server or not code:
        # Words alone say nothing of the device either.
        raise trouble(action, code=code or None, reason=reason)
    refusal = frame_error(code, _FRAME_CODES, trouble, CommandError)(action, code=code, reason=reason)
    if isinstance(refusal, SessionError):
        refusal.alone = trouble
    raise marked(refusal)


def read_params(answer: Mapping[str, Any]) -> Params:
    """Return the params in the answer to a query; histories come under `config`."""
    for name in ("params", "config"):
        if found := together(answer.get(name)):
            return found
    if isinstance(answer.get("params"), (Mapping, list)):
        return {}
    raise CloudError(QUERY, reason="no params in the answer")


def answer_push(action: str, device_id: str, sent: Params | None, answer: Mapping[str, Any]) -> Push | None:
    """Return what the answer to a command or a query says of the device; `sent` are a command's params."""
    if action not in {UPDATE, QUERY} or told_by_web_server(answer):
        return None
    code = error_code(answer)
    if sent is None:
        # A query may be answered from the cloud's memory.
        params = together(answer.get("params")) if code == 0 else {}
        return Push(device_id, params, origin=Origin.OWN) if params else None
    if code == 0:
        return Push(device_id, sent, online=True, heard=True, origin=Origin.OWN)
    # Whoever waits for the answer has the list read.
    return Push(device_id, online=False, origin=Origin.OWN) if code == _OFFLINE else None


def read_push(frame: Mapping[str, Any]) -> Push | ShareRequest | None:
    """Return what a frame with an action says, None if that is nothing of a device."""
    action = frame["action"]
    if action == "update":
        return _read_update(frame)
    if action == "sysmsg":
        return _read_sysmsg(frame)
    if isinstance(action, str) and action in _SHARE_ACTIONS:
        return _read_share(frame, changes=_SHARE_ACTIONS[action])
    if action == "subDevice":
        return _read_child(frame)
    _ignore_once("action", str(action)[:_LONGEST_WORD])
    return None


def _read_update(frame: Mapping[str, Any]) -> Push | None:
    """Return what changed of a device."""
    device_id, params = frame.get("deviceid"), frame.get("params")
    if type(params) is not dict:
        params = together(params)
    if type(device_id) is not str:
        device_id = _device_id(device_id)
    if device_id is None or len(device_id) > LONGEST_TEXT or not params:
        return None
    sender = frame.get("userAgent")
    if sender == "app":
        return Push(device_id, params, None, False, Origin.APP)  # noqa: FBT003 - by place, as it is often made
    online = params.get("online")
    if online is not None:
        online = read_online(online)
    return Push(device_id, params, online, True, Origin.PUSH, sender == "device")  # noqa: FBT003 - see above


def _device_id(value: Any) -> str | None:
    """Return the id of a device, which may have come as a number; None for what is none."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        device_id = str(value)
        return device_id if 0 < len(device_id) <= LONGEST_TEXT else None
    return None


def _read_sysmsg(frame: Mapping[str, Any]) -> Push | None:
    """Return whether the cloud hears a device."""
    device_id = _device_id(frame.get("deviceid"))
    if device_id is None:
        return None
    online = read_online(together(frame.get("params")).get("online"))
    return None if online is None else Push(device_id=device_id, online=online)


def _read_child(frame: Mapping[str, Any]) -> Push | None:
    """Return the child that a gateway has just got: it is looked for in the list if it is not known yet."""
    commands = together(frame.get("params")).get("cmds")
    for command in commands if isinstance(commands, list) else ():
        # Before that it tells of those that it has found and not added yet.
        if not isinstance(command, dict) or whole(command.get("type")) != _CHILD_ADDED:
            continue
        if (device_id := _device_id(command.get("deviceid"))) is not None:
            return Push(device_id=device_id)
    return None


def _read_share(frame: Mapping[str, Any], *, changes: bool) -> ShareRequest | None:
    """Return the request of another account to share a device, if it can be answered."""
    device_id, apikey, sequence = (
        _device_id(frame.get("deviceid")),
        frame.get("apikey"),
        frame.get("sequence"),
    )
    if device_id is None or not isinstance(apikey, str) or not isinstance(sequence, (str, int)):
        return None
    if max(len(apikey), len(str(sequence))) > LONGEST_TEXT:
        return None
    params = together(frame.get("params"))
    texts = (params.get(name) for name in ("deviceName", "userName", "note"))
    device_name, user_name, note = (
        short_name(" ".join(text.split())) if isinstance(text, str) else "" for text in texts
    )
    permit = whole(params.get("permit"))
    return ShareRequest(
        apikey=apikey,
        device_id=device_id,
        sequence=sequence,
        device_name=device_name,
        user_name=user_name,
        note=note,
        permit=None if permit is None else Permit(permit & sum(Permit)),
        changes=changes,
        received=asyncio.get_running_loop().time(),
    )


@lru_cache(maxsize=64)
def _ignore_once(what: str, name: str) -> None:
    """Say once that something is not understood."""
    _LOGGER.debug("Ignoring frames with the %s %s", what, scrub(name))


# What codes mean


def frame_error(
    code: int,
    codes: Mapping[int, type[CoolKitError]],
    trouble: type[CoolKitError],
    other: type[CoolKitError],
) -> type[CoolKitError]:
    """Return what the code of a frame means: its own, trouble of the cloud (5xx), or something else."""
    return codes.get(code, trouble if 500 <= code < 1000 else other)


def marked[E: CoolKitError](error: E) -> E:
    """Return the error of a frame with what its code says of the device, or of the session alone."""
    error.may_be_gone = error.code in _DEVICE_GONE
    if isinstance(error, SessionError):
        error.only_of_session = error.code in _OF_SESSIONS
    return error
