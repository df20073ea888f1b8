"""What a cloud tells of an account beside its devices: history, firmware, messages, profile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..scrubbing import known_secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One operation on a device.

    Attributes:
        device_id: the device.
        time: when it was.
        source: who did it, as the cloud names it ("app", "device").
        switches: which outlets were switched, as the cloud tells it; may be empty.
        request: the original request, as text; may be empty.
        account: the address of the account that did it; may be empty.
    """

    device_id: str
    time: datetime
    source: str = ""
    switches: str = ""
    request: str = field(default="", repr=False)
    account: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Keep the account out of errors."""
        known_secrets.note_words(self.account)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmware:
    """A newer firmware for a device.

    Attributes:
        device_id: the device.
        model: the model for which it is.
        version: its version.
        files: name, address and digest of each of its files, as the device takes them.
    """

    device_id: str
    model: str
    version: str
    files: tuple[Mapping[str, Any], ...] = ()

    @property
    def params(self) -> Mapping[str, Any]:
        """Return what starts the update of the device."""
        return {"model": self.model, "version": self.version, "binList": [dict(one) for one in self.files]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that the cloud has sent to the account.

    Attributes:
        message_id: its id.
        kind: what it is about, as the cloud names it ("shareNotify_v2").
        time: when it was sent.
        content: what it says; its form is not documented.
    """

    message_id: str
    kind: str
    time: datetime
    content: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the cloud knows of the account itself.

    Attributes:
        apikey: the account's own key.
        region: where it lives, as the cloud names it.
        nickname: what the user calls the account; may be empty.
        email: its email address; may be empty.
        phone_number: its phone number; may be empty.
        country_code: the dial code of its country ("+49"); may be empty.
        level: its plan (10, 20, 30); None if it is not told.
    """

    apikey: str = field(repr=False)
    region: str = ""
    nickname: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone_number: str = field(default="", repr=False)
    country_code: str = ""
    level: int | None = None

    def __post_init__(self) -> None:
        """Keep what identifies it out of errors."""
        known_secrets.note(self.apikey, self.email, self.phone_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one command of several that were sent at once.

    Attributes:
        thing_id: the device or the control group.
        code: the cloud's error code; 0 if it was delivered, as far as the cloud tells.
    """

    thing_id: str
    code: int
