#!/usr/bin/env python3
"""Makes a big capture of WebSocket sessions whose every count is known.

    big_capture.py OUT.pcap [--mb 100] [--seed 7] [--tls13 | --tls12] [--live 256]

Sessions interleave. Each has a TCP handshake, an upgrade with a bearer token, then a refusal (401 or 403) or a 101 with
masked and unmasked frames, some fragmented, some compressed, pings and pongs, a close frame each way, and FINs. Some
segments are swapped, some are sent twice. OUT.pcap.truth.json says what is inside; with TLS, OUT.pcap.keys opens it.
"""
import argparse
import base64
import hashlib
import json
import os
import random
import ssl
import struct
import subprocess
import tempfile
import zlib

SEGMENT = 1448
SYN, FIN, ACK, PUSH = 2, 1, 16, 8
HANDSHAKE_OPTIONS = bytes.fromhex("020405b40402010303070101")
CLIENT, SERVER = 0, 1
WORDS = "order trade quote price volume notify presence typing message cursor channel topic agent queue".split()


def checksum(data):
    """The Internet checksum (RFC 1071): a sum with end-around carry is a remainder modulo 65535."""
    if len(data) % 2:
        data += b"\0"
    return (0xFFFF - int.from_bytes(data, "big") % 0xFFFF) & 0xFFFF


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def masked(key, data):
    size = len(data)
    if not size:
        return b""
    stream = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


class Flow:
    """One TCP connection: turns what its two ends send into Ethernet frames."""

    def __init__(self, number, port, rng):
        self.rng = rng
        self.addresses = (struct.pack("!I", 0x0A000001 + number), bytes([192, 168, 7, 1 + number % 8]))
        self.ports = (1024 + number * 11 % 60000, port)
        self.sequence = [rng.getrandbits(32), rng.getrandbits(32)]
        self.identification = rng.getrandbits(16)

    def packet(self, side, flags, data=b"", options=b""):
        peer = 1 - side
        self.identification = (self.identification + 1) & 0xFFFF
        acknowledged = self.sequence[peer] if flags & ACK else 0
        header = struct.pack(
            "!HHIIBBHHH", self.ports[side], self.ports[peer], self.sequence[side], acknowledged,
            (20 + len(options)) << 2, flags, 0xFA00, 0, 0) + options
        addresses = self.addresses[side] + self.addresses[peer]
        segment = len(header) + len(data)
        total = checksum(addresses + struct.pack("!HH", 6, segment) + header + data)
        header = header[:16] + struct.pack("!H", total) + header[18:]
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + segment, self.identification, 0x4000, 64, 6, 0) + addresses
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        self.sequence[side] = (self.sequence[side] + len(data) + (1 if flags & (SYN | FIN) else 0)) & 0xFFFFFFFF
        return b"\2\0\0\0\0" + bytes([peer]) + b"\2\0\0\0\0" + bytes([side]) + b"\x08\0" + ip + header + data

    def opening(self):
        yield self.packet(CLIENT, SYN, options=HANDSHAKE_OPTIONS)
        yield self.packet(SERVER, SYN | ACK, options=HANDSHAKE_OPTIONS)
        yield self.packet(CLIENT, ACK)

    def closing(self):
        yield self.packet(SERVER, FIN | ACK)
        yield self.packet(CLIENT, FIN | ACK)
        yield self.packet(SERVER, ACK)

    def flight(self, side, data, swap, twice):
        """The segments of `data`; now and then two of them in the wrong order, or one of them twice."""
        segments = [
            self.packet(side, ACK | (PUSH if len(data) <= start + SEGMENT else 0), data[start : start + SEGMENT])
            for start in range(0, len(data), SEGMENT)
        ]
        if 1 < len(segments) and self.rng.random() * 100 < swap:
            at = self.rng.randrange(len(segments) - 1)
            segments[at], segments[at + 1] = segments[at + 1], segments[at]
        if segments and self.rng.random() * 100 < twice:
            segments.append(self.rng.choice(segments))
        yield from segments
        yield self.packet(1 - side, ACK)


