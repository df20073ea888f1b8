"""Codes of radio remotes: what the app keeps of them, in whatever form it comes."""

import pytest

from custom_components.ewelink.coolkit.devices.rf import Code, codes_of


@pytest.mark.parametrize(
    "remotes",
    [
        None,
        {},
        "x",
        [None, 7, "x", {}],
        [{"name": 7, "buttonName": "x"}],
        [{"name": "A", "buttonName": [None, 7, {"x": "on"}, {"64": "on"}, {"-1": "on"}, {7: "on"}]}],
        [{"name": "A", "buttonName": {"0": "on"}}],
    ],
)
def test_what_is_no_code_is_left_out(remotes):
    assert codes_of({"zyx_info": remotes}) == ()


def test_codes_are_called_as_in_the_app():
    remotes = [
        {"name": "Gate", "remote_type": "2", "buttonName": [{"0": "open"}, {"3": "close"}]},
        {"name": "Door", "remote_type": 6, "buttonName": [{"1": None}]},
        {"name": "Bell", "remote_type": "1", "buttonName": [{"2": "Bell"}]},
        {"name": "Again", "remote_type": "1", "buttonName": [{"0": "x"}]},
        {"remote_type": "1", "buttonName": [{"5": ""}]},
    ]
    assert codes_of({"zyx_info": remotes}) == (
        Code(0, "Gate open", remote="Gate", button="open"),
        Code(1, "Door", is_sensor=True, remote="Door"),
        Code(2, "Bell", remote="Bell", button="Bell"),
        Code(3, "Gate close", remote="Gate", button="close"),
        Code(5, "5"),
    )
