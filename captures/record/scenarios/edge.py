"""Origin policy, proxies, limits: refusals that have nothing to do with a token."""

import asyncio

from lab import tokens
from lab.bench import Bench
from lab.catalogue import capture, closed, failed, opened, refused

HOST = "live.example.test"
SOCKET = f"wss://{HOST}/socket"


async def echo(socket, path=None):
    async for message in socket:
        await socket.send(message)


def bearer(**claims):
    return {"headers": {"Authorization": f"Bearer {tokens.jwt(tokens.claims(**claims), 'RS256')}"}}


@capture(
    "403-origin-refused",
    title="The page's origin is not on the server's list",
    client="{node ws}",
    server="{websockets} (server)",
    truth="The server's `origins` list holds https://app.example.test only.",
    shows="The Origin sent, and the server's own words: `invalid Origin header: https://staging.example.test`.",
    hides="Which origins it allows.",
    attempts=[refused(403, "origin-refused", "certain")],
    never=["missing scope", "expired"],
)
async def origin_refused(lab: Bench):
    await lab.websockets_server(echo, HOST, origins=["https://app.example.test"])
    await lab.dial(SOCKET, origin="https://staging.example.test")


@capture(
    "403-origin-required",
    title="No Origin at all, and the server insists on one",
    client="{websockets} (client)",
    server="{websockets} (server)",
    truth="The server's `origins` list does not hold None, so a client without Origin is refused.",
    shows="No Origin in the request, and the server's own words: `missing Origin header`.",
    hides="Which origins it allows.",
    attempts=[refused(403, "origin-required", "certain")],
    never=["missing scope", "expired"],
)
async def origin_required(lab: Bench):
    await lab.websockets_server(echo, HOST, origins=["https://app.example.test"])
    with lab.saying():
        async with lab.websockets(SOCKET):
            pass


@capture(
    "403-opaque-uvicorn",
    title="Uvicorn's empty 403: the application closed before it accepted",
    client="{websockets} (client)",
    server="{uvicorn}",
    truth="The application read the token, missed the scope chat:connect and closed with 4003 before accepting. Uvicorn turns that into an "
    "empty 403.",
    shows="403 with an empty body, and a token that is sound and alive. The Server field names the websockets library, on which this "
    "Uvicorn stands, not Uvicorn; that library's own refusals always have a text.",
    hides="Everything about the reason: a missing route, a failed dependency and a bad token give the same bytes.",
    attempts=[refused(403, "scope-missing-inferred", "possible", expect="undetermined")],
    never=["missing scope", "expired", "grant the scope"],
)
async def uvicorn_refuses(lab: Bench):
    async def application(scope, receive, send):
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4003})

    await lab.uvicorn_server(application, HOST)
    token = tokens.jwt(tokens.claims(scope="chat:read"), "RS256")
    with lab.saying():
        async with lab.websockets(SOCKET, headers=[("Authorization", f"Bearer {token}")]):
            pass


@capture(
    "401-verify-client",
    title="verifyClient of the ws server says false: 401",
    client="{node ws}",
    server="{node ws} (server)",
    truth="The callback found the token on its list of revoked tokens and returned false. 401 is the library's default for that.",
    shows="The ws server's fingerprint: 401, `Connection: close`, text/html, body `Unauthorized`, no Date, no challenge.",
    hides="Why the callback said false.",
    attempts=[refused(401, "token-revoked", "possible", expect="undetermined")],
    never=["missing scope", "expired"],
)
async def verify_client(lab: Bench):
    await lab.node_server(
        """
        const revoked = new Set(['lab-revoked'])
        const idOf = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).jti
        const verifyClient = ({req}) => !revoked.has(idOf(req.headers.authorization.slice(7)))
        new WebSocketServer({server, verifyClient})
        listen()
        """,
        HOST,
    )
    await lab.dial(SOCKET, **bearer(jti="lab-revoked"))


