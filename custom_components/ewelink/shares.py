"""Shares that wait: the requests of others for this account's answer, its own for the answer of others."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import reduce
import logging
from operator import or_
from typing import Any, Final

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .coolkit import (
    CoolKitClient,
    CoolKitError,
    Device,
    Event,
    Permit,
    ShareOpenError,
    ShareRequest,
    ShareRequested,
    ShareRequestEnded,
)
from .errors import error_text
from .markdown import Markdown, escape
from .texts import NOTHING, async_notify, async_texts

_LOGGER = logging.getLogger(__name__)

SHARE_REQUEST: Final = "share_request"
# The requests that wait while their entry, by its id, is not loaded.
_WAITING: HassKey[dict[str, Sequence[ShareRequest]]] = HassKey(f"{DOMAIN}_share_requests")
# What the recipient of a share may do with timers, by the names of actions and dialogs.
PERMITS: Final = {
    "add_timers": Permit.ADD,
    "edit_timers": Permit.EDIT,
    "delete_timers": Permit.DELETE,
    "enable_timers": Permit.ENABLE,
}


def permit_of(names: Iterable[str]) -> Permit:
    """Return what those with these names may do."""
    return reduce(or_, (PERMITS[name] for name in names), Permit(0))


def permit_names(permit: int | None) -> list[str]:
    """Return the names of what may be done; what has none is left out."""
    return [name for name, flag in PERMITS.items() if flag in Permit(permit or 0)]


_REPAIRS: Final = Markdown("/config/repairs")
# An outcome that no dialog has shown by then, in seconds, is told by a notification.
UNSEEN_AFTER = 15.0


@callback
def async_forget_requests(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Forget the requests that wait for an account to be loaded again: it is removed."""
    hass.data.get(_WAITING, {}).pop(entry.entry_id, None)


