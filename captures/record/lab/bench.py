"""One scenario's bench: its own loopback network, packet capture, key log, servers and clients.

Scenario number N owns 127.10.N.0/24. Every host name gets an address there, so servers can listen on the real ports (443, 80)
and many scenarios can run side by side. No packet leaves the loopback interface.
"""

import asyncio
import contextlib
import json
import os
import signal
import ssl
import subprocess
from pathlib import Path

import aiohttp.web
import uvicorn
import websockets
from aiohttp.abc import AbstractResolver

from .certificates import Authority
from .wire import Line

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"


class Bench:
    """What a scenario is given."""

    def __init__(self, number: int, folder: Path, authority: Authority):
        self.net, self.folder, self.authority = f"127.10.{number}", folder, authority
        self.keys, self.packets = folder / "keys.txt", folder / "packets.pcap"
        self.hosts: dict[str, str] = {}
        self.said: list[str] = []
        self._sniffer = None
        self._closers: list = []

    # Packets

    async def start(self, bytes_per_packet=0):
        """Starts the packet capture and returns when it really captures. 0 means whole packets."""
        self._sniffer = await asyncio.create_subprocess_exec(
            *("tcpdump", "-i", "lo", "-U", "--immediate-mode", "-s", str(bytes_per_packet), "-w", str(self.packets)),
            *("tcp", "and", "net", f"{self.net}.0/24"),
            stderr=subprocess.PIPE,
        )
        while line := await self._sniffer.stderr.readline():
            if b"listening on" in line:
                break
        await asyncio.sleep(0.2)

    async def stop_packets(self):
        """Ends the packet capture only."""
        await asyncio.sleep(0.4)
        if self._sniffer:
            self._sniffer.terminate()
            await self._sniffer.wait()
            self._sniffer = None

    async def stop(self):
        """Ends packet capture first, so that tearing down the servers is not part of it."""
        await self.stop_packets()
        for close in reversed(self._closers):
            with contextlib.suppress(Exception):
                done = close()
                if asyncio.iscoroutine(done):
                    await asyncio.wait_for(done, 5)

    def save(self, destination: Path, with_keys=True):
        """Writes the capture as pcapng, the keys inside."""
        inject = ["--inject-secrets", f"tls,{self.keys}"] if with_keys and self.keys.exists() else []
        subprocess.run(["editcap", "-F", "pcapng", *inject, str(self.packets), str(destination)], check=True, stderr=subprocess.DEVNULL)

    # Names and certificates

    def address(self, host: str) -> str:
        """The loopback address that stands for a host name here."""
        return self.hosts.setdefault(host, f"{self.net}.{len(self.hosts) + 1}")

    def server_tls(self, host: str, kind="ec", newest=None, ciphers=None, alpn=("http/1.1",)) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.authority.certificate(host, kind))
        context.set_alpn_protocols(list(alpn))
        if newest:
            context.maximum_version = newest
        if ciphers:
            context.set_ciphers(ciphers)
        return context

    def client_tls(self, trust=True) -> ssl.SSLContext:
        """For Python clients. Its keys are logged."""
        context = ssl.create_default_context(cafile=str(self.authority.file) if trust else None)
        context.keylog_filename = str(self.keys)
        return context

    # Servers

    async def https(self, host, serve, port=443, **tls):
        """A scripted TLS server: `serve(line, request)` is called for each request of each connection."""
        await self._listen(host, serve, port, self.server_tls(host, **tls))

    async def http(self, host, serve, port=80):
        """The same without TLS."""
        await self._listen(host, serve, port, None)

    async def _listen(self, host, serve, port, tls):
        async def connection(reader, writer):
            line = Line(reader, writer)
            with contextlib.suppress(ConnectionError):
                while not writer.is_closing() and (request := await line.request()):
                    await serve(line, request)
                    if request.is_upgrade:
                        break
            await line.end()

        server = await asyncio.start_server(connection, self.address(host), port, ssl=tls)
        self._closers.append(server.close)

    def on_stop(self, close):
        """Something to call when the scenario is over."""
        self._closers.append(close)

    async def program(self, *command, ready: str, **environment):
        """A server as a process of its own. Returns when its output holds `ready`."""
        process = await asyncio.create_subprocess_exec(
            *map(str, command), env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

        async def stop():
            process.terminate()
            await process.wait()

        self._closers.append(stop)
        while line := await asyncio.wait_for(process.stdout.readline(), 20):
            if ready in line.decode():
                return process
        raise RuntimeError(f"{command[0]} ended before it was ready")

    async def node_server(self, script: str, host: str):
        """A real Node `ws` server. The script finds `server` (https, not listening yet), `WebSocketServer` and `listen()`."""
        await self.program(
            *("node", PROGRAMS / "server.js"),
            ready="listening",
            LAB_SCRIPT=script,
            LAB_ADDRESS=self.address(host),
            LAB_CERTIFICATE=str(self.authority.certificate(host)),
            NODE_PATH="/usr/share/nodejs",
        )

    async def websockets_server(self, handler, host, port=443, secure=True, address=None, **options):
        """A real Python `websockets` server."""
        tls = {"ssl": self.server_tls(host)} if secure else {}
        server = await websockets.serve(handler, address or self.address(host), port, **{**tls, **options})
        self.on_stop(server.close)

    async def aiohttp_server(self, host, *routes):
        """A real aiohttp server."""
        application = aiohttp.web.Application()
        application.add_routes(routes)
        runner = aiohttp.web.AppRunner(application, access_log=None)
        await runner.setup()
        await aiohttp.web.TCPSite(runner, self.address(host), 443, ssl_context=self.server_tls(host)).start()
        self.on_stop(runner.cleanup)

    async def uvicorn_server(self, application, host):
        """A real Uvicorn server running an ASGI application."""
        pem = str(self.authority.certificate(host))
        configuration = uvicorn.Config(
            application, host=self.address(host), port=443, ssl_certfile=pem, ssl_keyfile=pem, log_level="critical", lifespan="off"
        )
        server = uvicorn.Server(configuration)
        server.install_signal_handlers = lambda: None
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.05)

        async def stop():
            server.should_exit = server.force_exit = True
            await task

        self.on_stop(stop)

    async def nginx(self, host, locations, listen="443 ssl"):
        """A real nginx with these `location` blocks, in a folder of its own."""
        port, _, tls = listen.partition(" ")
        pem = self.authority.certificate(host)
        certificate = f"ssl_certificate {pem}; ssl_certificate_key {pem};" if tls else ""
        configuration = self.folder / "nginx.conf"
        configuration.write_text(
            f"""
            user root; worker_processes 1; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log;
            events {{ worker_connections 64; }}
            http {{
                access_log off; client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
                fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
                default_type text/html;
                server {{ listen {self.address(host)}:{port} {tls}; server_name {host}; {certificate} {locations} }}
            }}
            """
        )
        # nginx goes to the background only when it listens.
        process = await asyncio.create_subprocess_exec("/usr/sbin/nginx", "-c", str(configuration), "-p", str(self.folder))
        if await process.wait():
            raise RuntimeError("nginx did not start")
        self.on_stop(lambda: os.kill(int((self.folder / "nginx.pid").read_text()), signal.SIGTERM))

    def out_of_sight(self, last=1) -> str:
        """An address that the packet capture does not see: the far side of a proxy."""
        return self.net.replace("127.10.", "127.11.") + f".{last}"

    # Clients

    async def node(self, script: str, trust=True, **values):
        """A Node script with `open`, `rest`, `sleep` and the given values in scope. What it prints is kept for the README."""
        environment = {"NODE_PATH": "/usr/share/nodejs", "LAB_HOSTS": json.dumps(self.hosts), "LAB_VALUES": json.dumps(values)}
        if trust:
            environment["NODE_EXTRA_CA_CERTS"] = str(self.authority.file)
        await self._client(["node", "--no-warnings", f"--tls-keylog={self.keys}", str(PROGRAMS / "client.js")], environment, script)

    async def dial(self, url, protocols=(), say=(), leave=None, **options):
        """One Node `ws` socket: opens, says the messages, and leaves with close code `leave` or waits for the end."""
        await self.node(
            """
            const socket = open(url, protocols, options)
            if (await socket.opened) {
                for (const message of say) socket.send(JSON.stringify(message))
                if (leave) { await sleep(300); socket.close(leave) }
            }
            await socket.ended
            """,
            url=url, protocols=list(protocols), say=list(say), leave=leave, options=options,
        )

    async def curl(self, url: str, *arguments: str, upgrade=False, trust=True):
        """curl over HTTP/1.1, by name. `upgrade` adds the five handshake fields."""
        host = url.split("//")[1].split("/")[0].split(":")[0]
        handshake = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw=="]
        fields = [part for field in handshake if upgrade for part in ("-H", field)]
        resolve = [f"{host}:{port}:{self.address(host)}" for port in (443, 80, 8443)]
        await self._client(
            ["curl", "-sS", "-i", "--http1.1", "--max-time", "5"]
            + (["--cacert", str(self.authority.file)] if trust else [])
            + [part for entry in resolve for part in ("--resolve", entry)]
            + [*fields, *arguments, url],
            {"SSLKEYLOGFILE": str(self.keys)},
        )

    async def _client(self, command, environment, script=""):
        process = await asyncio.create_subprocess_exec(
            *command,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        output, _ = await asyncio.wait_for(process.communicate(script.encode()), 150)
        self.said += output.decode(errors="replace").replace("\r", "").splitlines()

    def websockets(self, url: str, headers=(), **options):
        """The Python `websockets` client, by name. Use it with `async with` inside `self.saying()`."""
        secure, host, port = _split(url)
        if secure:
            options.setdefault("ssl", self.client_tls())
            options.setdefault("server_hostname", host)
        return websockets.connect(url, host=self.address(host), port=port, extra_headers=list(headers), **options)

    @contextlib.asynccontextmanager
    async def aiohttp(self, **options):
        """An aiohttp client session that resolves names here."""
        connector = aiohttp.TCPConnector(resolver=_Names(self.hosts), ssl=self.client_tls())
        async with aiohttp.ClientSession(connector=connector, **options) as session:
            yield session

    @contextlib.contextmanager
    def saying(self):
        """Notes the exception a Python client ends with, as its user would see it."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever the library raises is what the user sees
            self.said.append(f"{type(error).__name__}: {error}")

    async def raw(self, host: str, port=443, secure=True):
        """A connection for bytes written by hand."""
        tls = {"ssl": self.client_tls(), "server_hostname": host} if secure else {}
        return await asyncio.open_connection(self.address(host), port, **tls)


class _Names(AbstractResolver):
    def __init__(self, hosts):
        self.hosts = hosts

    async def resolve(self, host, port=0, family=0):
        return [{"hostname": host, "host": self.hosts[host], "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self):
        pass


def _split(url):
    scheme, _, rest = url.partition("://")
    host, _, port = rest.partition("/")[0].partition("?")[0].partition(":")
    return scheme == "wss", host, int(port or (443 if scheme == "wss" else 80))
