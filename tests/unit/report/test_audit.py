"""What is told of an audit: the first lines for the engineer, all of it in a file of a known form."""

import json
from pathlib import Path

import jsonschema

from koor_provision.models.audit import Audit, Change, ChangeKind, Owner
from koor_provision.report.audit import audit_data, out_of_scope_lines

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "audit.schema.json").read_text(encoding="utf-8"))
OURS = Change(ChangeKind.FILE, "/etc/php/a", "added", "file", Owner.COMPONENT, "php")


def foreign(count: int) -> tuple[Change, ...]:
    return tuple(Change(ChangeKind.SETUID, f"/srv/{number:03}", "added", "mode 4755") for number in range(count))


def test_twenty_lines_and_then_a_count() -> None:
    lines = list(out_of_scope_lines(Audit((OURS, *foreign(25)))))
    assert lines[0] == "out of scope: setuid added: /srv/000 (mode 4755)"
    assert len(lines) == 21
    assert lines[-1] == "out of scope: 5 more; all are in audit.json"
    assert len(list(out_of_scope_lines(Audit(foreign(20))))) == 20
    assert list(out_of_scope_lines(Audit((OURS,)))) == []


def test_the_file_keeps_to_its_schema_and_says_what_is_known() -> None:
    clean, bad, unknown = Audit((OURS,)), Audit((OURS, *foreign(1))), Audit((), ("it was ended",))
    for audit, verdict in ((clean, "in scope"), (bad, "out of scope"), (unknown, "not known")):
        data = json.loads(json.dumps(audit_data(audit)))
        jsonschema.validate(data, SCHEMA)
        assert data["verdict"] == verdict
        assert len(data["out_of_scope"]) == len(audit.out_of_scope)
