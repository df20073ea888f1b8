"""Reports of owners about the history that meters keep: they need a recorder."""

from datetime import UTC, datetime
import logging

from freezegun import freeze_time
import pytest

from tests.reports import Story, listed
from tests.test_reports import CASES, read_reports


@pytest.fixture
def hass(recorder_mock, hass):
    """Home Assistant with a recorder."""
    for name in ("sqlalchemy", "homeassistant.components.recorder"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return hass


@pytest.fixture
def _half_past():
    """Nobody asks close to the full hour."""
    with freeze_time(datetime(2026, 11, 3, 12, 30, tzinfo=UTC), tick=True, real_asyncio=True):
        yield


@pytest.mark.usefixtures("unpaced", "every_entity_enabled", "_half_past")
async def test_a_request_that_fails_leaves_the_counters_as_they_are(hass, cloud, setup_home, caplog):
    """The cloud answers 504; what the meter counts by itself stays, and nothing is asked again at once."""
    (report,) = read_reports(CASES / "energy-190-counters.yaml")
    entry = await setup_home(listed(report["device"]), exactly=True)
    await hass.async_block_till_done()
    await Story(hass, cloud, entry, report, caplog, None).play()
    cloud.violations.clear()
