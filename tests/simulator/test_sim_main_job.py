async def test_sign_in_list_command_and_push(cloud, client):
    cloud.violations.clear()
    listed = await client.devices()
    assert listed[0]["name"] == cloud.devices[listed[0]["deviceid"]].name
    async with client.connect() as frames:
        assert frames.handshake["error"] == 0
        assert frames.handshake["config"] == {"hb": 1, "hbInterval": 145}
        answer = await frames.update("1000000001", {"switch": "on"})
        assert answer["error"] == 0
        assert "action" not in answer
        assert cloud.devices["1000000001"].params["switch"] == "on"
        assert cloud.devices["1000000001"].received == [{"switch": "on"}]
        assert (await frames.query("1000000001", ["switch"]))["params"] == {"switch": "on"}
        assert await frames.ask("ping") == "pong"
        await cloud.devices["1000000001"].press(0)
        push = await frames.receive()
        assert (push["action"], push["userAgent"], push["params"]) == ("update", "device", {"switch": "off"})
        await cloud.devices["1000000001"].set_online(False)
        push = await frames.receive()
        assert (push["action"], push["params"]) == ("sysmsg", {"online": False})
        assert (await frames.update("1000000001", {"switch": "on"}))["error"] == 503
    assert cloud.violations == []
