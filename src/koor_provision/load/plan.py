"""Plans as files: what is written is what is signed, and what is read back is what was verified."""

from pathlib import Path

import yaml

from koor_provision.load.documents import Unverified, to_model
from koor_provision.load.files import MAX_PLAN_BYTES, Content, lies, read
from koor_provision.models.plan import Plan
from koor_provision.trust import sshsig

_HEAD = "# What koor-provision will do, and nothing else. Read it; then: koor-provision sign THIS-FILE --key KEY\n"


def plan_bytes(plan: Plan) -> bytes:
    """A plan as YAML, for people to read and sign."""
    text = yaml.safe_dump(
        plan.model_dump(mode="json", exclude_none=True), sort_keys=False, allow_unicode=True, width=120
    )
    return (_HEAD + text).encode()


def parse_plan(data: bytes, name: str) -> Plan:
    """Read a plan from exactly these bytes.

    Raises:
        InputError: malformed.
    """
    return to_model(Content(name, data), Plan)


def load_plan(path: Path) -> Unverified[Plan]:
    """Read a plan file and the signatures beside it, if there are any yet.

    Raises:
        InputError: missing or malformed.
    """
    content = read(
        path, str(path), limit=MAX_PLAN_BYTES, hint="write one with: koor-provision install CASE --dry-run --plan FILE"
    )
    beside = path.with_name(path.name + ".sig")
    claims = (
        sshsig.parse(read(beside, str(beside), limit=sshsig.MAX_SIGNATURE_BYTES).data, str(beside))
        if lies(beside, str(beside))
        else ()
    )
    return Unverified(to_model(content, Plan), content, claims)
