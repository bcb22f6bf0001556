"""Is there a credential, and does it stand where the server looks?"""

import base64
import secrets
import urllib.parse

from lab import tokens
from lab.bench import Bench
from lab.catalogue import capture, closed, opened, refused

HOST = "chat.example.test"
SOCKET = f"wss://{HOST}/v1/socket"
LEFT = opened(closed(1000, "", "client"))


def bearer(token):
    """The options of a Node socket that sends an Authorization header."""
    return {"headers": {"Authorization": f"Bearer {token}"}}


async def welcome(line, request, **options):
    """Accepts, greets, and stays until the client closes."""
    await line.accept(request, **options)
    await line.text({"type": "welcome"})
    while (frame := await line.read(timeout=10)) and not frame.is_close:
        pass
    if frame:
        await line.frame(8, frame.payload[:2])
    await line.end()


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
    never=["expired", "missing scope"],
)
async def credential_missing(lab: Bench):
    async def serve(line, request):
        if not request.bearer:
            await line.answer(401, [("WWW-Authenticate", 'Bearer realm="chat"')])

    await lab.https(HOST, serve)
    await lab.dial(SOCKET + "?room=42")


def placement(name, *, title, truth, reads, first, second, cause, never=()):
    """The same token twice, in two places; only the second is where the server looks."""

    @capture(
        name, title=title, client="{node ws}", server="{scripted}", truth=truth,
        shows="One token, two places, two outcomes, all else equal: that decides it.",
        hides="Nothing that matters.",
        attempts=[refused(401, cause, "certain"), LEFT],
        never=["expired", "missing scope", *never],
    )  # fmt: skip
    async def two_places(lab: Bench):
        token = tokens.jwt(tokens.claims(), "RS256")

        async def serve(line, request):
            if reads(request) == token:
                await welcome(line, request)
            else:
                await line.answer(401, [("WWW-Authenticate", 'Bearer realm="chat"')])

        await lab.https(HOST, serve)
        for address, options in (first(token), second(token)):
            await lab.dial(address, leave=1000, **options)


placement(
    "401-credential-in-ignored-header",
    title="The header is ignored (401), the same token in ?access_token= is taken (101)",
    truth="The server reads the query parameter access_token and nothing else.",
    reads=lambda request: request.query.get("access_token"),
    first=lambda token: (SOCKET, bearer(token)),
    second=lambda token: (f"{SOCKET}?access_token={token}", {}),
    cause="credential-in-ignored-header",
)
placement(
    "401-credential-in-ignored-query",
    title="The query is ignored (401), the same token in the Authorization header is taken (101)",
    truth="The server reads the Authorization header and nothing else.",
    reads=lambda request: request.bearer,
    first=lambda token: (f"{SOCKET}?access_token={token}", {}),
    second=lambda token: (SOCKET, bearer(token)),
    cause="credential-in-ignored-query",
)
placement(
    "401-credential-parameter-misnamed",
    title="?token= is ignored (401), the same token as ?access_token= is taken (101)",
    truth="The server reads the query parameter access_token and knows no parameter called token.",
    reads=lambda request: request.query.get("access_token"),
    first=lambda token: (f"{SOCKET}?token={token}", {}),
    second=lambda token: (f"{SOCKET}?access_token={token}", {}),
    cause="credential-parameter-misnamed",
)
placement(
    "401-authorization-scheme-wrong",
    title="The header holds the bare token without a scheme (401), with `Bearer` it is taken (101)",
    truth="The server splits the Authorization value at the space and wants the scheme Bearer.",
    reads=lambda request: request.bearer,
    first=lambda token: (SOCKET, {"headers": {"Authorization": token}}),
    second=lambda token: (SOCKET, bearer(token)),
    cause="authorization-scheme-wrong",
)


def silent_or_stated(name, *, title, truth, shows, hides, cause, at_most, send, fields=(), body="", status=401, expect=None, never=()):
    """One request with one damaged or unfit credential, and a scripted refusal."""

    @capture(
        name, title=title, client="{node ws}", server="{scripted}", truth=truth, shows=shows, hides=hides,
        attempts=[refused(status, cause, at_most, expect)], never=never,
    )  # fmt: skip
    async def one_refusal(lab: Bench):
        async def serve(line, request):
            await line.answer(status, list(fields), body)

        await lab.https(HOST, serve)
        address, options = send()
        await lab.dial(address, **options)


