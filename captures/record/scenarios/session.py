"""The life of a socket after the 101, and its end."""

import asyncio

from lab import tokens
from lab.bench import Bench
from lab.catalogue import capture, closed, lost, opened, refused
from lab.wire import Line

HOST = "live.example.test"
SOCKET = f"wss://{HOST}/socket"
NEVER = ["missing scope", "token has expired"]


def bearer(**claims):
    return {"headers": {"Authorization": f"Bearer {tokens.jwt(tokens.claims(**claims), 'RS256')}"}}


async def ticks(line: Line, count: int, every=0.3):
    for number in range(count):
        await line.text({"type": "tick", "number": number})
        await asyncio.sleep(every)


def connection_lost(name, *, title, truth, shows, end):
    @capture(
        name, title=title, client="{node ws}", server="{scripted}", truth=truth, shows=shows, hides="Why.",
        attempts=[opened(lost("server"), "connection-lost", "certain")],
        never=[*NEVER, "server closed with 1006", "close frame with code 1006"],
    )  # fmt: skip
    async def no_close_frame(lab: Bench):
        async def serve(line, request):
            await line.accept(request)
            await ticks(line, 4)
            await end(line)

        await lab.https(HOST, serve)
        await lab.dial(SOCKET, **bearer())


async def die(line):
    line.vanish()


async def reset(line):
    line.reset()


connection_lost(
    "1006-connection-lost-fin",
    title="The server ends a working session with FIN and no close frame",
    truth="The server process died in the middle of a session.",
    shows="Messages, then FIN from the server, without close_notify and without a close frame. Code 1006 is never on the wire.",
    end=die,
)
connection_lost(
    "1006-connection-lost-close-notify",
    title="The server ends the TLS session, not the WebSocket",
    truth="The server process was stopped and closed its TLS session properly, the WebSocket not.",
    shows="Messages, then the server's close_notify; the client's FIN is an answer to it and comes first. No close frame from either side.",
    end=Line.end,
)
connection_lost(
    "1006-connection-lost-rst",
    title="The server ends a working session with RST",
    truth="The server process was killed in the middle of a session.",
    shows="Messages, then RST from the server; no close frame from either side. Code 1006 is never on the wire.",
    end=reset,
)


@capture(
    "4401-closed-right-after-upgrade",
    title="101, and at once close 4401 `Unauthorized`",
    client="{node ws}",
    server="{scripted}",
    truth="The server upgrades first, then looks the token up, finds it revoked and closes.",
    shows="A right 101, then a close frame from the server within milliseconds, before the client said anything, with the reason `Unauthorized`.",
    hides="What about the token displeased: it is sound and alive.",
    attempts=[opened(closed(4401, "Unauthorized", "server"), "token-revoked", "certain", expect="closed-right-after-upgrade")],
    never=NEVER,
)
async def right_after(lab: Bench):
    async def serve(line, request):
        await line.accept(request)
        await line.close(4401, "Unauthorized")

    await lab.https(HOST, serve)
    await lab.dial(SOCKET, **bearer())


@capture(
    "4003-private-close-code",
    title="After some messages, close 4003 without a reason",
    client="{node ws}",
    server="{scripted}",
    truth="The account's plan ended; this server's own meaning of 4003 is `plan ended`.",
    shows="A working session, then a close frame 4003 with no reason, from the server.",
    hides="What 4003 means here: the number belongs to the application, and no profile knows this host.",
    attempts=[opened(closed(4003, "", "server"), "entitlement-missing", "certain", expect="private-close-code")],
    never=[*NEVER, "4003 means", "not authenticated", "token is invalid", "invalid token"],
)
async def private_code(lab: Bench):
    async def serve(line, request):
        await line.accept(request)
        await ticks(line, 5)
        await line.close(4003)

    await lab.https(HOST, serve)
    await lab.dial(SOCKET, **bearer())


def three_gaps(name, *, reason, at_most, title, shows, hides):
    """Three sockets, each silent for five seconds and then closed."""

    @capture(
        name, title=title, client="{node ws}", server="{scripted}",
        truth="The server closes every socket that was silent for five seconds.", shows=shows, hides=hides,
        attempts=[opened(closed(1001, reason, "server"), "server-idle-timeout", at_most)] * 3, never=NEVER, slow=True,
    )  # fmt: skip
    async def silent_for_five_seconds(lab: Bench):
        async def serve(line, request):
            await line.accept(request)
            await line.text({"type": "welcome"})
            while await line.read(timeout=5):
                pass
            await line.close(1001, reason)

        await lab.https(HOST, serve)
        await lab.node(
            """
            for (let n = 1; n <= 3; n++) {
                const socket = open('wss://live.example.test/socket')
                await socket.opened
                // Different ages, equal silences.
                for (let m = 0; m < n; m++) { await sleep(700); socket.send(JSON.stringify({type: 'presence', n: m})) }
                await socket.ended
                await sleep(1000 * n)
            }
            """
        )


