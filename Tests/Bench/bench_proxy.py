#!/usr/bin/env python3
"""What a relayed handshake, message and mebibyte cost: `wsdiag proxy` beside the proxies that are installed here.

Processor time of the proxy's own process is the figure to trust; the machine's other work hardly moves it. Client and
server are threads of one Python program that move prepared frames, so both legs speak TLS and nothing is parsed there.
Usage: bench_proxy.py [--soak] [WSDIAG]
"""
import os
import re
import select
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

HEAD = (
    "GET /socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nX-Answer: %d %d\r\n\r\n"
)
SWITCH = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
TICKS = os.sysconf("SC_CLK_TCK")


def frame(length, masked):
    """One binary frame of that payload length."""
    head = bytearray([0x82])
    bit = 0x80 if masked else 0
    if length < 126:
        head.append(bit | length)
    elif length < 65536:
        head += bytes([bit | 126]) + length.to_bytes(2, "big")
    else:
        head += bytes([bit | 127]) + length.to_bytes(8, "big")
    return bytes(head) + (b"\0\0\0\0" if masked else b"") + b"x" * length


def read_exactly(stream, count, buffer=bytearray(1 << 20)):
    while 0 < count:
        got = stream.recv_into(buffer, min(count, len(buffer)))
        if got == 0:
            raise EOFError
        count -= got


def read_head(stream):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = stream.recv(1)
        if not piece:
            raise EOFError(head)
        head += piece
    return head


def serve(listener, context):
    """Each request names the length of its frames and how many stand together; each batch gets one of its own."""

    def talk(stream):
        try:
            with context.wrap_socket(stream, server_side=True) as peer:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                length, batch = map(int, re.search(rb"X-Answer: (\d+) (\d+)", read_head(peer)).groups())
                peer.sendall(SWITCH)
                sent, wanted = frame(length, False) * batch, len(frame(length, True)) * batch
                while True:
                    read_exactly(peer, wanted)
                    peer.sendall(sent)
        except (OSError, EOFError, AttributeError):
            pass

    while True:
        try:
            stream, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=talk, args=(stream,), daemon=True).start()