INVALID = [("WWW-Authenticate", 'Bearer realm="chat", error="invalid_token"')]
ENVOY = [("server", "envoy"), ("content-type", "text/plain")]

silent_or_stated(
    "403-scope-missing-stated",
    title="The server says which scope is missing",
    truth="The token is good and lacks the scope chat:connect.",
    shows='403 with `error="insufficient_scope", scope="chat:connect"`; the token\'s own scope list does not hold it.',
    hides="Who may grant it.",
    cause="scope-missing-stated",
    at_most="certain",
    status=403,
    fields=[("WWW-Authenticate", 'Bearer realm="chat", error="insufficient_scope", scope="chat:connect"')],
    send=lambda: (SOCKET, bearer(tokens.jwt(tokens.claims(scope="profile chat:read"), "RS256"))),
    never=["expired"],
)
silent_or_stated(
    "403-token-audience-mismatch",
    title="An Envoy-like gateway says that the audience is not allowed, with 403",
    truth="The gateway's JWT filter compared aud with its list and refused.",
    shows="The body `Audiences in Jwt are not allowed`, and an aud that names another service.",
    hides="Which audience would be right.",
    cause="token-audience-mismatch",
    at_most="certain",
    status=403,
    fields=ENVOY,
    body="Audiences in Jwt are not allowed",
    send=lambda: (SOCKET, bearer(tokens.jwt(tokens.claims(aud="https://billing.example.test"), "RS256"))),
    never=["missing scope", "expired"],
)
silent_or_stated(
    "401-token-issuer-untrusted",
    title="An Envoy-like gateway says that the issuer is not configured",
    truth="The gateway's JWT filter knows other issuers than this one.",
    shows="The body `Jwt issuer is not configured`, and the token's iss.",
    hides="Which issuers it trusts.",
    cause="token-issuer-untrusted",
    at_most="certain",
    fields=[*ENVOY, ("www-authenticate", 'Bearer realm="https://chat.example.test/v1/socket", error="invalid_token"')],
    body="Jwt issuer is not configured",
    send=lambda: (SOCKET, bearer(tokens.jwt(tokens.claims(iss="https://login.staging.example.test"), "RS256"))),
    never=["missing scope", "expired"],
)
silent_or_stated(
    "401-token-truncated",
    title="A JWT that was cut at 255 characters",
    truth="A database column of 255 characters cut the token; the server cannot parse it and says so.",
    shows="Two parts instead of three, exactly 255 characters, and `The token is malformed`.",
    hides="What cut it.",
    cause="token-truncated",
    at_most="certain",
    fields=[("WWW-Authenticate", 'Bearer realm="chat", error="invalid_token", error_description="The token is malformed"')],
    send=lambda: (SOCKET, bearer(tokens.jwt(tokens.claims(), "RS256")[:255])),
    never=["expired", "missing scope"],
)
silent_or_stated(
    "401-token-stray-characters",
    title="The header says `Bearer undefined`",
    truth="The server cannot make anything of the word undefined.",
    shows="The literal value.",
    hides="Which variable was empty.",
    cause="token-stray-characters",
    at_most="certain",
    fields=INVALID,
    send=lambda: (SOCKET, bearer("undefined")),
    never=["expired", "missing scope"],
)
silent_or_stated(
    "401-token-with-bearer-prefix",
    title="The query value starts with `Bearer%20`",
    truth="The server takes the whole query value for the token, prefix and all, and fails to parse it.",
    shows="The literal prefix in front of a sound JWT.",
    hides="The server's reason: it says only invalid_token.",
    cause="token-with-bearer-prefix",
    at_most="likely",
    fields=INVALID,
    send=lambda: (f"{SOCKET}?access_token=Bearer%20{tokens.jwt(tokens.claims(), 'RS256')}", {}),
    never=["expired", "missing scope"],
)
silent_or_stated(
    "401-token-algorithm-refused",
    title="A token with alg none",
    truth="The server accepts RS256 only.",
    shows="`alg` is none, the signature is empty, and the server says that the algorithm is not allowed.",
    hides="Nothing that matters.",
    cause="token-algorithm-refused",
    at_most="certain",
    fields=[("WWW-Authenticate", 'Bearer realm="chat", error="invalid_token", error_description="Algorithm none is not allowed"')],
    send=lambda: (SOCKET, bearer(unsigned())),
    never=["expired", "missing scope"],
)