@capture(
    "429-rate-limited",
    title="Too many connections: 429 with Retry-After",
    client="{node ws}",
    server="{scripted}",
    truth="The third connection within a second exceeds the limit of two.",
    shows="429, `Retry-After: 30`, and a body that says which limit.",
    hides="How long the limit's window is.",
    attempts=[opened(closed(1000, "", "client")), opened(closed(1000, "", "client")), refused(429, "rate-limited", "certain")],
    never=["missing scope", "expired"],
)
async def rate_limited(lab: Bench):
    seen = 0

    async def serve(line, request):
        nonlocal seen
        seen += 1
        if seen > 2:
            return await line.answer(429, [("Retry-After", "30")], {"error": "too many connections", "limit": 2})
        await line.accept(request)
        await line.text({"type": "welcome"})
        frame = await line.read(timeout=10)
        await line.frame(8, frame.payload[:2])
        await line.end()

    await lab.https(HOST, serve)
    await lab.node(
        """
        for (let n = 0; n < 3; n++) {
            const socket = open('wss://live.example.test/socket')
            if (await socket.opened) { await sleep(150); socket.close(1000) }
            await socket.ended
        }
        """
    )


@capture(
    "403-blocked-by-edge",
    title="A CDN-like edge answers 403 with its own block page",
    client="{websockets} (client)",
    server="{scripted}",
    truth="The edge has a rule against library user agents. The origin behind it never saw the request.",
    shows="`server: cloudflare`, `cf-ray`, and the edge's own body `error code: 1020`.",
    hides="Which rule matched. The server imitates that edge; this is not a recording of it.",
    attempts=[refused(403, "blocked-by-edge", "certain")],
    never=["missing scope", "expired"],
)
async def edge_block(lab: Bench):
    async def serve(line, request):
        fields = [("Content-Type", "text/plain; charset=UTF-8"), ("Server", "cloudflare"), ("CF-RAY", "8c5d0f2a1b3c4d5e-FRA")]
        await line.answer(403, fields, "error code: 1020")

    await lab.https(HOST, serve)
    with lab.saying():
        async with lab.websockets(SOCKET, headers=[("Authorization", bearer()["headers"]["Authorization"])]):
            pass


@capture(
    "403-proxy-refuses-upgrade",
    title="An Envoy-like proxy has no websocket upgrade type: empty 403 with any token, plain GET reaches the application",
    client="{node ws}",
    server="{scripted}",
    truth="The proxy's route has no `websocket` in its upgrade types. It refuses every upgrade and forwards ordinary requests.",
    shows="`server: envoy`, an empty 403 for the upgrade, the same for another token, and 200 from the application for a plain GET on the path.",
    hides="The proxy's configuration. The server imitates that proxy; this is not a recording of it.",
    attempts=[refused(403, "proxy-refuses-upgrade", "certain"), refused(403, "proxy-refuses-upgrade", "certain")],
    never=["missing scope", "expired"],
)
async def upgrade_type(lab: Bench):
    async def serve(line, request):
        if request.is_upgrade:
            await line.answer(403, [("server", "envoy")])
        else:
            fields = [("x-powered-by", "Express"), ("x-envoy-upstream-service-time", "3"), ("server", "envoy")]
            await line.answer(200, fields, {"socket": "use an upgrade"})

    await lab.https(HOST, serve)
    await lab.node(
        """
        await open('wss://live.example.test/socket', [], {headers: {Authorization: `Bearer ${one}`}}).ended
        await open('wss://live.example.test/socket', [], {headers: {Authorization: `Bearer ${two}`}}).ended
        await rest('GET', 'https://live.example.test/socket', {headers: {Authorization: `Bearer ${one}`}})
        """,
        one=tokens.jwt(tokens.claims(), "RS256"),
        two=tokens.jwt(tokens.claims(), "RS256"),
    )