class Proxy:
    """A proxy process, and how a client goes through it."""

    def __init__(self, name, command, port, is_tunnel, files=None):
        self.name, self.port, self.is_tunnel = name, port, is_tunnel
        for path, text in (files or {}).items():
            with open(path, "w") as file:
                file.write(text)
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{name} does not listen")

    def family(self):
        pids, found = [self.process.pid], []
        while pids:
            pid = pids.pop()
            found.append(pid)
            try:
                with open(f"/proc/{pid}/task/{pid}/children") as file:
                    pids += map(int, file.read().split())
            except OSError:
                pass
        return found

    def cpu(self):
        """Seconds of processor time so far."""
        total = 0
        for pid in self.family():
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def memory(self):
        """MiB in memory."""
        total = 0
        for pid in self.family():
            with open(f"/proc/{pid}/statm") as file:
                total += int(file.read().split()[1]) * 4096
        return total / (1 << 20)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def connect(proxy, server_port, context, length, batch):
    port = proxy.port if proxy else server_port
    stream = socket.create_connection(("127.0.0.1", port), 20)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if proxy and proxy.is_tunnel:
        stream.sendall(b"CONNECT localhost:%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % server_port)
        assert b" 200 " in read_head(stream)
    peer = context.wrap_socket(stream, server_hostname="localhost")
    peer.sendall((HEAD % (length, batch)).encode())
    assert b" 101 " in read_head(peer)
    return peer


def echo(peer, length, batch, rounds, pause=0.0):
    """Sends batches and awaits theirs; the times of the rounds where there is a pause between them."""
    sent, wanted, times = frame(length, True) * batch, len(frame(length, False)) * batch, []
    for _ in range(rounds):
        begun = time.perf_counter()
        peer.sendall(sent)
        read_exactly(peer, wanted)
        if pause:
            times.append(time.perf_counter() - begun)
            time.sleep(max(0, pause - times[-1]))
    return times


def duplex(peer, length, rounds):
    """Large messages, both directions full. One thread: two on one TLS object are not safe in Python."""
    message, wanted = memoryview(frame(length, True)), len(frame(length, False)) * rounds
    owed, offset, buffer = len(message) * rounds, 0, bytearray(1 << 18)
    peer.setblocking(False)
    while 0 < owed or 0 < wanted:
        waits_to_write = False
        if 0 < owed:
            try:
                count = peer.send(message[offset:offset + (1 << 16)])
                owed, offset = owed - count, (offset + count) % len(message)
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                waits_to_write = True
        try:
            while 0 < wanted:
                count = peer.recv_into(buffer)
                if count == 0:
                    raise EOFError
                wanted -= count
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        if waits_to_write or owed == 0:
            if 0 < wanted or 0 < owed:
                select.select([peer], [peer] if waits_to_write else [], [], 20)
    peer.setblocking(True)


def measure(proxy, port, context):
    """One row: µs per message alone and 32 in flight, ms per MiB, ms per handshake, ms of latency."""
    row = {}

    def cost(name, units, scale, work):
        before = proxy.cpu() if proxy else 0
        work()
        row[name] = ((proxy.cpu() if proxy else 0) - before) / units * scale

    connect(proxy, port, context, 128, 1).close()
    with connect(proxy, port, context, 128, 1) as peer:
        cost("alone", 2 * 8000, 1e6, lambda: echo(peer, 128, 1, 8000))
        times = sorted(echo(peer, 128, 1, 400, 0.005))
        row["latency"] = times[len(times) // 2] * 1000
    with connect(proxy, port, context, 128, 32) as peer:
        cost("flight", 2 * 32 * 2000, 1e6, lambda: echo(peer, 128, 32, 2000))
    with connect(proxy, port, context, 1 << 20, 1) as peer:
        cost("mebibyte", 2 * 100, 1e3, lambda: duplex(peer, 1 << 20, 100))

    def handshakes():
        for _ in range(200):
            connect(proxy, port, context, 128, 1).close()

    cost("handshake", 200, 1e3, handshakes)
    row["memory"] = proxy.memory() if proxy else 0
    return row


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certificates(folder):
    """An authority and a certificate for localhost, by the openssl program."""

    def run(*words):
        subprocess.run(["openssl", *words], check=True, cwd=folder, stderr=subprocess.DEVNULL)

    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=bench CA", "-days", "2")
    run("req", *new, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    with open(os.path.join(folder, "names"), "w") as file:
        file.write("subjectAltName=DNS:localhost\n")
    run("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
        "-extfile", "names", "-out", "server.pem")


def candidates(wsdiag, folder, port):
    """The proxies that are here, each as a function that starts it."""

    def path(name):
        return os.path.join(folder, name)

    def own(*more):
        listen = free_port()
        command = [wsdiag, "proxy", "--listen", f"127.0.0.1:{listen}", "--host", "localhost", "--ephemeral",
                   "--upstream-ca", path("ca.pem"), "--quiet", *more]
        return Proxy("wsdiag", command, listen, True)

    found = [("wsdiag", own)]
    help_text = subprocess.run([wsdiag, "proxy", "--help"], capture_output=True, text=True).stdout
    if "--write" in help_text:
        found.append(("wsdiag -w", lambda: own("-w", path("recorded.pcapng"))))
    if shutil.which("nginx") or os.path.exists("/usr/sbin/nginx"):
        def nginx():
            listen = free_port()
            text = f"""daemon off; master_process off; worker_processes 1; pid {path('pid')}; error_log /dev/null;
events {{ }}
http {{ access_log off; client_body_temp_path {path('body')}; proxy_temp_path {path('proxy')};
fastcgi_temp_path {path('f')}; uwsgi_temp_path {path('u')}; scgi_temp_path {path('s')};
server {{ listen 127.0.0.1:{listen} ssl; ssl_certificate {path('server.pem')};
ssl_certificate_key {path('server.key')}; ssl_session_tickets off;
location / {{ proxy_pass https://127.0.0.1:{port}; proxy_http_version 1.1; proxy_ssl_server_name on;
proxy_ssl_session_reuse off; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
proxy_buffering off; }} }} }}"""
            nginx_program = shutil.which("nginx") or "/usr/sbin/nginx"
            return Proxy("nginx", [nginx_program, "-c", path("nginx.conf"), "-p", folder], listen, False,
                         {path("nginx.conf"): text})
        found.append(("nginx", nginx))
    if shutil.which("sslsplit"):
        def sslsplit():
            listen = free_port()
            return Proxy("sslsplit", ["sslsplit", "-k", path("ca.key"), "-c", path("ca.pem"), "ssl", "127.0.0.1",
                                      str(listen), "127.0.0.1", str(port)], listen, False)
        found.append(("sslsplit", sslsplit))
    if shutil.which("mitmdump"):
        def mitmdump():
            listen = free_port()
            return Proxy("mitmdump", ["mitmdump", "-q", "--listen-host", "127.0.0.1", "-p", str(listen), "--set",
                                      "ssl_insecure=true", "--set", f"confdir={path('mitm')}"], listen, True)
        found.append(("mitmdump", mitmdump))
    return found


COLUMNS = [
    ("alone", "CPU µs per message of 128 B, one at a time", 40), ("flight", "the same, 32 in flight", 15),
    ("mebibyte", "CPU ms per relayed MiB, 1 MiB messages", 4),
    ("handshake", "CPU ms per handshake, both legs TLS", 4), ("latency", "added latency p50 at 200 messages/s, ms", 0.3),
    ("memory", "MiB in memory at the end", 64),
]


def soak(name, start, port, context):
    """A million messages, then 500 MB: memory must stay where it was. Answers whether it did."""
    proxy = start()
    try:
        with connect(proxy, port, context, 128, 500) as peer:
            echo(peer, 128, 500, 20)
            before = proxy.memory()
            echo(peer, 128, 500, 1000)
            middle = proxy.memory()
        with connect(proxy, port, context, 1 << 20, 1) as peer:
            duplex(peer, 1 << 20, 250)
            after = proxy.memory()
        idle = [socket.create_connection(("127.0.0.1", proxy.port)) for _ in range(10_000)]
        with connect(proxy, port, context, 128, 1) as peer:
            echo(peer, 128, 1, 100)
        crowded = proxy.memory()
        del idle
    finally:
        proxy.stop()
    is_flat = middle - before < 4 and after - before < 8 and after <= 64
    print(f"{name:10} memory in MiB: {before:.1f}, after 1,000,000 messages {middle:.1f}, after 500 MB {after:.1f}, "
          f"with 10,000 idle connections {crowded:.1f}: {'flat' if is_flat else 'NOT FLAT'}", flush=True)
    return is_flat


def main():
    import resource
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    words = [word for word in sys.argv[1:] if word != "--soak"]
    wsdiag = words[0] if words else ".build/release/wsdiag"
    with tempfile.TemporaryDirectory() as folder:
        certificates(folder)
        inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        inside.load_cert_chain(os.path.join(folder, "server.pem"), os.path.join(folder, "server.key"))
        outside = ssl.create_default_context()
        outside.check_hostname, outside.verify_mode = False, ssl.CERT_NONE
        listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        port = listener.getsockname()[1]
        threading.Thread(target=serve, args=(listener, inside), daemon=True).start()
        found = candidates(wsdiag, folder, port)
        if "--soak" in sys.argv:
            own = [entry for entry in found if entry[0].startswith("wsdiag")]
            sys.exit(0 if all([soak(name, start, port, outside) for name, start in own]) else 1)
        for program, package in [("nginx", "nginx-light"), ("sslsplit", "sslsplit"), ("mitmdump", "mitmproxy")]:
            if program not in [name for name, _ in found]:
                print(f"without {program}, which is not installed: apt-get install {package}", file=sys.stderr)
        rows = {"direct": measure(None, port, outside)}
        for name, start in found:
            proxy = start()
            try:
                rows[name] = measure(proxy, port, outside)
            except (OSError, EOFError, AssertionError) as problem:
                print(f"{name} did not get through: {problem!r}", file=sys.stderr)
            finally:
                proxy.stop()
        for name, row in rows.items():
            if name != "direct":
                row["latency"] -= rows["direct"]["latency"]
        del rows["direct"]
        print(" " * 46 + "".join(f"{name:>11}" for name in rows) + "     target")
        for key, title, target in COLUMNS:
            cells = "".join(f"{row[key]:11.2f}" if row[key] else " " * 10 + "-" for row in rows.values())
            print(f"{title:46}{cells}" + (f"{'≤ ' + str(target):>11}" if target else ""))


main()
