"""What the frames of sharing say: the outcome of a share, and what its codes mean.

Source: API Center, WebSocket: Share device, Edit Sharing, Cancel sharing.
"""

from collections.abc import Mapping
from typing import Any, Final

from ..exceptions import (
    AlreadySharedError,
    CoolKitError,
    FeatureRefusedError,
    InvalidInputError,
    QuotaError,
    ServerTroubleError,
    ShareError,
    ShareOpenError,
    ShareRefusedError,
    ShareTimeoutError,
    SignedOutError,
    UnknownAccountError,
)
from ..scrubbing import scrub
from .answers import error_text, session_code, whole
from .frames import frame_error, marked
from .words import told_by_web_server

# The actions of the frames.
SHARE: Final = "share"
CHANGE: Final = "updateShare"
CANCEL: Final = "cancelShare"

_CODES: Mapping[int, type[CoolKitError]] = {
    400: InvalidInputError,
    406: SignedOutError,
    407: FeatureRefusedError,
    412: QuotaError,
    504: ShareTimeoutError,
}
# The values of `result`.
_NO_USER, _ACCEPTED, _REFUSED, _DONE = 1, 2, 3, 4


def read_share_answer(action: str, answer: Mapping[str, Any], *secrets: str) -> None:
    """Raise what the answer to a frame of sharing says unless it is that all is done.

    Raises `UnknownAccountError`, `ShareRefusedError`, `AlreadySharedError`, `ShareTimeoutError`,
    `ShareOpenError` (the outcome is not told), `ServerTroubleError`, `ShareError`, and those of the session.
    """
    code = session_code(answer)
    reason = scrub(error_text(answer), *secrets)
    if told_by_web_server(answer):
        raise ServerTroubleError(action, code=code or None, reason=reason)
    if code is None:
        raise ShareError(action, reason=reason)
    if code != 0:
        raise marked(
            frame_error(code, _CODES, ServerTroubleError, ShareError)(action, code=code, reason=reason)
        )
    if action == CANCEL:
        return
    result = whole(answer.get("result"))
    if result == _NO_USER:
        raise UnknownAccountError(action, code=result, reason=reason)
    if result == _REFUSED:
        raise ShareRefusedError(action, code=result, reason=reason)
    if result == _DONE and action == SHARE:
        raise AlreadySharedError(action, code=result, reason=reason)
    if result not in {_ACCEPTED, _DONE}:
        raise ShareOpenError(action, code=result, reason=reason or "the answer has no known result")