def unsigned():
    signed = tokens.jwt(tokens.claims(), alg="HS256")
    head = tokens.base64url(b'{"alg":"none","typ":"JWT"}')
    return f"{head}.{signed.split('.')[1]}."


def from_the_mint(name, *, title, truth, shows, hides, cause, at_most, mint, send, accepts=lambda request, answer: False, never=(), status=401):
    """The token is minted in the capture, so what was minted and what was sent can be compared."""

    @capture(
        name, title=title, client="{node ws}", server="{scripted}", truth=truth, shows=shows, hides=hides,
        attempts=[refused(status, cause, at_most)], never=never,
    )  # fmt: skip
    async def minted(lab: Bench):
        answer = mint()

        async def serve(line, request):
            if request.path == "/oauth/token":
                await line.answer(200, [("Cache-Control", "no-store")], answer)
            elif not accepts(request, answer):
                await line.answer(status, INVALID if status == 401 else [])

        await lab.https(HOST, serve)
        address, options = send(answer)
        await lab.node(
            """
            await rest('POST', 'https://chat.example.test/oauth/token', {
                headers: {'Content-Type': 'application/x-www-form-urlencoded'},
                body: 'grant_type=authorization_code&code=lab-code&client_id=lab-client'})
            await sleep(200)
            await open(address, [], options).ended
            """,
            address=address,
            options=options,
        )


def opaque_with_plus():
    """Standard base64 that holds at least two plus signs and a slash."""
    while True:
        token = base64.b64encode(secrets.token_bytes(48)).decode()
        if token.count("+") >= 2 and "/" in token:
            return {"access_token": token, "token_type": "bearer", "expires_in": 3600}


from_the_mint(
    "401-token-plus-became-space",
    title="An opaque token with plus signs stands unescaped in the query",
    truth="The server reads the query as a form, where `+` is a space, so the token it looks up does not exist.",
    shows="The minted value holds `+`, and the raw query holds the same `+` unescaped. The token is standard base64, not a JWT.",
    hides="How the server reads queries; it says only invalid_token.",
    cause="token-plus-became-space",
    at_most="likely",
    mint=opaque_with_plus,
    send=lambda answer: (f"{SOCKET}?access_token={answer['access_token']}", {}),
    accepts=lambda request, answer: request.query.get("access_token") == answer["access_token"],
    never=["expired", "missing scope"],
)
from_the_mint(
    "401-token-percent-encoding",
    title="The token was percent-encoded twice",
    truth="The server decodes once and finds %2B where the token has a plus sign.",
    shows="`%252B` in the query; decoding twice, not once, gives the minted value.",
    hides="The server's reason: it says only invalid_token.",
    cause="token-percent-encoding",
    at_most="likely",
    mint=opaque_with_plus,
    send=lambda answer: (
        f"{SOCKET}?access_token={urllib.parse.quote(urllib.parse.quote(answer['access_token'], safe=''), safe='')}",
        {},
    ),
    accepts=lambda request, answer: request.query.get("access_token") == answer["access_token"],
    never=["expired", "missing scope"],
)


def three_tokens():
    now = tokens.claims()
    identity = tokens.claims(aud="lab-client", scope=None, nonce="n-0S6", at_hash="77QmUPtjPfzWtF2AnpK9RQ", client_id=None)
    return {
        "access_token": tokens.jwt(now, "RS256", typ="at+jwt"),
        "id_token": tokens.jwt(identity, "RS256"),
        "refresh_token": tokens.opaque(24),
        "token_type": "Bearer",
        "expires_in": 3600,
    }


from_the_mint(
    "401-wrong-token-of-several",
    title="The mint gave access, id and refresh tokens; the upgrade sends the id token",
    truth="The server takes access tokens only.",
    shows="The bytes sent equal the id_token of the mint: aud is the client, it has a nonce and no scope.",
    hides="The server's reason: it says only invalid_token.",
    cause="wrong-token-of-several",
    at_most="likely",
    mint=three_tokens,
    send=lambda answer: (SOCKET, bearer(answer["id_token"])),
    never=["expired", "missing scope"],
)


