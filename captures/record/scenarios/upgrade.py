"""The HTTP side of the handshake, mostly against real servers."""

import asyncio

from aiohttp import web

from lab.bench import Bench
from lab.catalogue import capture, closed, lost, opened, refused

HOST = "live.example.test"
SOCKET = f"wss://{HOST}/socket"


async def echo(socket, path=None):
    async for message in socket:
        await socket.send(message)


async def echo_route(request):
    """An aiohttp WebSocket endpoint."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(message.data)
    return socket


def handshake(*fields, path="/socket", host=HOST) -> bytes:
    """A handshake written by hand; fields replace nothing, so a scenario gives all that it wants."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "User-Agent: handwritten/1.0", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


async def by_hand(lab: Bench, *fields, host=HOST):
    """Sends a handwritten handshake and reads the answer."""
    reader, writer = await lab.raw(host)
    writer.write(handshake(*fields, host=host))
    answer = await asyncio.wait_for(reader.read(2000), 5)
    lab.said += answer.decode(errors="replace").split("\r\n")
    writer.close()


UPGRADE = ("Connection: Upgrade", "Upgrade: websocket")
GOOD_KEY, VERSION = "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==", "Sec-WebSocket-Version: 13"


@capture(
    "400-websocket-key-malformed",
    title="A Sec-WebSocket-Key of five bytes",
    client="{raw}",
    server="{node ws} (server)",
    truth="The ws server wants 16 bytes in base64 and answers 400.",
    shows="The key decodes to 5 bytes; the body says `Missing or invalid Sec-WebSocket-Key header`.",
    hides="Nothing that matters.",
    attempts=[refused(400, "websocket-key-malformed", "certain")],
    never=["missing scope", "expired"],
)
async def key_malformed(lab: Bench):
    await lab.node_server("new WebSocketServer({server}); listen()", HOST)
    await by_hand(lab, *UPGRADE, "Sec-WebSocket-Key: aGVsbG8=", VERSION)


@capture(
    "400-websocket-version-unsupported",
    title="Sec-WebSocket-Version 6",
    client="{raw}",
    server="{aiohttp} (server)",
    truth="aiohttp speaks versions 13, 8 and 7, not 6, and answers 400.",
    shows="The version sent, and the body `Unsupported version: 6`.",
    hides="Nothing that matters.",
    attempts=[refused(400, "websocket-version-unsupported", "certain")],
    never=["missing scope", "expired"],
)
async def version_unsupported(lab: Bench):
    await lab.aiohttp_server(HOST, web.get("/socket", echo_route))
    await by_hand(lab, *UPGRADE, GOOD_KEY, "Sec-WebSocket-Version: 6")


@capture(
    "400-upgrade-headers-missing",
    title="Upgrade without Connection: Upgrade",
    client="{curl}",
    server="{aiohttp} (server)",
    truth="aiohttp wants `Connection: Upgrade`, finds none and answers 400.",
    shows="The request has `Upgrade: websocket` and no Connection field; the body names what the server found.",
    hides="Nothing that matters.",
    attempts=[refused(400, "upgrade-headers-missing", "certain")],
    never=["missing scope", "expired"],
)
async def connection_missing(lab: Bench):
    await lab.aiohttp_server(HOST, web.get("/socket", echo_route))
    await lab.curl(f"https://{HOST}/socket", "-H", "Upgrade: websocket", "-H", GOOD_KEY, "-H", VERSION)


@capture(
    "404-path-not-found",
    title="The path has a typing error: /scoket",
    client="{websockets} (client)",
    server="{aiohttp} (server)",
    truth="aiohttp's router has /socket, not /scoket, and answers 404.",
    shows="The status and aiohttp's own `404: Not Found`.",
    hides="Which path would be right.",
    attempts=[refused(404, "path-not-found", "certain")],
    never=["missing scope", "expired"],
)
async def not_found(lab: Bench):
    await lab.aiohttp_server(HOST, web.get("/socket", echo_route))
    with lab.saying():
        async with lab.websockets(f"wss://{HOST}/scoket"):
            pass


@capture(
    "200-not-a-websocket-endpoint",
    title="nginx answers the upgrade with the index page of a single-page application",
    client="{node ws}",
    server="{nginx}",
    truth="`try_files` sends every unknown path to index.html, the socket path too.",
    shows="200, text/html, a page with a script element.",
    hides="Which path the socket has.",
    attempts=[refused(200, "not-a-websocket-endpoint", "certain")],
    never=["missing scope", "expired"],
)
async def single_page(lab: Bench):
    root = lab.folder / "site"
    root.mkdir()
    (root / "index.html").write_text(
        '<!doctype html>\n<html lang="en"><head><title>Live</title><script type="module" src="/assets/index.js"></script></head>\n'
        '<body><div id="root"></div></body></html>\n'
    )
    await lab.nginx(HOST, f"root {root}; location / {{ try_files $uri /index.html; }}")
    await lab.dial(f"wss://{HOST}/ws")


@capture(
    "301-redirected",
    title="nginx redirects /socket to /socket/",
    client="{node ws}",
    server="{nginx}",
    truth="The location ends in a slash and is a proxy, so nginx answers the path without it with 301.",
    shows="301 and a Location that differs by the slash.",
    hides="Nothing that matters.",
    attempts=[refused(301, "redirected", "certain")],
    never=["missing scope", "expired"],
)
async def slash(lab: Bench):
    await lab.nginx(HOST, f"location /socket/ {{ proxy_pass http://{lab.out_of_sight()}:8000; }}")
    await lab.dial(SOCKET)