def behind_nginx(name, *, title, shows, hides, both_legs):
    """nginx with `proxy_pass` and without the two upgrade fields, in front of a real WebSocket server."""

    @capture(
        name,
        title=title,
        client="{node ws}",
        server="{nginx}, and behind it {websockets} (server)",
        truth="The nginx configuration lacks `proxy_set_header Upgrade` and `Connection`, so the application gets an ordinary request and "
        "answers 426.",
        shows=shows,
        hides=hides,
        # On the leg behind the proxy the same request arrives as ordinary HTTP: an attempt of its own.
        attempts=[refused(426, "proxy-drops-upgrade", "certain")]
        + [refused(426, "upgrade-headers-missing", "certain")] * both_legs,
        never=["missing scope", "expired"],
    )
    async def upgrade_dropped(lab: Bench):
        far = lab.address("app.internal") if both_legs else lab.out_of_sight()
        await lab.websockets_server(echo, "app.internal", port=8000, secure=False, address=far)
        await lab.nginx(HOST, f"location / {{ proxy_http_version 1.1; proxy_pass http://{far}:8000; }}")
        await lab.dial(SOCKET)


behind_nginx(
    "426-proxy-drops-upgrade",
    title="nginx does not forward the upgrade: 426 from the application",
    shows="The client sent both fields; the application, through `Server: nginx`, says that they did not arrive.",
    hides="The leg behind nginx.",
    both_legs=False,
)
behind_nginx(
    "426-proxy-drops-upgrade-both-legs",
    title="The same with the leg behind nginx in the capture",
    shows="The client leg has `Upgrade: websocket`, the leg behind nginx has not.",
    hides="Nothing that matters.",
    both_legs=True,
)


@capture(
    "502-gateway-upstream-error",
    title="nginx cannot reach the application: 502",
    client="{node ws}",
    server="{nginx}",
    truth="Nothing listens where `proxy_pass` points to.",
    shows="502 with nginx's own page.",
    hides="Why the application does not answer.",
    attempts=[refused(502, "gateway-upstream-error", "certain")],
    never=["missing scope", "expired"],
)
async def bad_gateway(lab: Bench):
    fields = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
    await lab.nginx(HOST, f"location / {{ {fields} proxy_pass http://{lab.out_of_sight()}:8000; }}")
    await lab.dial(SOCKET, **bearer())


@capture(
    "414-token-too-long",
    title="A token of 9,000 bytes in the query: nginx answers 414",
    client="{node ws}",
    server="{nginx}",
    truth="The request line is longer than nginx's header buffers (8 KiB).",
    shows="The length of the request line, and nginx's `414 Request-URI Too Large`.",
    hides="Nothing that matters.",
    attempts=[refused(414, "token-too-long", "certain")],
    never=["missing scope", "expired"],
)
async def too_long(lab: Bench):
    token = tokens.jwt(tokens.claims(groups=[f"group-{number:04}" for number in range(500)]), "RS256")
    await lab.nginx(HOST, "location / { return 200 ok; }")
    await lab.dial(f"{SOCKET}?access_token={token}")


@capture(
    "407-forward-proxy-in-the-way",
    title="The forward proxy wants a login: CONNECT is answered with 407",
    client="{aiohttp} (client)",
    server="{scripted} (a CONNECT proxy)",
    truth="The proxy asks for Basic credentials and lets nothing through without them.",
    shows="`CONNECT live.example.test:443` and the proxy's 407 with Proxy-Authenticate.",
    hides="What the WebSocket server would have said.",
    attempts=[failed("forward-proxy-in-the-way", "certain")],
    never=["missing scope", "expired"],
)
async def proxy_login(lab: Bench):
    async def serve(line, request):
        await line.answer(407, [("Proxy-Authenticate", 'Basic realm="office proxy"')], reason="Proxy Authentication Required")

    await lab.http("proxy.example.test", serve, port=3128)
    lab.address(HOST)
    async with lab.aiohttp() as session:
        with lab.saying():
            async with session.ws_connect(f"https://{HOST}/socket", proxy="http://proxy.example.test:3128"):
                pass
