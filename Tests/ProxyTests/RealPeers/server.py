"""A real WebSocket server: aiohttp on loopback. Arguments: certificate and key (PEM), or none for plain TCP.
Prints its port. Ends when its standard input does."""
import asyncio
import json
import ssl
import sys

from aiohttp import WSMsgType, web


async def echo(request):
    socket = web.WebSocketResponse(protocols=("chat.v2", "chat.v1"), compress=True, max_msg_size=0)
    await socket.prepare(request)
    async for message in socket:
        if message.type == WSMsgType.TEXT:
            if message.data == "lines":
                await socket.send_str(json.dumps(request.headers.getall("X-Twice", [])))
            elif message.data.startswith("close "):
                await socket.close(code=int(message.data[6:]), message=b"token expired")
            else:
                await socket.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await socket.send_bytes(message.data)
    return socket


async def refuse(request):
    status = int(request.match_info["status"])
    body = {"error": "invalid_token", "error_description": "The token expired"}
    return web.json_response(body, status=status, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


async def page(request):
    with open(__file__.replace("server.py", "page.html")) as file:
        return web.Response(text=file.read(), content_type="text/html")


async def done(request):
    """The page has its answers; a picture that it waits for may come now, and with it the end of loading."""
    finished.set()
    return web.Response(text="")


async def wait(request):
    await asyncio.wait_for(finished.wait(), 40)
    return web.Response(status=204)


finished = None


async def main():
    global finished
    finished = asyncio.Event()
    application = web.Application()
    application.router.add_get("/page", page)
    application.router.add_get("/done", done)
    application.router.add_get("/wait", wait)
    application.router.add_get("/echo", echo)
    application.router.add_get("/refuse/{status}", refuse)
    context = None
    if 2 < len(sys.argv):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
