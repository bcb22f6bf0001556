#!/usr/bin/env python3
"""Seeds for the fuzz targets, cut out of the shipped captures: seeds.py FOLDER"""
import hashlib
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def keep(folder, target, data):
    place = folder / target
    place.mkdir(parents=True, exist_ok=True)
    (place / hashlib.sha1(data).hexdigest()).write_bytes(data)


def blocks(data):
    """Type and body of the blocks of a little-endian pcapng file."""
    at = 0
    while at + 12 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if size < 12:
            return
        yield kind, data[at + 8 : at + size - 4]
        at += size


def payloads(data):
    """(secrets, [(is server, TCP payload)]) of a capture of Ethernet or raw IPv4 packets with two ends."""
    secrets, pieces, links, first = b"", [], [], None
    for kind, body in blocks(data):
        if kind == 1:
            links.append(struct.unpack_from("<H", body)[0])
        elif kind == 10:
            secrets += body[8 : 8 + struct.unpack_from("<I", body, 4)[0]]
        elif kind == 6:
            size = struct.unpack_from("<I", body, 12)[0]
            packet = body[20 : 20 + size]
            packet = packet[{1: 14, 113: 16, 276: 20}.get(links[0], 0) :]
            if len(packet) < 40 or packet[0] >> 4 != 4:
                continue
            segment = packet[(packet[0] & 15) * 4 : struct.unpack_from("!H", packet, 2)[0]]
            port, payload = struct.unpack_from("!H", segment)[0], segment[(segment[12] >> 4) * 4 :]
            first = first or port
            if payload:
                pieces.append((port != first, payload))
    return secrets, pieces


def conversation(pieces):
    out = b""
    for server, payload in pieces:
        for start in range(0, len(payload), 126):
            part = payload[start : start + 126]
            out += bytes([len(part) | (0x80 if server else 0)]) + part
    return out


def texts():
    yield b'{"type":"connection_init","payload":{"token":"abc","n":[1,2.5e3,true,null,"\\u00e9"]}}'
    yield b"CONNECT\nlogin:guest\npasscode:secret\n\n\0"
    yield b'42["auth",{"token":"x.y.z"}]'
    for path in sorted(ROOT.glob("captures/*/*.json")) + sorted(ROOT.glob("Sources/Diagnosis/**/*.json")):
        text = path.read_bytes()
        if len(text) < 16000:
            yield text
    token = "eyJhbGciOiJIUzI1NiJ9." + "eyJzY29wZSI6ImEgYiJ9" + ".c2ln"
    yield ("/ws?access_token=%s\nAuthorization: Bearer %s\nCookie: a=%s\nSec-WebSocket-Protocol: x, %s"
           % (token, token, token, token)).encode()


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    for text in texts():
        keep(folder, "json", text)
        for flags in range(8):
            keep(folder, "credentials", bytes([flags]) + text)
    head = b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    answer = b"HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n"
    keep(folder, "http", b"\0" + conversation([(False, head), (True, answer)]))
    keep(folder, "http", b"\0" + conversation([(True, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]))
    frames = [(False, b"\x81\x85abcd" + b"\x09\x07\x0f\x08\x0e"), (True, b"\x88\x04\x0f\xa3no"), (True, b"\xc1\x07\xf2H\xcd\xc9\xc9\x07\0")]
    for flags in range(16):
        keep(folder, "websocket", bytes([flags]) + conversation(frames))
    for path in sorted(ROOT.glob("captures/*/capture.pcapng")):
        data = path.read_bytes()
        if len(data) <= 16384:
            keep(folder, "packets", data)
            keep(folder, "pipeline", data)
        secrets, pieces = payloads(data)
        if secrets and pieces:
            keep(folder, "tls", struct.pack("<H", len(secrets)) + secrets + conversation(pieces))
        elif pieces:
            keep(folder, "http", b"\0" + conversation(pieces))


if __name__ == "__main__":
    main()