@capture(
    "403-token-region-mismatch",
    title="Minted at login.mypurecloud.de, sent to api.usw2.pure.cloud: 403",
    client="{node ws}",
    server="{scripted}",
    truth="The US West region trusts its own issuer only; it answers 403 without a reason.",
    shows="Mint host and iss name one region of the vendor, the refusing host another.",
    hides="The server's reason.",
    attempts=[refused(403, "token-region-mismatch", "likely")],
    never=["missing scope", "expired"],
)
async def region(lab: Bench):
    home = "https://login.mypurecloud.de"
    token = tokens.jwt(tokens.claims(iss=home, aud="https://api.mypurecloud.de", age=0), "RS256")

    async def login(line, request):
        await line.answer(200, [], {"access_token": token, "token_type": "bearer", "expires_in": 3600})

    async def api(line, request):
        await line.answer(403, [("inin-correlation-id", "0f6cf9f0-2d9c-4f0e-8f0e-5a2d3f0c6f11")])

    await lab.https("login.mypurecloud.de", login)
    await lab.https("api.usw2.pure.cloud", api)
    await lab.node(
        """
        const answer = await rest('POST', 'https://login.mypurecloud.de/oauth/token', {
            headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'grant_type=client_credentials'})
        await open('wss://api.usw2.pure.cloud/api/v2/notifications/socket', [], {
            headers: {Authorization: `Bearer ${answer.body.access_token}`}}).ended
        """
    )


@capture(
    "403-principal-wrong",
    title="The server says that a client token is not enough: a user is required",
    client="{node ws}",
    server="{scripted}",
    truth="The endpoint is for users. The token came from a client_credentials grant and stands for a client.",
    shows="The grant in the mint, sub equal to client_id in the token, and the server's own words.",
    hides="Which grant the application may use.",
    attempts=[refused(403, "principal-wrong", "certain")],
    never=["expired", "missing scope"],
)
async def principal(lab: Bench):
    token = tokens.jwt(tokens.claims(sub="lab-client", client_id="lab-client", age=0), "RS256")

    async def serve(line, request):
        if request.path == "/oauth/token":
            await line.answer(200, [], {"access_token": token, "token_type": "Bearer", "expires_in": 3600})
        else:
            body = {"code": "not.authorized", "message": "This request requires a user context. Client credentials cannot be used."}
            await line.answer(403, [], body)

    await lab.https(HOST, serve)
    await lab.node(
        """
        const answer = await rest('POST', 'https://chat.example.test/oauth/token', {
            headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: 'grant_type=client_credentials&client_id=lab-client'})
        await open('wss://chat.example.test/v1/socket', [], {
            headers: {Authorization: `Bearer ${answer.body.access_token}`}}).ended
        """
    )


@capture(
    "403-minted-url-not-used",
    title="The minted URL is dialled without its query: 403",
    client="{node ws}",
    server="{scripted}",
    truth="The signature in the minted URL's query is the credential. The client kept host and path and dropped the query.",
    shows="The connectUri of the REST answer and the URL dialled differ by the query; the refusal has no reason.",
    hides="The server's reason.",
    attempts=[refused(403, "minted-url-not-used", "likely")],
    never=["expired", "missing scope"],
)
async def query_dropped(lab: Bench):
    streaming = "stream.example.test"
    query = f"channel=7f3a2c&expires=86400&signature={tokens.opaque(32)}"

    async def api(line, request):
        await line.answer(200, [], {"connectUri": f"wss://{streaming}/connect?{query}", "expires_in": 86400})

    async def socket(line, request):
        if request.target.partition("?")[2] != query:
            await line.answer(403)

    await lab.https(HOST, api)
    await lab.https(streaming, socket)
    await lab.node(
        """
        const answer = await rest('POST', 'https://chat.example.test/v1/channels', {headers: {Authorization: `Bearer ${token}`}})
        const {host, pathname} = new URL(answer.body.connectUri)
        await open(`wss://${host}${pathname}`).ended
        """,
        token=tokens.opaque(32),
    )