@capture(
    "302-redirected-to-login",
    title="The upgrade without a session is sent to the login page",
    client="{node ws}",
    server="{aiohttp} (server)",
    truth="A middleware redirects every request without a session cookie to /login, upgrades too.",
    shows="302 with `Location: /login?returnUrl=%2Fsocket`, and no cookie in the request.",
    hides="Whether the client has a session elsewhere.",
    attempts=[refused(302, "redirected-to-login", "certain")],
    never=["missing scope", "expired"],
)
async def login(lab: Bench):
    async def guarded(request):
        raise web.HTTPFound("/login?returnUrl=%2Fsocket")

    async def form(request):
        return web.Response(text="<form method=post>Sign in</form>", content_type="text/html")

    await lab.aiohttp_server(HOST, web.get("/socket", guarded), web.get("/login", form))
    await lab.dial(SOCKET)


@capture(
    "101-subprotocol-not-selected",
    title="Two subprotocols offered, none selected: the client gives up after the 101",
    client="{node ws}",
    server="{websockets} (server)",
    truth="The server was started without a list of subprotocols, so it selects none. The ws client then drops the connection.",
    shows="An otherwise right 101 without Sec-WebSocket-Protocol, then the client's FIN without a close frame.",
    hides="Nothing that matters.",
    attempts=[opened(lost("client"), "subprotocol-not-selected", "certain")],
    never=["expired", "missing scope", "server closed the connection"],
)
async def none_selected(lab: Bench):
    await lab.websockets_server(echo, HOST)
    await lab.dial(SOCKET, protocols=["graphql-transport-ws", "graphql-ws"])


@capture(
    "101-switching-response-invalid",
    title="A 101 whose Sec-WebSocket-Accept belongs to another key",
    client="{node ws}",
    server="{scripted}",
    truth="The server (think of a cache) answers every upgrade with the same stored 101.",
    shows="The Accept value is not the one that the key gives; the client drops the connection.",
    hides="What stored it.",
    attempts=[opened(lost("client"), "switching-response-invalid", "certain")],
    never=["expired", "missing scope"],
)
async def accept_wrong(lab: Bench):
    async def serve(line, request):
        await line.accept(request, accept="s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", fields=[("Age", "86"), ("X-Cache", "HIT")])
        await line.read(timeout=3)

    await lab.https(HOST, serve)
    await lab.dial(SOCKET)


@capture(
    "400-http-version-wrong",
    title="The upgrade is sent as HTTP/1.0",
    client="{curl}",
    server="{websockets} (server)",
    truth="The server reads HTTP/1.1 only and answers 400.",
    shows="`HTTP/1.0` in the request line, and a 400 whose body says that this was not a valid HTTP request.",
    hides="Nothing that matters.",
    attempts=[refused(400, "http-version-wrong", "certain")],
    never=["missing scope", "expired"],
)
async def old_http(lab: Bench):
    await lab.websockets_server(echo, HOST)
    await lab.curl(SOCKET.replace("wss", "https"), "--http1.0", upgrade=True)


@capture(
    "400-required-parameter-missing",
    title="The server says that deploymentId is missing",
    client="{node ws}",
    server="{scripted}",
    truth="The server wants deploymentId in the query.",
    shows="No such parameter in the request, and the server's own words.",
    hides="Which value would be right.",
    attempts=[refused(400, "required-parameter-missing", "certain")],
    never=["missing scope", "expired"],
)
async def parameter(lab: Bench):
    async def serve(line, request):
        if "deploymentId" not in request.query:
            await line.answer(400, [], {"message": "Missing required query parameter: deploymentId"})

    await lab.https(HOST, serve)
    await lab.dial(f"wss://{HOST}/v1?application=lab")


@capture(
    "421-host-and-sni-disagree",
    title="SNI names one host, Host another: 421",
    client="{raw}",
    server="{scripted}",
    truth="The server serves each name on its own connections and answers 421 when Host is not the name in SNI.",
    shows="SNI live.example.test, `Host: chat.example.test`, 421 Misdirected Request.",
    hides="Nothing that matters.",
    attempts=[refused(421, "host-and-sni-disagree", "certain")],
    never=["missing scope", "expired"],
)
async def misdirected(lab: Bench):
    async def serve(line, request):
        if request.field("Host") != HOST:
            await line.answer(421)

    await lab.https(HOST, serve)
    reader, writer = await lab.raw(HOST)
    writer.write(handshake(*UPGRADE, GOOD_KEY, VERSION, host="chat.example.test"))
    await asyncio.wait_for(reader.read(2000), 5)
    writer.close()


@capture(
    "4406-subprotocol-unknown-to-server",
    title="The client offers graphql-ws, the server speaks graphql-transport-ws: close 4406",
    client="{websockets} (client)",
    server="{scripted}",
    truth="The server does not know the old subprotocol. It upgrades without one and closes with 4406.",
    shows="The offered name, a 101 without a subprotocol, and 4406 `Subprotocol not acceptable`.",
    hides="Which name the server wants.",
    attempts=[opened(closed(4406, "Subprotocol not acceptable", "server"), "subprotocol-unknown-to-server", "certain")],
    never=["missing scope", "expired"],
)
async def old_subprotocol(lab: Bench):
    async def serve(line, request):
        await line.accept(request)
        if "graphql-transport-ws" not in request.subprotocols:
            await line.close(4406, "Subprotocol not acceptable")

    await lab.https(HOST, serve)
    with lab.saying():
        async with lab.websockets(f"wss://{HOST}/graphql", subprotocols=["graphql-ws"]) as socket:
            await socket.recv()
