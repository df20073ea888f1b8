"""Texts that stand within others."""

from homeassistant.exceptions import HomeAssistantError

from custom_components.ewelink.coolkit import DeviceOfflineError, device_from_entry
from custom_components.ewelink.errors import as_home_assistant_error
from custom_components.ewelink.texts import async_error_message, async_texts

LAMP = device_from_entry({"deviceid": "1", "name": "Lamp"})


async def test_a_text_is_filled_in(hass):
    texts = await async_texts(hass, "common")
    assert texts.get("children", devices="A, B") == "These devices are removed as well: A, B"


async def test_a_language_without_texts_gets_the_english_ones(hass):
    hass.config.language = "eo"
    assert (await async_texts(hass, "common")).get("none_yet") == "None yet."


async def test_the_message_of_an_error(hass):
    error = as_home_assistant_error(DeviceOfflineError("update", code=503), LAMP)
    assert (
        await async_error_message(hass, error) == "Lamp is offline (error 503). Check its power and network."
    )
    assert await async_error_message(hass, HomeAssistantError("in its own words")) == "in its own words"
