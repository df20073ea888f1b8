"""Whatever is put into actions, dialogs and entities: it is done, or refused in words that can be read.

A few hundred inputs by default, the same each time. `ODD_INPUT=20000 script/test tests/test_odd_input.py -s`
tries so many of each kind, with `ODD_INPUT_SEED` for others, and prints what became of them.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
import logging
import os
from pathlib import Path
import sys
from time import monotonic
import traceback
from typing import Any

import homeassistant.components
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.data_entry_flow import FlowResultType, InvalidData, UnknownFlow
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.yaml import load_yaml_dict
import probatio
import pytest

from custom_components.ewelink.const import DOMAIN
from custom_components.ewelink.flows.options import EwelinkOptionsFlow
from custom_components.ewelink.services import ACTIONS
from simulator.cloud import PASSWORD
from simulator.home import NEIGHBOUR
from tests.common import connected, device_names, load_device, make_entry, until
from tests.dialogs import with_texts
from tests.odd_input import OddInput
from tests.test_dialogs import RADIO, TYPED, steps_of
from tests.test_flow_input import full, said
from tests.test_permissions import CALLS, TIMER

pytestmark = [pytest.mark.usefixtures("unpaced", "_waits"), pytest.mark.timeout(7200)]

FULL = int(os.environ.get("ODD_INPUT", "0"))
SEED = int(os.environ.get("ODD_INPUT_SEED", "1"))
# So long a test may take, whatever is left to try.
SECONDS = float(os.environ.get("ODD_INPUT_SECONDS", "1800" if FULL else "25"))
INTEGRATION = Path(__file__).parents[1] / "custom_components/ewelink"
COMPONENTS = Path(homeassistant.components.__file__).parent
DESCRIBED = load_yaml_dict(INTEGRATION / "services.yaml")
LAMP, STRIP, MACHINE, GARAGE = "1000000001", "1000000002", "1000000003", "1000000015"
GARDEN = {
    "enabled": 1,
    "mId": TIMER,
    "type": "repeat",
    "coolkit_timer_type": "repeat",
    "at": "0 6 * * 1,2",
    "do": {"switch": "on"},
}
# What a person may type wrong, and the cloud refuses: an App ID or its secret.
TYPED_WRONG = {"appid", "signature"}


class Loud(logging.Handler):
    """Keeps what the log has of errors, and of anything with a traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            formatted = logging.Formatter().format(record)
            self.records.append(f"{record.name}: {formatted[:200]} … {formatted[-1500:]}")


