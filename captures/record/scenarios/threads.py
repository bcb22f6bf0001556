"""Situations that people described in forum threads, rebuilt with a decision that is known."""

import asyncio
import time

from lab import tokens
from lab.bench import Bench
from lab.catalogue import capture, closed, opened, refused

API = "api.mypurecloud.com"
LOGIN = "login.mypurecloud.com"


def platform_claims(**more):
    """Claims as a client-credentials token of a contact-centre platform could carry them."""
    client = "5c1f6b0e-6d0e-4c0b-9a3e-2f1d8f0f9a11"
    return tokens.claims(
        iss=f"https://{LOGIN}", aud=f"https://{API}", **{"lifetime": 86400, "sub": client, "client_id": client, **more}
    )


@capture(
    "403-rest-accepts-upgrade-refused",
    title="REST accepts the client-credentials token, the upgrade answers 403",
    client="{node ws}",
    server="{scripted}",
    truth="The gateway has no route /webchat/v1/guest/connect. It answers unknown upgrade paths with an empty 403 and never looks at the token.",
    shows="The minted token was accepted on a REST path seconds before; the upgrade with the same bytes got an empty 403. "
    "So: not expired, not corrupt, not revoked then.",
    hides="Why: path, principal, placement, audience, scope and Origin all give this picture. The token is opaque, so its scope is unknown.",
    attempts=[refused(403, "path-unknown-masked", "possible", expect="undetermined")],
    never=[
        "wrong grant type",
        "use the password or authorization_code grant",
        "missing scope",
        "the token lacks a scope",
        "post /api/v2/guests",
        "/api/v2/conversations/webchat/guestsessions",
        "token has expired",
        "use ?token=",
    ],
)
async def thread_1(lab: Bench):
    token = tokens.opaque(48)

    async def serve(line, request):
        if request.path == "/oauth/token":
            body = {"access_token": token, "token_type": "bearer", "expires_in": 86400}
            await line.answer(200, [("Cache-Control", "no-store")], body)
        elif request.path == "/api/v2/authorization/userinfo" and request.bearer == token:
            await line.answer(200, [("inin-correlation-id", "8d0c2e0a-33b1-4b65-9f2c-7a35b4a0c1f7")], {"name": "Chat back end", "type": "client"})
        else:
            await line.answer(403)

    await lab.https(API, serve)
    await lab.node(
        """
        const answer = await rest('POST', 'https://api.mypurecloud.com/oauth/token', {
            headers: {'Content-Type': 'application/x-www-form-urlencoded', Authorization: 'Basic bGFiLWNsaWVudDpsYWItc2VjcmV0'},
            body: 'grant_type=client_credentials&scope=webchat%3Aguest%3Acreate'})
        const token = answer.body.access_token
        await sleep(400)
        await rest('GET', 'https://api.mypurecloud.com/api/v2/authorization/userinfo', {headers: {Authorization: `Bearer ${token}`}})
        await sleep(900)
        const socket = open('wss://api.mypurecloud.com/webchat/v1/guest/connect', [], {
            headers: {Authorization: `Bearer ${token}`, 'Content-Type': 'application/json'}})
        await socket.ended
        """
    )


