"""What the tests of the options share: going on in a dialog, whose every text is looked at on the way."""

import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components import ewelink
from custom_components.ewelink.markdown import escape

ALL_TEXTS: dict[str, Any] = json.loads(
    (Path(ewelink.__file__).parent / "translations/en.json").read_text(encoding="utf-8")
)
TEXTS: dict[str, Any] = ALL_TEXTS["options"]

# Steps whose fields depend on what was chosen before; their own tests see to it that none is for nothing.
VARYING = {"timer"}

# Which menu says that something was done.
MENUS = {
    "device_timers": {"timer_added", "timer_changed", "timer_deleted", "timer_unchanged"},
    "add_device": {"device_added"},
    "homes": {
        "home_added",
        "home_deleted",
        "room_added",
        "room_deleted",
        "room_changed",
        "room_unchanged",
        "place_renamed",
        "place_name_unchanged",
        "rooms_ordered",
        "room_order_unchanged",
    },
    "groups": {
        "group_added",
        "group_renamed",
        "groups_ordered",
        "order_unchanged",
        "members_changed",
        "members_unchanged",
        "group_deleted",
        "group_name_unchanged",
    },
    "bridge": {"code_learned", "code_renamed", "code_deleted", "sensor_shown", "sensor_hidden"},
    "sharing": {"share_accepted", "share_cancelled", "share_left", "terms_unchanged"},
}


def done(result: Any, key: str, **names: str) -> None:
    """Check that something was done, or that there was nothing to do, and that its menu says so."""
    assert result["type"] is FlowResultType.MENU, result.get("errors") or result.get("reason")
    assert result["step_id"] == next((menu for menu, keys in MENUS.items() if key in keys), "init")
    # What is not named here may be anything.
    parts = re.split(r"\{(\w+)\}", ALL_TEXTS["common"][key])
    pattern = "".join(
        (re.escape(escape(names[part])) if part in names else ".+") if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )
    assert names.keys() <= set(parts[1::2])
    assert re.fullmatch(pattern, result["description_placeholders"]["done"].removesuffix("\n\n"))


def named(result: Any) -> dict[str, str]:
    """Return what a dialog fills in, as it is; in Markdown it has to be escaped."""
    filled = result["description_placeholders"] or {}
    names = {name: filled.get(f"{name}_plain", text) for name, text in filled.items()}
    names = {name: text for name, text in names.items() if not name.endswith("_plain")}
    assert all(filled[name] == escape(text) for name, text in names.items() if f"{name}_plain" in filled)
    return names


async def go_on(hass: HomeAssistant, result: Any, user_input: dict[str, Any]) -> Any:
    """Give a dialog of the options this input; return what it shows then."""
    return with_texts(await hass.config_entries.options.async_configure(result["flow_id"], user_input))


def with_texts(result: Any) -> Any:
    """Check that what a dialog shows has all of its texts, and return it."""
    shown: list[str] = []
    match result["type"]:
        case FlowResultType.FORM:
            step = TEXTS["step"][result["step_id"]]
            fields = {str(marker) for marker in result["data_schema"].schema}
            described = set(step.get("data", {}))
            assert described == set(step.get("data_description", {}))
            assert fields <= described if result["step_id"] in VARYING else fields == described
            shown = [step["title"], step["description"]]
            shown += [TEXTS["error"][key] for key in (result["errors"] or {}).values()]
        case FlowResultType.MENU:
            step = TEXTS["step"][result["step_id"]]
            assert set(result["menu_options"]) <= set(step["menu_options"])
            descriptions = step.get("menu_option_descriptions")
            assert descriptions is None or set(descriptions) == set(step["menu_options"])
            shown = [step["title"], step["description"], *step["menu_options"].values()]
        case FlowResultType.ABORT:
            shown = [TEXTS["abort"][result["reason"]]]
        case FlowResultType.SHOW_PROGRESS:
            shown = [TEXTS["progress"][result["progress_action"]]]
    asked = {name for text in shown for _, name, _, _ in Formatter().parse(text) if name}
    if result["type"] is not FlowResultType.CREATE_ENTRY:
        assert asked <= set(result["description_placeholders"] or {})
    return result
