"""The API Center, version 1: its HTTP calls, typed, and its error codes as exceptions."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import partial
import hashlib
import logging
import re
import time
from typing import Any, override
from urllib.parse import quote

from aiohttp import (
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ServerDisconnectedError,
)
from yarl import URL

from ...devices.device import Device, Group, GroupMove, short_name
from ...devices.params import Params, Sent, together
from ...exceptions import (
    CannotConnectError,
    CertificateError,
    CloudError,
    CoolKitError,
    FeatureRefusedError,
    InvalidCredentialsError,
    InvalidInputError,
    NoAnswerError,
    RedirectError,
    SessionError,
    SignedOutError,
    ThrottledError,
    TooManyCallsError,
    WrongRegionError,
)
from ...jsontext import MendedList, MendedObject, NotJsonError, encode
from ...scrubbing import scrub
from ..answers import whole
from ..api import CloudApi, Endpoint, Feature, Witness
from ..auth import AccountSession, AppCredentials, Tokens, make_nonce, query_message, sign
from ..entries import MOST_DEVICES, MOST_GROUPS, Listed, mended_device, read_entries
from ..limiter import Limiter, shared_limiter
from ..region import Hosts, Region, is_host, is_loopback
from .interfaces import (
    ADD_DEVICE,
    ADD_GROUP,
    ADD_GSM_DEVICE,
    CHANGE_GROUP,
    CHANGE_PASSWORD,
    DELETE_DEVICE,
    DELETE_GROUP,
    DEVICE,
    DEVICES,
    DISPATCH,
    GROUPS,
    LEAVE_SHARE,
    LOGIN,
    MOVE_DEVICES,
    REFRESH,
    REGION,
    REGISTER,
    RENAME_CHANNELS,
    RENAME_DEVICE,
    RESET_PASSWORD,
    SEND_CODE,
    STATUS,
    UPDATE,
    Interface,
)
from .reading import read

_LOGGER = logging.getLogger(__name__)

VERSION = 8
_MIB = 1024 * 1024
# A device takes 1.5 to 4 KiB in the list.
_LONGEST_LIST, _LONGEST_BODY = 16 * _MIB, _MIB
_LISTS = (DEVICES, GROUPS)
_LONGEST_AT_ONCE = 64 * 1024
# Seconds for which nothing is asked after 429: where it does not say, and within which it may.
_USUAL_PAUSE, _SHORTEST_PAUSE, _LONGEST_PAUSE = 30, 1, 300
# What 401 is about where both a password and the access token may be meant.
_ABOUT_TOKEN = re.compile(r"token|bearer", re.IGNORECASE)
_ABOUT_PASSWORD = re.compile(r"password|pwd", re.IGNORECASE)


class CodePurpose(StrEnum):
    """What a verification code is for."""

    REGISTER = "0"
    RESET_PASSWORD = "1"  # noqa: S105 - the cloud's number for it


@dataclass(slots=True)
class ApiV1(CloudApi):
    """Every HTTP call of version 1 that is in use.

    Attributes:
        websession: carries the calls; certificates are verified as it says.
        credentials: the application that calls.
        hosts: where the cloud is.
        limiter: the pace of calls, shared by all accounts of the process.
        timeout: seconds for one call, from its turn to the end of its answer; a command to a device, or a
            query, waits no longer for its turn either.
    """

    websession: ClientSession
    credentials: AppCredentials
    hosts: Hosts
    limiter: Limiter = field(default=shared_limiter, kw_only=True)
    timeout: float = field(default=10, kw_only=True)
    _refused: set[Feature] = field(default_factory=set, init=False, repr=False)

    @property
    @override
    def app_id(self) -> str:
        """The App ID that calls and handshakes carry."""
        return self.credentials.app_id

    @property
    @override
    def features(self) -> frozenset[Feature]:
        """What can be asked; what was refused once with 407 is not asked again."""
        return frozenset(Feature) - self._refused

    @override
    def refuse(self, feature: Feature) -> None:
        """Ask for a feature no more."""
        self._refused.add(feature)

    @property
    @override
    def poll_interval(self) -> float:
        """Seconds between two lists while there is no persistent connection."""
        return 60

    @override
    def server(self, session: AccountSession) -> str:
        """Return the host, and the port, that the account's calls go to."""
        return URL(self.hosts.api_url(session.region)).authority

    async def find_region(self, country_code: str) -> Region:
        """Return the region of a country's accounts; `country_code` is its dial code ("86").

        Raises `AppIdRefusedError`, `QuotaError`, `CloudError`, `CannotConnectError`.
        Source: API Center, Check current server.
        """
        answer = await self._signed(
            self.hosts.lookup, REGION, {"country_code": country_code.strip().removeprefix("+")}
        )
        return _region(REGION, answer.get("region"))

    async def sign_in(
        self, region: str, *, password: str, email: str | None = None, phone_number: str | None = None
    ) -> AccountSession:
        """Sign in with exactly one of e-mail and phone number ("+86…"), and return the session.

        An account of another region is signed in there, once. Another client that is signed in with the same
        account and App ID is signed out by it.

        Raises `InvalidCredentialsError`, `UnknownAccountError`, `AccountNotActivatedError`,
        `InvalidInputError`, `WrongRegionError`, `AppIdRefusedError`, `QuotaError`, `CloudError`,
        `CannotConnectError`; `ValueError` if not exactly one account is given.
        Source: API Center, Account Login.
        """
        place = _place(region, email, phone_number)
        parameters = {"phoneNumber": phone_number} if phone_number else {"email": email}
        parameters["password"] = password
        answer, place = await self._followed(place, LOGIN, parameters, password)
        return _session(LOGIN, answer, place, email or phone_number)

    async def send_code(
        self,
        region: str,
        purpose: CodePurpose,
        *,
        email: str | None = None,
        phone_number: str | None = None,
    ) -> Region:
        """Have a verification code sent to exactly one of e-mail and phone number ("+86…").

        Returns the region that took it, which is that of the account if there is one; use the code there.

        Raises `UnknownAccountError` (reset), `AccountExistsError` (register), `CodeNotSentError`,
        `TooManyCodesError`, `InvalidInputError`, `FeatureRefusedError`, and as `sign_in` does.
        Source: API Center, Verification code.
        """
        place = _place(region, email, phone_number)
        parameters = {"to": phone_number} if phone_number else {"email": email}
        parameters["sendType"] = purpose.value
        _, place = await self._followed(place, SEND_CODE, parameters)
        return place

    async def register(
        self,
        region: str,
        *,
        code: str,
        password: str,
        email: str | None = None,
        phone_number: str | None = None,
    ) -> AccountSession:
        """Create an account with the verification code that was sent, and return its session.

        Raises `WrongCodeError`, `AccountExistsError`, `InvalidInputError`, `FeatureRefusedError`, and as
        `sign_in` does. Source: API Center, Register account.
        """
        return await self._verified(
            REGISTER, region, code=code, password=password, email=email, phone_number=phone_number
        )

    async def reset_password(
        self,
        region: str,
        *,
        code: str,
        password: str,
        email: str | None = None,
        phone_number: str | None = None,
    ) -> AccountSession:
        """Set a new password with the verification code that was sent, and return the session.

        Raises `WrongCodeError`, `UnknownAccountError`, `InvalidInputError`, `FeatureRefusedError`, and as
        `sign_in` does. Source: API Center, Reset Password.
        """
        return await self._verified(
            RESET_PASSWORD, region, code=code, password=password, email=email, phone_number=phone_number
        )

    async def _verified(
        self,
        interface: Interface,
        region: str,
        *,
        code: str,
        password: str,
        email: str | None,
        phone_number: str | None,
    ) -> AccountSession:
        """Call an interface that takes a verification code and signs in."""
        place = _place(region, email, phone_number)
        parameters = {"phoneNumber": phone_number} if phone_number else {"email": email}
        parameters |= {"verificationCode": code, "password": password}
        answer, place = await self._followed(place, interface, parameters, code, password)
        return _session(interface, answer, place, email or phone_number)

    @override
    async def change_password(self, session: AccountSession, *, old_password: str, new_password: str) -> None:
        """Set a new password.

        Raises `InvalidCredentialsError` if the old one is wrong, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Change password.
        """
        parameters = {"oldPassword": old_password, "newPassword": new_password}
        try:
            await self._change(session, CHANGE_PASSWORD, parameters, old_password, new_password)
        except SignedOutError as error:
            if error.code != 401 or _ABOUT_TOKEN.search(error.reason):
                raise
            if not _ABOUT_PASSWORD.search(error.reason):
                # The code alone may say both; what else the token opens tells.
                await self.dispatch(session)
            raise InvalidCredentialsError(error.interface, code=error.code, reason=error.reason) from None

    @override
    async def refresh(self, session: AccountSession) -> AccountSession:
        """Return the session with new tokens.

        Raises `TokenRefusedError` if it has to sign in again; `AppIdRefusedError`, `QuotaError`,
        `CloudError`, `CannotConnectError`. Source: API Center, Token Refresh.
        """
        tokens = session.tokens
        try:
            answer = await self._signed(
                self.hosts.api_url(session.region),
                REFRESH,
                {"rt": tokens.refresh_token, "grantType": "refresh"},
                tokens.refresh_token,
                tokens.access_token,
                session.apikey,
            )
        except RedirectError as error:
            raise WrongRegionError(REFRESH.name, code=error.code, reason=error.reason) from None
        renewed = tokens.renewed(
            access_token=_text(REFRESH, answer, "at"),
            refresh_token=_text(REFRESH, answer, "rt") if answer.get("rt") else None,
            now=time.time(),
        )
        return replace(session, tokens=renewed)

    @override
    def witnesses(self) -> Sequence[Witness]:
        """Return calls that tell if a session is known: first that for where to connect, the cheapest."""
        return (
            (DISPATCH.name, self.dispatch),
            (DEVICES.name, self.list_devices),
            (GROUPS.name, self.list_groups),
        )

    @override
    async def list_devices(self, session: AccountSession) -> Listed[Device]:
        """Return every device of the account; entries that cannot be read are left out.

        Raises as all calls do. Source: API Center, Device List.
        """
        answer = await self._bearer(session, DEVICES, {"lang": "en", "getTags": "1"})
        entries = answer if isinstance(answer, list) else answer.get("devicelist")
        if not isinstance(entries, list):
            raise CloudError(DEVICES.name, reason="no list in the answer")
        mended = isinstance(answer, (MendedList, MendedObject))
        read = mended_device if mended else Device.from_dict
        devices = read_entries(DEVICES.name, entries, read, most=MOST_DEVICES, mended=mended)
        if entries and not devices:
            raise CloudError(DEVICES.name, reason="no device in the list")
        return devices

    @override
    async def get_device(self, session: AccountSession, device: Device) -> Device:
        """Return one device as the cloud knows it now.

        Raises `UnknownDeviceError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Check a device info.
        """
        answer = await self._bearer(
            session, DEVICE, {"deviceid": device.device_id, "apikey": device.apikey}, device.apikey
        )
        entry = answer.get("device", answer) if isinstance(answer, Mapping) else answer
        if isinstance(entry, list) and len(entry) == 1:
            entry = entry[0]
        try:
            found = Device.from_dict(entry) if isinstance(entry, Mapping) else None
        except ValueError:
            found = None
        if found is None or found.device_id != device.device_id:
            raise CloudError(DEVICE.name, reason="no device in the answer")
        return found

    @override
    async def get_status(self, session: AccountSession, device: Device, params: Sequence[str] = ()) -> Params:
        """Return the named params of a device, or all of them.

        Raises `DeviceOfflineError`, `CommandTimeoutError`, `CommandError`, `UnknownDeviceError`,
        `FeatureRefusedError`, and as all calls do. Source: API Center, HTTP: Check device status.
        """
        parameters = {"deviceid": device.device_id}
        if params:
            parameters["params"] = "|".join(params)
        answer = await self._bearer(session, STATUS, parameters, device.apikey)
        found = answer.get("params") if isinstance(answer, Mapping) else None
        if isinstance(found, list) and all(isinstance(delta, Mapping) for delta in found):
            # The specification's table says array, its example shows an object.
            found = together(found)
        if not isinstance(found, Mapping):
            raise CloudError(STATUS.name, reason="no params in the answer")
        return found

    @override
    async def update_status(self, session: AccountSession, device: Device, params: Sent) -> None:
        """Send params to a device.

        Raises `DeviceOfflineError`, `CommandTimeoutError`, `CommandError`, `UnknownDeviceError`,
        `FeatureRefusedError`, and as all calls do. Source: API Center, HTTP: Update device status.
        """
        await self._change(session, UPDATE, {"deviceid": device.device_id, "params": params}, device.apikey)

    @override
    async def dispatch(self, session: AccountSession) -> Endpoint:
        """Return where to open the persistent connection.

        A second address is asked where there is one and the first does not answer, or not usably.
        Raises `FeatureRefusedError`, and as all calls do. Source: API Center, HTTP: Server Dispatch.
        """
        first = self.hosts.api_url(session.region)
        second = self.hosts.dispatch.get(session.region)
        try:
            return await self._dispatch(session, first)
        except (CannotConnectError, CloudError) as error:
            if second is None:
                raise
            _LOGGER.debug("Asking the second address for dispatch: %s", error)
            failure = error
        try:
            return await self._dispatch(session, second)
        except CannotConnectError, CloudError:
            raise failure from None

    async def _dispatch(self, session: AccountSession, base: str) -> Endpoint:
        """Return where one of the hosts says that the persistent connection is to be opened."""
        answer = await self._bearer(session, DISPATCH, {"accept": "ws"}, base=base)
        domain = answer.get("domain") if isinstance(answer, Mapping) else None
        port = whole(answer.get("port")) if isinstance(answer, Mapping) else None
        if not isinstance(domain, str) or port is None or not 0 < port < 65536:
            raise CloudError(DISPATCH.name, reason="no domain and port in the answer")
        plain = base.startswith("http:") and is_loopback(domain)
        if not is_host(domain):
            # The handshake, with the token, goes there.
            raise CloudError(DISPATCH.name, reason="the domain in the answer is none")
        return Endpoint(domain=domain, port=port, secure=not plain)

    @override
    async def add_device(
        self,
        session: AccountSession,
        *,
        device_id: str,
        apikey: str,
        name: str,
        chip_id: str | None = None,
        sub_device_id: str | None = None,
    ) -> Device:
        """Add a device by its own key; with `sub_device_id` that child, by id and key of its gateway.

        What is returned may hold no more than id and name.
        Raises `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Add WiFi Device.
        """
        parameters: dict[str, Any] = {
            "deviceid": device_id,
            "apikey": apikey,
            "name": name,
            "isSub": 1 if sub_device_id else 0,
        }
        if sub_device_id:
            parameters["subDeviceId"] = sub_device_id
        if chip_id:
            parameters["chipid"] = chip_id
        answer = await self._bearer(session, ADD_DEVICE, parameters, apikey)
        return _device(ADD_DEVICE, answer, sub_device_id or device_id, name)

    @override
    async def add_gsm_device(
        self, session: AccountSession, *, device_id: str, apikey: str, name: str
    ) -> Device:
        """Add a GSM device by what its sticker says, id and key.

        What is returned may hold no more than id and name.
        Raises `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Add GSM device.
        """
        digest = hashlib.md5(f"{device_id}{apikey}".encode(), usedforsecurity=False).hexdigest()
        answer = await self._bearer(session, ADD_GSM_DEVICE, {"id": digest, "name": name}, apikey, digest)
        return _device(ADD_GSM_DEVICE, answer, device_id, name)

    @override
    async def delete_device(self, session: AccountSession, device: Device) -> None:
        """Take a device from the account; it has to be paired again to come back.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Delete regular device.
        """
        gateway = device.parent_id
        parameters: dict[str, Any] = {
            "deviceid": gateway or device.device_id,
            "apikey": device.apikey,
            "isSub": 1 if gateway else 0,
        }
        if gateway:
            parameters["subDeviceId"] = device.device_id
        _gone(DELETE_DEVICE, await self._bearer(session, DELETE_DEVICE, parameters, device.apikey))

    @override
    async def leave_share(self, session: AccountSession, device: Device) -> None:
        """Give back a device that is shared with the account; it stays its owner's.

        A share is of one device: also a child is named by its own id, so that no gateway loses it.
        Raises `UnknownDeviceError`, `NotLeftError`, `FeatureRefusedError`, and as all calls do.
        Source: docs/protocol.md, Sharing.
        """
        parameters = {"deviceid": device.device_id, "apikey": device.apikey, "isSub": 0}
        _gone(LEAVE_SHARE, await self._bearer(session, LEAVE_SHARE, parameters, device.apikey))

    @override
    async def rename_device(self, session: AccountSession, device: Device, name: str) -> None:
        """Give a device another name.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Change Device Name.
        """
        group = device.raw.get("group")
        parameters = {
            "deviceid": device.device_id,
            "apikey": device.apikey,
            "name": name,
            "group": group if isinstance(group, str) else "",
        }
        await self._change(session, RENAME_DEVICE, parameters, device.apikey)

    @override
    async def rename_channels(
        self, session: AccountSession, device: Device, names: Mapping[str, Any]
    ) -> None:
        """Give the channels of a device these names, by their outlet as text; those left out lose theirs.

        Raises `UnknownDeviceError`, `DeviceRefusedError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Change Child Device Name; docs/protocol.md, Devices.
        """
        parameters = {
            "deviceid": device.device_id,
            "apikey": device.apikey,
            "key": "ck_channel_name",
            "value": dict(names),
        }
        await self._change(session, RENAME_CHANNELS, parameters, device.apikey)

    @override
    async def list_groups(self, session: AccountSession) -> Listed[Group]:
        """Return every group of the account, in their order; items that cannot be read are left out.

        Raises `FeatureRefusedError`, and as all calls do. Source: API Center, Get Group List.
        """
        answer = await self._bearer(session, GROUPS, {"groupType": 0, "apikey": session.apikey})
        items = answer.get("groupinfos") if isinstance(answer, Mapping) else answer
        if not isinstance(items, list):
            raise CloudError(GROUPS.name, reason="no list in the answer")
        mended = isinstance(answer, (MendedList, MendedObject))
        groups = read_entries(GROUPS.name, items, Group.from_dict, most=MOST_GROUPS, mended=mended)
        groups.sort(key=lambda group: group.index)
        return groups

    @override
    async def add_group(self, session: AccountSession, *, name: str, index: int) -> Group:
        """Add a group at a place, counted from 0, and return it.

        Raises `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Add Device Group.
        """
        parameters = {"index": index, "name": name, "groupType": 0, "apikey": session.apikey}
        answer = await self._bearer(session, ADD_GROUP, parameters)
        try:
            return Group.from_dict({"id": answer.get("groupid"), "name": name, "index": index})
        except AttributeError, ValueError:
            raise CloudError(ADD_GROUP.name, reason="no group in the answer") from None

    @override
    async def change_group(
        self, session: AccountSession, group: Group, *, name: str | None = None, index: int | None = None
    ) -> Group:
        """Give a group another name or place, or both, and return it.

        Raises `UnknownGroupError`, `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Change Group.
        """
        changed = replace(group, index=group.index if index is None else index)
        if name is not None:
            changed = replace(changed, name=short_name(name), full_name=name)
        parameters = {
            "id": changed.group_id,
            "index": changed.index,
            # The cloud takes both: the name that it has goes back as it came.
            "name": changed.name if changed.full_name is None else changed.full_name,
            "groupType": 0,
            "apikey": session.apikey,
        }
        await self._change(session, CHANGE_GROUP, parameters)
        return changed

    @override
    async def delete_group(self, session: AccountSession, group: Group) -> None:
        """Delete a group; its devices stay in the account.

        Raises `UnknownGroupError`, `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Delete Group.
        """
        parameters = {"id": group.group_id, "type": 0, "apikey": session.apikey}
        await self._change(session, DELETE_GROUP, parameters)

    @override
    async def move_devices(self, session: AccountSession, moves: Sequence[GroupMove]) -> None:
        """Put devices into groups and take them out.

        Raises `UnknownGroupError`, `InvalidInputError`, `FeatureRefusedError`, and as all calls do.
        Source: API Center, Add device to Group.
        """
        parameters = {
            "deviceinfos": [
                {
                    "source_id": move.source_id,
                    "target_id": move.target_id,
                    "deviceid": move.device_id,
                    "type": 1,
                }
                for move in moves
            ],
            "groupType": 0,
            "apikey": session.apikey,
        }
        await self._change(session, MOVE_DEVICES, parameters)

    async def _followed(
        self, place: Region, interface: Interface, parameters: Mapping[str, Any], *secrets: str
    ) -> tuple[Mapping[str, Any], Region]:
        """Call an interface before sign-in where the account lives; return the answer, and the region."""
        try:
            return await self._signed(self.hosts.api_url(place), interface, parameters, *secrets), place
        except RedirectError as error:
            place = self._redirected(error, place)
        try:
            return await self._signed(self.hosts.api_url(place), interface, parameters, *secrets), place
        except RedirectError as again:
            raise WrongRegionError(interface.name, code=again.code, reason=again.reason) from None

    def _redirected(self, error: RedirectError, place: Region) -> Region:
        """Return the region that a redirection leads to, if it leads anywhere."""
        try:
            target = Region(error.region)
        except ValueError:
            target = None
        if target is None or target is place or not self.hosts.has_regions:
            raise WrongRegionError(error.interface, code=error.code, reason=error.reason) from None
        _LOGGER.debug("The account lives in region %s", target)
        return target

    async def _signed(
        self, base: str, interface: Interface, parameters: Mapping[str, Any], *secrets: str
    ) -> Mapping[str, Any]:
        """Call an interface before sign-in; the answer is an object."""
        answer = await self._call(base, interface, parameters, None, secrets)
        if not isinstance(answer, Mapping):
            raise CloudError(interface.name, reason="the answer is no object")
        return answer

    async def _bearer(
        self,
        session: AccountSession,
        interface: Interface,
        parameters: Mapping[str, Any],
        *secrets: str,
        base: str | None = None,
    ) -> Any:
        """Call an interface after sign-in, at the address of the region unless told otherwise."""
        tokens = session.tokens
        try:
            return await self._call(
                base or self.hosts.api_url(session.region),
                interface,
                parameters,
                tokens.access_token,
                (tokens.access_token, tokens.refresh_token, session.apikey, *secrets),
            )
        except RedirectError as error:
            moved = WrongRegionError(interface.name, code=error.code, reason=error.reason)
            moved.server, moved.alone = error.server, interface.refusal or interface.other
            raise moved from None
        except SessionError as error:
            error.alone = interface.refusal or interface.other
            raise

    async def _change(
        self, session: AccountSession, interface: Interface, parameters: Mapping[str, Any], *secrets: str
    ) -> None:
        """Call an interface after sign-in that answers no more than that it is done."""
        if not isinstance(await self._bearer(session, interface, parameters, *secrets), Mapping):
            raise CloudError(interface.name, reason="the answer is no object")

    async def _call(
        self,
        base: str,
        interface: Interface,
        parameters: Mapping[str, Any],
        access_token: str | None,
        secrets: tuple[str, ...],
    ) -> Any:
        """Make one call and return its answer; raise what its error code means."""
        if interface.feature in self._refused:
            raise FeatureRefusedError(interface.name, code=407)
        try:
            # What a device is told or asked is wanted now: held for longer, it would surprise.
            async with asyncio.timeout(self.timeout if interface.feature is Feature.STATUS else None):
                await self.limiter.acquire(interface.urgency)
        except TimeoutError:
            raise TooManyCallsError(
                interface.name, reason="not sent: too many calls stand before it"
            ) from None
        secret = self.credentials.app_secret
        device_id = quote(str(parameters.get("deviceid", "")), safe="")
        url = URL(base + interface.path.format(deviceid=device_id))
        general = {
            "appid": self.credentials.app_id,
            "nonce": make_nonce(),
            "ts": int(time.time()),
            "version": VERSION,
        }
        body = None
        if interface.in_query:
            query = {name: str(value) for name, value in {**parameters, **general}.items()}
            message = query_message(query)
            url = url.with_query(query)
        else:
            try:
                body = message = encode({**parameters, **general})
            except NotJsonError as error:
                raise InvalidInputError(interface.name, reason=str(error)) from error
        authorization = f"Sign {sign(secret, message)}" if access_token is None else f"Bearer {access_token}"
        try:
            async with self.websession.request(
                interface.method,
                url,
                data=body,
                headers={"Authorization": authorization, "Content-Type": "application/json"},
                allow_redirects=False,
                raise_for_status=False,
                timeout=ClientTimeout(total=self.timeout),
                middlewares=(_send_once,),
            ) as response:
                status, content = response.status, await _body(interface, response)
                told = response.headers
            understand = partial(read, interface, status, content, (secret, *secrets), parameters)
            if len(content) <= _LONGEST_AT_ONCE:
                return understand()
            # What is long takes its time, most of all if it is broken.
            return await asyncio.get_running_loop().run_in_executor(None, understand)
        except (ClientError, TimeoutError, OSError) as error:
            failure = _failure(interface, error, (secret, *secrets))
            failure.server = url.host_port_subcomponent or ""
            raise failure from None
        except CoolKitError as error:
            error.server = url.host_port_subcomponent or ""
            if isinstance(error, ThrottledError):
                self.limiter.pause(_pause(told))
            # Where to connect is asked again: an account comes back by that alone.
            if (
                isinstance(error, FeatureRefusedError)
                and error.code == 407
                and interface.feature not in {None, Feature.DISPATCH}
            ):
                self.refuse(interface.feature)
            raise


