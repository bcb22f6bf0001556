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


def netlogs():
    """A log in its usual layout, cut off, and in one line."""
    names = ["URL_REQUEST_START_JOB", "HTTP_STREAM_REQUEST_BOUND_TO_JOB", "TCP_CONNECT", "SOCKET_IN_USE", "SSL_CONNECT",
             "SSL_SOCKET_BYTES_SENT", "SSL_SOCKET_BYTES_RECEIVED", "HTTP_TRANSACTION_SEND_REQUEST_HEADERS",
             "WEBSOCKET_UPGRADE_FAILURE", "WEBSOCKET_RECV_FRAME_HEADER", "HTTP_TRANSACTION_READ_RESPONSE_HEADERS",
             "REQUEST_ALIVE", "SOCKET_ALIVE"]
    constants = ('{"logEventTypes":{%s},"logEventPhase":{"PHASE_BEGIN":1,"PHASE_END":2},"netError":{"ERR_ABORTED":-3},'
                 '"timeTickOffset":"1795228900000"}' % ",".join('"%s":%d' % (n, i) for i, n in enumerate(names)))
    head = '"headers":["Host: a","Upgrade: websocket","Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],"line":"GET /ws HTTP/1.1\\r\\n"'
    told = [(0, 1, 5, '"url":"wss://a/ws","method":"GET"'), (1, 0, 5, '"source_dependency":{"id":6}'),
            (2, 1, 8, '"address_list":["192.0.2.4:443"]'), (3, 1, 8, '"source_dependency":{"id":6}'), (4, 1, 8, '"a":1'),
            (5, 0, 8, '"byte_count":18,"bytes":"R0VUIC8gSFRUUC8xLjENCg0K"'), (7, 0, 5, head),
            (10, 0, 5, '"headers":["HTTP/1.1 101 Yes","Upgrade: websocket"]'),
            (9, 0, 5, '"opcode":1,"payload_length":4,"final":true'), (8, 0, 5, '"message":"Unexpected response code: 403"'),
            (12, 2, 8, '"a":1'), (11, 2, 5, '"net_error":-3')]
    events = ['{"params":{%s},"phase":%d,"source":{"id":%d,"type":1},"time":"1","type":%d}' % (p, phase, source, kind)
              for kind, phase, source, p in told]
    lines = '{"constants":%s,\n"events": [\n%s]}\n' % (constants, ",\n".join(events))
    for text in (lines, lines[:-200], '{"constants":%s,"events":[%s]}' % (constants, ",".join(events))):
        yield b"\x10" + text.encode()


def netstring(value):
    if value is None:
        return b"0:~"
    if isinstance(value, bool):
        body, kind = str(value).lower().encode(), b"!"
    elif isinstance(value, int):
        body, kind = str(value).encode(), b"#"
    elif isinstance(value, float):
        body, kind = repr(value).encode(), b"^"
    elif isinstance(value, bytes):
        body, kind = value, b","
    elif isinstance(value, str):
        body, kind = value.encode(), b";"
    elif isinstance(value, list):
        body, kind = b"".join(map(netstring, value)), b"]"
    else:
        body, kind = b"".join(netstring(k) + netstring(v) for k, v in value.items()), b"}"
    return b"%d:%s%s" % (len(body), body, kind)


def flows():
    """Flows of an old and of a newer version."""
    request = {"method": b"GET", "scheme": b"https", "host": "a", "port": 443, "path": b"/ws?token=abcdef0123456789",
               "headers": [[b"Upgrade", b"websocket"], [b"Sec-WebSocket-Key", b"dGhlIHNhbXBsZSBub25jZQ=="]],
               "content": b"", "timestamp_start": 1.5}
    response = {"status_code": 101, "reason": b"Yes", "headers": [[b"Content-Encoding", b"gzip"]], "content": b"x"}
    messages = [[1, True, b"hello", 2.5, False, False]]
    socket = {"messages": messages, "closed_by_client": False, "close_code": 4003, "close_reason": "no"}
    for version in (7, 21):
        flow = {"version": version, "type": "http", "id": "1", "request": request, "response": response,
                "websocket": socket if version > 9 else None, "error": {"msg": "refused", "timestamp": 3.0},
                "server_conn": {"peername": ["192.0.2.4", 443], "tls_version": "TLSv1.3"}, "client_conn": None}
        yield b"\x10" + netstring(flow) + netstring(
            {"version": 7, "type": "websocket", "metadata": {"websocket_handshake": "1"}, "close_sender": "client", **socket})


