"""Situations that people described in forum threads, rebuilt with a decision that is known."""

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
