"""Reads, right before a run, what the customer's responsible for IT put on the target to show presence (R7)."""

import json
from importlib.resources import files

from pydantic import TypeAdapter, ValidationError

from koor_provision.errors import RunError
from koor_provision.models.attendance import MOST_BYTES, PLACE, Attendance
from koor_provision.preflight.reach import Reach

_ANSWER_SECONDS = 60


def read_attendance(way: Reach) -> Attendance | None:
    """What lies at the agreed place, or None. Changes nothing there.

    Raises:
        RunError: the host cannot be reached, or its answer makes no sense.
    """
    program = files("koor_provision.preflight").joinpath("attendance_probe.py").read_text(encoding="utf-8")
    call = f"import json\nprint(json.dumps(look({PLACE!r}, {MOST_BYTES})))"
    answer = way.python(f"{program}\n{call}\n", timeout=_ANSWER_SECONDS)
    try:
        return TypeAdapter(Attendance | None).validate_python(json.loads(answer))
    except (ValueError, RecursionError, ValidationError) as error:
        raise RunError(
            "the host's answer makes no sense",
            where=way.name,
            hint="look at the host by hand: is its python3 its own?",
        ) from error
