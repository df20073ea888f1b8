"""Sharing devices between accounts: requests travel to the recipient and its answer back."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .errors import CloudError

if TYPE_CHECKING:
    from .accounts import Account, Accounts
    from .connections import Connections
    from .core import Core
    from .devices import SimulatedDevice
    from .household import Household

NO_USER, ACCEPTED, REFUSED, ALREADY = 1, 2, 3, 4
NOTE_CHARACTERS: Final = 10
NOTE_BYTES: Final = 30
NEEDED: Final = ("uid", "deviceName", "userName", "note")
FURTHER: Final = frozenset({"permit", "shareTime", "sender_appid"})


@dataclass(slots=True, kw_only=True, eq=False)
class Request:
    """A request that waits for its recipient."""

    receiver: Account
    deviceid: str
    frame: dict[str, Any]
    answer: asyncio.Future[int] = field(default_factory=asyncio.Future)


class Sharing:
    """Carries out share, updateShare and cancelShare."""

    def __init__(
        self, core: Core, accounts: Accounts, household: Household, connections: Connections, timeout: float
    ) -> None:
        """Give recipients that many seconds to answer."""
        self._core = core
        self._accounts = accounts
        self._household = household
        self._connections = connections
        self.timeout = timeout
        self.pending: list[Request] = []

    async def offer(
        self, device: SimulatedDevice, account: Account, *, permit: int = 15, note: str = ""
    ) -> dict[str, Any]:
        """Let the owner's phone ask an account to take a device, and return the answer that it gets."""
        now = str(int(self._core.clock() * 1000))
        frame = {
            "action": "share",
            "apikey": device.owner.apikey,
            "selfApikey": device.owner.apikey,
            "deviceid": device.deviceid,
            "userAgent": "app",
            "sequence": now,
            "params": {
                "uid": account.address,
                "deviceName": device.name,
                "userName": device.owner.nickname,
                "permit": permit,
                "shareTime": now,
                "note": note,
            },
        }
        try:
            return await self.share(device, frame)
        except CloudError as error:
            return {"error": error.code, "reason": error.text}

    async def share(self, device: SimulatedDevice, frame: dict[str, Any]) -> dict[str, Any]:
        """Ask another account to take a device; the answer comes after its own."""
        params = self._checked("share", frame["params"])
        receiver = self._receiver(device, params["uid"])
        if receiver is device.owner:
            raise CloudError(400, "that is the owner")
        if receiver is None:
            return {"error": 0, "result": NO_USER}
        if receiver.apikey in device.shares:
            return {"error": 0, "result": ALREADY}
        result = await self._ask(device, receiver, frame)
        if result == ACCEPTED:
            self._household.share(
                device,
                receiver,
                permit=params.get("permit", 0),
                note=params["note"],
                at=params.get("shareTime"),
            )
        return {"error": 0, "result": result}

    async def update(self, device: SimulatedDevice, frame: dict[str, Any]) -> dict[str, Any]:
        """Change what a recipient may do, at once or after its consent."""
        params = self._checked("updateShare", frame["params"])
        receiver = self._receiver(device, params["uid"])
        if receiver is None:
            return {"error": 0, "result": NO_USER}
        if receiver.apikey not in device.shares:
            raise CloudError(400, "the device is not shared to that account")
        result = ACCEPTED
        if self._core.quirks.update_share_waits:
            result = await self._ask(device, receiver, frame)
        if result == ACCEPTED:
            share = device.shares[receiver.apikey]
            share.permit, share.note = params.get("permit", share.permit), params["note"]
        return {"error": 0, "result": result}

    async def cancel(self, device: SimulatedDevice, frame: dict[str, Any]) -> dict[str, Any]:
        """End a share without a word to the recipient; a share that has ended is no error."""
        for key in ("uid", "deviceName"):
            if not isinstance(frame["params"].get(key), str):
                self._core.violations.record("cancelShare", "field", f"{key} is missing")
                raise CloudError(400, f"{key} is missing")
        for key in frame["params"].keys() - {"uid", "deviceName"}:
            self._core.violations.record("cancelShare", "unknown field", key)
        receiver = self._receiver(device, frame["params"]["uid"])
        if receiver is not None:
            self._household.unshare(device, receiver)
        return {"error": 0}

    def answered(self, account: Account, frame: dict[str, Any]) -> bool:
        """Take a receiver's answer; say whether one was awaited."""
        for request in self.pending:
            if (
                request.receiver is account
                and request.deviceid == frame.get("deviceid")
                and str(request.frame["sequence"]) == str(frame.get("sequence"))
                and frame.get("result") in {ACCEPTED, REFUSED}
            ):
                self._check_answer(request, frame)
                if not request.answer.done():
                    request.answer.set_result(frame["result"])
                return True
        return False

    def _check_answer(self, request: Request, frame: dict[str, Any]) -> None:
        """Record what an answer says otherwise than it should: the cloud takes it for its result."""
        due = {"error": 0} | {key: request.frame[key] for key in ("apikey", "deviceid", "sequence")}
        for key in due.keys() | frame.keys() - {"result"}:
            if key not in due:
                self._core.violations.record("share", "unknown field", key)
            elif key not in frame or (type(frame[key]), frame[key]) != (type(due[key]), due[key]):
                self._core.violations.record("share", "answer", f"{key} is not as it came")

    async def _ask(self, device: SimulatedDevice, receiver: Account, frame: dict[str, Any]) -> int:
        """Return the receiver's answer; raise 504 for none in time."""
        if any((one.receiver, one.deviceid) == (receiver, device.deviceid) for one in self.pending):
            raise CloudError(504, "a request is under way")
        if receiver.on_share in {"accept", "refuse"}:
            return ACCEPTED if receiver.on_share == "accept" else REFUSED
        online = any(session.account is receiver for session in self._connections)
        if not online and receiver.on_share is None:
            raise CloudError(504, "the receiver is not online")
        request = Request(receiver=receiver, deviceid=device.deviceid, frame=frame)
        self.pending.append(request)
        try:
            await self._connections.push(receiver, frame)
            async with asyncio.timeout(self.timeout):
                return await request.answer
        except TimeoutError as error:
            raise CloudError(504, "the receiver did not answer") from error
        finally:
            self.pending.remove(request)

    def _receiver(self, device: SimulatedDevice, uid: str) -> Account | None:
        """Return the account of an address, if it lives in the region of the owner."""
        receiver = self._accounts.find(uid)
        return receiver if receiver is not None and receiver.region == device.owner.region else None

    def _checked(self, name: str, params: dict[str, Any]) -> dict[str, Any]:
        record = self._core.violations.record
        for key in NEEDED:
            if not isinstance(params.get(key), str):
                record(name, "field", f"{key} is missing")
                raise CloudError(400, f"{key} is missing")
        for key in params.keys() - set(NEEDED) - FURTHER:
            record(name, "unknown field", key)
        permit = params.get("permit", 0)
        if type(permit) is not int or not 0 <= permit <= 15:
            record(name, "field", "permit is not 0 to 15")
            raise CloudError(400, "permit invalid")
        if len(params["note"]) > NOTE_CHARACTERS or len(params["note"].encode()) > NOTE_BYTES:
            record(name, "field", "note is too long")
            raise CloudError(400, "note is too long")
        return params