three_gaps(
    "1001-server-idle-timeout",
    reason="idle timeout",
    at_most="certain",
    title="Three sockets closed 1001 `idle timeout` after five silent seconds each",
    shows="The server's own words, and three equal gaps at three different ages.",
    hides="Nothing that matters.",
)
three_gaps(
    "1001-server-idle-timeout-unsaid",
    reason="",
    at_most="likely",
    title="Three sockets closed 1001 without a reason after five silent seconds each",
    shows="Three equal gaps between the last frame and the close, at three different ages.",
    hides="The server's own word for it.",
)


@capture(
    "1006-intermediary-idle-timeout",
    title="nginx drops a proxied socket after its default 60 s of silence",
    client="{node ws}",
    server="{nginx}, and behind it {websockets} (server)",
    truth="nginx's `proxy_read_timeout` (60 s by default) passed; nginx ended the connection. The application had not closed.",
    shows="60 s of silence, then close_notify from the server's side without a close frame; `Server: nginx` in the 101.",
    hides="The leg behind nginx. One gap equal to a common default is a hint, not a proof.",
    attempts=[opened(lost("server"), "intermediary-idle-timeout", "likely")],
    never=[*NEVER, "server closed with 1006", "application closed"],
    slow=True,
)
async def nginx_idle(lab: Bench):
    async def greet(socket, path=None):
        await socket.send('{"type": "welcome"}')
        async for _ in socket:
            pass

    far = lab.out_of_sight()
    await lab.websockets_server(greet, "app.internal", port=8000, secure=False, address=far, ping_interval=None)
    fields = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
    await lab.nginx(HOST, f"location / {{ {fields} proxy_pass http://{far}:8000; }}")
    await lab.dial(SOCKET)


@capture(
    "4408-first-message-auth-missing",
    title="The server asks for an authentication message, none comes, close 4408",
    client="{node ws}",
    server="{scripted}",
    truth="The server wants `auth` as the first message within three seconds. The client subscribes instead.",
    shows="`auth_required` from the server, a message of another type from the client, then 4408 `authentication message not received`.",
    hides="Nothing that matters.",
    attempts=[opened(closed(4408, "authentication message not received", "server"), "first-message-auth-missing", "certain")],
    never=NEVER,
)
async def auth_required(lab: Bench):
    async def serve(line, request):
        await line.accept(request)
        await line.text({"type": "auth_required", "version": "2026.11"})
        await asyncio.sleep(3)
        await line.close(4408, "authentication message not received")

    await lab.https(HOST, serve)
    await lab.dial(SOCKET, say=[{"id": 1, "type": "subscribe_events"}])


@capture(
    "4401-operation-before-auth",
    title="graphql-transport-ws: subscribe before connection_init, close 4401",
    client="{node ws}",
    server="{scripted}",
    truth="The server follows the graphql-transport-ws protocol: an operation before the acknowledgement is closed with 4401.",
    shows="The selected subprotocol, `subscribe` as the first message, and 4401 `Unauthorized`.",
    hides="Nothing that matters.",
    attempts=[opened(closed(4401, "Unauthorized", "server"), "operation-before-auth", "certain")],
    never=NEVER,
)
async def before_acknowledgement(lab: Bench):
    async def serve(line, request):
        await line.accept(request, subprotocol="graphql-transport-ws")
        message = await line.read(timeout=5)
        if message and message.json["type"] != "connection_init":
            await line.close(4401, "Unauthorized")

    await lab.https(HOST, serve)
    operation = {"id": "1", "type": "subscribe", "payload": {"query": "subscription { messageAdded { id text } }"}}
    await lab.dial(f"wss://{HOST}/graphql", protocols=["graphql-transport-ws"], say=[operation], **bearer())


