"""A Home Assistant in this process, without disk and network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import tempfile
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_test_home_assistant

# Before any Home Assistant is there: the plugin's own folder of this name would win.
import custom_components.ewelink  # noqa: F401 - as above


@asynccontextmanager
async def house() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant with its debug mode off and stop it in the end."""
    http = "homeassistant.components.http.HomeAssistantHTTP"
    # The calendar wants a web server; nobody here wants its port.
    with (
        tempfile.TemporaryDirectory() as folder,
        patch(f"{http}.async_bind"),
        patch(f"{http}.start"),
    ):
        async with async_test_home_assistant(config_dir=folder) as hass:
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            for platform in ("binary_sensor", "calendar", "light", "number", "select", "sensor", "switch"):
                await async_setup_component(hass, platform, {})
            try:
                yield hass
            finally:
                await hass.async_stop(force=True)
