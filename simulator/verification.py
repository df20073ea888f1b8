"""Verification codes: sent to nobody, shown at the control address."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .errors import CloudError

if TYPE_CHECKING:
    import random

CODE_LIFE: Final = 1800.0
# Most codes for one address within so many seconds, in v2.
LIMITS: Final = ((60, 3), (3600, 20), (86400, 100))


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code that was sent."""

    address: str
    purpose: str
    code: str
    at: float


class Verification:
    """Sends codes and checks them."""

    def __init__(self, rng: random.Random, pause: float) -> None:
        """Let one address have a code every `pause` seconds."""
        self._rng = rng
        self.pause = pause
        self.sent: list[Code] = []
        self._times: list[tuple[str, float]] = []

    def send(self, address: str, purpose: str, now: float) -> Code:
        """Send a code; raise 160038 when the last one to that address is too young."""
        if any(code.address == address and now - code.at < self.pause for code in self.sent):
            raise CloudError(160038, "sending too fast")
        return self._send(address, purpose, now)

    def send_within_limits(self, address: str, purpose: str, now: float) -> Code:
        """Send a code; raise 10010 for one too many in a minute, an hour or a day."""
        ages = [now - at for one, at in self._times if one == address]
        if any(sum(age < seconds for age in ages) >= most for seconds, most in LIMITS):
            raise CloudError(10010, "sending too fast")
        return self._send(address, purpose, now)

    def _send(self, address: str, purpose: str, now: float) -> Code:
        self._times.append((address, now))
        code = Code(address=address, purpose=purpose, code=f"{self._rng.randrange(10_000):04d}", at=now)
        self.sent.append(code)
        return code

    def latest(self, address: str) -> str | None:
        """Return the code that was last sent to an address."""
        return next((code.code for code in reversed(self.sent) if code.address == address), None)

    def use(self, address: str, purpose: str, given: str, now: float) -> None:
        """Use a code up; raise 498 for any but the last one of that purpose."""
        valid = [code for code in self.sent if (code.address, code.purpose) == (address, purpose)]
        if not valid or valid[-1].code != given or now - valid[-1].at > CODE_LIFE:
            raise CloudError(498, "verification code is wrong")
        self.sent.remove(valid[-1])
