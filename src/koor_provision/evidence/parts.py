"""Files that a bundle may have, and what they must agree with where they are there."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from koor_provision.evidence.manifest import MANIFEST, Manifest
from koor_provision.evidence.reading import fails
from koor_provision.models.audit import Owner

AUDIT, CONTENT = "audit.json", "content.json"


def read_object(data: bytes, where: str) -> dict[str, Any]:
    """A JSON object.

    Raises:
        RunError: it is none.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise fails(where, "cannot be read") from error
    if not isinstance(found, dict):
        raise fails(where, "cannot be read")
    return found


def content_agrees(manifest: Manifest, files: Mapping[str, bytes]) -> None:
    r"""The digests of what ran add up to the one in the signed plan: SHA-256 over `NAME\0SHA256\n` of each file.

    Raises:
        RunError: they do not, and the run says that it passed.
    """
    if CONTENT not in files:
        return
    content = read_object(files[CONTENT], CONTENT)
    listed = content.get("files")
    if not isinstance(listed, dict) or not all(isinstance(sha256, str) for sha256 in listed.values()):
        raise fails(f"{CONTENT}, files", "cannot be read")
    lines = "".join(f"{name}\0{sha256}\n" for name, sha256 in listed.items())
    total = hashlib.sha256(lines.encode("utf-8", errors="replace")).hexdigest()
    if content.get("content_sha256") != total:
        raise fails(f"{CONTENT}, content_sha256", "is not the digest of the files that it lists")
    if manifest.result.done and total != manifest.content_sha256:
        raise fails(
            f"{CONTENT}, content_sha256", "is not what the plan was signed for, and the run says that it passed"
        )


def audit_agrees(manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """The audit is there where the manifest says what it found, and found as much.

    Raises:
        RunError: it is not, or did not.
    """
    if AUDIT not in files:
        if manifest.out_of_scope is not None:
            raise fails(AUDIT, "is missing; the manifest says what it found")
        return
    audit = read_object(files[AUDIT], AUDIT)
    found, troubles = audit.get("out_of_scope"), audit.get("troubles")
    if not isinstance(found, list) or not isinstance(troubles, list) or len(found) != manifest.out_of_scope:
        raise fails(f"{AUDIT}, out_of_scope", f"does not list the {manifest.out_of_scope} changes of the manifest")
    changes = audit.get("changes")
    rows = [row for row in changes if isinstance(row, dict)] if isinstance(changes, list) else []
    if manifest.result.done and any(row.get("owner") == Owner.UNFINISHED for row in rows):
        raise fails(f"{MANIFEST}, result", "says that the run passed, but packages are not as planned")
    if manifest.result.done and troubles:
        raise fails(f"{MANIFEST}, result", "says that the run passed, but the audit cannot be relied on")
