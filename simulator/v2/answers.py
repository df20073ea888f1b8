"""How v2 words its answers, those included that a fault puts in the place of an interface's own."""

from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from ..broken import BROKEN, Answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..core import Core
    from ..faults import Fault


def envelope(core: Core, data: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of success."""
    return {"error": core.code(0), "msg": "", "data": data}


def refusal(
    core: Core, code: int, text: str, data: Mapping[str, Any] | None = None, *, status: int = 200
) -> web.Response:
    """Return an answer with an error; its HTTP status is 200."""
    answer = {"error": core.code(code), core.quirks.message_key: text, "data": dict(data or {})}
    return web.json_response(answer, status=status)


def _error(core: Core, fault: Fault) -> web.Response:
    return refusal(core, fault.get("code", default=500), fault.get("text", default="error"))


def _redirect(core: Core, fault: Fault) -> web.Response:
    return refusal(core, 10004, "user in other region", {"region": fault.get("region", default="us")})


def _session_refused(core: Core, fault: Fault) -> web.Response:
    code = fault.get("code", default=401)
    if fault.get("form", default="error") == "code":
        return web.json_response({"code": code, "error": "refused"})
    return refusal(core, code, "refused")


V2_BROKEN: Final[Answers] = {
    **BROKEN,
    "session_refused": _session_refused,
    "redirect": _redirect,
    "error": _error,
}
