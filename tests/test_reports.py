"""What owners of devices reported, as data: each stands for its kind, and is played against Home Assistant.

The environment variable EWELINK_REPORTS names another file of that form; reports on what is not built yet
are left out by their ids.
"""

import os
from pathlib import Path

import pytest
import yaml

from tests.reports import Story, listed

OWN = yaml.safe_load((Path(__file__).parent / "fixtures/reports.yaml").read_text())
NOT_YET = {report["id"]: report for report in OWN["not_yet"]}


def reports():
    """Return the reports to play: the project's own, or those of another file."""
    if (path := os.environ.get("EWELINK_REPORTS")) is None:
        return OWN["reports"]
    content = yaml.safe_load(Path(path).read_text())
    return content["reports"] if isinstance(content, dict) else content


def test_nothing_of_what_is_not_built_yet_is_forgotten():
    """What comes takes its reports along: they are to be played then."""
    counts = {}
    for report in NOT_YET.values():
        counts[report["needs"]] = counts.get(report["needs"], 0) + 1
    assert counts == {
        "diagnostics step": 1,
        "history": 2,
        "row": 1,
        "v2": 3,
    }
    assert NOT_YET.keys().isdisjoint(report["id"] for report in OWN["reports"])


def test_every_report_says_why_and_from_where():
    for report in OWN["reports"]:
        assert report["source"]
        assert report["why"]
        assert report["confidence"] in ("high", "medium")
        # Words are for people; what is absent is compared.
        absent = [one for expected in report["expect"] for one in expected.get("absent", ())]
        assert all(isinstance(one, dict) for one in absent)


@pytest.mark.usefixtures("unpaced", "every_entity_enabled")
@pytest.mark.parametrize("report", reports(), ids=lambda report: report["id"])
async def test_a_report(hass, cloud, setup_home, report):
    if report["id"] in NOT_YET:
        pytest.skip(f"needs {NOT_YET[report['id']]['needs']}")
    devices = [*map(listed, report.get("also", ())), listed(report["device"])]
    entry = await setup_home(*devices, exactly=report.get("exactly", False))
    await hass.async_block_till_done()
    await Story(hass, cloud, entry, report).play()
    cloud.violations.clear()
