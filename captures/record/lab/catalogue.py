"""The table of scenarios, and the words of a label.

A scenario is one coroutine decorated with `@capture(...)`. The decorator holds everything a reader of the capture needs:
what the server really decided (the truth), what the bytes show, what they cannot show, and the label.
"""

from dataclasses import dataclass, field
from typing import Awaitable, Callable

SCENARIOS: dict[str, "Scenario"] = {}


@dataclass
class Scenario:
    """One capture to record."""

    name: str
    title: str
    client: str
    server: str
    truth: str
    shows: str
    hides: str
    attempts: list[dict]
    never: list[str]
    limits: list[str]
    healthy: bool
    slow: bool
    with_keys: bool
    run: Callable[..., Awaitable[None]] = field(repr=False)

    @property
    def label(self) -> dict:
        label = {"healthy": self.healthy, "attempts": self.attempts, "mustNotSay": self.never}
        if self.limits:
            label["limits"] = self.limits
        return label


def capture(name, *, title, client, server, truth, shows, hides, attempts, never=(), limits=(), slow=False, with_keys=True):
    """Enters the decorated coroutine into the table. `slow` scenarios mostly wait, so all of them run at once."""

    def enter(run):
        assert name not in SCENARIOS, f"{name} is there twice"
        healthy = bool(attempts) and all(attempt["cause"] is None for attempt in attempts)
        SCENARIOS[name] = Scenario(
            name, title, client, server, truth, shows, hides, list(attempts), list(never), list(limits), healthy, slow, with_keys, run
        )
        return run

    return enter


def refused(status, cause, at_most, expect=None):
    """The server answered the upgrade with another status than 101."""
    return _attempt("refused", status, None, cause, at_most, expect)


def opened(close, cause=None, at_most=None, expect=None):
    """A 101 was received. `close` is what `closed` or `lost` returns, or None for a socket still open at the end."""
    return _attempt("opened", 101, close, cause, at_most, expect)


def failed(cause, at_most, expect=None):
    """The connection failed before any HTTP answer."""
    return _attempt("failed", None, None, cause, at_most, expect)


def closed(code, reason, by):
    """A close frame with this code and reason; `by` is who sent the first one."""
    return {"code": code, "reason": reason, "by": by, "frame": True}


def lost(by):
    """No close frame: FIN or RST from `by`. An API would report 1006."""
    return {"code": 1006, "reason": "", "by": by, "frame": False}


def _attempt(outcome, status, close, cause, at_most, expect):
    return {
        "outcome": outcome,
        "status": status,
        "close": close,
        "cause": cause,
        "expect": cause if expect is None else expect,
        "atMost": at_most,
    }