@capture(
    "4003-subprotocol-token-refused",
    title="The subprotocol carries the token: 101, then close 4003; the query carries it: 401",
    client="{node ws}",
    server="{scripted}",
    truth="The gateway reads the token from the subprotocol only. It wants aud to be the gateway host; the guest resource issued it for the "
    "API host. Without a subprotocol it sees no credential and answers 401.",
    shows="The server's own words in the close reason. The offered bytes are the accessToken of the last mint step, the REST API takes "
    "them, and iat is seconds old. The two attempts were stopped by different gates.",
    hides="Why the token is invalid. Its aud names another host than the gateway, which fits, but no accepted token is there to compare with.",
    attempts=[
        opened(closed(4003, "Invalid authentication token", "server"), "token-audience-mismatch", "possible", expect="undetermined"),
        refused(401, "credential-in-ignored-query", "likely"),
    ],
    never=["token expired", "token has expired", "signature invalid", "signature does not verify", "genesys requires", "genesys rule"],
)
async def thread_2(lab: Bench):
    gateway = "webmessaging-gateway.mypurecloud.com"
    oauth_token = tokens.opaque(48)
    guest_token = tokens.jwt(
        tokens.claims(iss=f"https://{API}", aud=f"https://{API}", lifetime=900, age=0, scope="guest", sub="guest-0b1f", client_id=None), "RS256"
    )

    async def api(line, request):
        match request.method, request.path:
            case "POST", "/api/v2/oauth/token":
                await line.answer(200, [], {"access_token": oauth_token, "token_type": "bearer", "expires_in": 86400})
            case "POST", "/api/v2/webmessaging/guests" if request.bearer == oauth_token:
                body = {"id": "guest-0b1f", "gatewayUrl": f"wss://{gateway}/v1/guest", "accessToken": guest_token, "expiresIn": 900}
                await line.answer(200, [], body)
            case "POST", "/api/v2/webmessaging/guests/messages" if request.bearer == guest_token:
                await line.answer(200, [], {"id": "m-1", "status": "sent"})
            case _:
                await line.answer(401)

    async def socket(line, request):
        name, *values = request.subprotocols or [""]
        if name != "NICE-WebSocket-Auth" or not values:
            return await line.answer(401, [], {"message": "Unauthorized"})
        await line.accept(request, subprotocol=name)
        if tokens.read(values[0])["aud"] != f"https://{gateway}":
            await line.close(4003, "Invalid authentication token")

    await lab.https(API, api)
    await lab.https(gateway, socket)
    await lab.node(
        """
        const api = 'https://api.mypurecloud.com/api/v2'
        const oauth = await rest('POST', `${api}/oauth/token`, {
            headers: {'Content-Type': 'application/x-www-form-urlencoded', Authorization: 'Basic bGFiLWNsaWVudDpsYWItc2VjcmV0'},
            body: 'grant_type=client_credentials'})
        const guest = await rest('POST', `${api}/webmessaging/guests`, {
            headers: {'Content-Type': 'application/json', Authorization: `Bearer ${oauth.body.access_token}`},
            body: JSON.stringify({displayName: 'Lab guest'})})
        const {gatewayUrl, accessToken} = guest.body
        await open(gatewayUrl, ['NICE-WebSocket-Auth', accessToken]).ended
        await sleep(700)
        await open(`${gatewayUrl}?token=${accessToken}`).ended
        await sleep(300)
        await rest('POST', `${api}/webmessaging/guests/messages`, {
            headers: {'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}`},
            body: JSON.stringify({text: 'hello'})})
        """
    )


@capture(
    "403-path-unknown-masked",
    title="A bare 403 on /api/v2/webchat/websockets, Bearer header sent",
    client="{node ws}",
    server="{scripted}",
    truth="The gateway knows no /api/v2/webchat/websockets. It answers every unknown upgrade path with an empty 403; the token is not looked at.",
    shows="An upgrade that is correct in form (16 byte key, version 13) with a sound RS256 token (41 minutes to live), and an empty 403 "
    "without a challenge. No 101, so nothing was ever said on the socket.",
    hides="The reason. Path, placement, principal, scope, Origin and a missing query parameter all look like this.",
    attempts=[refused(403, "path-unknown-masked", "possible", expect="undetermined")],
    never=[
        "use ?token=",
        "use ?access_token=",
        "pass the token as a query parameter",
        "grant webchat:guest:write",
        "url-encode the token",
        "token has expired",
        "header was stripped",
        "sec-websocket-key is wrong",
    ],
)
async def thread_0_refused(lab: Bench):
    token = tokens.jwt(platform_claims(scope="openid", lifetime=3600, age=1140), "RS256")

    async def serve(line, request):
        await line.answer(403)

    await lab.https(API, serve)
    await lab.dial(
        "wss://api.mypurecloud.com/api/v2/webchat/websockets",
        headers={"Authorization": f"Bearer {token}", "x-gc-locale": "en-US"},
    )


@capture(
    "403-path-unknown-masked-with-controls",
    title="The same 403 with the token, without it, and on a path that cannot exist",
    client="{node ws}",
    server="{scripted}",
    truth="The gateway answers every unknown upgrade path with an empty 403; the token is not looked at.",
    shows="Three refusals, equal to the byte but for Date: with the token, without any credential, and with the token on an invented path.",
    hides="Whether the gateway refuses every upgrade (a proxy setting) or every unknown path.",
    attempts=[refused(403, "path-unknown-masked", "likely")] * 3,
    never=["use ?token=", "use ?access_token=", "grant webchat:guest:write", "token has expired", "missing scope"],
)
async def thread_0_controls(lab: Bench):
    token = tokens.jwt(platform_claims(scope="openid", lifetime=3600, age=1140), "RS256")

    async def serve(line, request):
        await line.answer(403)

    await lab.https(API, serve)
    await lab.node(
        """
        const bearer = {headers: {Authorization: `Bearer ${token}`}}
        await open('wss://api.mypurecloud.com/api/v2/webchat/websockets', [], bearer).ended
        await sleep(500)
        await open('wss://api.mypurecloud.com/api/v2/webchat/websockets').ended
        await sleep(500)
        await open('wss://api.mypurecloud.com/api/v2/webchat/no-such-path-7f3a', [], bearer).ended
        """,
        token=token,
    )


