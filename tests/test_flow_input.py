"""Whatever the cloud says, and whatever is typed: each step of each dialog has an answer with a text."""

from importlib import import_module
from itertools import product
from pkgutil import iter_modules

from homeassistant.data_entry_flow import FlowResultType, InvalidData, section
from homeassistant.helpers.selector import SelectSelector, TextSelector
import probatio
import pytest

from custom_components.ewelink import flows
from custom_components.ewelink.flows.account_input import FIELD_CODE
from custom_components.ewelink.flows.forms import FIELD_NEW_PASSWORD, FIELD_REPEATED_PASSWORD, Country
from custom_components.ewelink.flows.verification import FIELD_RESEND
from simulator.cloud import PASSWORD
from simulator.home import NEIGHBOUR
from tests.common import until
from tests.dialogs import ALL_TEXTS, with_texts
from tests.flows import answer, reauth, reconfigure, start, submit

pytestmark = pytest.mark.usefixtures("unpaced")

# Of codes of one version; a refusal of the App ID would lead to the other one.
GENERATIONS = ("v1",)
NEW = "new@example.com"
STRIP, BOILER, MACHINE = "1000000002", "1000000005", "1000000003"
# Documented for one of the interfaces or not: HTTP's own, those beyond, and what is no code of anything.
CODES = (1, 301, *range(400, 408), 409, 410, 412, 498, 499, 500, 504, 599, 160038, 160099)
NEW_PASSWORDS = {FIELD_NEW_PASSWORD: "a new password", FIELD_REPEATED_PASSWORD: "a new password"}


def full(cloud, **changes):
    """Return what a form that signs in or sends a code may ask for."""
    return answer(cloud, **{**NEW_PASSWORDS, **changes})


def fitting(result, given):
    """Return of what is given that which a form asks for."""
    return {name: given[name] for name in map(str, result["data_schema"].schema) if name in given}


def said(result):
    """Return the texts that a dialog of a sign-in shows for its errors."""
    assert result["type"] in {FlowResultType.FORM, FlowResultType.MENU, FlowResultType.ABORT}
    if result["type"] is FlowResultType.ABORT:
        return [ALL_TEXTS["config"]["abort"][result["reason"]]]
    step = ALL_TEXTS["config"]["step"][result["step_id"]]
    texts = [step["description"]]
    texts += [ALL_TEXTS["config"]["error"][key] for key in (result.get("errors") or {}).values()]
    return [text.format(**result["description_placeholders"] or {}) for text in texts]


# What the cloud says


async def sign_in(hass, cloud, entry):
    return await start(hass), full(cloud)


async def reconfigure_it(hass, cloud, entry):
    return await reconfigure(hass, entry), full(cloud)


async def sign_in_again(hass, cloud, entry):
    entry.async_start_reauth(hass)
    return await reauth(hass), full(cloud)


async def register(hass, cloud, entry):
    return await start(hass, "register"), full(cloud, account=NEW)


async def reset_password(hass, cloud, entry):
    return await start(hass, "reset_password"), full(cloud)


async def reset_password_again(hass, cloud, entry):
    entry.async_start_reauth(hass)
    return await reauth(hass, "reauth_reset_password"), full(cloud)


def at_code(way, **given):
    async def go(hass, cloud, entry):
        result, fields = await way(hass, cloud, entry)
        result = await submit(hass, result, fitting(result, fields))
        assert result["step_id"] == "verification_code"
        sent = cloud.verification.latest(fields["account"])
        return result, {FIELD_CODE: sent, FIELD_RESEND: False} | given

    return go


