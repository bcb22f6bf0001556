"""Sessions with nothing wrong. A judge must blame nothing here."""

import ssl

import websockets

from lab import tokens
from lab.bench import Bench
from lab.catalogue import capture, closed, opened


async def echo(socket, path=None):
    async for message in socket:
        await socket.send(message)


async def serve_echo(lab: Bench, host: str, **options):
    """The Python `websockets` echo server."""
    server = await websockets.serve(echo, lab.address(host), 443, ssl=lab.server_tls(host), **options)
    lab.on_stop(server.close)


@capture(
    "healthy-tls13-deflate",
    title="TLS 1.3, permessage-deflate with context takeover, ping and pong, clean close 1000",
    client="{node ws}",
    server="{websockets} (server)",
    truth="Everything was accepted; the client closed when it was done.",
    shows="Compressed messages that share one deflate window, a fragment of repeated text that only inflates with the window kept, "
    "a ping from the client with its pong, and 1000 from the client.",
    hides="Nothing that matters.",
    attempts=[opened(closed(1000, "done", "client"))],
)
async def tls13_deflate(lab: Bench):
    await serve_echo(lab, "live.example.test", compression="deflate")
    token = tokens.jwt(tokens.claims(aud="https://live.example.test"))
    await lab.node(
        """
        const socket = open('wss://live.example.test/feed', [], {
            headers: {Authorization: `Bearer ${token}`}, perMessageDeflate: {threshold: 0}})
        await socket.opened
        for (let n = 0; n < 6; n++) {
            socket.send(JSON.stringify({action: 'subscribe', channel: `prices.${n}`, note: 'the same words come again and again'}))
            await sleep(60)
        }
        const pong = new Promise(resolve => socket.on('pong', resolve))
        socket.ping('are you there')
        await pong
        socket.close(1000, 'done')
        await socket.ended
        """,
        token=token,
    )