def events():
    """Events of a browser's debugging protocol, in an array and one a line."""
    told = ['"webSocketCreated","params":{"requestId":"1","url":"wss://a/ws?token=abcdef0123456789"}',
            '"webSocketWillSendHandshakeRequest","params":{"requestId":"1","timestamp":8.5,"wallTime":1795228933.5,'
            '"request":{"headers":{"Upgrade":"websocket"}}}',
            '"webSocketHandshakeResponseReceived","params":{"requestId":"1","timestamp":9,"response":{"status":101,"headers":{}}}',
            '"webSocketFrameSent","params":{"requestId":"1","timestamp":9,"response":{"opcode":1,"payloadData":"x"}}',
            '"webSocketFrameError","params":{"requestId":"1","errorMessage":"Unexpected response code: 403"}',
            '"webSocketClosed","params":{"requestId":"1","timestamp":9.5}']
    lines = ['{"method":"Network.' + text[1:] + "}" for text in told]
    yield b"\x10" + "\n".join(lines).encode()
    yield b"\x10[" + ",".join(lines).encode() + b"]"


def hars():
    """One handshake in the shapes of several programs."""
    head = b'"headers":[{"name":"Upgrade","value":"websocket"},{"name":"Sec-WebSocket-Key","value":"dGhlIHNhbXBsZSBub25jZQ=="}]'
    ask = b'"startedDateTime":"2026-11-21T02:45:03.000Z","request":{"method":"GET","url":"wss://a.test/x?token=abcdefgh",' + head + b"}"
    answers = [
        b'"response":{"status":0},"_webSocketMessages":[{"type":"error","time":1795229103.1,"opcode":-1,"data":"Unexpected response code: 403"}]',
        b'"response":{"status":-1,"_failureText":"HTTP Authentication failed; no valid credentials available"}',
        b'"response":{"status":101,"headers":[]},"_webSocketMessages":[{"type":"send","time":1795229103100,"opcode":2,"data":"AAEC"}]',
        b'"response":{"status":403,"headers":{"a":"b"},"content":{"size":2,"text":"bm8=","encoding":"base64"}},"timings":{"wait":3}',
    ]
    for answer in answers:
        entries = b'"creator":{"name":"WebInspector"},"entries":[{' + ask + b"," + answer + b"}]"
        yield b'{"log":{' + entries + b"}}"
        yield b"\xef\xbb\xbf{" + entries + b"}"


def access_logs():
    """One line of each form, and two."""
    yield b'{"eventType":"CONNECT","requestTimeEpoch":1795229103044,"status":401,"authorizer":{"error":"x"},"integrationStatus":"-"}\n'
    yield b'{"log":"1.2.3.4 - - [21/Nov/2026:02:45:04 +0000] \\"GET /x HTTP/1.1\\" 101 2"}\n'
    yield b'1.2.3.4 - - [21/Nov/2026:02:45:04 +0000] "GET /x?token=abcdefgh HTTP/1.1" 403 63 "-" "ua"\r\n' * 2
    yield (
        b'wss 2026-11-21T02:45:13.3Z app/lb/1 1.2.3.4:4 10.0.0.1:8 0.0 0.0 0.0 401 - 2 7 "GET wss://a.test:443/x HTTP/1.1" "ua" - - arn "R" "-"'
        b' "-" 1 2026-11-21T02:45:13.0Z "waf" "-" "-" "-" "-" "-" "-"\n'
    )


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    for text in netlogs():
        keep(folder, "netlog", text)
    for text in events():
        keep(folder, "events", text)
    for text in flows():
        keep(folder, "flows", text)
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
    for path in sorted(ROOT.glob("Tests/TestimonyTests/fixtures/*.md")):
        keep(folder, "text", path.read_bytes())
    for text in hars():
        keep(folder, "har", text)
    for text in access_logs():
        keep(folder, "accesslog", text)
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