@capture(
    "101-closed-at-once",
    title="The same request is accepted with 101 and closed at once, code 1008, no reason",
    client="{node ws}",
    server="{scripted}",
    truth="The server upgrades first and checks afterwards. It misses deploymentId in the query, closes with 1008 and keeps the reason to itself.",
    shows="A right 101, then a close frame from the server within milliseconds, before the client said anything. No 403 is in this capture.",
    hides="What the server missed.",
    attempts=[
        opened(closed(1008, "", "server"), "required-parameter-missing", "certain", expect="closed-right-after-upgrade"),
    ],
    never=["use ?token=", "use ?access_token=", "grant webchat:guest:write", "answered 403", "token has expired"],
)
async def thread_0_closed(lab: Bench):
    token = tokens.jwt(platform_claims(scope="openid", lifetime=3600, age=1140), "RS256")

    async def serve(line, request):
        await line.accept(request)
        if "deploymentId" not in request.query:
            await line.close(1008)

    await lab.https(API, serve)
    await lab.dial(
        "wss://api.mypurecloud.com/api/v2/webchat/websockets",
        headers={"Authorization": f"Bearer {token}", "x-gc-locale": "en-US"},
    )


WIDGET_NEVER = [
    "scope mismatch",
    "missing scope",
    "request the messaging:write",
    "enable the embeddable framework",
    "pass the refresh_token",
    "x-genesys-auth-source",
]
VOICE_WORKS = opened(closed(1000, "", "client"))


def widget(name, *, title, truth, shows, hides, attempt, token, message_token, message_host=API, never=()):
    """The voice socket takes the token; the messaging socket answers 401. The four forms differ in what messaging sends."""

    @capture(
        name, title=title, client="{node ws}", server="{scripted}", truth=truth, shows=shows, hides=hides,
        attempts=[VOICE_WORKS, attempt], never=[*WIDGET_NEVER, *never],
    )  # fmt: skip
    async def thread_3(lab: Bench):
        voice = token()

        async def serve(line, request):
            if request.path == "/api/v2/users/me" and request.bearer == voice:
                await line.answer(200, [], {"id": "5f3a", "name": "Lab agent"})
            elif request.path.startswith("/voice/") and request.bearer == voice:
                await line.accept(request)
                await line.text({"topicName": "channel.metadata", "eventBody": {"message": "WebSocket Heartbeat"}})
                while (frame := await line.read(timeout=5)) and not frame.is_close:
                    pass
                await line.frame(8, frame.payload[:2] if frame else b"")
                await line.end()
            else:
                challenge = [("WWW-Authenticate", 'Bearer realm="messaging"')] if not request.bearer else []
                await line.answer(401, challenge)

        for host in dict.fromkeys((API, message_host)):
            await lab.https(host, serve)
        await lab.node(
            """
            const bearer = token => token ? {headers: {Authorization: `Bearer ${token}`}} : {}
            await rest('GET', 'https://api.mypurecloud.com/api/v2/users/me', bearer(voice))
            const phone = open('wss://api.mypurecloud.com/voice/v1/events', [], bearer(voice))
            await phone.opened
            await sleep(300)
            await open(`wss://${host}/messaging/v1/events`, [], bearer(message)).ended
            await sleep(300)
            phone.close(1000)
            await phone.ended
            """,
            voice=voice,
            message=message_token(voice),
            host=message_host,
        )


def agent_token():
    return tokens.jwt(platform_claims(scope="urn:genesyscloud:messages:read urn:genesyscloud:messages:write", sub="5f3a"), "RS256")


def token_of_earlier_login(voice):
    """The same subject's token of an hour ago, which ended three minutes ago."""
    now = int(time.time())
    return tokens.jwt({**tokens.read(voice), "iat": now - 3780, "nbf": now - 3780, "exp": now - 180, "jti": "earlier-login"}, "RS256")


