"""What the tests of the options share: going on in a dialog, whose every text is looked at on the way."""

import json
from pathlib import Path
from string import Formatter
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components import ewelink

ALL_TEXTS: dict[str, Any] = json.loads(
    (Path(ewelink.__file__).parent / "translations/en.json").read_text(encoding="utf-8")
)
TEXTS: dict[str, Any] = ALL_TEXTS["options"]


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
            assert set(step.get("data", {})) == set(step.get("data_description", {})) == fields
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
