"""A small client of v2 of the tests' own: right by default and wrong on demand."""

import json

from tests.simulator.client import RawClient, nonce, signature


class V2Client(RawClient):
    """Speaks v2 as the specification says, header by header; a contract's App ID unless another is given."""

    def __init__(self, cloud, http, *, region=None, account=None, app=None):
        super().__init__(cloud, http, region=region, account=account)
        if app is not None:
            self.app_id, self.secret = app.app_id, app.secret

    async def send(
        self, method, path, params=None, *, signed=False, authorization=None, headers=None, raw=None, drop=()
    ):
        """Send one request; return the status and the answer (parsed if it is JSON)."""
        values = params or {}
        in_query = method in {"GET", "DELETE"}
        body = None if in_query else json.dumps(values).encode()
        if raw is not None:
            body = raw
        message = "&".join(f"{key}={values[key]}" for key in sorted(values)).encode() if in_query else body
        if authorization is None:
            authorization = f"Sign {signature(self.secret, message)}" if signed else f"Bearer {self.at}"
        sent = {"X-CK-Appid": self.app_id, "X-CK-Nonce": nonce(), "Authorization": authorization}
        if not in_query:
            sent["Content-Type"] = "application/json"
        sent = {key: value for key, value in (sent | (headers or {})).items() if key not in drop}
        async with self.http.request(
            method,
            self.base + path,
            params={key: str(value) for key, value in values.items()} if in_query else None,
            data=body,
            headers=sent,
        ) as response:
            text = await response.text()
            try:
                return response.status, json.loads(text)
            except ValueError:
                return response.status, text

    async def put(self, path, params=None, **options):
        return (await self.send("PUT", path, params, **options))[1]

    async def delete(self, path, params=None, **options):
        return (await self.send("DELETE", path, params, **options))[1]

    async def sign_in(self):
        """Take tokens as after the sign-in page, without the page."""
        app = self.cloud.accounts.apps[self.app_id]
        code = self.cloud.codes.give(self.account, self.app_id, app.redirect_url, self.cloud.clock())
        answer = await self.exchange(code)
        self.at, self.rt = answer["data"]["accessToken"], answer["data"]["refreshToken"]
        return answer

    async def exchange(self, code, **changes):
        app = self.cloud.accounts.apps[self.app_id]
        body = {"code": code, "redirectUrl": app.redirect_url, "grantType": "authorization_code", **changes}
        return await self.post("/v2/user/oauth/token", body, signed=True)

    async def homes(self):
        return (await self.get("/v2/family"))["data"]

    async def things(self, **params):
        return (await self.get("/v2/device/thing", params))["data"]

    async def thing(self, thing_id, kind=1):
        answer = await self.post("/v2/device/thing", {"thingList": [{"itemType": kind, "id": thing_id}]})
        return answer["data"]["thingList"][0]["itemData"]

    async def dispatch(self):
        return await self.get("/dispatch/app")