class Trial:
    """Tries inputs one after the other, and keeps what must not be."""

    def __init__(self, hass: Any, cloud: Any, loud: Loud, name: str, allowed: frozenset[str]) -> None:
        self.counts: Counter[str] = Counter()
        self.findings: list[str] = []
        self._hass, self._cloud, self._loud, self._name, self._allowed = hass, cloud, loud, name, allowed

    def rounds(self, usual: int) -> Iterator[int]:
        """Yield the number of each input, until there were enough or the time is over."""
        end = monotonic() + SECONDS
        for number in range(FULL or usual):
            if monotonic() > end or len(self.findings) > 20:
                break
            yield number

    async def attempt(self, tried: str, call: Any) -> Any:
        """Try one input; what became of it is counted."""
        result = None
        try:
            async with asyncio.timeout(60):
                result = await call
        except probatio.Invalid, InvalidData:
            self.counts["refused by its form"] += 1
        except UnknownFlow:
            # It ends when the account that it is for is signed in again elsewhere.
            self.counts["ended meanwhile"] += 1
        except HomeAssistantError as err:
            self.counts[f"{err.translation_domain}: {err.translation_key}"] += 1
            await self._check_text(tried, err)
        except Exception as err:  # noqa: BLE001 - each is a finding
            where = "".join(traceback.format_exception(err)[-3:])
            if self._is_ours(err):
                self.find(tried, f"{type(err).__name__}: {str(err)[:300]}\n{where[-1200:]}")
            else:
                self.counts[f"Home Assistant: {type(err).__name__}"] += 1
        else:
            self.counts["done"] += 1
        for record in self._loud.records:
            self.find(tried, record)
        self._loud.records.clear()
        for violation in self._cloud.violations:
            # What is sent as it is may be anything.
            is_raw = tried.startswith("send_command") and violation.rule == "params"
            if violation.rule not in self._allowed and not is_raw:
                self.find(tried, f"the cloud: {str(violation)[:500]}")
        self._cloud.violations.clear()
        return result

    def find(self, tried: str, what: str) -> None:
        self.findings.append(f"{tried[:400]}\n    {what}")

    @staticmethod
    def _is_ours(err: Exception) -> bool:
        """Return whether an error has passed through the integration, and not only through what calls it."""
        files = {Path(frame.filename) for frame in traceback.extract_tb(err.__traceback__)}
        return any(INTEGRATION in file.parents for file in files)

    async def _check_text(self, tried: str, err: HomeAssistantError) -> None:
        """Check that an error is a text that can be shown, and no longer than one reads."""
        domain = err.translation_domain or ""
        texts = await async_get_translations(self._hass, "en", "exceptions", integrations={domain})
        text = texts.get(f"component.{domain}.exceptions.{err.translation_key}.message")
        if text is None:
            self.find(tried, f"no text for {err!r}")
            return
        shown = text.format(**err.translation_placeholders or {})
        # What Home Assistant itself says quotes everything.
        if domain == DOMAIN and len(shown) > 3000:
            self.find(tried, f"{len(shown)} letters: {shown[:300]}")

    def end(self) -> None:
        # A form that shows an error was an input that is counted already.
        total = sum(count for what, count in self.counts.items() if not what.startswith("form: "))
        if FULL:
            told = [f"{self._name}: {total} inputs, {len(self.findings)} findings"]
            told += [f"  {count:6} {what}" for what, count in self.counts.most_common()]
            sys.stdout.write("\n" + "\n".join(told) + "\n")
        assert total > 20
        assert not self.findings, f"{len(self.findings)} findings\n" + "\n".join(self.findings[:5])


@pytest.fixture
async def trial(hass, cloud, request, caplog):
    """Something to try inputs with; at the end all that was found is told."""
    loud = Loud()
    root = logging.getLogger()
    root.addHandler(loud)
    for name in ("custom_components.ewelink", "homeassistant", "asyncio", "aiohttp"):
        caplog.set_level(logging.WARNING, logger=name)
    one = Trial(hass, cloud, loud, request.node.name, frozenset(getattr(request, "param", ())))
    yield one
    root.removeHandler(loud)
    cloud.violations.clear()
    one.end()


@pytest.fixture
def _waits(monkeypatch):
    """A dialog that never sees an answer at once, and waits no longer than it has to."""
    monkeypatch.setattr("custom_components.ewelink.flows.options_sharing.AT_ONCE", 0)
    monkeypatch.setattr("custom_components.ewelink.flows.dialogs.SHOWN_AT_LEAST", 0)


class Household:
    """A home that is put right again after what was done to it."""

    def __init__(self, cloud: Any, entry: Any) -> None:
        self._cloud, self._client = cloud, entry.runtime_data.client
        self._entry = entry
        self._own = {one.deviceid: one.item for one in cloud.devices.values() if one.owner is cloud.account}
        self._items = deepcopy(self._own)

    async def put_right(self) -> None:
        """Bring back what was removed, and answer everything at once."""
        cloud = self._cloud
        cloud.accounts.find(NEIGHBOUR).on_share = "accept"
        cloud.account.password = PASSWORD
        missing = self._items.keys() - cloud.devices.keys()
        for device_id in missing:
            cloud.add_device(deepcopy(self._items[device_id]))
        garage = cloud.devices[GARAGE]
        left = GARAGE not in self._client.devices
        if left:
            cloud.share(garage, cloud.account)
        lost = not cloud.account.groups
        if lost:
            cloud.accounts.add_group(cloud.account, "Bedroom", 1, cloud.clock())
            await self._client.management.refresh_groups()
        cloud.devices[MACHINE].params["timers"] = [dict(GARDEN)]
        if missing or left:
            await self._client.refresh_devices()
        await connected(self._entry)


