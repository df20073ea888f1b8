"""Answers that take the place of an interface's own: what a fault puts there."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
import json
from typing import TYPE_CHECKING, Final, Protocol

from aiohttp import web

from .odd import bomb

if TYPE_CHECKING:
    from .core import Core
    from .faults import Fault

type Answers = Mapping[str, Callable[[Core, Fault], web.Response]]


class Named(Protocol):
    """What is to be known of an interface."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def signed(self) -> bool:
        """Whether it is called before sign-in."""


async def broken_answer(
    core: Core, answers: Answers, interface: Named, request: web.Request
) -> web.StreamResponse | None:
    """Return the answer of a fault that takes the place of the interface's own."""
    faults = core.faults
    if faults.take("disconnect", interface=interface.name) is not None:
        return cut(request)
    if (never := faults.take("no_answer", interface=interface.name)) is not None:
        await never.hold()
        return cut(request)
    if (late := faults.take("late_answer", interface=interface.name)) is not None:
        await late.hold()
    for name, answer in answers.items():
        if name == "session_refused" and interface.signed:
            continue
        if (fault := faults.take(name, interface=interface.name)) is not None:
            return answer(core, fault)
    return None


def cut(request: web.Request) -> web.Response:
    """Cut the connection; the response has nowhere to go."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _gateway_page(core: Core, fault: Fault) -> web.Response:
    """Return an error page of a web server that stands before the cloud, in one of the wrappings seen."""
    status = fault.get("status", default=502)
    phrase = f"{status} {HTTPStatus(status).phrase}"
    page = f"<html><head><title>{phrase}</title></head><body><h1>{phrase}</h1><hr>nginx</body></html>"
    key, error = core.quirks.message_key, core.code(status)
    in_json = {
        "json": {"error": error, key: page},
        "nested": {"error": error, key: json.dumps({"error": status, "msg": page})},
        "phrase": {"error": error, key: phrase},
        "code": {"code": status, "msg": HTTPStatus(status).phrase},
    }
    form = fault.get("form", default="page")
    if form in in_json:
        return web.json_response(in_json[form])
    if form == "message":
        return web.json_response({"message": "no Route matched with those values"}, status=status)
    if form == "text":
        return web.Response(status=status, text=f"{phrase}\n", content_type="text/plain")
    return web.Response(status=status, text=page, content_type="text/html")


def _empty_body(core: Core, fault: Fault) -> web.Response:
    del core, fault
    return web.Response()


def _nested_error(core: Core, fault: Fault) -> web.Response:
    inner = {"error": fault.get("code", default=401), "msg": "Bearer:accessToken is empty"}
    return web.json_response({"error": 406, core.quirks.message_key: json.dumps(inner)})


def _wrong_type(core: Core, fault: Fault) -> web.Response:
    del core
    return web.json_response(fault.get("body", default="ok"))


def _http_status(core: Core, fault: Fault) -> web.Response:
    status = fault.get("status", default=403)
    answer = {"error": core.code(fault.get("code", default=status)), core.quirks.message_key: "refused"}
    told = fault.options.get("retry_after")
    return web.json_response(
        answer, status=status, headers=None if told is None else {"Retry-After": str(told)}
    )


def _redirect(core: Core, fault: Fault) -> web.Response:
    return web.json_response({"error": core.code(301), "region": fault.get("region", default="us")})


def _session_refused(core: Core, fault: Fault) -> web.Response:
    """Return what is said of a session, in one of the forms in which single calls say it, too."""
    code = fault.get("code", default=401)
    if fault.get("form", default="error") == "code":
        return web.json_response({"code": code, "error": "refused"})
    answer = {"error": core.code(code), core.quirks.message_key: "refused"}
    return web.json_response(answer | ({"region": "us"} if code == 301 else {}))


def _error(core: Core, fault: Fault) -> web.Response:
    answer = {
        "error": core.code(fault.get("code", default=500)),
        core.quirks.message_key: fault.get("text", default="error"),
    }
    return web.json_response(answer)


def _raw_answer(core: Core, fault: Fault) -> web.Response:
    del core
    body: str = fault.get("body", default="")
    return web.Response(body=body.encode("latin-1"), content_type="application/json")


BROKEN: Final[Answers] = {
    "session_refused": _session_refused,
    "gateway_page": _gateway_page,
    "empty_body": _empty_body,
    "nested_error": _nested_error,
    "wrong_type": _wrong_type,
    "http_status": _http_status,
    "raw_answer": _raw_answer,
    "bomb": bomb,
    "redirect": _redirect,
    "error": _error,
}
