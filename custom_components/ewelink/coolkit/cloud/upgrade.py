"""Opens a WebSocket where it was asked for, and nowhere else."""

from aiohttp import (
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientWebSocketResponse,
    ClientWSTimeout,
)
from yarl import URL

# Histories are the longest that is sent, with some ten KiB.
LONGEST_FRAME = 1024 * 1024


async def open_socket(
    websession: ClientSession, url: URL, *, close_timeout: float
) -> ClientWebSocketResponse[bool]:
    """Return an open WebSocket; a redirection is an error, and nothing is sent to where it leads.

    Frames longer than `LONGEST_FRAME` bytes, and compressed ones, which nobody has offered to take, end the
    connection. Raises what aiohttp raises.
    """
    if websession.closed:
        raise RuntimeError("the client session is closed")
    # By itself aiohttp follows redirections of a WebSocket, and only a session's own middleware can see them.
    # This session borrows the connections of the one given, and all that was set up with it.
    async with ClientSession(
        connector=websession.connector,
        connector_owner=False,
        cookie_jar=websession.cookie_jar,
        headers=websession.headers,
        trust_env=websession.trust_env,
        middlewares=(_refuse_redirections,),
    ) as session:
        return await session.ws_connect(
            url,
            timeout=ClientWSTimeout(ws_close=close_timeout),
            compress=0,
            max_msg_size=LONGEST_FRAME,
            decode_text=False,
        )


async def _refuse_redirections(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Carry a request; raise if the answer leads elsewhere."""
    response = await handler(request)
    if 300 <= response.status < 400:
        response.close()
        raise ClientResponseError(
            response.request_info,
            response.history,
            status=response.status,
            message="the server leads to another one",
        )
    return response