@pytest.fixture
async def household(cloud, running_entry):
    await until(lambda: running_entry.runtime_data.client.management.groups)
    return Household(cloud, running_entry)


# Actions


async def test_odd_input_of_actions(hass, trial, running_entry, household):
    odd = OddInput(SEED)
    entries = {
        device_id: running_entry.runtime_data.async_device_entry(device_id).id
        for device_id in running_entry.runtime_data.client.devices
    }
    for _ in trial.rounds(350):
        await household.put_right()
        action = odd.random.choice(list(ACTIONS))
        data = odd.changed(deepcopy(CALLS[action]), DESCRIBED[action].get("fields", {}))
        match data.get("device_id"):
            case str() as device_id if device_id in entries:
                data["device_id"] = entries[device_id]
            case list() as ids:
                data["device_id"] = [entries.get(one, one) if isinstance(one, str) else one for one in ids]
        if odd.random.random() < 0.05:
            data["device_id"] = odd.random.choices(list(entries.values()), k=odd.random.randrange(1, 5))
        answers = hass.services.supports_response(DOMAIN, action) != "none"
        call = hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=answers)
        await trial.attempt(f"{action} {data!r}", call)
        await hass.async_block_till_done()


# Dialogs


async def shown(hass: Any, manager: Any, result: Any) -> Any:
    """Wait for a dialog as a browser does."""
    while result["type"] is FlowResultType.SHOW_PROGRESS:
        flow = manager._progress[result["flow_id"]]
        await until(lambda flow=flow: flow.cur_step["type"] is FlowResultType.SHOW_PROGRESS_DONE)
        result = await manager.async_configure(result["flow_id"])
    return result


async def submitted(hass: Any, manager: Any, result: Any, given: Any) -> Any:
    return await shown(hass, manager, await manager.async_configure(result["flow_id"], given))


async def walk(
    hass: Any, trial: Trial, manager: Any, odd: OddInput, result: Any, check: Any, sane: dict[str, Any]
) -> set[str]:
    """Go through a dialog as chance will have it, until it ends; return the steps that were seen."""
    seen: set[str] = set()
    flow_id = result["flow_id"]
    for _ in range(7):
        check(result)
        trial.counts.update(f"form: {key}" for key in (result.get("errors") or {}).values())
        if result["type"] not in {FlowResultType.MENU, FlowResultType.FORM}:
            break
        seen.add(result["step_id"])
        if result["type"] is FlowResultType.MENU:
            given: Any = {"next_step_id": odd.random.choice(list(result["menu_options"]))}
            if odd.random.random() < 0.03:
                given = odd.random.choice(({"next_step_id": odd.value()}, {}, {"next_step_id": "unload"}))
        else:
            given = odd.answer(result["data_schema"], sane) if result["data_schema"] else {}
        tried = f"{result['step_id']} {given!r}"
        after = await trial.attempt(tried, submitted(hass, manager, result, given))
        if flow_id not in manager._progress and after is None:
            break
        try:
            result = after or await shown(hass, manager, await manager.async_configure(flow_id))
        except Exception as err:  # noqa: BLE001 - the dialog is gone
            trial.find(tried, f"then: {err!r}")
            break
    if flow_id in manager._progress:
        manager.async_abort(flow_id)
    return seen


