"""Templates of a role: what they look up, and the names in them that can be read: commands, ports, places of data.

What a server reads is its package's business; here count lines that make it write, listen or start something elsewhere.
"""

import re
from collections.abc import Callable

from koor_provision.rolelint import expressions
from koor_provision.rolelint.contract import EVERYWHERE
from koor_provision.rolelint.evaluate import Evaluator, NotATemplateError
from koor_provision.rolelint.judge import Judge
from koor_provision.rolelint.modules import Kind
from koor_provision.rolelint.values import has_holes

Report = Callable[[str, int, str, str, str], None]
_PRINTED = re.compile(r"\{\{.*?\}\}")
_STARTS = re.compile(
    r"^\s*(?:Exec[A-Za-z]+\s*=|[a-z_]*_command\s*=|SSLPassPhraseDialog\s+exec:|(?:Error|Custom|Transfer)Log\s+[\"']?\|)"
)
"""Lines by which a service starts a program."""
_PORT = re.compile(
    r"^\s*(?:(?:[Ll]isten|ListenStream|ListenDatagram|[Pp]ort)\s*[=\s]\s*(?:\S*:)?|<VirtualHost\s+\S*:|-p\s+)"
    r"(?P<port>[0-9]{1,5}|\{\{.*?\}\})(?=[\s;>]|$)"
)
_PLACE = re.compile(
    r"^\s*(?:ErrorLog|CustomLog|TransferLog|access_log|error_log|logfile|log[_-]error|log_file|slow[_-]query[_-]log[_-]file|"
    r"general[_-]log[_-]file|datadir|data_directory|dir|log_directory|ReadWritePaths|WorkingDirectory)"
    r"\s*[=\s]\s*[\"']?(?P<path>(?:/|\{\{.*?\}\})(?:\{\{.*?\}\}|[^\s;\"'])*)"
)
"""Lines by which a service is told where to write."""
_APACHE_LOGS = ("${APACHE_LOG_DIR}", "/var/log/apache2")
"""As Debian sets it."""
_OWNER = re.compile(r"^\s*(?:User|Group|user|group)\s*[=\s]\s*(?P<name>[a-z_][a-z0-9_-]*)\s*;?\s*$")


def check(judge: Judge, names: Evaluator, report: Report) -> None:
    """Look at every template of a role."""
    for path in judge.role.files:
        if path.startswith("templates/"):
            _Template(path, judge, names, report).check()


class _Template:
    def __init__(self, path: str, judge: Judge, names: Evaluator, report: Report) -> None:
        self._path = path
        self._judge = judge
        self._names = names
        self._report = report

    def check(self) -> None:
        lines = self._judge.role.lines_of(self._path)
        expressions.check_template(
            "\n".join(lines), 1, self._judge.role, self._names, lambda _, *said: self._report(self._path, 1, *said)
        )
        program = lines[0].startswith("#!")
        for number, line in enumerate(lines, 1):
            self._line(number, line.replace(*_APACHE_LOGS), program=program)

    def _line(self, number: int, line: str, *, program: bool) -> None:
        if (program or _STARTS.match(line)) and _PRINTED.search(line) and self._unknown(line):
            self._report(
                self._path, number, "command", "a program is started with a value that the role does not fix",
                "write the command out; what it needs to know belongs into a file that it reads",
            )  # fmt: skip
        if found := _PORT.match(line):
            self._judge_text("port", found["port"], number)
        if found := _PLACE.match(line):
            self._judge_text("path", found["path"], number)
        if (found := _OWNER.match(line)) and found["name"] not in EVERYWHERE:
            self._judge_text("owner", found["name"], number)

    def _unknown(self, line: str) -> bool:
        try:
            return any(has_holes(value) for value in self._names.text("".join(_PRINTED.findall(line))))
        except NotATemplateError:
            return True

    def _judge_text(self, kind: str, text: str, number: int) -> None:
        try:
            values = self._names.text(text)
        except NotATemplateError:
            return  # said for the template as a whole
        for value in values:
            self._judge.value(Kind(kind, ""), value, lambda *said: self._report(self._path, number, *said))
