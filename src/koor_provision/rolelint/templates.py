"""Templates and files of a role: what they look up, and lines in them that can be read, see `lines`."""

from collections.abc import Callable
from functools import partial

from koor_provision.rolelint import expressions
from koor_provision.rolelint.evaluate import Evaluator
from koor_provision.rolelint.judge import Judge
from koor_provision.rolelint.lines import Lines

Report = Callable[[str, int, str, str, str], None]


def check(judge: Judge, names: Evaluator, report: Report) -> None:
    """Look at every template of a role, and at every file that it lays as it is."""
    for path in judge.role.files:
        folder, text = path.partition("/")[0], "\n".join(judge.role.lines_of(path))
        if folder == "templates":
            said = partial(_at_its_beginning, report, path)
            expressions.check_template(text, 1, judge.role, names, said)
        if folder in {"templates", "files"}:
            Lines(judge, names, partial(report, path)).text(text, 1)


def _at_its_beginning(report: Report, path: str, _: int, rule: str, what: str, remedy: str) -> None:
    report(path, 1, rule, what, remedy)