class TLS:
    """Two TLS ends of the ssl module, joined by memory."""

    def __init__(self, version, key_log):
        with tempfile.TemporaryDirectory() as folder:
            key, certificate = folder + "/key.pem", folder + "/certificate.pem"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=push.example"],
                check=True, capture_output=True, stdin=subprocess.DEVNULL)
            self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.server.load_cert_chain(certificate, key)
        self.client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.client.check_hostname = False
        self.client.verify_mode = ssl.CERT_NONE
        for context in (self.client, self.server):
            context.minimum_version = context.maximum_version = version
        if os.path.exists(key_log):
            os.unlink(key_log)
        self.client.keylog_filename = key_log

    def ends(self):
        pipes = [[ssl.MemoryBIO(), ssl.MemoryBIO()] for _ in range(2)]
        objects = [
            self.client.wrap_bio(*pipes[CLIENT], server_side=False, server_hostname="push.example"),
            self.server.wrap_bio(*pipes[SERVER], server_side=True),
        ]
        return objects, pipes


class Generator:
    def __init__(self, options):
        self.options = options
        self.rng = random.Random(options.seed)
        self.truth = {
            "sessions": 0, "upgraded": 0, "rejected": {}, "frames": {}, "close": {}, "packets": 0, "bytes": 24,
            "messages": 0}
        self.texts = [self.text() for _ in range(300)]
        version = ssl.TLSVersion.TLSv1_3 if options.tls13 else ssl.TLSVersion.TLSv1_2 if options.tls12 else None
        self.tls = TLS(version, options.out + ".keys") if version else None

    def text(self):
        size = self.rng.choice((30, 60, 120, 250, 400, 900, 1500, 4000))
        text = '{"id":%d,"type":"%s","body":"' % (self.rng.getrandbits(30), self.rng.choice(WORDS))
        while len(text) < size:
            text += self.rng.choice(WORDS) + " "
        return text.encode() + b'"}'

    def count(self, table, key):
        self.truth[table][key] = self.truth[table].get(key, 0) + 1

    def frame(self, side, opcode, payload, final=True, compressed=False, called=None):
        self.count("frames", "cs"[side] + ":" + called)
        head = bytes([final << 7 | compressed << 6 | opcode])
        mask = 0x80 if side == CLIENT else 0
        size = len(payload)
        if size < 126:
            head += bytes([mask | size])
        elif size < 65536:
            head += struct.pack("!BH", mask | 126, size)
        else:
            head += struct.pack("!BQ", mask | 127, size)
        if side == SERVER:
            return head + payload
        key = self.rng.randbytes(4)
        return head + key + masked(key, payload)

    def token(self, expires):
        claims = {
            "iss": "https://issuer.example", "sub": "user-%d" % self.rng.randrange(10**6),
            "aud": "wss://push.example", "scope": "notifications:read", "iat": 1700000000, "exp": expires}
        parts = (b'{"alg":"HS256","typ":"JWT"}', json.dumps(claims).encode(), self.rng.randbytes(32))
        return b".".join(base64url(part) for part in parts)

    def session(self, number):
        """The packets of one session, in order."""
        flow = Flow(number, 443 if self.tls else 80, self.rng)
        ends, pipes = self.tls.ends() if self.tls else (None, None)

        def send(side, data):
            if ends:
                ends[side].write(data)
                data = pipes[side][1].read()
            return flow.flight(side, data, self.options.swap, self.options.twice)

        yield from flow.opening()
        if ends:
            yield from self.handshake(flow, ends, pipes)
        self.truth["sessions"] += 1
        refused = self.rng.random() * 100 < self.options.reject
        deflate = self.rng.random() * 100 < self.options.deflate
        key = base64.b64encode(self.rng.randbytes(16))
        yield from send(CLIENT, self.request(number, key, deflate, refused))
        if refused:
            yield from send(SERVER, self.refusal())
        else:
            yield from send(SERVER, self.switch(key, deflate))
            yield from self.conversation(send, deflate)
        yield from flow.closing()

    def handshake(self, flow, ends, pipes):
        done = [False, False]
        while not all(done):
            for side in (CLIENT, SERVER):
                if not done[side]:
                    try:
                        ends[side].do_handshake()
                        done[side] = True
                    except ssl.SSLWantReadError:
                        pass
                records = pipes[side][1].read()
                if records:
                    pipes[1 - side][0].write(records)
                    yield from flow.flight(side, records, self.options.swap, self.options.twice)

    def request(self, number, key, deflate, refused):
        offer = b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" if deflate else b""
        return (
            b"GET /v2/push/%d HTTP/1.1\r\nHost: push.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Origin: https://app.example\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n"
            b"Sec-WebSocket-Protocol: chat.v2\r\n%sAuthorization: Bearer %s\r\nUser-Agent: big-capture/1\r\n\r\n"
        ) % (number, key, offer, self.token(1699996400 if refused else 1999999999))

    def refusal(self):
        status = self.rng.choice((401, 401, 403))
        self.count("rejected", status)
        body = b'{"error":"%s"}' % (b"token_expired" if status == 401 else b"insufficient_scope")
        challenge = b'WWW-Authenticate: Bearer error="invalid_token"\r\n' if status == 401 else b""
        reason = b"Unauthorized" if status == 401 else b"Forbidden"
        return (
            b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%sConnection: close\r\n\r\n%s"
        ) % (status, reason, len(body), challenge, body)

    def switch(self, key, deflate):
        self.truth["upgraded"] += 1
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        agreed = b"Sec-WebSocket-Extensions: permessage-deflate\r\n" if deflate else b""
        return (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: chat.v2\r\n%s\r\n") % (accept, agreed)

    def conversation(self, send, deflate):
        rng = self.rng
        deflators = [zlib.compressobj(6, zlib.DEFLATED, -15) for _ in range(2)] if deflate else None
        for _ in range(rng.choice((4, 10, 20, 40, 80))):
            side = rng.randrange(2)
            self.truth["messages"] += 1
            kind = rng.random()
            if kind < 0.04:
                yield from send(side, self.frame(side, 9, b"beat", called="ping"))
                yield from send(1 - side, self.frame(1 - side, 10, b"beat", called="pong"))
                continue
            payload = rng.choice(self.texts)
            if deflators:
                payload = deflators[side].compress(payload) + deflators[side].flush(zlib.Z_SYNC_FLUSH)
                payload = payload[:-4]
            if kind < 0.10 and 8 < len(payload):
                half = len(payload) // 2
                first = self.frame(side, 1, payload[:half], final=False, compressed=deflate, called="text+")
                yield from send(side, first + self.frame(side, 0, payload[half:], called="cont"))
            elif kind < 0.90:
                yield from send(side, self.frame(side, 1, payload, compressed=deflate, called="text"))
            else:
                yield from send(side, self.frame(side, 2, payload, compressed=deflate, called="bin"))
        code, reason = rng.choice(
            ((1000, b""), (1000, b""), (1000, b""), (1001, b"going away"), (1008, b"policy"), (4003, b"token expired")))
        self.count("close", code)
        side = SERVER if 1008 <= code else CLIENT
        payload = struct.pack("!H", code)
        yield from send(side, self.frame(side, 8, payload + reason, called="close"))
        yield from send(1 - side, self.frame(1 - side, 8, payload, called="close"))

    def write(self):
        limit, size, now, number, live = int(self.options.mb * 1e6), 24, 1700000000 * 10**6, 0, []
        with open(self.options.out, "wb", 1 << 22) as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            while True:
                while len(live) < self.options.live and size < limit:
                    live.append(self.session(number))
                    number += 1
                if not live:
                    break
                turn = self.rng.randrange(len(live))
                for _ in range(self.rng.randrange(1, 5)):
                    packet = next(live[turn], None)
                    if packet is None:
                        live[turn] = live[-1]
                        live.pop()
                        break
                    now += self.rng.randrange(1, 60)
                    file.write(struct.pack("<IIII", now // 10**6, now % 10**6, len(packet), len(packet)) + packet)
                    size += 16 + len(packet)
                    self.truth["packets"] += 1
        self.truth["bytes"] = size
        with open(self.options.out + ".truth.json", "w", encoding="utf-8") as file:
            json.dump(self.truth, file, indent=1, sort_keys=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--mb", type=float, default=100)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--live", type=int, default=256, help="sessions at one time")
    parser.add_argument("--deflate", type=float, default=25, help="percent of sessions")
    parser.add_argument("--reject", type=float, default=5, help="percent of sessions")
    parser.add_argument("--swap", type=float, default=0.5, help="percent of messages with two segments swapped")
    parser.add_argument("--twice", type=float, default=0.5, help="percent of messages with a segment sent twice")
    parser.add_argument("--tls12", action="store_true")
    parser.add_argument("--tls13", action="store_true")
    Generator(parser.parse_args()).write()


if __name__ == "__main__":
    main()
