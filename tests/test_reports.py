"""What owners of devices reported, as data: each stands for its kind, and is played against Home Assistant.

A report is a file in tests/cases/, and no code. The environment variable EWELINK_REPORTS names another
file, or a folder of files, of that form.
"""

import copy
import os
from pathlib import Path

import pytest
import yaml

from tests.report_words import agrees, check_form, hidden_and_readable, meant, options, words_for_people
from tests.reports import DOWNLOAD, Story, listed

CASES = Path(__file__).parent / "cases"
# What is not built yet, or is played elsewhere.
NOT_YET = {
    "energy-126-history": "the device's own history",
    "energy-190-counters": "tests/test_history_reports.py",
    "v2-brand-hidden": "tests/test_sign_in_reports.py",
    "v2-invalid-code": "tests/test_sign_in_reports.py",
    "v2-password-path-407": "tests/test_sign_in_reports.py",
}


def read_reports(path):
    """Return the reports of a file, or of all files of a folder: one, a list of them, or a list by name."""
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    found = []
    for file in files:
        content = yaml.safe_load(file.read_text())
        if isinstance(content, dict):
            content = content.get("reports", [content])
        found += content
    return found


OWN = read_reports(CASES)
REPORTS = read_reports(Path(os.environ["EWELINK_REPORTS"])) if "EWELINK_REPORTS" in os.environ else OWN


def test_each_report_is_a_file_of_its_name():
    assert [report["id"] for report in OWN] == [path.stem for path in sorted(CASES.glob("*.yaml"))]


def test_nothing_of_what_is_not_built_yet_is_forgotten():
    """What comes takes its reports along: they are to be played then."""
    assert NOT_YET.keys() <= {report["id"] for report in OWN}


@pytest.mark.parametrize("report", OWN, ids=lambda report: report["id"])
def test_every_report_says_why_and_from_where(report):
    assert report["source"]
    assert report["why"]
    assert report["confidence"] in ("high", "medium")
    # All that is expected is compared; the words of notes are for people.
    assert list(words_for_people(report)) == []


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report["id"])
def test_the_form_of_a_report_is_known(report):
    check_form(report)


@pytest.mark.parametrize(
    "change",
    [
        lambda report: report.update(expects=[]),
        lambda report: report["device"].update(colour="red"),
        lambda report: report["steps"].append({"shake": {}}),
        lambda report: report["steps"].append({"push": {}, "app": {}}),
        lambda report: report["steps"][0].update(
            command={"service": "light.turn_on", "entity_id": "light.a"}
        ),
        lambda report: report["expect"].append({"after": 0, "states": []}),
        lambda report: report["expect"].append({"after": 99}),
        lambda report: report["expect"].append(
            {"after": 0, "entities": [{"kind": "light", "brightness": 3}]}
        ),
        lambda report: report["expect"].append({"after": 0, "events": [{"key": 1}]}),
        lambda report: report.pop("steps"),
    ],
)
def test_a_key_that_nobody_knows_is_no_expectation(change):
    report = copy.deepcopy(next(report for report in OWN if report["id"] == "sensor-7014-hundredths"))
    check_form(report)
    change(report)
    with pytest.raises((KeyError, ValueError)):
        check_form(report)


def test_words_stand_for_what_they_mean():
    assert options("open or opening") == ["open", "opening"]
    assert options(["open", "opening"]) == ["open", "opening"]
    assert options("117 (46 %)") == ["117"]
    assert options("66 or 67 (medium)") == ["66", "67"]
    assert options("not closed (unknown or open)") == ["unknown", "open"]
    assert options("outdoor or weather, never indoor") == ["outdoor", "weather"]
    assert options("the one of mode 7") == []
    assert options("six of them, or one with the button in the event") == []
    assert agrees(117, "117 (46 %)")
    assert agrees(None, "none or off")
    assert agrees((255, 0, 0), [255, 0, 0])
    assert agrees("0.00", "0")
    assert not agrees(None, "1")
    assert not agrees("unknown", "0")
    assert not agrees("closed", ["open", "opening"])
    assert meant("switch of outlet 1") == {"kind": "switch", "name_hint": "channel 2"}
    assert meant("switch for outlet 0") == {"kind": "switch", "name_hint": "channel 1"}
    assert meant("humidity sensor (the key is not there)") == {"kind": "sensor", "device_class": "humidity"}
    assert meant("cover (workMode 2 is not set)") == {"kind": "cover"}
    assert meant("position slider") is None
    note = "none of SECRET, 02:00 in the files or in the log; switch, power still readable"
    assert list(hidden_and_readable([note])) == [(["SECRET", "02:00"], ["switch", "power"])]
    assert list(hidden_and_readable(["no exception and no warning"])) == []


@pytest.fixture
def download_client(request, report):
    """Return what a report needs that downloads something."""
    commands = (step["command"] for step in report["steps"] if "command" in step)
    needed = any(DOWNLOAD in str(command["service"]) for command in commands)
    return request.getfixturevalue("hass_client") if needed else None


@pytest.mark.usefixtures("unpaced", "every_entity_enabled")
@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report["id"])
async def test_a_report(hass, cloud, setup_home, report, caplog, download_client):
    if report["id"] in NOT_YET:
        pytest.skip(f"needs {NOT_YET[report['id']]}")
    devices = [*map(listed, report.get("also", ())), listed(report["device"])]
    entry = await setup_home(*devices, exactly=True)
    await hass.async_block_till_done()
    await Story(hass, cloud, entry, report, caplog, download_client).play()
    cloud.violations.clear()
