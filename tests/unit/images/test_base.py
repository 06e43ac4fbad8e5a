import io
import tarfile

import pytest

from koor_provision.errors import RunError
from koor_provision.images import base

LINES = """
deb http://mirror.example/debian trixie main
deb [signed-by="/usr/share/keyrings/x.gpg"] http://mirror.example/security trixie-security main
"""


def tree(sources: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("./etc/apt/sources.list")
        member.size = len(sources)
        archive.addfile(member, io.BytesIO(sources.encode()))
    return packed.getvalue()


def test_the_machines_sources_are_mmdebstraps_own_without_what_only_this_host_needs(monkeypatch):
    monkeypatch.setattr(base, "call", lambda *_, **__: tree(LINES))
    assert base.own_sources("debian13") == (
        "deb http://mirror.example/debian trixie main\ndeb http://mirror.example/security trixie-security main\n"
    )


def test_an_image_that_would_get_no_security_updates_is_not_made(monkeypatch):
    monkeypatch.setattr(base, "call", lambda *_, **__: tree(LINES.replace("-security", "-updates")))
    with pytest.raises(RunError, match="no security updates"):
        base.own_sources("debian13")
