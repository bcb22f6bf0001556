"""The `websockets` package as a client. Arguments: URL, proxy (host:port, or - for none), CA file (or -).
Says what it saw, a word each; leaves with 0 when all went well."""
import asyncio
import socket
import ssl
import sys
from urllib.parse import urlsplit

import websockets

url, proxy, authority = sys.argv[1:4]


def tunnel():
    """websockets of Debian 12 knows no proxies: the tunnel is opened by hand."""
    host, port = proxy.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)))
    target = urlsplit(url).netloc
    connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += connection.recv(1)
    assert answer.startswith(b"HTTP/1.1 200"), answer
    return connection


def connect(path, **more):
    if url.startswith("wss"):
        more["ssl"] = ssl.create_default_context(cafile=authority)
    if proxy != "-":
        more["sock"] = tunnel()
        more["server_hostname"] = urlsplit(url).hostname if "ssl" in more else None
        more = {key: value for key, value in more.items() if value is not None}
    return websockets.connect(url + path, max_size=None, **more)


async def main():
    headers = [("X-Twice", "a"), ("x-twice", "b")]
    name = "additional_headers" if int(websockets.__version__.split(".")[0]) >= 14 else "extra_headers"
    async with connect("/echo", subprotocols=["chat.v1", "other"], **{name: headers}) as peer:
        assert peer.subprotocol == "chat.v1"
        await peer.send("lines")
        assert await peer.recv() == '["a", "b"]'
        for text in ["hello", "", "ä€😀" * 100]:
            await peer.send(text)
            assert await peer.recv() == text
        # The same words again and again: context takeover.
        for number in range(50):
            await peer.send("the same words again and again " * 20 + str(number))
            assert (await peer.recv()).endswith(str(number))
        large = bytes(range(256)) * 40960
        await peer.send(large)
        assert await peer.recv() == large
        await peer.send(["frag", "ments", " of one"])
        assert await peer.recv() == "fragments of one"
        waits = [await peer.ping() for _ in range(200)]
        for wait in waits:
            await wait
        print("echoed")
        await peer.send("close 4003")
        try:
            await peer.recv()
        except websockets.ConnectionClosed:
            assert (peer.close_code, peer.close_reason) == (4003, "token expired")
            print("4003")
    for status in [401, 403]:
        try:
            async with connect(f"/refuse/{status}"):
                assert False
        except websockets.InvalidHandshake as refusal:
            assert str(status) in str(refusal), refusal
            print(status)


asyncio.run(main())
