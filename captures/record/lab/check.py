"""Does a capture hold what its label says? Judged by tshark, a second reader that shares no code with wsdiag."""

import subprocess
from pathlib import Path

_FIELDS = (
    "frame.number frame.time_relative tcp.stream http.request.method http.request.uri http.upgrade http.sec_websocket_key "
    "http.response.code websocket.opcode websocket.payload.close.status_code websocket.payload.close.reason websocket.mask"
).split()
_LARGEST = 60_000


def rows(capture: Path) -> list[dict]:
    """Every packet with HTTP or WebSocket in it, decrypted."""
    columns = [part for name in _FIELDS for part in ("-e", name)]
    output = subprocess.run(
        ["tshark", "-r", str(capture), "-o", "tcp.reassemble_out_of_order:TRUE", "-o", "http.tls.port:443,8443"]
        + ["-Y", "http or websocket", "-T", "fields", "-E", "separator=/t", *columns],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [dict(zip(_FIELDS, line.split("\t"))) for line in output.splitlines()]


def handshakes(seen_rows: list[dict]) -> list[int | None]:
    """The status of each WebSocket handshake in time order; None where no answer came."""
    waiting: dict[str, int] = {}
    statuses: list[int | None] = []
    for row in seen_rows:
        if row["http.request.method"] and ("websocket" in row["http.upgrade"].lower() or row["http.sec_websocket_key"]):
            waiting[row["tcp.stream"]] = len(statuses)
            statuses.append(None)
        if row["http.response.code"] and row["tcp.stream"] in waiting:
            statuses[waiting.pop(row["tcp.stream"])] = int(row["http.response.code"].split(",")[0])
    return statuses


def closes(seen_rows: list[dict]) -> list[tuple]:
    """Code, reason and sender of the first close frame of each connection, in time order."""
    seen: dict[str, tuple] = {}
    for row in seen_rows:
        codes = row["websocket.payload.close.status_code"]
        if codes and row["tcp.stream"] not in seen:
            is_masked = row["websocket.mask"].split(",")[-1] in ("1", "True")  # The close is the last frame of its packet.
            reason = row["websocket.payload.close.reason"]
            seen[row["tcp.stream"]] = (int(codes.split(",")[0]), reason, "client" if is_masked else "server")
    return list(seen.values())


def disagreements(capture: Path, scenario) -> list[str]:
    """One sentence for each thing in which capture and label differ."""
    if not capture.exists():
        return ["there is no capture"]
    packets, attempts = rows(capture), scenario.attempts
    labelled = [attempt["status"] for attempt in attempts if attempt["outcome"] != "failed"] if scenario.with_keys else []
    seen = [status for status in handshakes(packets) if status is not None]
    problems = [f"the label says statuses {labelled}, tshark sees {seen}"] if labelled != seen else []

    framed = [attempt["close"] for attempt in attempts if attempt["close"] and attempt["close"]["frame"]]
    wanted = [(close["code"], close["reason"], close["by"]) for close in framed] if scenario.with_keys else []
    found = closes(packets)
    if sorted(wanted) != sorted(found):
        problems.append(f"the label says closes {wanted}, tshark sees {found}")
    if capture.stat().st_size > _LARGEST:
        problems.append(f"{capture.stat().st_size} bytes, more than {_LARGEST}")
    return problems
