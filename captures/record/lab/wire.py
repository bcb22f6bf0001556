"""The scripted server's side of one connection: HTTP/1.1 requests, answers, and WebSocket frames, byte by byte.

It does what a scenario tells it and nothing else, so a scenario can also break the rules.
"""

import asyncio
import base64
import hashlib
import json
import socket
import struct
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import unquote_plus

_ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3


@dataclass
class Request:
    """One request as it arrived."""

    method: str
    target: str
    fields: list[tuple[str, str]]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """Decoded as a form: `+` is a space, as most servers read it."""
        pairs = (pair.partition("=") for pair in self.target.partition("?")[2].split("&") if pair)
        return {unquote_plus(name): unquote_plus(value) for name, _, value in pairs}

    @property
    def is_upgrade(self) -> bool:
        return (self.field("Upgrade") or "").lower() == "websocket"

    @property
    def bearer(self) -> str | None:
        """The token of `Authorization: Bearer`, if there is one."""
        scheme, _, token = (self.field("Authorization") or "").partition(" ")
        return token if scheme.lower() == "bearer" else None

    @property
    def subprotocols(self) -> list[str]:
        return [name.strip() for name in (self.field("Sec-WebSocket-Protocol") or "").split(",") if name.strip()]

    def field(self, name: str) -> str | None:
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)


@dataclass
class Frame:
    """One WebSocket frame from the client, unmasked."""

    opcode: int
    payload: bytes

    @property
    def is_close(self) -> bool:
        return self.opcode == 8

    @property
    def json(self):
        return json.loads(self.payload)


class Line:
    """One connection at the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.reader, self.writer = reader, writer

    async def request(self) -> Request | None:
        """The next request, or None when the client is gone."""
        try:
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        first, *lines = head[:-4].split("\r\n")
        method, target, _ = first.split(" ")
        fields = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        request = Request(method, target, fields, b"")
        request.body = await self.reader.readexactly(int(request.field("Content-Length") or 0))
        return request

    async def answer(self, status: int, fields=(), body: bytes | str | dict = b"", reason=None, date=None):
        """An ordinary answer. A dict becomes JSON. `date` is the server's clock; None means the true time."""
        fields = list(fields)
        if isinstance(body, dict):
            body = json.dumps(body)
            fields.insert(0, ("Content-Type", "application/json"))
        body = body.encode() if isinstance(body, str) else body
        closing = status >= 300
        await self.send_head(
            f"HTTP/1.1 {status} {reason or HTTPStatus(status).phrase}",
            [
                ("Date", formatdate(date, usegmt=True)),
                *fields,
                ("Content-Length", str(len(body))),
                ("Connection", "close" if closing else "keep-alive"),
            ],
            body,
        )
        if closing:
            await self.end()

    async def accept(self, request: Request, subprotocol=None, fields=(), accept=None, date=None):
        """The 101. `accept` replaces the right Sec-WebSocket-Accept."""
        digest = hashlib.sha1((request.field("Sec-WebSocket-Key") + _ACCEPT_SUFFIX).encode()).digest()
        chosen = [("Sec-WebSocket-Protocol", subprotocol)] if subprotocol else []
        await self.send_head(
            "HTTP/1.1 101 Switching Protocols",
            [
                ("Date", formatdate(date, usegmt=True)),
                ("Connection", "Upgrade"),
                ("Upgrade", "websocket"),
                ("Sec-WebSocket-Accept", accept or base64.b64encode(digest).decode()),
                *chosen,
                *fields,
            ],
        )

    async def send_head(self, first: str, fields, body=b""):
        lines = [first, *(f"{name}: {value}" for name, value in fields)]
        await self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    async def send(self, data: bytes):
        self.writer.write(data)
        try:
            await self.writer.drain()
        except ConnectionError:
            pass  # The client left first; that is part of some scenarios.

    async def frame(self, opcode: int, payload: bytes, first_byte=None):
        """One server frame, unmasked, FIN set. `first_byte` replaces FIN, RSV and opcode."""
        size = len(payload)
        length = bytes([size]) if size < 126 else b"\x7e" + struct.pack("!H", size)
        await self.send(bytes([first_byte if first_byte is not None else 0x80 | opcode]) + length + payload)

    async def text(self, message: str | dict):
        await self.frame(1, (message if isinstance(message, str) else json.dumps(message)).encode())

    async def ping(self, payload=b""):
        await self.frame(9, payload)

    async def close(self, code: int, reason=""):
        """Close frame, wait for the client's, then FIN."""
        await self.frame(8, struct.pack("!H", code) + reason.encode())
        while (frame := await self.read(timeout=2)) and not frame.is_close:
            pass
        await self.end()

    async def read(self, timeout=None) -> Frame | None:
        """The next client frame, or None when the client is gone or silent for `timeout` seconds."""
        try:
            return await asyncio.wait_for(self._read(), timeout)
        except (asyncio.TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            return None

    async def _read(self) -> Frame:
        first, second = await self.reader.readexactly(2)
        size = second & 127
        if size == 126:
            size = struct.unpack("!H", await self.reader.readexactly(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", await self.reader.readexactly(8))[0]
        mask = await self.reader.readexactly(4) if second & 128 else b"\0\0\0\0"
        payload = await self.reader.readexactly(size)
        return Frame(first & 15, bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))

    async def end(self):
        """TLS close_notify and FIN."""
        try:
            self.writer.close()
            await asyncio.wait_for(self.writer.wait_closed(), 2)
        except (asyncio.TimeoutError, OSError):
            pass

    def vanish(self):
        """FIN without close_notify, as the system sends it for a process that died."""
        self.writer.transport.abort()

    def reset(self):
        """RST instead of FIN."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
