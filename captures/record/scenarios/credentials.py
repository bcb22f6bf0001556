"""Is there a credential, and does it stand where the server looks?"""

from lab import tokens
from lab.bench import Bench
from lab.catalogue import capture, closed, opened, refused

HOST = "chat.example.test"


@capture(
    "401-credential-missing",
    title="No credential at all, and the server asks for one",
    client="{node ws}",
    server="{scripted}",
    truth="The server wants a bearer token, finds none and says so: 401 with a bare `WWW-Authenticate: Bearer`.",
    shows="No header, query, cookie, subprotocol or user information carries a credential. A challenge without an error attribute is "
    "what RFC 6750 section 3.1 prescribes for a request without one.",
    hides="Why the client sent none.",
    attempts=[refused(401, "credential-missing", "likely")],
    never=["expired", "scope"],
)
async def credential_missing(lab: Bench):
    async def serve(line, request):
        if not request.bearer:
            await line.answer(401, [("WWW-Authenticate", 'Bearer realm="chat"')])

    await lab.https(HOST, serve)
    await lab.node("await open('wss://chat.example.test/v1/socket?room=42').ended")
