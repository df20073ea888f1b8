"""Errors of the CoolKit client: what a caller handles, and what is handled inside."""

from collections.abc import Sequence
from typing import Any, ClassVar, override

from .scrubbing import scrub


class CoolKitError(Exception):
    """Whatever can go wrong between us and the cloud.

    Attributes:
        interface: which interface answered ("login", "device list", "handshake", "update", …).
        code: the cloud's error code, or the HTTP status where there is none; None if nothing was answered.
        reason: the words of the cloud, or of what failed, in one line, without secrets; may be empty.
        server: the host and port that were asked, where they are known; else empty.
        may_be_gone: whether the device that was called for may have left the account: no push tells of one
            that was deleted or taken back.
    """

    advice: ClassVar[str] = "Try again later."

    def __init__(self, interface: str, *, code: int | None = None, reason: str = "") -> None:
        """Keep what is known about the failure."""
        self.interface = interface
        self.code = code
        self.server = ""
        self.may_be_gone = False
        self.reason = scrub(reason)
        words = f"{interface} failed"
        if code is not None:
            words += f" with error {code}"
        if self.reason:
            words += f" ({self.reason})"
        super().__init__(f"{words}. {self.advice}")


# --- what a caller handles -------------------------------------------------------------------------------


class CannotConnectError(CoolKitError):
    """The cloud was not reached: network, name, certificate, time-out, a connection that broke.

    Attributes:
        maybe_sent: whether the request may have been taken before it failed; a write is not sent again then.
    """

    advice = "Check the network and the address of the server."

    def __init__(
        self, interface: str, *, code: int | None = None, reason: str = "", maybe_sent: bool = False
    ) -> None:
        """Keep what is known, and whether the request may have arrived."""
        super().__init__(interface, code=code, reason=reason)
        self.maybe_sent = maybe_sent


class NoAnswerError(CannotConnectError):
    """The cloud did not answer in time."""

    advice = "Check the network, or try again later."


class CertificateError(CannotConnectError):
    """The server's certificate is not trusted; nothing was sent."""

    advice = "Check the clock, the address, and who has signed the server's certificate."


class NotConnectedError(CannotConnectError):
    """What was asked for needs the persistent connection, which is lost now; nothing was sent."""

    advice = "It comes back by itself; try again in a minute."


class SessionClosedError(CannotConnectError):
    """The session was closed; what was under way may have been done."""

    advice = "Look at what has become of it, and try again with a new session."


class CloudError(CoolKitError):
    """The cloud answered, but not usably: 5xx, HTML, nothing, another shape, an unknown code."""

    advice = "The cloud has trouble of its own; try again later."


class ServerTroubleError(CloudError):
    """The cloud has trouble of its own: 5xx, or the words of a web server in front of it."""


class ThrottledError(CloudError):
    """The cloud takes no more calls for a while (429); this one was not carried out."""

    advice = "Too many calls were made; it goes on by itself in a few minutes."


class NotEwelinkError(ServerTroubleError):
    """Something else answered: another server at that address, or one in between."""

    advice = "Check the address of the server, and what stands between."


class InvalidCredentialsError(CoolKitError):
    """The password is wrong."""

    advice = "Check account and password."


class UnknownAccountError(CoolKitError):
    """There is no such account."""

    advice = "Check email or phone number, and the country."


class UnreadableError(CoolKitError):
    """What was to be changed is kept in a form that cannot be read; nothing was sent."""

    advice = "Change it in the app."


class AccountNotActivatedError(CoolKitError):
    """The email address of the account has not been confirmed."""

    advice = "Open the link in the activation email first."