STEPS = {
    "region-sign_in": sign_in,
    "region-register": register,
    "login-sign_in": sign_in,
    "login-reconfigure": reconfigure_it,
    "login-reauth": sign_in_again,
    "sms-register": register,
    "sms-reset_password": reset_password,
    "sms-reauth": reset_password_again,
    "sms-register_resend": at_code(register, resend=True),
    "sms-reset_password_resend": at_code(reset_password, resend=True),
    "register-register": at_code(register),
    "reset_password-reset_password": at_code(reset_password),
    "reset_password-reauth": at_code(reset_password_again),
}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("step", STEPS)
async def test_every_code_of_the_cloud_has_a_text_at_every_step(hass, cloud, entry, step, code):
    entry.add_to_hass(hass)
    result, given = await STEPS[step](hass, cloud, entry)
    interface = step.partition("-")[0]
    fault = cloud.faults.add("error", interface=interface, code=code)
    result = await submit(hass, result, fitting(result, given))
    assert fault.taken
    shown = " ".join(said(result))
    assert shown
    if result["type"] is FlowResultType.FORM and result["step_id"] != "region":
        assert result["errors"]
        assert f"error {code}" in shown
    if "register" in step:
        # Nobody who creates an account is told that there is none.
        assert "no such account" not in shown
    if interface == "sms":
        # There is no code yet that could be wrong.
        assert "code is wrong" not in shown


# What is typed

VALUES = {
    "empty": "",
    "blanks": "   ",
    "long": "x" * 5000,
    "unseen": "\u200b\u3164",
    "emoji": "🏡",
    "quotes": """"';{}<b>%s\\""",
    "zero": "a\0b",
}


def texts_of(result):
    """Return the fields of a form that take texts, those in sections with their section."""
    fields = []
    for marker, selector in result["data_schema"].schema.items():
        if isinstance(selector, section):
            inner = selector.schema.schema.items()
            fields += [(str(marker), str(key)) for key, one in inner if isinstance(one, TextSelector)]
        elif isinstance(selector, TextSelector):
            fields.append((None, str(marker)))
    return fields


def changed(given, place, value):
    """Return an answer with another value at a place; None leaves it out."""
    part, name = place
    fields = {key: dict(one) if isinstance(one, dict) else one for key, one in given.items()}
    target = fields.setdefault(part, {}) if part else fields
    target.pop(name, None)
    if value is not None:
        target[name] = value
    return fields


TYPED = {
    "sign_in": sign_in,
    "reconfigure": reconfigure_it,
    "reauth_sign_in": sign_in_again,
    "register": register,
    "reset_password": reset_password,
    "reauth_reset_password": reset_password_again,
    "verification_code": at_code(register),
}


@pytest.mark.generation("v1", "v2")
@pytest.mark.parametrize("value", [*VALUES.values(), None], ids=[*VALUES, "missing"])
@pytest.mark.parametrize("step", TYPED)
async def test_whatever_is_typed_to_sign_in_has_an_answer(hass, cloud, entry, caplog, step, value):
    entry.add_to_hass(hass)
    result, given = await TYPED[step](hass, cloud, entry)
    cloud.violations.clear()
    given = fitting(result, given)
    places = texts_of(result)
    assert places
    for place in places:
        try:
            result = await submit(hass, result, changed(given, place, value))
        except InvalidData:
            continue
        if result["type"] in {FlowResultType.CREATE_ENTRY, FlowResultType.ABORT}:
            # It did not matter; the rest begins anew.
            for flow in hass.config_entries.flow.async_progress():
                hass.config_entries.flow.async_abort(flow["flow_id"])
            return
        assert said(result)
        if result.get("step_id") != step:
            return
    assert "Unexpected" not in caplog.text
    # A wrong App ID, a wrong secret and an address that the cloud knows nothing of are the cloud's to refuse.
    assert {violation.rule for violation in cloud.violations} <= {"appid", "signature"}
    cloud.violations.clear()


@pytest.mark.parametrize(
    "account",
    ["@", "a@", "@example.com", "a b@example.com", "a@b@c", "a" * 5000 + "@example.com"],
)
@pytest.mark.parametrize("step", ["sign_in", "register", "reset_password"])
async def test_what_can_be_no_address_is_not_sent(hass, cloud, entry, step, account):
    result, given = await TYPED[step](hass, cloud, entry)
    result = await submit(hass, result, fitting(result, given | {"account": account}))
    assert result["errors"] == {"account": "invalid_account"}
    assert cloud.requests == []


