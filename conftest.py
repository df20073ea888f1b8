"""Home Assistant's test plugin, made to run on releases that are newer than the one it was made for."""

from importlib.util import find_spec

# Newer releases put httpx2 in the place of httpx and refuse to start once httpx itself was imported,
# which the plugin does first.
if find_spec("httpx2") is not None:
    import httpx2

    httpx2.alias_httpx()

# The plugin patches these three before anything else of Home Assistant is imported.
from pytest_homeassistant_custom_component import patch_json, patch_recorder, patch_time  # noqa: F401, I001

from homeassistant.components import logger
from homeassistant.components.logger import helpers

# The plugin takes it from where it was up to 2026.10.
if not hasattr(logger, "_clear_logger_overwrites"):
    logger._clear_logger_overwrites = helpers._clear_logger_overwrites

# setup.cfg keeps pytest from loading it by itself, which would be before all of this.
pytest_plugins = ["pytest_homeassistant_custom_component.plugins"]
