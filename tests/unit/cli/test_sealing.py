"""The engineer's signature at the end of a run, and afterwards where that was not possible."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.bundles import Run, verified
from tests.conftest import Answer, Sample
from tests.world import World

from koor_provision.cli.sealing import write_signed
from koor_provision.errors import InputError
from koor_provision.evidence.bundle import Bundle, archive_of
from koor_provision.trust.signer import Signer, signer
from koor_provision.trust.signing import sign

Koor = Callable[..., Answer]


@pytest.fixture
def run(world: World, sample: Sample) -> Run:
    return Run(world, lambda data, namespace: sign(data, sample.key("engineer-senior"), namespace))


@pytest.fixture
def unsigned(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    assert not write_signed(Bundle(run.record(), run.files()), None, folder)
    return folder


def test_at_the_end_of_a_run(run: Run, sample: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with signer(sample.key("engineer-senior"), tmp_path) as key:
        assert write_signed(Bundle(run.record(), run.files()), key, tmp_path / "evidence")

    assert verified(tmp_path / "evidence") == verified(tmp_path / "evidence.tar.gz")
    assert f"evidence: {tmp_path}/evidence/report.html\nto send:  {tmp_path}/evidence.tar.gz" in capsys.readouterr().out


def test_a_key_that_is_gone_loses_no_evidence(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    class Gone(Signer):
        def sign(self, data: bytes, namespace: str) -> bytes:
            raise InputError("this key cannot sign: agent refused operation", where="SSH agent")

    assert not write_signed(Bundle(run.record(), run.files()), Gone("", ""), tmp_path / "evidence")

    err = capsys.readouterr().err
    assert "agent refused operation" in err
    assert f"koor-provision sign {tmp_path}/evidence/SHA256SUMS --key KEY" in err
    assert (tmp_path / "evidence" / "report.html").exists()


def test_signed_afterwards(koor: Koor, unsigned: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch):
    missing = koor("verify", unsigned)
    assert missing.code == 3
    assert "SHA256SUMS.sig: is missing" in missing.err
    assert "koor-provision sign BUNDLE/SHA256SUMS --key KEY" in missing.err

    monkeypatch.chdir(unsigned)
    answer = koor("sign", "SHA256SUMS", "--key", sample.key("engineer-senior"))

    assert answer.code == 0, answer.err
    for path in (unsigned, archive_of(unsigned)):
        assert koor("verify", path, "--company", sample.company).code == 0


def test_by_somebody_else(koor: Koor, unsigned: Path, sample: Sample):
    answer = koor("sign", unsigned / "SHA256SUMS", "--key", sample.key("hocs"))

    assert answer.code == 3
    assert "which did not sign the plan" in answer.err
    assert not (unsigned / "SHA256SUMS.sig").exists()


def test_what_was_changed_meanwhile_is_not_signed(koor: Koor, unsigned: Path, sample: Sample):
    (unsigned / "report.html").write_text("all is well")

    answer = koor("sign", unsigned / "SHA256SUMS", "--key", sample.key("engineer-senior"))

    assert answer.code == 3
    assert "report.html: was changed" in answer.err


def test_no_room(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("")

    assert not write_signed(Bundle(run.record(), run.files()), None, tmp_path / "file" / "evidence")
    assert "make room" in capsys.readouterr().err