class SessionError(CoolKitError):
    """What the refusal of one call says of the whole session, if a second witness says so, too.

    Attributes:
        alone: what it is while nobody else says so: an error of that call.
        only_of_session: whether its code is said of sessions alone, never of a device.
    """

    alone: type[CoolKitError] = CloudError
    only_of_session: bool = False

    def of_call(self) -> CoolKitError:
        """Return it as an error of its call alone.

        What is said of sessions alone is said of no device: there it is the cloud's trouble.
        """
        kind = self.alone
        if self.only_of_session and not issubclass(kind, (ServerTroubleError, CommandInDoubtError)):
            kind = ServerTroubleError
        error = kind(self.interface, code=self.code, reason=self.reason)
        error.server = self.server
        error.may_be_gone = self.may_be_gone and not isinstance(
            error, (ServerTroubleError, CommandInDoubtError)
        )
        return error


class AppIdRefusedError(SessionError):
    """The App ID or its secret is wrong, or the App ID may not use this cloud."""

    advice = "Check App ID and App secret, and whether the App ID may use this interface."

    @override
    def of_call(self) -> CoolKitError:
        """Return it as it is: it says which interface refuses the App ID."""
        return self


class PasswordNotAllowedError(AppIdRefusedError):
    """The App ID may not sign in with a password; free ones sign in on the page of eWeLink."""

    advice = "Sign in on the page of eWeLink, or use an App ID that may sign in with a password."


class AppIdExpiredError(AppIdRefusedError):
    """The application has ended: those of the developer platform live for a year."""

    advice = "Make a new application, and use its App ID and App secret."


class RedirectUrlError(CoolKitError):
    """The redirect URL is not the one that is registered for the application, character by character."""

    advice = "Register exactly this redirect URL for the application."


class CodeExpiredError(CoolKitError):
    """The code of the sign-in page is too old, was used, or is of another region."""

    advice = "Sign in again, and finish within 30 seconds."


class FeatureRefusedError(CoolKitError):
    """The App ID may not use one interface; the others keep working."""

    advice = "This App ID does not include the function."


class NotSupportedError(FeatureRefusedError):
    """This generation of the cloud does not have the function; nothing was sent."""

    advice = "The cloud of this account does not have the function."


class QuotaError(CoolKitError):
    """The App ID has spent its quota of calls."""

    advice = "Wait for the next month, or use another App ID."


class WrongRegionError(SessionError):
    """The account lives in another region, and the redirection cannot be followed."""

    advice = "Choose the country in which the account was registered, or another server."


class SignedOutError(SessionError):
    """The tokens were replaced: another client has signed in with the same account and App ID."""

    advice = "Use an App ID of its own for every client, and sign in again."


class RepeatedSignOutError(CoolKitError):
    """Signed out again soon after the tokens had been renewed: another client keeps signing in."""

    advice = "Another client uses the same account and App ID: stop it, or give it an App ID of its own."


class TokenRefusedError(CoolKitError):
    """The refresh token is expired or was replaced."""

    advice = "Sign in again."


class CommandError(CoolKitError):
    """A device, or the cloud on its behalf, refused a command."""

    advice = "The device does not take this command now."


class TooManyCallsError(CommandError):
    """Too many calls stood before it; nothing was sent."""

    advice = "Try again in a few seconds."


class DeviceOfflineError(CommandError):
    """The device is offline."""

    advice = "Check power and network of the device."


class UndeliveredError(CommandError):
    """The device is offline or did not take the command: the cloud does not tell which."""

    advice = "Check power and network of the device."


class CommandTimeoutError(CommandError):
    """Nothing confirmed the command in time; it may have been executed."""

    advice = "The device did not answer; look at it before trying again."


class CommandInDoubtError(CommandTimeoutError):
    """The cloud had trouble of its own while it carried a command; the device may have executed it."""

    advice = "Look at the device before trying again."


class NoResponseError(CommandTimeoutError):
    """The cloud says that the device did not answer; by HTTP it may be offline, too."""


class QueryTimeoutError(CommandTimeoutError):
    """A device did not answer a question; nothing was to be changed."""


class GroupUnconfirmedError(CommandTimeoutError):
    """Members of a control group have not shown what it was told; they may have done it.

    Attributes:
        members: their names.
    """

    def __init__(self, interface: str, *, members: tuple[str, ...]) -> None:
        """Name the members."""
        super().__init__(interface, reason=f"{len(members)} members of the group did not confirm it")
        self.members = members


