"""A small client of the tests' own: raw HTTP and frames, right by default and wrong on demand."""

import base64
from contextlib import asynccontextmanager
import hashlib
import hmac
import itertools
import json
import secrets
import string
import time

import aiohttp

ALPHABET = string.ascii_letters + string.digits
_sequences = itertools.count(1_700_000_000_000)


def nonce():
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


def signature(secret, message):
    return base64.b64encode(hmac.digest(secret.encode(), message, hashlib.sha256)).decode()


class RawClient:
    """Speaks to a simulator as the specification says, field by field."""

    def __init__(self, cloud, http, *, region=None, account=None):
        self.cloud = cloud
        self.http = http
        self.base = cloud.url + (f"/{region}" if region else "")
        self.account = account or cloud.account
        self.app_id, self.secret = cloud.app_id, cloud.app_secret
        self.at = self.rt = None

    def general(self):
        return {"appid": self.app_id, "nonce": nonce(), "ts": int(time.time()), "version": 8}

    async def send(
        self, method, path, params=None, *, signed=False, drop=(), authorization=None, headers=None, raw=None
    ):
        """Send one request; return the status and the answer (parsed if it is JSON)."""
        values = {**self.general(), **(params or {})}
        for key in drop:
            values.pop(key, None)
        in_query = method in {"GET", "DELETE"}
        body = b"" if in_query else json.dumps(values).encode()
        if raw is not None:
            body = raw
        message = "&".join(f"{key}={values[key]}" for key in sorted(values)).encode() if in_query else body
        if authorization is None:
            authorization = f"Sign {signature(self.secret, message)}" if signed else f"Bearer {self.at}"
        async with self.http.request(
            method,
            self.base + path,
            params={key: str(value) for key, value in values.items()} if in_query else None,
            data=None if in_query else body,
            headers={"Content-Type": "application/json", "Authorization": authorization, **(headers or {})},
        ) as response:
            text = await response.text()
            try:
                return response.status, json.loads(text)
            except ValueError:
                return response.status, text

    async def get(self, path, params=None, **options):
        return (await self.send("GET", path, params, **options))[1]

    async def post(self, path, params=None, **options):
        return (await self.send("POST", path, params, **options))[1]

    async def login(self, **params):
        who = (
            {"email": self.account.email}
            if self.account.email
            else {"phoneNumber": self.account.phone_number}
        )
        answer = await self.post(
            "/api/user/login", {"password": self.account.password, **who, **params}, signed=True
        )
        self.at, self.rt = answer.get("at", self.at), answer.get("rt", self.rt)
        return answer

    async def devices(self, **params):
        answer = await self.get("/api/user/device", {"getTags": 1, **params})
        return answer if isinstance(answer, list) else answer["devicelist"]

    async def device(self, deviceid):
        return next(item for item in await self.devices() if item["deviceid"] == deviceid)

    async def dispatch(self):
        return await self.post("/dispatch/app", {"accept": "ws"})

    @asynccontextmanager
    async def connect(self, *, handshake=True, **frame):
        answer = await self.dispatch()
        url = f"{self.base.partition(':')[0].replace('http', 'ws')}://{answer['domain']}:{answer['port']}/api/ws"
        async with self.http.ws_connect(url) as ws:
            frames = Frames(self, ws)
            if handshake:
                frames.handshake = await frames.shake_hands(**frame)
            yield frames


class Frames:
    """A connection of the raw client."""

    def __init__(self, client, ws):
        self.client = client
        self.ws = ws
        self.handshake = None

    async def shake_hands(self, drop=(), **changes):
        frame = {
            "action": "userOnline",
            "at": self.client.at,
            "apikey": self.client.account.apikey,
            **self.client.general(),
            "userAgent": "app",
            "sequence": str(next(_sequences)),
            **changes,
        }
        return await self.ask({key: value for key, value in frame.items() if key not in drop})

    async def send(self, frame):
        await self.ws.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    async def receive(self, within=2.0):
        """Return the next frame; None when the server closed."""
        message = await self.ws.receive(timeout=within)
        if message.type is not aiohttp.WSMsgType.TEXT:
            return None
        return message.data if message.data == "pong" else json.loads(message.data)

    async def ask(self, frame):
        await self.send(frame)
        return await self.receive()

    def frame(self, action, deviceid, params, /, **changes):
        drop = changes.pop("drop", ())
        device = self.client.cloud.devices.get(deviceid)
        frame = {
            "action": action,
            "deviceid": deviceid,
            "apikey": device.owner.apikey if device else self.client.account.apikey,
            "selfApikey": self.client.account.apikey,
            "userAgent": "app",
            "sequence": str(next(_sequences)),
            "ts": 0,
            "params": params,
            **changes,
        }
        return {key: value for key, value in frame.items() if key not in drop}

    async def update(self, deviceid, params, /, **changes):
        return await self.ask(self.frame("update", deviceid, params, **changes))

    async def query(self, deviceid, params=(), /, **changes):
        return await self.ask(self.frame("query", deviceid, list(params), **changes))

    async def nothing_within(self, seconds=0.05):
        try:
            frame = await self.receive(within=seconds)
        except TimeoutError:
            return True
        return frame
