"""Tokens and time."""

import asyncio
import time

from lab import tokens
from lab.bench import Bench
from lab.catalogue import capture, closed, opened, refused

HOST = "chat.example.test"
SOCKET = f"wss://{HOST}/v1/socket"


def statement(error: str, description: str):
    """A challenge that gives the reason, RFC 6750 section 3."""
    return [("WWW-Authenticate", f'Bearer realm="chat", error="{error}", error_description="{description}"')]


@capture(
    "401-token-expired",
    title="An access token that ended ten minutes ago",
    client="{node ws}",
    server="{scripted}",
    truth="The server compared exp with its clock, found the token ended 600 s ago and refused for that reason only.",
    shows="exp lies ten minutes before the answer's Date, and the server says `invalid_token`, \"The token expired\".",
    hides="Why the client held on to the old token.",
    attempts=[refused(401, "token-expired", "certain")],
    never=["missing scope", "clock is wrong"],
)
async def token_expired(lab: Bench):
    token = tokens.jwt(tokens.claims(lifetime=3600, age=4200), "RS256")

    async def serve(line, request):
        if tokens.read(request.bearer)["exp"] < time.time():
            await line.answer(401, statement("invalid_token", "The token expired"), {"error": "invalid_token"})

    await lab.https(HOST, serve)
    await lab.dial(SOCKET, headers={"Authorization": f"Bearer {token}"})


@capture(
    "401-token-not-yet-valid",
    title="A token that becomes valid in five minutes",
    client="{node ws}",
    server="{scripted}",
    truth="nbf lies 300 s ahead of the server's clock (the issuer's clock leads), and the server refused for that.",
    shows="nbf is five minutes later than the answer's Date, and the server says `The token is not yet valid`.",
    hides="Whose clock is wrong.",
    attempts=[refused(401, "token-not-yet-valid", "certain")],
    never=["token expired", "token had expired", "missing scope"],
)
async def not_yet_valid(lab: Bench):
    token = tokens.jwt(tokens.claims(age=-300), "RS256")

    async def serve(line, request):
        if tokens.read(request.bearer)["nbf"] > time.time():
            await line.answer(401, statement("invalid_token", "The token is not yet valid"))

    await lab.https(HOST, serve)
    await lab.dial(SOCKET, headers={"Authorization": f"Bearer {token}"})


@capture(
    "401-clock-skew",
    title="The server's clock is three hours ahead; fresh tokens are too old for it",
    client="{node ws}",
    server="{scripted}",
    truth="The chat server's clock runs three hours fast. A token minted seconds ago with an hour to live has ended by that clock.",
    shows="Every Date of chat.example.test is three hours ahead of the packets, over four answers; the login host's Date is right. The "
    "token's iat is the moment of the packets.",
    hides="Which of the clocks is true: the packets carry the clock of the machine that recorded.",
    attempts=[refused(401, "clock-skew", "likely"), refused(401, "clock-skew", "likely")],
    never=["missing scope"],
)
async def clock_skew(lab: Bench):
    ahead = 3 * 3600

    async def login(line, request):
        body = {"access_token": tokens.jwt(tokens.claims(age=0), "RS256"), "token_type": "Bearer", "expires_in": 3600}
        await line.answer(200, [], body)

    async def chat(line, request):
        now = time.time() + ahead
        if request.path == "/v1/health":
            await line.answer(200, [], {"status": "ok"}, date=now)
        elif tokens.read(request.bearer)["exp"] < now:
            await line.answer(401, statement("invalid_token", "The token expired"), date=now)

    await lab.https("login.example.test", login)
    await lab.https(HOST, chat)
    await lab.node(
        """
        for (let n = 0; n < 2; n++) {
            await rest('GET', 'https://chat.example.test/v1/health')
            const answer = await rest('POST', 'https://login.example.test/oauth/token', {
                headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'grant_type=client_credentials'})
            await open('wss://chat.example.test/v1/socket', [], {
                headers: {Authorization: `Bearer ${answer.body.access_token}`}}).ended
            await sleep(1500)
        }
        """
    )


