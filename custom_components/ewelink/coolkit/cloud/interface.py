"""One HTTP interface of a cloud: where it is, and what its error codes mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..exceptions import CloudError, CoolKitError, ServerTroubleError
from .api import Feature
from .limiter import Urgency

MIB: Final = 1024 * 1024

type Codes = Mapping[int, type[CoolKitError]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One HTTP interface.

    Attributes:
        name: what errors call it.
        path: where it is; `{deviceid}` in it is the parameter of that name.
        codes: what its error codes mean.
        gone: the codes with which it may mean that the account does not have the device any more.
        refusal: what a refusal of the session means that nobody else confirms; None stands for `other`.
        other: what a refusal means whose code (under 500) is not among these, or which has words only.
        method: the method of its requests.
        feature: what is refused together with it.
        command: whether it passes the limiter before those that only read.
        recovery: whether it does so before everything: an account comes back by it, or somebody signs in.
        flat: whether its answers hold error code and content side by side, whatever others do.
        timeout: seconds for one call, if it is another time than that of all.
        longest: how many bytes an answer that is meant well has at most, unpacked.
    """

    name: str
    path: str
    codes: Codes
    gone: frozenset[int] = frozenset()
    refusal: type[CoolKitError] | None = None
    other: type[CoolKitError] = CloudError
    method: str = "GET"
    feature: Feature | None = None
    command: bool = False
    recovery: bool = False
    flat: bool = False
    timeout: float | None = None
    longest: int = MIB

    @property
    def urgency(self) -> Urgency:
        """How the limiter ranks its calls."""
        if self.recovery:
            return Urgency.RECOVERY
        return Urgency.COMMAND if self.command else Urgency.READ

    @property
    def in_query(self) -> bool:
        """Whether the parameters travel in the query."""
        return self.method in {"GET", "DELETE"}

    def error(self, code: int | None) -> type[CoolKitError]:
        """Return what an error code means; None stands for a refusal in words."""
        if code is None:
            return self.other
        # Beyond the codes of HTTP stand those of single functions.
        return self.codes.get(code, ServerTroubleError if 500 <= code < 1000 else self.other)
