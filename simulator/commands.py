"""Commands and queries on their way to a device, and the answer on its way back."""

import asyncio
import copy
import hashlib
from typing import TYPE_CHECKING, Any

from .params import Sent, together

if TYPE_CHECKING:
    from .accounts import Account
    from .connections import Connection, Connections
    from .core import Core
    from .devices import Outcome, SimulatedDevice


class Commands:
    """Carries commands and queries to devices."""

    def __init__(self, core: Core, connections: Connections) -> None:
        """Push what comes of a command over those connections."""
        self._core = core
        self._connections = connections

    async def command(
        self,
        device: SimulatedDevice,
        params: Sent,
        interface: str,
        session: Connection | None = None,
        *,
        account: Account | None = None,
    ) -> dict[str, Any] | None:
        """Send params to a device and return the answer, None for none at all."""
        offline = {"error": 504 if session is None else 503, "reason": "device is offline"}
        if not device.reachable or device.answer == "offline":
            return None if device.answer == "silent" else offline
        device.received.append(copy.deepcopy(params))
        if device.answer == "silent":
            return None
        if device.answer == "refuse":
            return {"error": 400, "reason": "refused"}
        if session is not None:
            cut = self._core.faults.take("cut_midway", interface=interface, deviceid=device.deviceid)
            if cut is not None:
                session.abort()
                if not cut.get("executed", default=True):
                    return None
        outcome = device.execute(together(copy.deepcopy(params)))
        for remark in [outcome.reason] if outcome.error else outcome.remarks:
            self._core.violations.record(interface, "params", f"uiid {device.uiid}: {remark}")
        if outcome.error:
            return {"error": outcome.error, "reason": outcome.reason}
        device.note("app", copy.deepcopy(params), account)
        if device.answer != "lost":
            await self._tell(device, params, outcome, session)
        return await self._confirmed(device, outcome, interface, session)

    async def _tell(
        self, device: SimulatedDevice, params: Sent, outcome: Outcome, session: Connection | None
    ) -> None:
        """Push a command to the other clients, and what the device made of it."""
        report = self._connections.report
        await report(device, params, agent="app", without=session)
        to_sender = self._core.quirks.report_to_sender
        await report(device, outcome.stored, without=None if to_sender else session)
        await report(device, outcome.caused)

    async def _confirmed(
        self, device: SimulatedDevice, outcome: Outcome, interface: str, session: Connection | None
    ) -> dict[str, Any] | None:
        """Return the answer to a command that was executed, or what takes its place."""
        if device.answer == "lost":
            return None
        where = {"interface": interface, "deviceid": device.deviceid}
        if device.answer == "executed_unconfirmed":
            return {"error": 504, "reason": "no answer from the device"}
        if (fault := self._core.faults.take("executed_504", **where)) is not None:
            reason = fault.get("text", default="no answer from the device")
            return {"error": fault.get("code", default=504), "reason": reason}
        if self._core.faults.take("executed_no_answer", **where) is not None:
            if session is not None and not self._core.quirks.report_to_sender:
                await self._connections.report(device, outcome.stored, only=session)
            return None
        if device.answer == "late":
            await asyncio.sleep(device.late_by)
        return {"error": 0} | ({"config": outcome.config} if outcome.config else {})

    async def upgrade(self, device: SimulatedDevice, params: Sent) -> dict[str, Any] | None:
        """Have a device take a newer firmware: it is gone for a moment, then tells its version."""
        wanted = together(params)
        news = release(device)
        if not device.reachable or device.answer == "offline":
            return {"error": 503, "reason": "device is offline"}
        if news is None or {key: wanted.get(key) for key in ("model", "version", "binList")} != {
            "model": model_of(device),
            "version": news["version"],
            "binList": news["binList"],
        }:
            self._core.violations.record("upgrade", "params", "not what the query for new firmware told")
            return {"error": 400, "reason": "no such firmware"}
        self._core.spawn(self._reboot(device, news["version"]))
        return {"error": 0} if self._core.quirks.upgrade_is_answered else None

    async def _reboot(self, device: SimulatedDevice, version: str) -> None:
        await asyncio.sleep(device.reboot / 4)
        await device.set_online(online=False)
        await asyncio.sleep(device.reboot)
        if not device.upgrade_fails:
            device.firmware = None
        await device.set_online(online=True)
        now = device.params.get("fwVersion") if device.upgrade_fails else version
        await device.push({"fwVersion": now})

    async def query(self, device: SimulatedDevice, names: list[Any]) -> dict[str, Any] | None:
        """Ask a device for params."""
        if device.answer in {"silent", "lost"}:
            return None
        if not device.reachable or device.answer == "offline":
            return {"error": 503, "reason": "device is offline"}
        return {"error": 0, "params": self._core.told(device.asked(str(name) for name in names))}


def model_of(device: SimulatedDevice) -> str:
    """Return the model of a device's module."""
    extra = device.item.get("extra") or {}
    inner = extra.get("extra")
    return str((inner if isinstance(inner, dict) else extra).get("model", ""))


def release(device: SimulatedDevice) -> dict[str, Any] | None:
    """Return the firmware that is newer than that of a device."""
    if device.firmware is None:
        return None
    files = [f"{name}.bin" for name in ("user1", "user2")]
    return {
        "deviceid": device.deviceid,
        "version": device.firmware,
        "binList": [
            {
                "name": name,
                "downloadUrl": f"https://ota.example/{device.firmware}/{name}",
                "digest": hashlib.sha256(f"{device.firmware} {name}".encode()).hexdigest(),
            }
            for name in files
        ],
        "type": "",
        "forceTime": "",
    }
