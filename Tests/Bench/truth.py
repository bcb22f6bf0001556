#!/usr/bin/env python3
"""Checks `wsdiag ls --format json` against captures whose every count is known.

    truth.py PROGRAM [CAPTURE...]

Without captures it makes two small ones, plain and TLS 1.3. Each capture has CAPTURE.truth.json beside it and, where it
is encrypted, CAPTURE.keys.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

NAMES = ("text", "binary", "continuation", "close", "ping", "pong")
SHORT = {"binary": "bin", "continuation": "cont"}


def counted(listing):
    """The truth file's counts, out of the listing of wsdiag."""
    found = {"sessions": 0, "upgraded": 0, "rejected": collections.Counter(), "frames": collections.Counter(),
             "close": collections.Counter()}
    for attempt in listing["attempts"]:
        found["sessions"] += 1
        status, close = attempt["outcome"]["status"], attempt["outcome"]["close"]
        if status == 101:
            found["upgraded"] += 1
        else:
            found["rejected"][str(status)] += 1
        if close:
            found["close"][str(close["code"])] += 1
        for side, letter in (("sent", "c:"), ("received", "s:")):
            counts = attempt.get("frames", {}).get(side, {})
            for name in NAMES:
                # Beginnings of fragmented messages are among `text` and `binary`, and told again on their own.
                parts = counts.get(name + "Fragmented", 0)
                found["frames"][letter + SHORT.get(name, name)] += counts.get(name, 0) - parts
                found["frames"][letter + SHORT.get(name, name) + "+"] += parts
    found["frames"] = +found["frames"]
    found["packets"] = sum(entry.get("packets") or 0 for entry in listing["inputs"])
    return found


def check(program, capture):
    """The differences between what is inside and what is listed, as lines."""
    inputs = [capture] + ([capture + ".keys"] if os.path.exists(capture + ".keys") else [])
    run = subprocess.run(
        [program, "ls", "--format", "json", *inputs], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if run.returncode != 0:
        return ["exit code %d: %s" % (run.returncode, run.stderr.decode(errors="replace").strip()[:500])]
    with open(capture + ".truth.json", encoding="utf-8") as file:
        truth = json.load(file)
    found = counted(json.loads(run.stdout))
    return ["%s: %s expected, %s listed" % (key, truth[key], dict(value) if isinstance(value, dict) else value)
            for key, value in found.items() if truth[key] != value]


def main():
    program, captures = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        if not captures:
            generator = str(pathlib.Path(__file__).with_name("big_capture.py"))
            for name, options in (("plain", []), ("tls13", ["--tls13"])):
                path = "%s/%s.pcap" % (folder, name)
                subprocess.run(
                    [sys.executable, generator, path, "--mb", "3", "--live", "40", *options], check=True)
                captures.append(path)
        failed = 0
        for capture in captures:
            differences = check(program, capture)
            failed += bool(differences)
            print("%s %s" % ("differs" if differences else "matches", os.path.basename(capture)))
            for line in differences:
                print("    " + line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