def test_half_a_character_is_no_text():
    """It could neither be sent nor be stored: with it, no entry of Home Assistant would be."""
    modules = [import_module(f"{flows.__name__}.{one.name}") for one in iter_modules(flows.__path__)]
    selectors = [one for module in modules for one in vars(module).values() if isinstance(one, TextSelector)]
    assert len({id(one) for one in selectors}) >= 8
    with pytest.raises(probatio.Invalid):
        Country()("a\ud800b")
    for selector in selectors:
        several = selector.config.get("multiple")
        whole, half = (["ab"], ["ab", "a\ud800b"]) if several else ("ab", "a\ud800b")
        assert selector(whole) == whole
        with pytest.raises(probatio.Invalid):
            selector(half)


# Where forms of the options are, by what is chosen on the way, and what they may be told
OPTIONS = {
    "account": ["account"],
    "add_wifi_device": ["add_device", "add_wifi_device"],
    "add_child_device": ["add_device", "add_child_device"],
    "add_gsm_device": ["add_device", "add_gsm_device"],
    "rename_name": ["rename", {"device": BOILER}],
    "rename_name-channel": ["rename", {"device": STRIP}, {"part": "1"}],
    "add_group": ["groups", "add_group"],
    "rename_group": ["groups", "rename_group"],
    "share_device": ["sharing", "share_device"],
    "edit_terms": ["sharing", "edit_share", {"share": f"{MACHINE} {NEIGHBOUR}"}],
}
GIVEN = {
    "old_password": PASSWORD,
    "new_password": "a new password",
    "repeated_password": "a new password",
    "device_id": "1000000101",
    "sub_device_id": "a480000101",
    "device_key": "no key",
    "chip_id": "chip",
    "name": "Porch",
    "address": "nobody@example.com",
    "note": "",
}


async def opened(hass, entry, path):
    """Go to a form of the options."""
    manager = hass.config_entries.options
    result = await manager.async_init(entry.entry_id)
    for step in path:
        given = {"next_step_id": step} if isinstance(step, str) else step
        result = with_texts(await manager.async_configure(result["flow_id"], given))
    return result


def filled(result):
    """Return an answer to a form of the options."""
    fields = {}
    for marker, selector in result["data_schema"].schema.items():
        if isinstance(selector, SelectSelector):
            fields[str(marker)] = selector.config["options"][0]["value"]
        elif selector is bool:
            fields[str(marker)] = False
        elif isinstance(marker, probatio.Marker):
            fields[str(marker)] = GIVEN[str(marker)]
    return fields


@pytest.mark.parametrize("step", OPTIONS)
async def test_whatever_is_typed_in_the_options_has_an_answer(hass, cloud, running_entry, caplog, step):
    client = running_entry.runtime_data.client
    cloud.share(cloud.devices[MACHINE], cloud.accounts.find(NEIGHBOUR))
    await client.refresh_devices()
    await until(lambda: client.management.groups)
    manager = hass.config_entries.options
    places = texts_of(await opened(hass, running_entry, OPTIONS[step]))
    assert places
    for value, place in product([*VALUES.values(), None], places):
        names = {device_id: device.name for device_id, device in cloud.devices.items()}
        cloud.account.password = PASSWORD
        result = await opened(hass, running_entry, OPTIONS[step])
        given = changed(filled(result), place, value)
        try:
            result = await manager.async_configure(result["flow_id"], given)
        except InvalidData:
            continue
        if result["type"] is FlowResultType.SHOW_PROGRESS:
            manager.async_abort(result["flow_id"])
            continue
        result = with_texts(result)
        assert result["type"] in {FlowResultType.FORM, FlowResultType.MENU, FlowResultType.ABORT}
        if value in {"", "   ", VALUES["unseen"]} and "name" in place:
            assert result["errors"] == {"name": "name_required"}
        if not (value or "").strip("\u200b\u3164 "):
            assert {one: device.name for one, device in cloud.devices.items() if one in names} == names
    assert "Traceback" not in caplog.text