widget(
    "401-credential-lost-on-the-way",
    title="Voice carries the token, the messaging upgrade does not: 401",
    truth="The messaging gateway saw no credential and said so with a bare challenge. The widget's frame never received the token.",
    shows="REST and voice send the same token and are accepted; the messaging upgrade of the same process has no Authorization at all.",
    hides="Where in the client it got lost.",
    attempt=refused(401, "credential-lost-on-the-way", "likely"),
    token=agent_token,
    message_token=lambda voice: None,
    never=["token has expired"],
)
widget(
    "401-token-audience-silent",
    title="Voice accepts the token, messaging on the same host answers 401 to the same token",
    truth="The messaging gateway wants its own audience in aud. It says nothing but 401.",
    shows="The same bytes are accepted by REST and voice in the same second: not expired, not corrupt.",
    hides="Whether audience, principal or placement is the matter: the 401 carries no challenge.",
    attempt=refused(401, "token-audience-mismatch", "possible", expect="undetermined"),
    token=agent_token,
    message_token=lambda voice: voice,
    never=["token has expired"],
)
widget(
    "401-token-region-mismatch",
    title="A token of mypurecloud.com is sent to api.mypurecloud.ie: 401",
    truth="The Irish region trusts its own issuer only.",
    shows="iss and the accepting host belong to mypurecloud.com; the refusing host to mypurecloud.ie. The bytes are the same.",
    hides="The server's reason: it gave none.",
    attempt=refused(401, "token-region-mismatch", "likely"),
    token=agent_token,
    message_token=lambda voice: voice,
    message_host="api.mypurecloud.ie",
    never=["token has expired"],
)
widget(
    "401-token-other-than-voice",
    title="Messaging sends another token than voice, one that ended three minutes ago: 401",
    truth="The messaging widget kept the token of an earlier login. The gateway checks exp and refused for that.",
    shows="Two tokens of the same subject. The one voice sends is alive and accepted; the one messaging sends ended three minutes before Date.",
    hides="Why the widget did not receive the new token.",
    attempt=refused(401, "token-expired", "certain"),
    token=agent_token,
    message_token=lambda voice: token_of_earlier_login(voice),
)


def idle_then_refused(name, *, title, shows, refreshed, never):
    """61 s of silence, close 1001, and a reconnect that is refused."""

    @capture(
        name,
        title=title,
        client="{node ws}",
        server="{scripted}",
        truth="The server closes a socket after 61 s of silence. Its channel is then gone, and a reconnect to it is refused whatever the "
        "token; the token itself stays good.",
        shows=shows,
        hides="Why the reconnect was refused: a channel that is good once, a token that was revoked and throttling look alike. One silent "
        "minute is also the default of common proxies, so one gap without a reason text proves no idle rule.",
        attempts=[
            opened(closed(1001, "", "server"), "server-idle-timeout", "certain", expect="server-going-away"),
            refused(403, "session-url-spent", "possible", expect="undetermined"),
        ],
        never=[
            "token expired during",
            "token has expired",
            "never reuse a token",
            "cannot reuse",
            "missing analytics:events:read",
            "genesys drops",
            "invalidates these tokens rapidly",
            *never,
        ],
        slow=True,
    )
    async def thread_4(lab: Bench):
        def mint():
            return tokens.jwt(platform_claims(age=0, scope="analytics notifications"), "RS256")

        first, dead = mint(), False

        async def serve(line, request):
            nonlocal dead
            if request.path == "/oauth/token":
                return await line.answer(200, [], {"access_token": mint(), "token_type": "bearer", "expires_in": 86400})
            if dead:
                return await line.answer(403)
            await line.accept(request)
            for number in range(3):
                await line.text({"topicName": "v2.analytics.events", "eventBody": {"sequence": number}})
                await asyncio.sleep(0.4)
            await asyncio.sleep(60.6)
            dead = True
            await line.close(1001)

        await lab.https(API, serve)
        await lab.node(
            """
            const url = 'wss://api.mypurecloud.com/api/v2/analytics/events'
            let token = first
            await open(url, [], {headers: {Authorization: `Bearer ${token}`}}).ended
            if (refreshed) {
                const answer = await rest('POST', 'https://api.mypurecloud.com/oauth/token', {
                    headers: {'Content-Type': 'application/x-www-form-urlencoded', Authorization: 'Basic bGFiLWNsaWVudDpsYWItc2VjcmV0'},
                    body: 'grant_type=client_credentials'})
                token = answer.body.access_token
            }
            await sleep(100)
            await open(url, [], {headers: {Authorization: `Bearer ${token}`}}).ended
            """,
            first=first,
            refreshed=refreshed,
        )


idle_then_refused(
    "1001-then-403-same-token",
    title="61 s of silence, close 1001, reconnect with the same token: 403",
    shows="The \"refreshed\" token is byte for byte the old one, it has 23 hours to live, and the same path took it a minute earlier. No "
    "mint happened between close and reconnect. The two handshakes differ only in key and time.",
    refreshed=False,
    never=[],
)
idle_then_refused(
    "1001-then-403-new-token",
    title="61 s of silence, close 1001, reconnect with a freshly minted token: 403",
    shows="A mint stands between close and reconnect, and the reconnect carries its token: same subject, audience and scopes, later iat. "
    "So the old token was not sent again, and no scope was lost.",
    refreshed=True,
    never=["sent the old token", "the same token"],
)
