"""The words around the captures: one page each, and the index."""

import re
import subprocess
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

from .catalogue import Scenario

_CLIENT_LINES = 24


def page(scenario: Scenario, bench) -> str:
    """The README.md of one capture."""
    said = [re.sub(r"ey[\w-]{20,}(\.[\w-]*)*", "<jwt>", _printable(line))[:160] for line in bench.said if line.strip()][:_CLIENT_LINES]
    parts = [
        f"# {scenario.title}",
        f"**What the server really decided.** {scenario.truth}",
        f"**What these bytes show.** {scenario.shows}",
        f"**What they cannot show.** {scenario.hides}",
        "| | |\n| --- | --- |\n" + "\n".join(_facts(scenario, bench)),
    ]
    if said:
        parts.append("What the client printed:\n\n```\n" + "\n".join(said) + "\n```")
    parts.append(
        f"Recorded by `captures/record/record.sh {scenario.name}` on the loopback interface. Host names are dialled at loopback "
        "addresses; the tokens, keys and certificates were made for the recording and thrown away."
    )
    return "\n\n".join(parts) + "\n"


def _facts(scenario, bench):
    yield f"| client | {_with_versions(scenario.client)} |"
    yield f"| server | {_with_versions(scenario.server)} |"
    yield f"| hosts | {', '.join(f'{host} = {address}' for host, address in bench.hosts.items())} |"
    yield f"| keys | {_keys(scenario, bench)} |"


def _keys(scenario, bench):
    if not scenario.with_keys:
        return "withheld"
    is_logged = bench.keys.exists() and bench.keys.stat().st_size > 0
    return "inside the capture (a decryption secrets block)" if is_logged else "none were made, what there is to read is plain"


def _printable(line: str) -> str:
    return "".join(character if character.isprintable() else "." for character in line)


def _with_versions(text: str) -> str:
    """Programs are named in braces: `{node ws}` becomes `Node.js v20.20.2, ws 8.11.0`."""
    return re.sub(r"\{([^}]+)\}", lambda match: _version(match[1]), text)


@cache
def _version(program: str) -> str:
    match program:
        case "node ws":
            source = "process.version + ', ws ' + require('/usr/share/nodejs/ws/package.json').version"
            return "Node.js " + _output("node", "-p", source)
        case "curl":
            return "curl " + _output("curl", "--version").split()[1]
        case "nginx":
            return _output("/usr/sbin/nginx", "-v").split(": ")[1]
        case "python":
            return f"Python {sys.version.split()[0]}"
        case "scripted":
            return f"the recorder's scripted server (`record/lab/wire.py`, {_version('python')})"
        case "raw":
            return f"bytes written by hand ({_version('python')} `asyncio`)"
        case library:
            return f"{_version('python')}, {library} {version(library)}"


def _output(*command) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return (done.stdout + done.stderr).strip()


def index(all_scenarios, captures: Path) -> str:
    """The README.md of the captures folder."""
    made = [scenario for scenario in all_scenarios if (captures / scenario.name / "capture.pcapng").exists()]
    broken, healthy = [s for s in made if not s.healthy], [s for s in made if s.healthy]
    return _INDEX.format(
        count=len(made),
        broken=_table(broken, captures),
        healthy=_table(healthy, captures),
    )


def _table(rows, captures):
    lines = ["| capture | what it is | an honest judge may say | bytes |", "| --- | --- | --- | --- |"]
    for scenario in sorted(rows, key=lambda row: row.name):
        said = "; ".join(dict.fromkeys(_may_say(attempt) for attempt in scenario.attempts)) or ", ".join(scenario.limits)
        size = (captures / scenario.name / "capture.pcapng").stat().st_size
        lines.append(f"| [{scenario.name}]({scenario.name}/) | {scenario.title} | {said} | {size:,} |")
    return "\n".join(lines)


def _may_say(attempt):
    if attempt["expect"] is None:
        return "nothing is wrong"
    if attempt["expect"] == "undetermined":
        return f"undetermined (truth: {attempt['cause']})"
    return f"{attempt['expect']}, {attempt['atMost']}"


_INDEX = """# Captures

{count} recordings of real clients against servers whose decision is known, so every label is a fact. Each folder holds

* `capture.pcapng`: the packets, with the TLS keys inside;
* `README.md`: what happened, who spoke, what can and cannot be known from the bytes;
* `label.json`: the truth, and what an honest judge may say.

This file, and everything in the folders, is written by `record/`; edit the scenarios there.

## Labels

```jsonc
{{
  "healthy": false,              // true: nothing is wrong and nothing may be blamed
  "attempts": [                  // every WebSocket handshake, in time order
    {{
      "outcome": "refused",      // opened: a 101 was received; refused: another status; failed: no HTTP answer
      "status": 403,
      "close": null,             // or code, reason, by (server or client), frame (false: no close frame, APIs say 1006)
      "cause": "token-expired",  // the truth, known because the server was ours; null when nothing is wrong
      "expect": "token-expired", // what may be said from these bytes alone: a cause, "undetermined", or null
      "atMost": "certain"        // the highest certainty that is honest for it
    }}
  ],
  "mustNotSay": [ "..." ],       // lower-case fragments that must not appear as a claim or a fix
  "limits": [ "..." ]            // what the reader must say it could not see, where that is the point of the capture
}}
```

A connection that failed before any HTTP answer is listed as one attempt, though its handshake may not be visible.

`cause` and `expect` differ where the server kept its reason to itself: the right answer is then "undetermined" with ranked
candidates, and the cause ought to be among them.

## Something is wrong

{broken}

## Nothing is wrong

{healthy}

## Recording again

`captures/record/record.sh` records everything in about two minutes, `record.sh NAME...` some of it; `make captures` calls it. It installs
what is missing with apt-get, listens on 127.10.0.0/16 (each scenario has a /24 of its own, so ports are the real ones), and
keeps a recording only if tshark, an independent reader, sees what the label says. `record.sh --check` checks the committed files.
Every byte differs from run to run (keys, tokens, times, ports); the labels do not.

## Provenance

Everything here was made with the recorder, on one machine, over the loopback interface. No third party took part: names such as
api.mypurecloud.com were dialled at loopback addresses, and what answers there is our server, which says nothing about how the real
service behaves. The captures on mypurecloud.com
hosts rebuild situations that people described in public forum threads (`record/scenarios/threads.py`). Tokens are signed with
throw-away keys, names of people are invented, certificates were valid for a week.
"""
