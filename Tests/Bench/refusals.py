#!/usr/bin/env python3
"""Makes a capture in which every one of many attempts is refused.

    refusals.py OUT.pcap [--attempts 20000] [--clients 5] [--kind same|paths|tokens]

`same`: one request by a few clients, again and again; `paths`: each asks for a path of its own; `tokens`: each has a
token of its own. Every answer is a 403 with a Date and a short body.
"""
import argparse
import base64
import json
import random
import struct
import time

from big_capture import ACK, CLIENT, PUSH, SERVER, Flow, base64url

BEGIN = 1768478400


def token(rng, number):
    claims = {"iss": "https://issuer.example", "sub": "user-%d" % number, "scope": "openid", "exp": BEGIN + 11600}
    parts = (b'{"alg":"HS256","typ":"JWT"}', json.dumps(claims).encode(), rng.randbytes(32))
    return b".".join(base64url(part) for part in parts)


def attempt(rng, number, options, common):
    flow = Flow(number % options.clients, 80, rng)
    flow.ports = (1024 + number // options.clients % 60000, 80)
    path = "/live/%d" % number if options.kind == "paths" else "/live"
    bearer = token(rng, number) if options.kind == "tokens" else common
    request = (
        b"GET %s HTTP/1.1\r\nHost: api.example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nAuthorization: Bearer %s\r\n\r\n"
        % (path.encode(), base64.b64encode(rng.randbytes(16)), bearer))
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(BEGIN + number // 1600)).encode()
    answer = (
        b"HTTP/1.1 403 Forbidden\r\nDate: %s\r\nServer: example\r\nX-Request-Id: %s\r\nContent-Length: 9\r\n\r\nForbidden"
        % (date, rng.randbytes(8).hex().encode()))
    yield from flow.opening()
    yield flow.packet(CLIENT, ACK | PUSH, request)
    yield flow.packet(SERVER, ACK | PUSH, answer)
    yield from flow.closing()


def write(options):
    rng = random.Random(7)
    common = token(rng, 0)
    with open(options.out, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number in range(options.attempts):
            for index, packet in enumerate(attempt(rng, number, options, common)):
                micros = number * 620 + index * 60
                file.write(struct.pack(
                    "<IIII", BEGIN + micros // 1000000, micros % 1000000, len(packet), len(packet)) + packet)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--attempts", type=int, default=20000)
    parser.add_argument("--clients", type=int, default=5)
    parser.add_argument("--kind", choices=("same", "paths", "tokens"), default="same")
    write(parser.parse_args())


if __name__ == "__main__":
    main()