@capture(
    "1011-heartbeat-missed",
    title="The server pings, the client never answers, close 1011 `keepalive ping timeout`",
    client="{raw}",
    server="{websockets} (server)",
    truth="The server pings every second and waits two for the pong. The client ignores pings.",
    shows="A ping without a pong, then the server's close with its reason.",
    hides="Nothing that matters.",
    attempts=[opened(closed(1011, "keepalive ping timeout", "server"), "heartbeat-missed", "certain")],
    never=NEVER,
)
async def no_pong(lab: Bench):
    async def stay(socket, path=None):
        await socket.wait_closed()

    await lab.websockets_server(stay, HOST, ping_interval=1, ping_timeout=2, close_timeout=1)
    reader, writer = await lab.raw(HOST)
    writer.write(
        f"GET /socket HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    while await reader.read(1000):
        pass
    writer.close()


@capture(
    "1013-reconnect-storm",
    title="Ten sockets in two seconds, each closed 1013, no pause between",
    client="{node ws}",
    server="{scripted}",
    truth="The server is overloaded and says 1013 `try again later`; the client tries again at once, ten times.",
    shows="Ten handshakes about 150 ms apart; the distance never grows.",
    hides="What overloaded the server.",
    attempts=[opened(closed(1013, "try again later", "server"), "server-error-close", "certain")] * 10,
    never=NEVER,
)
async def storm(lab: Bench):
    async def serve(line, request):
        await line.accept(request)
        await line.close(1013, "try again later")

    await lab.https(HOST, serve)
    await lab.node("for (let n = 0; n < 10; n++) { await open('wss://live.example.test/socket').ended; await sleep(140) }")


@capture(
    "401-session-url-spent",
    title="A reconnect to the channel's old URL: 401; to a newly minted one: 101",
    client="{node ws}",
    server="{scripted}",
    truth="A channel's URL is good for one socket. After the close the URL is dead; a new channel has a new one.",
    shows="The URL comes from a REST answer, works once, is refused the second time, and a freshly minted URL works with all else equal.",
    hides="Nothing that matters.",
    attempts=[
        opened(closed(1001, "", "server"), "server-going-away", "certain"),
        refused(401, "session-url-spent", "certain"),
        opened(closed(1000, "", "client")),
    ],
    never=[*NEVER, "no credential", "send a token"],
)
async def spent(lab: Bench):
    api, streaming = "api.mypurecloud.com", "streaming.mypurecloud.com"
    live: set[str] = set()

    async def rest(line, request):
        path = f"/channels/streaming-5-{tokens.opaque(18)}"
        live.add(path)
        expires = "2026-11-22T05:00:00.000Z"
        await line.answer(200, [], {"connectUri": f"wss://{streaming}{path}", "id": path.split("/")[-1], "expires": expires})

    async def socket(line, request):
        if request.path not in live:
            return await line.answer(401)
        live.discard(request.path)
        await line.accept(request)
        await ticks(line, 3)
        if (frame := await line.read(timeout=1)) and frame.is_close:
            await line.frame(8, frame.payload[:2])
            return await line.end()
        await line.close(1001)

    await lab.https(api, rest)
    await lab.https(streaming, socket)
    await lab.node(
        """
        const mint = async () => (await rest('POST', 'https://api.mypurecloud.com/api/v2/notifications/channels', {
            headers: {Authorization: `Bearer ${token}`}})).body.connectUri
        const url = await mint()
        await open(url).ended
        await sleep(300)
        await open(url).ended
        await sleep(300)
        const socket = open(await mint())
        await socket.opened
        await sleep(1000)
        socket.close(1000)
        await socket.ended
        """,
        token=tokens.opaque(48),
    )


@capture(
    "1008-policy-violation",
    title="In the middle of a session, close 1008 without a reason",
    client="{node ws}",
    server="{scripted}",
    truth="The server allows five messages a second; the client sent eight at once.",
    shows="Eight client messages within milliseconds, then the server's close 1008, empty.",
    hides="Which policy.",
    attempts=[opened(closed(1008, "", "server"), "policy-violation", "certain")],
    never=NEVER,
)
async def policy(lab: Bench):
    async def serve(line, request):
        await line.accept(request)
        await ticks(line, 3)
        for _ in range(8):
            await line.read(timeout=5)
        await line.close(1008)

    await lab.https(HOST, serve)
    await lab.node(
        """
        const socket = open('wss://live.example.test/socket')
        await socket.opened
        await sleep(1200)
        for (let n = 0; n < 8; n++) socket.send(JSON.stringify({type: 'move', n}))
        await socket.ended
        """
    )


@capture(
    "1001-maximum-age-reached",
    title="Two busy sockets, each closed at the age of six seconds, reason `maximum connection age`",
    client="{node ws}",
    server="{scripted}",
    truth="The server ends every socket six seconds after the upgrade, whatever the traffic.",
    shows="Traffic until the last moment, two equal ages, and the server's own words.",
    hides="Nothing that matters.",
    attempts=[opened(closed(1001, "maximum connection age", "server"), "maximum-age-reached", "certain")] * 2,
    never=[*NEVER, "idle"],
    slow=True,
)
async def maximum_age(lab: Bench):
    async def serve(line, request):
        await line.accept(request)
        await ticks(line, 12, every=0.5)
        await line.close(1001, "maximum connection age")

    await lab.https(HOST, serve)
    await lab.node("for (let n = 0; n < 2; n++) { await open('wss://live.example.test/socket').ended; await sleep(700) }")


@capture(
    "4408-deadline-after-open-missed",
    title="graphql-transport-ws: no connection_init within three seconds, close 4408",
    client="{node ws}",
    server="{scripted}",
    truth="The server waits three seconds for connection_init.",
    shows="Not one client frame after the 101, then 4408 `Connection initialisation timeout`.",
    hides="Why the client was silent.",
    attempts=[opened(closed(4408, "Connection initialisation timeout", "server"), "deadline-after-open-missed", "certain")],
    never=NEVER,
)
async def no_init(lab: Bench):
    async def serve(line, request):
        await line.accept(request, subprotocol="graphql-transport-ws")
        if not await line.read(timeout=3):
            await line.close(4408, "Connection initialisation timeout")

    await lab.https(HOST, serve)
    await lab.dial(f"wss://{HOST}/graphql", protocols=["graphql-transport-ws"])
