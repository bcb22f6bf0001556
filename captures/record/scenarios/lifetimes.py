"""Tokens and time."""

import time

from lab import tokens
from lab.bench import Bench
from lab.catalogue import capture, closed, opened, refused

HOST = "chat.example.test"


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
    await lab.node("await open('wss://chat.example.test/v1/socket', [], {headers: {Authorization: `Bearer ${token}`}}).ended", token=token)
