"""Sessions with nothing wrong. A judge must blame nothing here."""

import asyncio
import ssl

from lab import tokens
from lab.bench import Bench
from lab.catalogue import capture, closed, opened


async def echo(socket, path=None):
    async for message in socket:
        await socket.send(message)


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
    await lab.websockets_server(echo, "live.example.test", compression="deflate")
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


@capture(
    "healthy-plain-ws",
    title="Plain ws://, echo",
    client="{websockets} (client)",
    server="{websockets} (server)",
    truth="Everything was accepted; the client closed when it was done.",
    shows="A handshake and some messages without TLS, and 1000 from the client.",
    hides="Nothing that matters.",
    attempts=[opened(closed(1000, "", "client"))],
)
async def plain(lab: Bench):
    await lab.websockets_server(echo, "plain.example.test", port=8080, secure=False)
    async with lab.websockets("ws://plain.example.test:8080/echo") as socket:
        for word in ("one", "zwei", "три", "四"):
            await socket.send(word)
            await socket.recv()


@capture(
    "healthy-tls12-cbc",
    title="TLS 1.2 with ECDHE-RSA-AES128-SHA256 (CBC)",
    client="{aiohttp} (client)",
    server="{websockets} (server)",
    truth="Everything was accepted; the client closed when it was done.",
    shows="A CBC suite, some messages and 1000 from the client.",
    hides="Nothing that matters.",
    attempts=[opened(closed(1000, "", "client"))],
)
async def tls12_cbc(lab: Bench):
    host = "old.example.test"
    context = lab.server_tls(host, kind="rsa", newest=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-RSA-AES128-SHA256")
    await lab.websockets_server(echo, host, ssl=context, compression=None)
    async with lab.aiohttp() as session, session.ws_connect(f"https://{host}/echo") as socket:
        for number in range(4):
            await socket.send_str("x" * 40 * number)
            await socket.receive()


@capture(
    "healthy-tls12-rsa-key-exchange",
    title="TLS 1.2 with AES256-SHA: RSA key exchange, CBC with SHA-1",
    client="{node ws}",
    server="{websockets} (server)",
    truth="Everything was accepted; the client closed when it was done.",
    shows="A suite without forward secrecy, decrypted by the master secret of the key log.",
    hides="Nothing that matters.",
    attempts=[opened(closed(1000, "", "client"))],
)
async def tls12_rsa(lab: Bench):
    host = "old.example.test"
    context = lab.server_tls(host, kind="rsa", newest=ssl.TLSVersion.TLSv1_2, ciphers="AES256-SHA")
    await lab.websockets_server(echo, host, ssl=context)
    await lab.dial(f"wss://{host}/echo", say=[{"n": 1}, {"n": 2}], leave=1000, ciphers="AES256-SHA")


@capture(
    "healthy-graphql-connection-init",
    title="graphql-transport-ws: the token travels in connection_init",
    client="{node ws}",
    server="{scripted}",
    truth="The server takes the token from the connection_init payload; the handshake needs none.",
    shows="No credential in the handshake, which is right here: the init message carries it and is acknowledged.",
    hides="Nothing that matters.",
    attempts=[opened(closed(1000, "", "client"))],
    never=["no credential"],
)
async def graphql(lab: Bench):
    host = "graphql.example.test"

    async def serve(line, request):
        await line.accept(request, subprotocol="graphql-transport-ws")
        while (frame := await line.read(timeout=10)) and not frame.is_close:
            match frame.json["type"]:
                case "connection_init":
                    await line.text({"type": "connection_ack"})
                case "subscribe":
                    for number in range(3):
                        await line.text({"id": "1", "type": "next", "payload": {"data": {"tick": number}}})
                    await line.text({"id": "1", "type": "complete"})
        if frame:
            await line.frame(8, frame.payload[:2])
        await line.end()

    await lab.https(host, serve)
    token = tokens.jwt(tokens.claims(aud=f"https://{host}"), "RS256")
    init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
    subscribe = {"id": "1", "type": "subscribe", "payload": {"query": "subscription { tick }"}}
    await lab.dial(f"wss://{host}/graphql", protocols=["graphql-transport-ws"], say=[init, subscribe], leave=1000)


@capture(
    "healthy-client-leaves-1001",
    title="Twenty seconds with heartbeats, then the client leaves with 1001",
    client="{node ws}",
    server="{scripted}",
    truth="Nothing went wrong: the page was left, and its socket said 1001, as browsers do.",
    shows="Regular traffic, server pings with pongs, and 1001 from the client.",
    hides="Nothing that matters.",
    attempts=[opened(closed(1001, "", "client"))],
    never=["idle timeout", "server closed"],
    slow=True,
)
async def page_left(lab: Bench):
    async def serve(line, request):
        await line.accept(request)
        for number in range(5):
            await line.text({"topicName": "channel.metadata", "eventBody": {"message": "WebSocket Heartbeat", "n": number}})
            await line.ping(b"beat")
            while (frame := await line.read(timeout=4)) and not frame.is_close:
                pass
            if frame:
                break
        if frame := frame or await line.read(timeout=5):
            await line.frame(8, frame.payload[:2])
        await line.end()

    await lab.https("streaming.example.test", serve)
    await lab.node(
        """
        const socket = open('wss://streaming.example.test/channels/streaming-5-6f1k2', [], {origin: 'https://app.example.test'})
        await socket.opened
        await sleep(20200)
        socket.close(1001)
        await socket.ended
        """
    )


@capture(
    "healthy-connect-proxy",
    title="Through a forward proxy: CONNECT, then TLS and WebSocket inside the tunnel",
    client="{aiohttp} (client)",
    server="{websockets} (server), and in front of it a CONNECT proxy ({scripted})",
    truth="Everything was accepted; the client closed when it was done.",
    shows="The leg between client and proxy: `CONNECT`, 200, and in the tunnel TLS 1.3 with the WebSocket.",
    hides="The leg behind the proxy.",
    attempts=[opened(closed(1000, "", "client"))],
)
async def connect_proxy(lab: Bench):
    host = "tunnelled.example.test"
    far = lab.out_of_sight()
    lab.hosts[host] = far

    async def serve(line, request):
        assert request.method == "CONNECT", request
        upstream_reader, upstream_writer = await asyncio.open_connection(far, 443)
        await line.send_head("HTTP/1.1 200 Connection established", [])
        await asyncio.gather(pump(line.reader, upstream_writer), pump(upstream_reader, line.writer))

    await lab.websockets_server(echo, host, address=far)
    await lab.http("proxy.example.test", serve, port=3128)
    async with lab.aiohttp() as session:
        async with session.ws_connect(f"https://{host}/echo", proxy="http://proxy.example.test:3128") as socket:
            for number in range(3):
                await socket.send_json({"n": number})
                await socket.receive()


async def pump(reader, writer):
    """Copies one direction until its end."""
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


@capture(
    "healthy-kubernetes-subprotocol",
    title="Kubernetes style: the bearer token as a base64url subprotocol beside the real one",
    client="{node ws}",
    server="{scripted}",
    truth="The server takes the token from the first subprotocol and selects the second, as the Kubernetes API server does.",
    shows="Two subprotocols, the one without the token selected, binary channel frames, and 1000 from the server when the command ended.",
    hides="Nothing that matters. The server imitates that API server; this is not a recording of it.",
    attempts=[opened(closed(1000, "", "server"))],
    never=["no credential", "missing scope"],
)
async def kubernetes(lab: Bench):
    host = "kube.example.test"
    marker = "base64url.bearer.authorization.k8s.io."
    token = tokens.jwt(tokens.claims(iss="kubernetes/serviceaccount", sub="system:serviceaccount:lab:runner", scope=None), "RS256")

    async def serve(line, request):
        assert any(name.startswith(marker) for name in request.subprotocols), request.fields
        await line.accept(request, subprotocol="v4.channel.k8s.io")
        await line.frame(2, b"\x01total 4\ndrwxr-xr-x 2 app app 4096 Nov 21 05:00 data\n")
        await line.frame(2, b'\x03{"metadata":{},"status":"Success"}')
        await line.close(1000)

    await lab.https(host, serve)
    await lab.dial(
        f"wss://{host}/api/v1/namespaces/lab/pods/app-0/exec?command=ls&stdout=true",
        protocols=[marker + tokens.base64url(token.encode()), "v4.channel.k8s.io"],
    )


@capture(
    "healthy-still-open",
    title="The capture ends while the socket is open and busy",
    client="{websockets} (client)",
    server="{websockets} (server)",
    truth="Nothing went wrong; the recording was stopped first.",
    shows="A handshake and messages in both directions until the end of the packets.",
    hides="How the session ended.",
    attempts=[opened(None)],
    never=["connection lost", "connection-lost", "1006"],
)
async def still_open(lab: Bench):
    host = "open.example.test"
    await lab.websockets_server(echo, host)
    socket = await lab.websockets(f"wss://{host}/echo")
    for number in range(6):
        await socket.send(f"message {number}")
        await socket.recv()
        await asyncio.sleep(0.2)
    await lab.stop_packets()
    lab.on_stop(socket.close)


@capture(
    "healthy-fragments",
    title="Fragmented text with a character split between frames, binary, and a ping between fragments",
    client="{node ws}",
    server="{websockets} (server)",
    truth="Everything was accepted; the client closed when it was done.",
    shows="A text message in three frames, cut inside a character and with a ping in between, then 3,000 binary bytes.",
    hides="Nothing that matters.",
    attempts=[opened(closed(1000, "", "client"))],
    never=["invalid utf-8"],
)
async def fragments(lab: Bench):
    await lab.websockets_server(echo, "live.example.test")
    await lab.node(
        """
        const socket = open('wss://live.example.test/feed', [], {perMessageDeflate: false})
        await socket.opened
        const words = Buffer.from('Grüße, 世界')
        const asText = {binary: false}
        socket.send(words.subarray(0, 3), {...asText, fin: false})   // inside the u umlaut
        socket.ping('between')
        socket.send(words.subarray(3, 11), {...asText, fin: false})  // inside the first ideogram
        socket.send(words.subarray(11), asText)
        socket.send(Buffer.alloc(3000, 'binary'))
        await sleep(300)
        socket.close(1000)
        await socket.ended
        """
    )


@capture(
    "healthy-rest-then-websocket",
    title="Login by REST, the token in the header, messages, clean close",
    client="{node ws}",
    server="{node ws} (server)",
    truth="Everything was accepted; the client closed when it was done.",
    shows="A mint, a REST call and a socket with the same token, all accepted by a real Node server.",
    hides="Nothing that matters.",
    attempts=[opened(closed(1000, "", "client"))],
)
async def rest_then_websocket(lab: Bench):
    token = tokens.jwt(tokens.claims(aud="https://live.example.test", age=0), "RS256")
    await lab.node_server(
        """
        const token = %r
        server.on('request', (request, response) => {
            response.setHeader('Content-Type', 'application/json')
            response.end(JSON.stringify(request.url === '/login' ? {access_token: token, expires_in: 3600} : {rooms: ['lobby']}))
        })
        const verifyClient = ({req}) => req.headers.authorization === `Bearer ${token}`
        new WebSocketServer({server, verifyClient, perMessageDeflate: true}).on('connection', socket => {
            socket.on('message', data => socket.send(String(data).toUpperCase()))
        })
        listen()
        """
        % token,
        "live.example.test",
    )
    await lab.node(
        """
        const answer = await rest('POST', 'https://live.example.test/login', {body: '{"user": "lab"}'})
        const headers = {Authorization: `Bearer ${answer.body.access_token}`}
        await rest('GET', 'https://live.example.test/rooms', {headers})
        const socket = open('wss://live.example.test/socket', [], {headers})
        await socket.opened
        for (const word of ['hello', 'hello again', 'hello for the last time']) { socket.send(word); await sleep(80) }
        socket.close(1000)
        await socket.ended
        """
    )