async def _send_once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Carry a request; aiohttp sends one again by itself unless the error is another than it expects."""
    try:
        return await handler(request)
    except ClientConnectorError:
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise ClientConnectionError(str(error)) from error


async def _body(interface: Interface, response: ClientResponse) -> bytes:
    """Return the body of an answer; raise if it is longer, unpacked, than any that is meant well."""
    longest = _LONGEST_LIST if interface in _LISTS else _LONGEST_BODY
    body = bytearray()
    # It comes unpacked piece by piece, as fast as it is taken.
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > longest:
            response.close()
            raise CloudError(interface.name, reason=f"the answer is longer than {longest // _MIB} MiB")
        await asyncio.sleep(0)
    return bytes(body)


def _pause(headers: Mapping[str, str]) -> float:
    """Return for how many seconds no more calls are taken, within what can be borne."""
    told = headers.get("Retry-After", "").strip()
    if (seconds := whole(told)) is None:
        try:
            # By the server's own clock, where it tells it.
            now = parsedate_to_datetime(headers["Date"]) if "Date" in headers else datetime.now(UTC)
            seconds = round((parsedate_to_datetime(told) - now).total_seconds())
        except TypeError, ValueError, OverflowError:
            seconds = _USUAL_PAUSE
    return min(max(seconds, _SHORTEST_PAUSE), _LONGEST_PAUSE)


def _failure(interface: Interface, error: Exception, secrets: tuple[str, ...]) -> CannotConnectError:
    """Return what it means that a call was not answered."""
    # This one names the whole address, and with it the parameters.
    words = error.message if isinstance(error, ClientResponseError) else error
    reason = scrub(f"{type(error).__name__}: {words}".rstrip(": "), *secrets)
    kind = CannotConnectError
    if isinstance(error, ClientConnectorCertificateError):
        kind = CertificateError
    elif isinstance(error, TimeoutError):
        kind = NoAnswerError
    return kind(interface.name, reason=reason, handed=not isinstance(error, ClientConnectorError))


def _text(interface: Interface, answer: Mapping[str, Any], name: str) -> str:
    """Return a text that the answer must have."""
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise CloudError(interface.name, reason=f"no {name} in the answer")
    return value


def _gone(interface: Interface, answer: Any) -> None:
    """Raise unless an answer can be that to a device that was taken away: the device, or an array of it."""
    devices = answer if isinstance(answer, list) else [answer]
    if not devices or not all(isinstance(device, Mapping) for device in devices):
        raise CloudError(interface.name, reason="the answer is no object")


def _region(interface: Interface, value: object) -> Region:
    """Return a region that the answer must name."""
    try:
        return Region(str(value))
    except ValueError:
        raise CloudError(interface.name, reason="no known region in the answer") from None


def _place(region: str, email: str | None, phone_number: str | None) -> Region:
    """Return the region; exactly one of e-mail and phone number is given."""
    if bool(email) == bool(phone_number):
        raise ValueError("give either an e-mail address or a phone number")
    return Region(region)


def _session(
    interface: Interface, answer: Mapping[str, Any], place: Region, account: str | None
) -> AccountSession:
    """Return the session that an answer with tokens and user opens."""
    user = answer.get("user")
    if isinstance(user, list) and len(user) == 1:
        # The specification's table says array, its example shows an object.
        user = user[0]
    if not isinstance(user, Mapping):
        raise CloudError(interface.name, reason="no user in the answer")
    now = time.time()
    nickname = user.get("nickname")
    return AccountSession(
        apikey=_text(interface, user, "apikey"),
        region=place,
        tokens=Tokens(
            access_token=_text(interface, answer, "at"),
            refresh_token=_text(interface, answer, "rt"),
            access_token_time=now,
            refresh_token_time=now,
        ),
        account=account or "",
        nickname=short_name(nickname) if isinstance(nickname, str) else "",
    )


def _device(interface: Interface, answer: Any, device_id: str, name: str) -> Device:
    """Return the device that was added, as far as the answer tells."""
    entry = answer.get("device", answer) if isinstance(answer, Mapping) else answer
    if isinstance(entry, list) and len(entry) == 1:
        entry = entry[0]
    if not isinstance(entry, Mapping):
        raise CloudError(interface.name, reason="no device in the answer")
    try:
        return Device.from_dict({"name": name, "deviceid": device_id, **entry})
    except ValueError:
        # It has been added, whatever stands there for its id.
        return Device.from_dict({"name": name, **entry, "deviceid": device_id})
