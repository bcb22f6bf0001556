"""Below HTTP: TCP and TLS."""

import asyncio
import socket
import ssl

from lab import tokens
from lab.bench import Bench
from lab.catalogue import capture, closed, failed, opened, refused

HOST = "live.example.test"
NEVER = ["missing scope", "expired token", "token has expired"]


async def echo(socket, path=None):
    async for message in socket:
        await socket.send(message)


@capture(
    "400-plaintext-to-tls-port",
    title="ws:// to nginx's TLS port: nginx notices and answers 400 in plain text",
    client="{node ws}",
    server="{nginx}",
    truth="The client speaks plain HTTP to port 443, where nginx expects TLS.",
    shows="The first bytes are `GET `, and nginx says `The plain HTTP request was sent to HTTPS port`.",
    hides="Nothing that matters.",
    attempts=[refused(400, "plaintext-to-tls-port", "certain")],
    never=NEVER,
)
async def plain_to_nginx(lab: Bench):
    await lab.nginx(HOST, "location / { return 200 ok; }")
    await lab.dial(f"ws://{HOST}:443/socket")


@capture(
    "failed-plaintext-to-tls-port",
    title="ws:// to a TLS port whose server says nothing of HTTP",
    client="{node ws}",
    server="{node ws} (server)",
    truth="The client speaks plain HTTP to port 443, where Node expects TLS. Node ends the connection.",
    shows="The first bytes are `GET `; no HTTP answer comes back.",
    hides="Nothing that matters: the port and the missing answer say it.",
    attempts=[failed("plaintext-to-tls-port", "likely")],
    never=NEVER,
)
async def plain_to_tls(lab: Bench):
    await lab.node_server("new WebSocketServer({server}); listen()", HOST)
    await lab.dial(f"ws://{HOST}:443/socket")


@capture(
    "failed-tls-to-plaintext-port",
    title="wss:// to a port that speaks plain HTTP",
    client="{node ws}",
    server="{websockets} (server)",
    truth="The server on port 8080 has no TLS. It takes the ClientHello for a bad HTTP request.",
    shows="A ClientHello, answered with `HTTP/1.1 400 Bad Request`.",
    hides="Nothing that matters.",
    attempts=[failed("tls-to-plaintext-port", "certain")],
    never=NEVER,
)
async def tls_to_plain(lab: Bench):
    await lab.websockets_server(echo, HOST, port=8080, secure=False)
    await lab.dial(f"wss://{HOST}:8080/socket")


def distrust(name, *, newest, title, shows):
    @capture(
        name,
        title=title,
        client="{curl}",
        server="{websockets} (server)",
        truth="The server's certificate is signed by an authority that the client does not know.",
        shows=shows,
        hides="Whether the authority ought to be trusted.",
        attempts=[failed("certificate-rejected", "certain")],
        never=NEVER,
    )
    async def unknown_authority(lab: Bench):
        await lab.websockets_server(echo, HOST, ssl=lab.server_tls(HOST, newest=newest))
        await lab.curl(f"https://{HOST}/socket", upgrade=True, trust=False)


distrust(
    "failed-certificate-rejected",
    newest=ssl.TLSVersion.TLSv1_2,
    title="The client does not trust the certificate (TLS 1.2)",
    shows="The certificate in clear, and the client's alert 48, unknown_ca, also in clear.",
)
distrust(
    "failed-certificate-rejected-tls13",
    newest=None,
    title="The client does not trust the certificate (TLS 1.3: the certificate is encrypted, the alert is not)",
    shows="The client's alert 48, unknown_ca, in clear; with the handshake keys also the certificate.",
)


@capture(
    "failed-certificate-rejected-silently",
    title="Node does not trust the certificate and leaves without an alert",
    client="{node ws}",
    server="{node ws} (server)",
    truth="The certificate's authority is unknown to the client. Node checks after the handshake and just closes.",
    shows="A complete TLS handshake, then the client's FIN without a request.",
    hides="Why the client left: Node sends no alert. The certificate's issuer is nobody's public authority, which fits.",
    attempts=[failed("certificate-rejected", "likely", expect="undetermined")],
    never=NEVER,
)
async def node_distrust(lab: Bench):
    await lab.node_server("new WebSocketServer({server}); listen()", HOST)
    await lab.node("await open('wss://live.example.test/socket').ended", trust=False)


