"""Every figure of a session's life, so that each stands in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Seconds, where nothing else is said.

    Attributes:
        handshake: until the persistent connection is open and its handshake is answered.
        handshakes: of one account within `handshake_span`; the next one waits. The back-off stays below it.
        handshakes_of_all: the same, of all accounts of the process together.
        handshake_span: see there; a little more than the minute in which the cloud counts.
        command: from the sending of a command to its confirmation.
        query: from the sending of a query to its answer.
        learning: for which a bridge waits for the code of a remote.
        share: for which a recipient can answer the request to share a device.
        upgrade: for which a device may take to install firmware, and start again.
        pace: between two frames of a connection; a little more than the 100 ms at which they have to arrive.
        coalesce: within which writes of relays of one device become one frame.
        grace: for which a meter may tell a load though its relay is off, before it is asked.
        heartbeat: between two pings where the cloud names no interval.
        heartbeat_factors: the least and the greatest part of the interval before a ping, at random between.
        pong: until a ping is answered; a cloud that is silent for longer is gone.
        close: until the cloud answers the close frame.
        backoff: before the first attempt to connect again; doubled by each one.
        dropped_limit: what the doubling ends at after connections that had worked, or while nothing answers.
        backoff_limit: the same after refusals of the cloud.
        refused_limit: the same while the App ID is refused or its quota spent, and after errors of our own.
        jitter: the part by which a back-off is shortened or lengthened at random.
        settled: life of a connection after which the back-off starts anew.
        poll: between two lists while there is no connection; None for the figure of the cloud's generation.
        unreachable: for which connection and HTTP have both failed before the account counts as unreachable.
        leave: between two complete lists that lack a device before it is gone.
        resync: in which requests for a list are gathered.
        silence_check: between two looks at devices that sleep, whether they have been silent for too long.
        token_check: between two looks at whether the tokens should be refreshed.
        signed_out: after a sign-out by another client, before the refresh token is tried.
        witness: after a refusal that no second witness confirmed, within which none is asked about the same.
        sign_out_again: after a refresh, within which another sign-out ends the session for good.
    """

    handshake: float = 10
    handshakes: int = 6
    handshakes_of_all: int = 10
    handshake_span: float = 62
    command: float = 10
    query: float = 5
    share: float = 180
    upgrade: float = 600
    learning: float = 60
    pace: float = 0.12
    coalesce: float = 0.01
    grace: float = 2
    heartbeat: float = 90
    heartbeat_factors: tuple[float, float] = (0.8, 0.95)
    pong: float = 10
    close: float = 2
    backoff: float = 2
    dropped_limit: float = 60
    backoff_limit: float = 300
    refused_limit: float = 900
    jitter: float = 0.2
    settled: float = 60
    poll: float | None = None
    unreachable: float = 60
    leave: float = 60
    resync: float = 2
    silence_check: float = 60
    token_check: float = 3600
    signed_out: float = 60
    witness: float = 60
    sign_out_again: float = 600