class FirmwareUnconfirmedError(CommandTimeoutError):
    """A device has not told the firmware that it was to install; it may be at work still."""


class CommandNotSentError(CommandTimeoutError):
    """Earlier commands found nobody who answered; this one was not sent."""

    advice = "Check power and network of the device."


class UnknownDeviceError(CoolKitError):
    """The account has no such device."""

    advice = "The device was removed from the account, or is shared no longer."


class AccountExistsError(CoolKitError):
    """The address has an account already."""

    advice = "Sign in with it, or reset its password."


class WrongCodeError(CoolKitError):
    """The verification code is wrong or too old."""

    advice = "Enter the code of the latest message, or have another one sent."


class CodeNotSentError(CoolKitError):
    """The cloud could not send a verification code."""

    advice = "Check email or phone number, and have the code sent again later."


class TooManyCodesError(CoolKitError):
    """The address has been sent a verification code just now."""

    advice = "Use the code that was sent, or wait a few minutes before asking for another one."


class InvalidInputError(CoolKitError):
    """Something of what was given cannot be right."""

    advice = "Check what was entered."


class NameRequiredError(InvalidInputError):
    """The name is empty; nothing was sent."""

    def __init__(self, interface: str) -> None:
        """Say so."""
        super().__init__(interface, reason="the name is empty")


class NoteTooLongError(InvalidInputError):
    """The note for the recipient of a share is too long; nothing was sent.

    Attributes:
        characters: how many there may be.
        size: how many bytes there may be.
    """

    advice = "Shorten it."

    def __init__(self, interface: str, *, characters: int, size: int) -> None:
        """Keep the limits."""
        super().__init__(interface, reason=f"a note has at most {characters} characters and {size} bytes")
        self.characters = characters
        self.size = size


class InvalidAddressError(InvalidInputError):
    """What should address the recipient of a share is no address; nothing was sent.

    Attributes:
        address: what was given.
    """

    def __init__(self, interface: str, *, address: str) -> None:
        """Keep what was given, for the caller alone."""
        super().__init__(
            interface, reason="a recipient is an email address, or a phone number with its country code"
        )
        self.address = address


class OwnAddressError(InvalidInputError):
    """The recipient of a share is the account itself; nothing was sent."""

    def __init__(self, interface: str) -> None:
        """Say so."""
        super().__init__(interface, reason="that is the account itself")


class NotSharedError(InvalidInputError):
    """The device is not shared with that address; nothing was sent, or nothing was done.

    Attributes:
        address: what was given.
        recipients: the addresses that have the device.
    """

    advice = "Look at whom the device is shared with."

    def __init__(self, interface: str, *, address: str, receivers: tuple[str, ...]) -> None:
        """Keep what was given, and what there is."""
        super().__init__(interface, reason="the device is not shared with that address")
        self.address = address
        self.receivers = receivers


class DeviceRefusedError(CoolKitError):
    """The cloud does not add, delete or rename the device."""

    advice = "Check the device's id and key, and whether it still belongs to another account."


class LearningRefusedError(CommandError):
    """A bridge does not learn another code."""

    advice = "It may have no room for another one: delete a code first."


class BridgeFullError(InvalidInputError):
    """A bridge has a code in each of its places. Nothing was sent."""

    advice = "Delete a code first."


class LearningUnderWayError(CoolKitError):
    """The codes of the bridge are being changed already. Nothing was sent."""

    advice = "Wait for the end of it."


class NothingHeardError(CoolKitError):
    """A bridge was to learn a code, and has heard none in time."""

    advice = "Hold the remote control closer to the bridge; it may send in a way that the bridge cannot hear."


class UnknownGroupError(CoolKitError):
    """The account has no such group."""

    advice = "The group was deleted; read the groups again."


class UnknownHomeError(CoolKitError):
    """The account has no such home or room."""

    advice = "It was deleted; read the homes again."


