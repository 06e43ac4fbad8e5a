"""The conversation: one line of JSON for each word that is heard. The end of input ends it, whatever was done."""

from __future__ import annotations

import json
import os
import signal
import sys

from koor_provision.audit.target import leftovers, lock
from koor_provision.audit.target.looks import First, Second

LONGEST_SECONDS = 3 * 60 * 60
"""A run that is still not over then has lost whoever began it."""
PEEK, LOOK = "peek", "look"


def say(**answer: object) -> None:
    """One answer."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main(planned: list[str], run: str) -> None:
    """Look, wait, look again.

    Args:
        planned: packages that the plan changes or removes.
        run: what others are told that is at work here, and kept out by; nobody is kept out where it is empty.
    """
    signal.alarm(LONGEST_SECONDS)
    if os.geteuid() != 0:
        raise SystemExit("we are not root there")
    before = lock.last()
    holder = lock.take(run) if run else None
    if holder:
        say(busy=holder)
        return
    if run:
        leftovers.sweep(before)
    first = First(planned)
    seen = {"sha256": first.image.sha256, "files": first.files, "seconds": round(first.seconds, 3)}
    say(**seen, troubles=first.troubles, runs=leftovers.runs())
    second = Second(first)
    with first.image:
        for word in sys.stdin:
            if word.strip() == PEEK:
                second.peek()
                say(peeked=True)
            elif word.strip() == LOOK:
                say(sha256=first.image.sha256, **second.look())
                return
