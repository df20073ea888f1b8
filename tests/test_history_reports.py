"""Reports of owners about the history that meters keep: they need a recorder."""

import logging

import pytest

from tests.reports import Story, listed
from tests.test_reports import CASES, read_reports


@pytest.fixture
def hass(recorder_mock, hass):
    """Home Assistant with a recorder."""
    for name in ("sqlalchemy", "homeassistant.components.recorder"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return hass


@pytest.mark.usefixtures("unpaced", "every_entity_enabled")
async def test_a_request_that_fails_leaves_the_counters_as_they_are(hass, cloud, setup_home, caplog):
    """The cloud answers 504; what the meter counts by itself stays, and nothing is asked again at once."""
    (report,) = read_reports(CASES / "energy-190-counters.yaml")
    entry = await setup_home(listed(report["device"]), exactly=True)
    await hass.async_block_till_done()
    await Story(hass, cloud, entry, report, caplog, None).play()
    cloud.violations.clear()
