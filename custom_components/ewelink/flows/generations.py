"""Which version of the cloud an App ID serves: found out by asking, so that nobody has to know."""

from collections.abc import Mapping
from typing import Final

from ..coolkit import (
    AppIdExpiredError,
    AppIdRefusedError,
    CannotConnectError,
    CloudError,
    CoolKitError,
    FeatureRefusedError,
    NotEwelinkError,
    PasswordNotAllowedError,
    Region,
)
from ..entry_data import Generation
from .account_input import SERVERS, Access, likely_region
from .forms import FormError

# Asked in this order: what is newer lives longer.
GENERATIONS: Final = (Generation.V2, Generation.V1)

# What an App ID is told that may not use an interface. A wrong signature has other codes.
_NOT_ALLOWED: Final = frozenset({403, 407})
# How a server of one's own says that it has no such version.
_NOT_THERE: Final = frozenset({404, 405})


class VersionRefusedError(FormError):
    """A version of the cloud does not serve the App ID, or is not there; the other one may do so."""

    def __init__(
        self, key: str, where: str, placeholders: Mapping[str, str] | None = None, *, passwords: bool = False
    ) -> None:
        """Name the text, and whether it is the sign-in with a password alone that is refused."""
        super().__init__(key, where, placeholders)
        self.passwords = passwords


class PasswordsNotAllowedError(Exception):
    """No version of the cloud lets the App ID sign in with a password."""


def leads_to_another_version(err: CoolKitError) -> bool:
    """Return whether an error says that this version is not for the App ID.

    What is said of account, password or secret, and trouble on the way, says nothing of the version: a
    password is never tried at both.
    """
    is_refusal = isinstance(err, (AppIdRefusedError, FeatureRefusedError))
    return is_refusal and not isinstance(err, AppIdExpiredError) and err.code in _NOT_ALLOWED


def region_without_look_up(access: Access, err: FormError) -> Region:
    """Return the region to try when its look-up, the first call of a version, has failed.

    Raises what has gone wrong; `VersionRefusedError` if a server of one's own does not have that version.
    """
    cause = err.__cause__
    region = likely_region(access.country_code)
    if isinstance(cause, FeatureRefusedError) and region is not None:
        # A contract may lack the look-up alone; from a wrong region the sign-in finds the right one.
        return region
    if isinstance(cause, NotEwelinkError) and cause.code in _NOT_THERE and access.server not in SERVERS:
        raise VersionRefusedError(err.key, err.where, err.placeholders) from cause
    raise err


def of_both(refusal: VersionRefusedError, last: FormError, *, kept: bool) -> FormError:
    """Return what to show when a version has refused, and the other one has failed.

    With `kept` the first one is what an entry has signed in with: its refusal says most.
    Raises `PasswordsNotAllowedError` if all that is known is that passwords are not for the App ID.
    """
    refusals = [one for one in (refusal, last) if isinstance(one, VersionRefusedError)]
    is_known = not isinstance(last.__cause__, (AppIdRefusedError, CannotConnectError, CloudError))
    if any(one.passwords for one in refusals) and not is_known:
        raise PasswordsNotAllowedError from last
    if last is refusals[-1]:
        # That a function is not for the App ID says more than that a version is not.
        of_function = (one for one in refusals if isinstance(one.__cause__, FeatureRefusedError))
        return next(of_function, refusal if kept else last)
    return last


def version_error(err: CoolKitError, key: str, where: str, placeholders: Mapping[str, str]) -> FormError:
    """Return the error of a form that leads to another version."""
    return VersionRefusedError(key, where, placeholders, passwords=isinstance(err, PasswordNotAllowedError))