async def test_odd_input_of_options(hass, trial, running_entry, household):
    odd = OddInput(SEED)
    manager = hass.config_entries.options
    seen: Counter[str] = Counter()
    for _ in trial.rounds(90):
        await household.put_right()
        hass.config_entries.async_update_entry(running_entry, options={})
        result = await manager.async_init(running_entry.entry_id)
        seen.update(await walk(hass, trial, manager, odd, result, with_texts, {**TYPED, "timer": TIMER}))
        await hass.async_block_till_done()
    if FULL:
        sys.stdout.write(f"\n  steps: {dict(seen)}\n")
        assert set(steps_of(EwelinkOptionsFlow)) - {"share_wait", "share_outcome"} - RADIO <= set(seen)


def said_by_us(result: Any) -> None:
    """Check that what a dialog says has its texts; that it has succeeded is Home Assistant's to say."""
    if result["type"] is not FlowResultType.CREATE_ENTRY and not str(result.get("reason")).endswith(
        "_successful"
    ):
        assert said(result)


@pytest.mark.usefixtures("official")
@pytest.mark.parametrize("trial", [TYPED_WRONG], indirect=True, ids=["signing in"])
async def test_odd_input_of_sign_in(hass, cloud, trial, running_entry):
    odd = OddInput(SEED)
    manager = hass.config_entries.flow
    fields = full(cloud)
    sane = {**fields, **fields["application"], **fields["server"]}
    seen: Counter[str] = Counter()
    for _ in trial.rounds(60):
        cloud.account.password = PASSWORD
        if running_entry.state is not ConfigEntryState.LOADED:
            data = make_entry(cloud, cloud.account).data
            hass.config_entries.async_update_entry(running_entry, data=data)
            await hass.config_entries.async_reload(running_entry.entry_id)
        source = odd.random.choice((SOURCE_USER, SOURCE_USER, SOURCE_RECONFIGURE, SOURCE_REAUTH))
        context = {"source": source} | ({} if source == SOURCE_USER else {"entry_id": running_entry.entry_id})
        data = {} if source == SOURCE_REAUTH else None
        result = await manager.async_init(DOMAIN, context=context, data=data)
        seen.update(await walk(hass, trial, manager, odd, result, said_by_us, sane))
        await hass.async_block_till_done()
        for entry in hass.config_entries.async_entries(DOMAIN):
            if entry is not running_entry:
                await hass.config_entries.async_remove(entry.entry_id)
    if FULL:
        sys.stdout.write(f"\n  steps: {dict(seen)}\n")


# Entities


def fields_of(domain: str, service: str) -> dict[str, Any]:
    """Return the fields of one of Home Assistant's own actions, those in sections included."""
    described = load_yaml_dict(COMPONENTS / domain / "services.yaml").get(service) or {}
    fields: dict[str, Any] = {}
    for name, field in (described.get("fields") or {}).items():
        fields |= (field or {}).get("fields") or {name: field or {}}
    return fields


async def test_odd_input_of_entities(hass, trial, every_entity_enabled, setup_home):
    entry = await setup_home(*map(load_device, device_names()))
    odd = OddInput(SEED)
    by_domain: dict[str, list[str]] = {}
    for one in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if not hass.states.get(one.entity_id):
            continue
        by_domain.setdefault(one.domain, []).append(one.entity_id)
    services = [
        (domain, service, fields_of(domain, service))
        for domain in by_domain
        for service in hass.services.async_services().get(domain, {})
        if service != "reload"
    ]
    assert {domain for domain, *_ in services} >= {"light", "number", "select", "switch"}
    for _ in trial.rounds(350):
        domain, service, fields = odd.random.choice(services)
        data: dict[str, Any] = {ATTR_ENTITY_ID: odd.random.choice(by_domain[domain])}
        for name in odd.random.sample(sorted(fields), min(len(fields), odd.random.choice((0, 1, 1, 2, 3)))):
            data[name] = odd.by_selector(fields[name])
        answers = hass.services.supports_response(domain, service) == "only"
        call = hass.services.async_call(domain, service, data, blocking=True, return_response=answers)
        await trial.attempt(f"{domain}.{service} {data!r}", call)
        await connected(entry)
