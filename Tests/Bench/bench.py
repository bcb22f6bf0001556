#!/usr/bin/env python3
"""Seconds and peak memory on big captures, beside the peers that are installed.

    bench.py [--mb 100] [--runs 3] [--large] [--no-peers] [--program .build/release/wsdiag]

Captures are made once and kept in bench-data/ (WSDIAG_BENCH_DATA names another folder). The best of the runs counts.
--large adds one of ten times the size, for memory. The generator is the one of ../shared where it is present, else ours.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

import truth

ROOT = pathlib.Path(__file__).resolve().parents[2]


def measured(command, cores, runs, ok=(0,)):
    """Best seconds, largest peak in MB and least processor seconds of a command held to some cores; None when it fails.

    On a machine that does other things too, the processor seconds are the ones to compare.
    """
    best, peak, busy = None, 0, None
    for _ in range(runs):
        with open(os.devnull, "wb") as null:
            started = time.perf_counter()
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=null, stderr=null,
                preexec_fn=lambda: os.sched_setaffinity(0, cores))
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in ok:
            return None
        best = seconds if best is None else min(best, seconds)
        peak = max(peak, usage.ru_maxrss / 1024)
        used = usage.ru_utime + usage.ru_stime
        busy = used if busy is None else min(busy, used)
    return best, peak, busy


def generator():
    folder = ROOT.parent
    for _ in range(3):
        candidate = folder / "shared" / "tools" / "gen_big_pcap.py"
        if candidate.exists():
            return candidate
        folder = folder.parent
    return ROOT / "Tests" / "Bench" / "big_capture.py"


def capture(name, megabytes, *options):
    data = pathlib.Path(os.environ.get("WSDIAG_BENCH_DATA", ROOT / "bench-data"))
    data.mkdir(exist_ok=True)
    path = data / ("%s-%g.pcap" % (name, megabytes))
    if not path.with_name(path.name + ".truth.json").exists():
        print("making %s …" % path.name, file=sys.stderr)
        subprocess.run(
            [sys.executable, str(generator()), str(path), "--mb", "%g" % megabytes, *options],
            check=True, stdout=subprocess.DEVNULL)
    return str(path)


def refusals(count, kind):
    folder = pathlib.Path(os.environ.get("WSDIAG_BENCH_DATA", ROOT / "bench-data"))
    path = folder / ("refusals-%s-%d.pcap" % (kind, count))
    if not path.exists():
        print("making %s …" % path.name, file=sys.stderr)
        subprocess.run(
            [sys.executable, str(ROOT / "Tests" / "Bench" / "refusals.py"), str(path), "--attempts", str(count),
             "--kind", kind],
            check=True)
    return str(path)


class Table:
    def __init__(self):
        self.seconds = {}

    def add(self, what, result, note=""):
        if result is None:
            print("%-44s failed" % what)
            return None
        self.seconds[what] = result[0]
        print("%-44s %8.3f s %8.1f MB %8.3f s of processor  %s" % (what, *result, note), flush=True)
        return result


def peers(table, plain, runs):
    one = {min(os.sched_getaffinity(0))}
    tcpdump = tshark = None
    if shutil.which("tcpdump"):
        tcpdump = table.add("tcpdump -w /dev/null", measured(["tcpdump", "-r", plain, "-w", "/dev/null"], one, runs))
    if shutil.which("tshark"):
        tshark = table.add("tshark -Y websocket -T fields", measured(
            ["tshark", "-n", "-r", plain, "-Y", "websocket", "-T", "fields", "-e", "frame.number", "-e",
             "websocket.opcode"], one, 1))
    if shutil.which("suricata"):
        table.add("suricata", measured(["suricata", "-r", plain, "-l", "/tmp", "--runmode", "single"], one, 1))
    return tcpdump, tshark


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mb", type=float, default=100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--program", default=str(ROOT / ".build/release/wsdiag"))
    options = parser.parse_args()
    allowed = sorted(os.sched_getaffinity(0))
    plain, secret = capture("plain", options.mb), capture("tls13", options.mb, "--tls13")
    table = Table()
    print("%g MB, best of %d; load %.1f" % (options.mb, options.runs, os.getloadavg()[0]))
    tcpdump, tshark = (None, None) if options.no_peers else peers(table, plain, options.runs)

    def explain(what, path, cores):
        command = [options.program, "explain", "--format", "json", path]
        command += [path + ".keys"] if os.path.exists(path + ".keys") else []
        return table.add(what, measured(command, cores, options.runs, ok=(0, 1, 4)))

    one = explain("wsdiag explain, one core", plain, set(allowed[:1]))
    if 1 < len(allowed):
        explain("wsdiag explain, two cores", plain, set(allowed[:2]))
    sealed = explain("wsdiag explain, TLS 1.3, one core", secret, set(allowed[:1]))
    if 1 < len(allowed):
        explain("wsdiag explain, TLS 1.3, two cores", secret, set(allowed[:2]))
    shares = []
    for kind in ("same", "tokens", "paths"):
        refused = refusals(20000, kind)
        listing = table.add("wsdiag ls, 20,000 refusals (%s)" % kind, measured(
            [options.program, "ls", refused], set(allowed[:1]), options.runs))
        judging = table.add("wsdiag explain, 20,000 refusals (%s)" % kind, measured(
            [options.program, "explain", refused], set(allowed[:1]), options.runs, ok=(0, 1, 4)))
        if listing and judging:
            shares.append((kind, judging[2] / listing[2] - 1))
    large = None
    if options.large:
        large = explain("wsdiag explain, ten times the size, one core",
                        capture("plain", options.mb * 10), set(allowed[:1]))
    print()
    goals = []
    if one and tshark:
        goals.append(("times faster than tshark (at least 50)", tshark[0] / one[0], 50 <= tshark[0] / one[0]))
    if one and tcpdump:
        goals.append(("times tcpdump's time (at most 4)", one[0] / tcpdump[0], one[0] / tcpdump[0] <= 4))
    if one:
        goals.append(("MB at the peak (below 64)", one[1], one[1] < 64))
    if large:
        goals.append(("MB at the peak, ten times the size (below 64)", large[1], large[1] < 64))
    if one and sealed:
        goals.append(("times the plain time for TLS 1.3 (at most 3)", sealed[0] / one[0], sealed[0] / one[0] <= 3))
    for kind, share in shares:
        goals.append(("times the reading, judging refusals, %s (below 1)" % kind, share, share < 1))
    for name, value, met in goals:
        print("%8.1f %-52s %s" % (value, name, "met" if met else "MISSED"))
    failed = not one or not sealed
    for path in (plain, secret):
        differences = truth.check(options.program, path)
        print("%-8s %-52s %s" % ("", "ls of " + os.path.basename(path) + " against its truth file",
                                 "differs" if differences else "matches"))
        for line in differences:
            print("         " + line)
        failed = failed or bool(differences)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