@capture(
    "failed-connection-refused",
    title="Nothing listens on port 443",
    client="{node ws}",
    server="none",
    truth="No process listens; the system answers the SYN with RST.",
    shows="SYN, RST.",
    hides="Whether the service is down or elsewhere.",
    attempts=[failed("connection-refused", "certain")],
    never=NEVER,
)
async def nobody_listens(lab: Bench):
    lab.address(HOST)
    await lab.dial(f"wss://{HOST}/socket")


@capture(
    "failed-no-answer",
    title="SYN after SYN, and nothing comes back",
    client="{node ws}",
    server="a listening socket whose queue is full",
    truth="The server's accept queue is full, so the system drops every SYN.",
    shows="The SYN and its repetitions, unanswered; the client gives up after five seconds.",
    hides="Firewall, route, dead host and full queue look alike.",
    attempts=[failed("no-answer", "certain")],
    never=NEVER,
)
async def silence(lab: Bench):
    await lab.stop_packets()
    address = (lab.address(HOST), 443)
    listener = socket.create_server(address, backlog=0)
    fillers = [socket.socket() for _ in range(3)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(address)
    await asyncio.sleep(0.5)
    for filler in fillers[1:]:
        filler.close()  # A connection that never came to be; its SYNs must not be in the capture.
    await lab.start()
    await lab.dial(f"wss://{HOST}/socket", handshakeTimeout=5000)
    lab.on_stop(fillers[0].close)
    lab.on_stop(listener.close)


@capture(
    "failed-closed-before-response",
    title="The server takes the request and ends the connection without a word",
    client="{node ws}",
    server="{scripted}",
    truth="The server's handler crashes on every upgrade; the connection ends.",
    shows="A correct request, then the server's close_notify and FIN. No byte of HTTP.",
    hides="Why.",
    attempts=[failed("closed-before-response", "certain")],
    never=NEVER,
)
async def crash(lab: Bench):
    async def serve(line, request):
        await line.end()

    await lab.https(HOST, serve)
    await lab.dial(f"wss://{HOST}/socket")


@capture(
    "unknown-tls-keys-missing",
    title="A refused handshake, and no keys to read it",
    client="{node ws}",
    server="{scripted}",
    truth="The server answered 401 because the token had expired. The keys are withheld from the capture.",
    shows="TLS 1.3 with SNI live.example.test, some encrypted records, and an early end.",
    hides="Everything above TLS: even whether this is a WebSocket.",
    attempts=[],
    limits=["tls-keys-missing"],
    never=["answered 401", "expired", "missing scope"],
    with_keys=False,
)
async def no_keys(lab: Bench):
    token = tokens.jwt(tokens.claims(age=4200), "RS256")

    async def serve(line, request):
        await line.answer(401, [("WWW-Authenticate", 'Bearer error="invalid_token", error_description="The token expired"')])

    await lab.https(HOST, serve)
    await lab.dial(f"wss://{HOST}/socket", headers={"Authorization": f"Bearer {token}"})


@capture(
    "unknown-packets-cut",
    title="The recording kept only the first 120 bytes of each packet",
    client="{node ws}",
    server="{scripted}",
    truth="The server answered 403. The recorder was told to cut packets at 120 bytes.",
    shows="The start of every packet; TLS records are cut, so nothing of them can be decrypted, keys or not.",
    hides="Everything above TLS.",
    attempts=[],
    limits=["packets-missing"],
    never=["answered 403", "expired", "missing scope"],
)
async def cut(lab: Bench):
    async def serve(line, request):
        await line.answer(403)

    await lab.stop_packets()
    await lab.start(bytes_per_packet=120)
    await lab.https(HOST, serve)
    await lab.dial(f"wss://{HOST}/socket")