class Offer:
    """A device that is offered to another account, until its answer has been seen."""

    def __init__(self, shares: Shares, device: Device, address: str, work: Coroutine[Any, Any, None]) -> None:
        """Begin the work; it goes on whether somebody looks at it or not."""
        self.device = device
        self.address = address
        # What holds as long as nothing better is known: the recipient may accept nevertheless.
        self.error: CoolKitError | None = ShareOpenError("share", reason="the wait was cut short")
        self._shares = shares
        self._watched = True
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._task = shares.entry.async_create_background_task(
            shares.hass, self._run(work), f"{DOMAIN} offer", eager_start=True
        )
        self._task.add_done_callback(self._finished)

    @property
    def done(self) -> bool:
        """Whether the outcome is known."""
        return self._task.done()

    async def async_wait(self, seconds: float | None = None) -> bool:
        """Wait for the outcome, and tell if it has come; whoever no longer waits does not end the offer."""
        done, _ = await asyncio.wait((self._task,), timeout=seconds)
        return bool(done)

    async def _run(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except CoolKitError as err:
            self.error = err
        except asyncio.CancelledError:
            # The account is unloaded, and its dialogs cannot go on.
            self._watched = False
            raise
        else:
            self.error = None

    @callback
    def _finished(self, _task: asyncio.Task[None]) -> None:
        if self not in self._shares.offers:
            # The dialog has shown it in the same breath.
            return
        if self._watched:
            self._cancel_timer = async_call_later(
                self._shares.hass, UNSEEN_AFTER, HassJob(self._tell, cancel_on_shutdown=True)
            )
        else:
            self._tell()

    @callback
    def async_seen(self) -> CoolKitError | None:
        """Take note that a dialog shows the outcome; return what went wrong."""
        self._watched = True
        self._stop_timer()
        self._shares.offers.discard(self)
        return self.error

    @callback
    def async_leave(self) -> None:
        """Take note that the dialog was closed: the outcome is told by a notification."""
        self._watched = False
        if self.done and self in self._shares.offers:
            self._tell()

    @callback
    def _tell(self, _now: object = None) -> None:
        self._stop_timer()
        self._shares.offers.discard(self)
        self._shares.async_tell_outcome(self)

    def _stop_timer(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None


class Shares:
    """What waits for an answer in one account."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, client: CoolKitClient) -> None:
        """Prepare for the shares of an account."""
        self.hass = hass
        self.entry = entry
        self.offers: set[Offer] = set()
        self._client = client

    @callback
    def async_start(self, follow: Callable[[Callable[[Any], None], type[Event]], None]) -> None:
        """Follow the requests that come; `follow` has them handled until the entry is unloaded."""
        follow(self._handle_request, ShareRequested)
        follow(self._handle_request_ended, ShareRequestEnded)
        self.entry.async_on_unload(self._async_stop)
        # Nobody sends a request again because an entry was reloaded.
        self._client.share_requests.restore(self.hass.data.get(_WAITING, {}).pop(self.entry.entry_id, ()))

    @callback
    def _async_stop(self) -> None:
        """Take back what can be answered only when the entry is loaded again, tell what nobody has seen."""
        requests = self._client.share_requests.open
        for request in requests:
            self._hide(request)
        if requests:
            self.hass.data.setdefault(_WAITING, {})[self.entry.entry_id] = requests
        for offer in list(self.offers):
            offer.async_leave()

    # What is offered to others

    @callback
    def async_share(self, device: Device, address: str, *, permit: Permit, note: str) -> Offer:
        """Offer a device to another account."""
        return self._offer(
            device,
            address,
            self._client.sharing.share(device.device_id, address, permit=permit, note=note),
        )

    @callback
    def async_edit(
        self, device: Device, address: str, *, permit: Permit | None = None, note: str | None = None
    ) -> Offer:
        """Offer other terms to an account that has a device; what is not given stays."""
        return self._offer(
            device, address, self._client.sharing.change(device.device_id, address, permit=permit, note=note)
        )

    def _offer(self, device: Device, address: str, work: Coroutine[Any, Any, None]) -> Offer:
        offer = Offer(self, device, address, work)
        self.offers.add(offer)
        return offer

    @callback
    def async_tell_outcome(self, offer: Offer) -> None:
        """Tell by a notification what has become of an offer."""
        self.hass.async_create_task(self._async_tell_outcome(offer), f"{DOMAIN} outcome of an offer")

    async def _async_tell_outcome(self, offer: Offer) -> None:
        names = {"device": offer.device.name, "address": offer.address}
        common = await async_texts(self.hass, "common")
        if offer.error is None:
            outcome = common.markdown("share_accepted", **names)
        else:
            key, placeholders = error_text(offer.error, offer.device)
            errors = await async_texts(self.hass, "exceptions")
            outcome = escape(errors.get(f"{key}.message", **{**placeholders, **names}))
        async_notify(
            self.hass,
            common.get("offer_title", **names),
            common.markdown("offer_message", outcome=outcome, **names),
        )

    # What others offer

    def find(self, request_id: str) -> ShareRequest | None:
        """Return the request of a repair, if it can still be answered."""
        return next((one for one in self._client.share_requests.open if self._id(one) == request_id), None)

    async def async_answer(self, request: ShareRequest, *, accept: bool) -> None:
        """Accept or refuse; raises what the client raises."""
        await self._client.share_requests.answer(request, accept)

    def _id(self, request: ShareRequest) -> str:
        return f"{SHARE_REQUEST}_{self.entry.entry_id}_{request.device_id}_{request.sequence}"

    @callback
    def _handle_request(self, event: ShareRequested) -> None:
        self.entry.async_create_background_task(
            self.hass, self._async_show(event.request), f"{DOMAIN} share request"
        )

    @callback
    def _handle_request_ended(self, event: ShareRequestEnded) -> None:
        self._hide(event.request)

    async def _async_show(self, request: ShareRequest) -> None:
        """Show a request as a repair, and point to it by a notification."""
        facts = await self.async_describe(request)
        # The title is no Markdown.
        plain = {name: value for name, value in facts.items() if name != "note"}
        kind = "share_change" if request.changes else SHARE_REQUEST
        title = await self._async_text(f"issues.{kind}.title", **plain)
        common = await async_texts(self.hass, "common")
        message = common.markdown(f"{kind}_message", repairs=_REPAIRS, **facts)
        if request not in self._client.share_requests.open:
            # It ended while its texts were loaded.
            return
        ir.async_create_issue(
            self.hass,
            DOMAIN,
            self._id(request),
            data={"entry_id": self.entry.entry_id, "problem": SHARE_REQUEST},
            is_fixable=True,
            is_persistent=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=kind,
            translation_placeholders=plain,
        )
        async_notify(self.hass, title, message, self._id(request))

    @callback
    def _hide(self, request: ShareRequest) -> None:
        ir.async_delete_issue(self.hass, DOMAIN, self._id(request))
        persistent_notification.async_dismiss(self.hass, self._id(request))

    async def async_describe(self, request: ShareRequest) -> dict[str, str]:
        """Return what the texts of a request name."""
        permissions = [
            await self._async_text(f"options.step.share_device.data.{name}")
            for name in permit_names(request.permit)
        ]
        return {
            "account": self.entry.title,
            "device": request.device_name or request.device_id,
            "owner": request.user_name or await self._async_text("common.another_account"),
            "note": request.note or NOTHING,
            "permissions": ", ".join(permissions) or await self._async_text("common.no_permissions"),
        }

    async def _async_text(self, path: str, **placeholders: str) -> str:
        """Return one of the integration's texts in the language of Home Assistant."""
        part, _, path = path.partition(".")
        return (await async_texts(self.hass, part)).get(path, **placeholders)
