"""aiohttp as a client. Arguments: URL, proxy (host:port, or - for none), CA file (or -)."""
import asyncio
import ssl
import sys

import aiohttp

url, proxy, authority = sys.argv[1:4]


async def main():
    more = {}
    if url.startswith("wss"):
        more["ssl"] = ssl.create_default_context(cafile=authority)
    if proxy != "-":
        more["proxy"] = "http://" + proxy
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url + "/echo", compress=15, max_msg_size=0, **more) as peer:
            for number in range(20):
                await peer.send_str("the same words again and again " * 20 + str(number))
                assert (await peer.receive_str()).endswith(str(number))
            large = bytes(range(256)) * 40960
            await peer.send_bytes(large)
            assert await peer.receive_bytes() == large
            print("echoed")
            await peer.send_str("close 4003")
            message = await peer.receive()
            assert (message.type, message.data, message.extra) == (aiohttp.WSMsgType.CLOSE, 4003, "token expired")
            print("4003")
        for status in [401, 403]:
            try:
                async with session.ws_connect(f"{url}/refuse/{status}", **more):
                    assert False
            except aiohttp.WSServerHandshakeError as refusal:
                assert refusal.status == status
                assert "invalid_token" in refusal.headers["WWW-Authenticate"]
                print(status)


asyncio.run(main())
