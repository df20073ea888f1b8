"""How the demo answers a form."""

from demo.home import fill_in
from simulator.cloud import APP_ID, APP_SECRET, EMAIL, PASSWORD

SERVER = "http://127.0.0.1:8089"


def test_every_field_of_the_form_is_answered_in_its_section():
    form = [
        {"name": "country", "required": True},
        {"name": "account", "required": True},
        {"name": "password", "required": True},
        {
            "name": "application",
            "type": "expandable",
            "schema": [{"name": "app_id", "required": True}, {"name": "app_secret", "optional": True}],
        },
        {
            "name": "server",
            "type": "expandable",
            "schema": [{"name": "server", "required": True}, {"name": "address", "optional": True}],
        },
    ]
    assert fill_in(form, SERVER) == {
        "country": "DE",
        "account": EMAIL,
        "password": PASSWORD,
        "application": {"app_id": APP_ID, "app_secret": APP_SECRET},
        "server": {"address": SERVER},
    }


def test_a_field_that_it_does_not_know_keeps_its_default():
    assert fill_in([{"name": "something", "optional": True}], SERVER) == {}
