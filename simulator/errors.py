"""The one way an interface refuses."""

from typing import Any


class CloudError(Exception):
    """An answer with an error code; `extra` are further keys of the answer."""

    def __init__(self, code: int, text: str, **extra: Any) -> None:
        """Keep what the answer will say."""
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text
        self.extra = extra


class CodedError(CloudError):
    """An answer as adding devices gives it: the code under `code`, the text under `error`."""
