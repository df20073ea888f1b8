"""What a client did that the specification does not allow."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, override

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One deviation of a client."""

    interface: str
    rule: str
    detail: str

    @override
    def __str__(self) -> str:
        """Name the interface, the rule and what was seen."""
        return f"{self.interface}: {self.rule} ({self.detail})"


class Violations(list[Violation]):
    """Every deviation since the start or the last clear()."""

    def __init__(self) -> None:
        """Start with a clean record."""
        super().__init__()
        self.on_record: Callable[[Violation], None] | None = None

    def record(self, interface: str, rule: str, detail: object = "") -> None:
        """Note one deviation; the detail must not hold a secret."""
        violation = Violation(interface=interface, rule=rule, detail=str(detail))
        self.append(violation)
        if self.on_record is not None:
            self.on_record(violation)
