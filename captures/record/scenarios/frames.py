"""Frames and messages that break a rule, against real servers where the rule is the protocol's."""

import asyncio
import struct

from lab.bench import Bench
from lab.catalogue import capture, closed, opened
from lab.wire import Line

HOST = "live.example.test"
SOCKET = f"wss://{HOST}/socket"
NEVER = ["missing scope", "token has expired", "token is invalid"]
LEFT = closed(1000, "", "client")


async def echo(socket, path=None):
    async for message in socket:
        await socket.send(message)


async def send_by_hand(lab: Bench, *frames: bytes):
    """A correct handshake, then these bytes, then whatever the server says until it is done."""
    reader, writer = await lab.raw(HOST)
    writer.write(
        f"GET /socket HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    for frame in frames:
        writer.write(frame)
        await asyncio.sleep(0.1)
    try:
        await asyncio.wait_for(reader.read(-1), 3)
    except (asyncio.TimeoutError, ConnectionError):
        pass
    writer.close()


def masked(first_byte: int, payload: bytes) -> bytes:
    mask = b"\x37\xfa\x21\x3d"
    body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    return bytes([first_byte, 0x80 | len(payload)]) + mask + body


def rule_broken(name, *, title, truth, shows, server, close, cause, frames, at_most="certain"):
    """Handwritten frames against the `websockets` or the `ws` server."""

    @capture(
        name, title=title, client="{raw}", server="{%s} (server)" % server, truth=truth, shows=shows, hides="Nothing that matters.",
        attempts=[opened(close, cause, at_most)], never=NEVER,
    )  # fmt: skip
    async def broken(lab: Bench):
        if server == "websockets":
            await lab.websockets_server(echo, HOST)
        else:
            # Without a listener for errors, Node would end the process.
            await lab.node_server("new WebSocketServer({server}).on('connection', s => s.on('error', () => {})); listen()", HOST)
        await send_by_hand(lab, *frames)


rule_broken(
    "1002-client-frame-unmasked",
    title="The client sends an unmasked text frame",
    truth="The server must close a connection on which a client frame is not masked (RFC 6455 section 5.1), and does.",
    shows="The mask bit is 0 on the client's frame; close 1002 follows.",
    server="websockets",
    close=closed(1002, "", "server"),
    cause="client-frame-unmasked",
    frames=[b"\x81\x05hello"],
)
rule_broken(
    "1002-reserved-bits",
    title="The client sets RSV1 though no extension was negotiated",
    truth="RSV1 means compression, and compression was not negotiated; the ws server closes with 1002.",
    shows="No Sec-WebSocket-Extensions in either head, RSV1 on the client's frame, close 1002.",
    server="node ws",
    close=closed(1002, "", "server"),
    cause="reserved-bits-or-bad-deflate",
    frames=[masked(0xC1, b"hello")],
)
rule_broken(
    "1002-framing-rule-broken",
    title="The client sends a continuation frame that continues nothing",
    truth="A continuation needs a message that was begun (RFC 6455 section 5.4); the ws server closes with 1002.",
    shows="The client's first frame has opcode 0; close 1002 follows.",
    server="node ws",
    close=closed(1002, "", "server"),
    cause="framing-rule-broken",
    frames=[masked(0x80, b"and so on")],
)
rule_broken(
    "1007-invalid-utf8",
    title="A text frame in Latin-1 instead of UTF-8",
    truth="The text is not UTF-8; the ws server closes with 1007 (RFC 6455 section 8.1).",
    shows="The bytes `caf\\xe9` in a text frame; close 1007 follows.",
    server="node ws",
    close=closed(1007, "", "server"),
    cause="invalid-utf8",
    frames=[masked(0x81, "café".encode("latin-1"))],
)


@capture(
    "1009-message-too-big",
    title="A message of 4 KiB, the server accepts 1 KiB",
    client="{node ws}",
    server="{websockets} (server)",
    truth="The server was started with max_size=1024 and closes with 1009.",
    shows="A text message of more than 4,000 bytes, then close 1009.",
    hides="The server's limit.",
    attempts=[opened(closed(1009, "", "server"), "message-too-big", "certain")],
    never=NEVER,
)
async def too_big(lab: Bench):
    await lab.websockets_server(echo, HOST, max_size=1024, compression=None)
    await lab.dial(SOCKET, say=[{"type": "upload", "data": "x" * 4096}])


@capture(
    "4400-envelope-rejected",
    title="`{\"type\": \"message\"}` where `action` is wanted: error text, then close 4400",
    client="{node ws}",
    server="{scripted}",
    truth="The server's messages need the key `action`. It says so and closes.",
    shows="The client's message, the server's `malformed request: action is required`, and 4400 with the same reason.",
    hides="The rest of the envelope.",
    attempts=[opened(closed(4400, "malformed request: action is required", "server"), "envelope-rejected", "certain")],
    never=NEVER,
)
async def envelope(lab: Bench):
    async def serve(line: Line, request):
        await line.accept(request)
        message = await line.read(timeout=5)
        if message and "action" not in message.json:
            await line.text({"type": "response", "class": "string", "code": 400, "body": "malformed request: action is required"})
            await line.close(4400, "malformed request: action is required")

    await lab.https(HOST, serve)
    await lab.dial(SOCKET, say=[{"type": "message", "text": "test"}])


def in_band(name, *, title, truth, shows, hides, answer, cause):
    """A refusal inside an open socket; the client leaves with 1000."""

    @capture(
        name, title=title, client="{node ws}", server="{scripted}", truth=truth, shows=shows, hides=hides,
        attempts=[opened(LEFT, cause, "certain")], never=[*NEVER, "answered 401", "answered 403"],
    )  # fmt: skip
    async def refusal_inside(lab: Bench):
        async def serve(line: Line, request):
            await line.accept(request)
            while (frame := await line.read(timeout=10)) and not frame.is_close:
                await line.text(answer)
            if frame:
                await line.frame(8, frame.payload[:2])
            await line.end()

        await lab.https(HOST, serve)
        await lab.dial(SOCKET, say=[{"action": "configureSession", "token": "1e5f3b9a-0000-4000-8000-1ab000000001"}], leave=1000)


in_band(
    "101-in-band-auth-error",
    title="The socket opens; a message inside says 401",
    truth="The server answers the session request with an error of its own, code 401 in a JSON field.",
    shows="HTTP status 101. `\"code\": 401` is a field of a message.",
    hides="Why the session was refused.",
    answer={"type": "response", "class": "string", "code": 401, "body": "Session request is not authorized"},
    cause="in-band-auth-error",
)
in_band(
    "101-in-band-forbidden-no-route",
    title="The socket opens; a message inside says Forbidden with a connectionId",
    truth="The gateway has no route for the message's action and says so in its own way, as AWS API Gateway does.",
    shows="`Forbidden` with `connectionId` and `requestId`, in answer to a message, on an open socket.",
    hides="Which routes there are. The server imitates that gateway; this is not a recording of it.",
    answer={"message": "Forbidden", "connectionId": "Kq3YdcYzIAMCE7Q=", "requestId": "Kq3YfHTgIAMF0bA="},
    cause="in-band-forbidden-no-route",
)
