"""Lines of a server's configuration, wherever they stand: the names in them that can be read.

What a server reads is its package's business; here count lines that make it write, listen, start or load something
elsewhere.
"""

import re
from collections.abc import Callable

from koor_provision.rolelint.contract import EVERYWHERE
from koor_provision.rolelint.evaluate import Evaluator, NotATemplateError
from koor_provision.rolelint.judge import Judge
from koor_provision.rolelint.modules import Kind
from koor_provision.rolelint.values import Hole, Text, has_holes

Report = Callable[[int, str, str, str], None]
"""Takes a line, a rule's id, what is wrong, and what to do about it."""
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
_CODE = re.compile(
    r"^\s*(?:loadmodule|LoadModule\s+\S+|LoadFile|load_module|(?:zend_)?extension|auto_(?:pre|ap)pend_file|opcache\.preload|"
    r"(?:php_admin_value|php_value)\[(?:zend_)?extension\]|plugin[_-](?:dir|load\S*)|\w*preload_libraries)"
    r"\s*[=\s]\s*[\"']?(?P<path>(?:/|\{\{.*?\}\})[^\s;\"']*)"
)
"""Lines by which a server loads code."""
_PACKAGED = ("/usr/lib/", "/usr/share/")
"""Where code comes from packages alone."""
_OWNER = re.compile(r"^\s*(?:User|Group|user|group)\s*[=\s]\s*(?P<name>[a-z_][a-z0-9_-]*)\s*;?\s*$")


class Lines:
    """Judges lines of one file or text."""

    def __init__(self, judge: Judge, names: Evaluator, report: Report) -> None:
        self._judge = judge
        self._names = names
        self._report = report

    def text(self, text: str, start: int) -> None:
        """Every line of a text whose first line has this number."""
        program = text.startswith("#!")
        for number, line in enumerate(text.split("\n"), start):
            self.line(number, line, program=program)

    def line(self, number: int, line: str, *, program: bool) -> None:
        """One line; of a program each may start others."""
        line = line.replace(*_APACHE_LOGS)
        if (program or _STARTS.match(line)) and _PRINTED.search(line) and self._unknown(line):
            self._report(
                number, "command", "a program is started with a value that the role does not fix",
                "write the command out; what it needs to know belongs into a file that it reads",
            )  # fmt: skip
        if found := _PORT.match(line):
            self._named("port", found["port"], number)
        if found := _PLACE.match(line):
            self._named("path", found["path"], number)
        if found := _CODE.match(line):
            self._code(found["path"], number)
        if (found := _OWNER.match(line)) and found["name"] not in EVERYWHERE:
            self._named("owner", found["name"], number)

    def _unknown(self, line: str) -> bool:
        try:
            return any(has_holes(value) for value in self._names.text("".join(_PRINTED.findall(line))))
        except NotATemplateError:
            return True

    def _named(self, kind: str, text: str, number: int) -> None:
        try:
            values = self._names.text(text)
        except NotATemplateError:
            return  # said for the template as a whole
        for value in values:
            self._judge.value(Kind(kind, ""), value, lambda *said: self._report(number, *said))

    def _code(self, text: str, number: int) -> None:
        try:
            values = self._names.text(text)
        except NotATemplateError:
            return
        for value in values:
            start = value.parts[0] if isinstance(value, Text) else value
            inside = isinstance(start, str) and start.startswith(_PACKAGED) and ".." not in start
            named = isinstance(start, str) and not start.startswith("/")  # the server looks where its packages lie
            if not inside and not (named and not isinstance(value, Hole | Text)):
                self._report(
                    number, "command", "code is loaded from where no package alone puts it",
                    "name what a package brings, without a path or below /usr/lib/",
                )  # fmt: skip