class BrandRefusedError(DeviceRefusedError):
    """The brand of the device is not released for this App ID."""

    advice = "Use the device with the eWeLink app; this App ID does not include its brand."


class NotOwnerError(CoolKitError):
    """The device is shared with the account; only its owner can do this. Nothing was sent.

    Attributes:
        owner: what is known of the owner's name or address; may be empty.
    """

    advice = "Ask its owner to do it."

    def __init__(self, interface: str, *, owner: str = "") -> None:
        """Keep who the owner is."""
        super().__init__(interface, reason=f"the device belongs to {owner or 'another account'}")
        self.owner = owner


class OwnDeviceError(InvalidInputError):
    """The device is the account's own: no share of another account that could be left. Nothing was sent."""

    advice = "Its owner deletes it, or cancels its shares."

    def __init__(self, interface: str) -> None:
        """Say so."""
        super().__init__(interface, reason="the device is the account's own")


class ShareError(CoolKitError):
    """The cloud did not carry out what was asked of a share."""

    advice = "Check the device and the receiver's address, and try again later."


class ShareRefusedError(ShareError):
    """The recipient has refused the share."""

    advice = "Ask the receiver before sharing again."


class NotLeftError(ShareError):
    """The cloud does not let a recipient give a device back."""

    advice = "Ask its owner to take it back."


class AlreadySharedError(ShareError):
    """The device is shared with this recipient already."""

    advice = "Change the share instead, or cancel it first."


class ShareTimeoutError(ShareError):
    """The recipient has neither accepted nor refused within three minutes."""

    advice = "The receiver has to be online; share again in three minutes."


class ShareUnderWayError(ShareError):
    """The recipient is being asked for the device already; nothing was sent."""

    advice = "Wait for its answer."

    def __init__(self, interface: str) -> None:
        """Say so."""
        super().__init__(interface, reason="another request for this device and receiver is under way")


class RequestEndedError(ShareTimeoutError):
    """The request of another account was answered, or its time is over."""

    advice = "Ask the owner to share the device again."

    def __init__(self, interface: str) -> None:
        """Say so."""
        super().__init__(interface, reason="the request has been answered, or its time is over")


class ShareOpenError(ShareError):
    """The answer was lost, or never came: the recipient may have accepted or may still do so."""

    advice = "Its outcome is open: look at whom the device is shared with before sharing again."


# --- what is handled inside ------------------------------------------------------------------------------


class RedirectError(CoolKitError):
    """The account lives in another region.

    Attributes:
        region: the region as the cloud names it, not yet checked.
    """

    def __init__(self, interface: str, *, code: int, region: str, reason: str = "") -> None:
        """Keep the region to go to."""
        super().__init__(interface, code=code, reason=reason)
        self.region = region


class TokenExpiredError(SessionError):
    """The access token has expired: refresh it once."""

    only_of_session = True


class TimersUnreadableError(UnreadableError):
    """The device keeps timers in a form that cannot be read; nothing was written beside them."""

    advice = "Change them in the app."


class TimersChangedError(CoolKitError):
    """Another client has written the timers at the same time; nothing was written again.

    Attributes:
        ours: the timers that we have written.
        theirs: the timers that the other client has written, or that the device shows after our writing.
    """

    advice = "Look at the timers and repeat the change."

    def __init__(self, ours: Sequence[Any], theirs: Sequence[Any]) -> None:
        """Keep both lists."""
        super().__init__("timers", reason="another client has changed them at the same time")
        self.ours = tuple(ours)
        self.theirs = tuple(theirs)


class TimersNotReadError(CoolKitError):
    """The device did not tell its timers in time; nothing was written."""

    advice = "Check power and network of the device."


# What passes by itself, sooner or later.
TROUBLE = (CannotConnectError, CloudError, QuotaError, AppIdRefusedError)
# Of it, what only patience or another App ID mends.
APP_REFUSED = (QuotaError, AppIdRefusedError)
