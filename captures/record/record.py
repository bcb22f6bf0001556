#!/usr/bin/env python3
"""Records scenarios, checks each capture against its label with tshark, and writes the folders and the index."""

import argparse
import asyncio
import contextlib
import importlib
import json
import logging
import pkgutil
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import scenarios
from lab.bench import Bench
from lab.catalogue import SCENARIOS, Scenario
from lab.certificates import Authority
from lab.check import disagreements
from lab.readme import index, page

CAPTURES = Path(__file__).resolve().parent.parent
AT_ONCE = 3  # Scenarios that compute; those that mostly wait all run at once.


async def main() -> int:
    for module in pkgutil.iter_modules(scenarios.__path__):
        importlib.import_module(f"scenarios.{module.name}")
    arguments = _arguments()
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # Broken connections are what we are here for.
    unknown = [name for name in arguments.names if name not in SCENARIOS]
    if unknown:
        sys.exit(f"no such scenario: {', '.join(unknown)} (record.sh --list names them)")
    chosen = [scenario for name, scenario in SCENARIOS.items() if not arguments.names or name in arguments.names]

    if arguments.list:
        print("\n".join(scenario.name for scenario in chosen))
        return 0
    problems = _check(chosen) if arguments.check else await _record(chosen)
    if not arguments.check:
        (CAPTURES / "README.md").write_text(index(SCENARIOS.values(), CAPTURES))
    print(f"{len(chosen) - len(problems)} of {len(chosen)} captures hold what their labels say")
    return 1 if problems else 0


def _arguments():
    parser = argparse.ArgumentParser(prog="record.sh", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    return parser.parse_args()


def _check(chosen) -> list[str]:
    with ThreadPoolExecutor() as pool:
        kept = pool.map(lambda scenario: _agrees(scenario, CAPTURES / scenario.name), chosen)
    return [scenario.name for scenario, is_kept in zip(chosen, kept) if not is_kept]


async def _record(chosen) -> list[str]:
    gate = asyncio.Semaphore(AT_ONCE)
    numbers = {name: number for number, name in enumerate(SCENARIOS, start=1)}
    with tempfile.TemporaryDirectory() as temporary:
        authority = Authority(Path(temporary))

        async def one(scenario: Scenario) -> bool:
            async with contextlib.nullcontext() if scenario.slow else gate:
                folder = Path(temporary) / scenario.name
                folder.mkdir()
                return await _record_one(scenario, Bench(numbers[scenario.name], folder, authority))

        kept = await asyncio.gather(*map(one, chosen))
    return [scenario.name for scenario, is_kept in zip(chosen, kept) if not is_kept]


async def _record_one(scenario: Scenario, bench: Bench) -> bool:
    """Records into the temporary folder and replaces the committed folder only when the check agrees."""
    try:
        try:
            await bench.start()
            await asyncio.wait_for(scenario.run(bench), 200)
        finally:
            await bench.stop()
        return await asyncio.to_thread(_keep, scenario, bench)
    except Exception as error:  # noqa: BLE001 - one broken scenario must not end the others
        print(f"{scenario.name}: {type(error).__name__}: {error}", *bench.said, sep="\n    ", file=sys.stderr)
        return False


def _keep(scenario: Scenario, bench: Bench) -> bool:
    made = bench.folder / "made"
    made.mkdir()
    bench.save(made / "capture.pcapng", scenario.with_keys)
    (made / "label.json").write_text(json.dumps(scenario.label, indent=2, ensure_ascii=False) + "\n")
    if not _agrees(scenario, made):
        print(*bench.said, sep="\n    ", file=sys.stderr)
        return False
    (made / "README.md").write_text(page(scenario, bench))

    destination = CAPTURES / scenario.name
    shutil.rmtree(destination, ignore_errors=True)
    shutil.copytree(made, destination)
    print(f"recorded {scenario.name}")
    return True


def _agrees(scenario: Scenario, folder: Path) -> bool:
    problems = disagreements(folder / "capture.pcapng", scenario)
    label = folder / "label.json"
    if label.exists() and json.loads(label.read_text()) != scenario.label:
        problems.append("label.json is not what the scenario says; record it anew")
    for problem in problems:
        print(f"{scenario.name}: {problem}", file=sys.stderr)
    return not problems


sys.exit(asyncio.run(main()))
