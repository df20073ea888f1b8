"""Which text a person reads for an error: every interface, code, and wrapping of a web server's page."""

import pytest

from custom_components.ewelink.coolkit import device_from_entry
from custom_components.ewelink.errors import error_text
from tests.coolkit.test_words import CODES, INTERFACES, OWN_FORMS, PAGES, PHRASES, answered
from tests.dialogs import ALL_TEXTS

LAMP = device_from_entry({"deviceid": "1000000001", "name": "Hall lamp"})
TROUBLE = {"server_trouble", "request_failed_no_code", "not_ewelink", "not_ewelink_no_code"}
REFUSED = "app_id_refused", "feature_refused", "quota_exceeded"
SIGNED = dict(zip((403, 407, 412), ("app_id_refused", "app_id_refused", "quota_exceeded"), strict=True))
BEARER = {401: "signed_out", 402: "request_failed", 406: "signed_out", 407: "feature_refused"}
BEARER |= {412: "quota_exceeded"}
GONE = "command_refused_gone"
STATUS = BEARER | {400: GONE, 403: GONE, 404: "device_unknown", 411: "command_refused"}
STATUS |= {503: "device_offline", 504: "command_timeout"}
# What is said outside of the dialogs that sign in, which have texts of their own (test_config_flow.py).
SHOWN = {
    "device list": BEARER | {403: "app_id_refused", 407: "app_id_refused"},
    "device": BEARER | dict.fromkeys((403, 404, 405), "device_unknown"),
    "status query": STATUS,
    "status update": STATUS,
    "dispatch": BEARER | {403: "feature_refused"},
    "password change": BEARER | {400: "wrong_password", 403: "feature_refused"},
    "token refresh": SIGNED | {406: "app_id_refused"} | dict.fromkeys((400, 401, 402), "sign_in_again"),
}
for name in ("adding the device", "adding the GSM device"):
    SHOWN[name] = BEARER | dict.fromkeys((400, 403, 404, 405, 409, 411, 498, 160038), "device_refused")
for name in ("deleting the device", "renaming the device", "renaming the channels"):
    SHOWN[name] = BEARER | dict.fromkeys((400, 403, 405, 409, 411, 498, 160038), "device_refused_own")
    SHOWN[name] |= {404: "device_unknown"}
SHOWN["leaving the share"] = BEARER | dict.fromkeys((400, 403, 405, 409, 411, 498, 160038), "share_not_left")
SHOWN["leaving the share"] |= {404: "device_unknown"}
for name in ("group list", "adding the group", "changing the group", "deleting the group"):
    SHOWN[name] = BEARER | {400: "invalid_input", 403: "feature_refused", 404: "group_unknown"}
SHOWN["moving devices between groups"] = SHOWN["group list"]


def shown(error):
    """Return the key of the text for an error; all that it names is filled in."""
    key, placeholders = error_text(error, None if error.interface.startswith("adding the") else LAMP)
    ALL_TEXTS["exceptions"][key]["message"].format(**placeholders)
    return key


@pytest.mark.parametrize("form", OWN_FORMS)
@pytest.mark.parametrize("name", SHOWN)
def test_codes_of_the_cloud(name, form):
    for code in CODES:
        if code == 301:
            continue
        other = "server_trouble" if 500 <= code < 1000 else "request_failed"
        error = answered(INTERFACES[name], OWN_FORMS[form](code))
        assert (code, shown(error)) == (code, SHOWN[name].get(code, other))


@pytest.mark.parametrize("form", PAGES)
@pytest.mark.parametrize("name", SHOWN)
def test_pages_of_web_servers(name, form):
    make, has_status, _ = PAGES[form]
    for code in PHRASES:
        key = shown(answered(INTERFACES[name], make(code), code if has_status else 200))
        spent = code == 412 and form in {"empty", "no error"}
        assert (code, key in TROUBLE) == (code, not spent)