@capture(
    "4001-token-expired-mid-session",
    title="Two sockets, each closed at the moment its own token ends",
    client="{node ws}",
    server="{scripted}",
    truth="The server watches exp while the socket is open and closes with 4001 when it passes.",
    shows="Each close comes within a second of that token's exp, after 6 and after 9 seconds, with the reason `token expired`.",
    hides="Nothing that matters.",
    attempts=[
        opened(closed(4001, "token expired", "server"), "token-expired-mid-session", "certain"),
        opened(closed(4001, "token expired", "server"), "token-expired-mid-session", "certain"),
    ],
    never=["idle timeout", "missing scope"],
    slow=True,
)
async def mid_session(lab: Bench):
    async def serve(line, request):
        await line.accept(request)
        ends = tokens.read(request.bearer)["exp"]
        while time.time() < ends:
            await line.text({"type": "tick", "at": int(time.time())})
            await asyncio.sleep(1)
        await line.close(4001, "token expired")

    await lab.https(HOST, serve)
    for lifetime in (6, 9):
        token = tokens.jwt(tokens.claims(lifetime=lifetime, age=0), "RS256")
        await lab.dial(SOCKET, headers={"Authorization": f"Bearer {token}"})


@capture(
    "403-reconnect-with-old-token",
    title="The server restarts; a new token is minted, and the reconnect sends the old one, which has ended",
    client="{node ws}",
    server="{scripted}",
    truth="The client's reconnect function holds the first token in a closure. That token ended 70 s before; the server refused it for that.",
    shows="The reconnect carries the bytes of the first handshake, though the mint in between returned others; exp has passed.",
    hides="Whether the server refused for exp: a bare 403 does not say.",
    attempts=[
        opened(closed(1012, "service restart", "server"), "server-error-close", "certain"),
        refused(403, "reconnect-with-old-token", "likely"),
    ],
    never=["missing scope"],
    slow=True,
)
async def old_token(lab: Bench):
    first = tokens.jwt(tokens.claims(lifetime=6, age=0), "RS256")

    async def serve(line, request):
        if request.path == "/oauth/token":
            body = {"access_token": tokens.jwt(tokens.claims(age=0), "RS256"), "token_type": "Bearer", "expires_in": 3600}
            return await line.answer(200, [], body)
        if tokens.read(request.bearer)["exp"] < time.time():
            return await line.answer(403)
        await line.accept(request)
        for number in range(19):  # Checked at the handshake only, so the socket outlives its token by 70 s.
            await line.text({"type": "tick", "number": number})
            await asyncio.sleep(4)
        await line.close(1012, "service restart")

    await lab.https(HOST, serve)
    await lab.node(
        """
        const connect = () => open('wss://chat.example.test/v1/socket', [], {headers: {Authorization: `Bearer ${first}`}})
        await connect().ended
        await rest('POST', 'https://chat.example.test/oauth/token', {
            headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'grant_type=client_credentials'})
        await sleep(400)
        await connect().ended
        """,
        first=first,
    )


@capture(
    "401-refresh-returned-same-token",
    title="The refresh answers with the token that has already ended",
    client="{node ws}",
    server="{scripted}",
    truth="A cache in front of the token endpoint returns the old token. The socket server refuses it because exp has passed.",
    shows="The mint's access_token is the token of the request before it, exp lies five minutes before Date, and the server says so.",
    hides="What cached it.",
    attempts=[refused(401, "token-expired", "certain"), refused(401, "refresh-returned-same-token", "certain", expect="token-expired")],
    never=["missing scope", "clock is wrong"],
)
async def same_token(lab: Bench):
    token = tokens.jwt(tokens.claims(age=3900), "RS256")

    async def serve(line, request):
        if request.path == "/oauth/token":
            await line.answer(200, [("Age", "412")], {"access_token": token, "token_type": "Bearer", "expires_in": 3600})
        else:
            await line.answer(401, statement("invalid_token", "The token expired"))

    await lab.https(HOST, serve)
    await lab.node(
        """
        const connect = () => open('wss://chat.example.test/v1/socket', [], {headers: {Authorization: `Bearer ${token}`}})
        await connect().ended
        const answer = await rest('POST', 'https://chat.example.test/oauth/token', {
            headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'grant_type=refresh_token&refresh_token=lab-refresh'})
        token = answer.body.access_token
        await sleep(300)
        await connect().ended
        """,
        token=token,
    )
