"""How the demo answers a menu, a form, and the cloud's own page."""

import time
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
import pytest

from demo.program import DemoError
from demo.sign_in import allow, choose, fill_in
from simulator import Simulator
from simulator.cloud import APP_ID, APP_SECRET, EMAIL, FREE_APP_ID, PASSWORD
from tests.simulator.client import nonce, signature

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


def test_a_personal_app_id_signs_in_by_oauth():
    form = [{"name": "app_id", "required": True}, {"name": "password", "required": True}]
    assert fill_in(form, SERVER, "v2") == {"app_id": FREE_APP_ID, "password": PASSWORD}


@pytest.mark.parametrize(("generation", "way"), [("v1", "sign_in"), ("v2", "oauth")])
def test_which_way_of_the_menu(generation, way):
    assert choose(["oauth", "sign_in", "register"], generation) == way
    assert choose({"oauth": "Page", "sign_in": "Password"}, generation) == way


@pytest.fixture
async def page(socket_enabled):
    """A simulator, its sign-in page, and a place to come back to."""
    arrived = []

    async def back(request):
        arrived.append(dict(request.query))
        return web.Response(text="done")

    app = web.Application()
    app.router.add_get("/auth/external/callback", back)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with Simulator() as cloud, aiohttp.ClientSession() as session:
        port = runner.addresses[0][1]
        cloud.free_app.redirect_url = f"http://127.0.0.1:{port}/auth/external/callback"
        seq, app_id = str(int(time.time() * 1000)), cloud.free_app.app_id
        query = {
            "clientId": app_id,
            "seq": seq,
            "authorization": signature(cloud.free_app.secret, f"{app_id}_{seq}".encode()),
            "redirectUrl": cloud.free_app.redirect_url,
            "grantType": "authorization_code",
            "state": "mine",
            "nonce": nonce(),
        }
        yield session, f"{cloud.url}/oauth/index.html?{urlencode(query)}", arrived
    await runner.cleanup()


async def test_the_page_leads_back(page):
    session, url, arrived = page
    await allow(session, url)
    assert [(one["region"], one["state"]) for one in arrived] == [("eu", "mine")]


async def test_the_words_of_the_page_are_passed_on(page):
    session, url, arrived = page
    with pytest.raises(DemoError, match="The password is wrong"):
        await allow(session, url, password="wrong")
    with pytest.raises(DemoError, match="state is missing"):
        await allow(session, url.replace("state=mine", "state="))
    assert arrived == []
