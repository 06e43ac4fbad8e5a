"""`koor-provision verify`: what holds, whose signatures these are, and what does not hold."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.bundles import Run
from tests.conftest import Answer, Sample
from tests.world import World

from koor_provision.evidence.bundle import archive_of
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.memory.places import anchors_file
from koor_provision.models.evidence import Result
from koor_provision.trust.keys import fingerprint
from koor_provision.trust.machine_key import MachineKey
from koor_provision.trust.signing import sign

Koor = Callable[..., Answer]
PLAN = "00112233aabbccdd"


def by(sample: Sample, person: str) -> Callable[[bytes, str], bytes]:
    return lambda data, namespace: sign(data, sample.key(person), namespace)


@pytest.fixture
def bundle(world: World, sample: Sample, tmp_path: Path) -> Path:
    return Run(world, by(sample, "engineer-senior")).write(tmp_path / "evidence")


def mark(sample: Sample, person: str) -> str:
    return fingerprint(sample.public_key(person))


def test_a_bundle_that_holds(koor: Koor, bundle: Path, sample: Sample):
    for path in (bundle, archive_of(bundle)):
        answer = koor("verify", path)
        assert answer.code == 0, answer.err
        assert f"holds: {path}, 10 files" in answer.out
        assert "result     passed" in answer.out
        assert answer.out.count(mark(sample, "engineer-senior")) == 2
        assert "compare the fingerprints with the company" in answer.out


def test_with_the_companys_keys_it_says_whose_they_are(koor: Koor, bundle: Path, sample: Sample):
    answer = koor("verify", bundle, "--company", sample.company)

    assert answer.code == 0, answer.err
    assert f"signed     SHA256SUMS  {mark(sample, 'engineer-senior')}  engineer-senior" in answer.out
    assert "note:" not in answer.out


def test_for_programs(koor: Koor, bundle: Path, sample: Sample):
    data = json.loads(koor("verify", bundle, "--company", sample.company, "--format", "json").out)

    assert (data["holds"], data["result"], data["plan"]) == (True, "passed", "00112233aabbccdd")
    assert [(one["file"], one["person"]) for one in data["signatures"]] == [
        ("SHA256SUMS.sig", "engineer-senior"),
        ("plan.yml.sig", "engineer-senior"),
    ]
    (bundle / "report.html").write_text("all is well")
    data = json.loads(koor("verify", bundle, "--format", "json").out)
    assert data["holds"] is False
    assert data["trouble"]["where"] == "report.html"


def test_a_run_that_failed_holds_and_is_not_called_passed(koor: Koor, world: World, tmp_path: Path):
    answer = koor("verify", Run(world, result=Result.FAILED).write(tmp_path / "failed"))

    assert answer.code == 0
    assert "result     failed" in answer.out
    assert "passed" not in answer.out


def test_what_does_not_hold_is_named(koor: Koor, bundle: Path):
    (bundle / "extra\x1b[2J").write_text("")

    answer = koor("verify", bundle)

    assert answer.code == 3
    assert "error: extra\\u001b[2J: does not belong to the bundle" in answer.err
    assert "rely on nothing in it" in answer.err


def test_what_is_no_bundle_at_all(koor: Koor, tmp_path: Path):
    assert koor("verify", tmp_path / "nothing").code == 2
    assert "SHA256SUMS: is missing" in koor("verify", tmp_path).err


class TestKeys:
    def test_of_somebody_else_of_ours(self, koor: Koor, world: World, sample: Sample, tmp_path: Path):
        bundle = Run(world, by(sample, "team-leader")).write(tmp_path / "other")

        answer = koor("verify", bundle, "--company", sample.company)

        assert answer.code == 3
        assert "is team-leader's, and the engineer of this run is engineer-senior" in answer.err

    def test_of_nobody_that_is_known(self, koor: Koor, world: World, sample: Sample, tmp_path: Path):
        bundle = Run(world).write(tmp_path / "other")

        assert koor("verify", bundle).code == 0
        answer = koor("verify", bundle, "--company", sample.company)
        assert answer.code == 3
        assert "nobody in the company's allowed_signers holds the key" in answer.err

    def test_that_was_revoked(self, koor: Koor, bundle: Path, sample: Sample):
        entry = f"keys:\n  - {{fingerprint: '{mark(sample, 'engineer-senior')}', revoked: 2026-01-01, reason: lost}}\n"
        sample.edit("revocations.yml", "keys: []\n", entry)

        answer = koor("verify", bundle, "--company", sample.company)

        assert answer.code == 3
        assert "is revoked" in answer.err

    def test_that_may_not_sign_evidence(self, koor: Koor, bundle: Path, sample: Sample):
        old, new = "offer@koor-provision,evidence@koor-provision,", "offer@koor-provision,"
        sample.edit("allowed_signers", old, new, "cto")

        answer = koor("verify", bundle, "--company", sample.company)

        assert answer.code == 3
        assert "engineer-senior may not sign in the namespace evidence@koor-provision" in answer.err

    def test_of_a_customer_on_the_plan(self, koor: Koor, world: World, sample: Sample, tmp_path: Path):
        customer = MachineKey.make()
        engineer = by(sample, "engineer-senior")

        def both(data: bytes, namespace: str) -> bytes:
            return engineer(data, namespace) + (customer.sign(data, namespace) if namespace.startswith("plan") else b"")

        answer = koor("verify", Run(world, both).write(tmp_path / "both"), "--company", sample.company)

        assert answer.code == 0, answer.err
        assert f"signed     plan.yml    {customer.fingerprint}\n" in answer.out


class TestCompany:
    def test_that_this_machine_does_not_know(self, koor: Koor, bundle: Path, sample: Sample):
        anchors_file().unlink()

        answer = koor("verify", bundle, "--company", sample.company)

        assert answer.code == 0
        assert "note: this machine does not know whether" in answer.out

    def test_that_is_not_the_one_it_knows(self, koor: Koor, bundle: Path, sample: Sample):
        sample.sign("allowed_signers", "hocs")

        answer = koor("verify", bundle, "--company", sample.company)

        assert answer.code == 1
        assert "not signed with the CTO's key that this machine trusts" in answer.err

    def test_with_nothing_but_the_signers(self, koor: Koor, bundle: Path, sample: Sample):
        """As a customer may have it. Nobody there is asked whether documents have expired meanwhile."""
        for file in sample.company.iterdir():
            if file.is_file() and not file.name.startswith("allowed_signers"):
                file.unlink()

        answer = koor("verify", bundle, "--company", sample.company)

        assert answer.code == 0
        assert "note: no revocations.yml lies there" in answer.out


def test_as_the_documentation_has_it_without_us(bundle: Path, sample: Sample):
    script = (
        'ssh-keygen -Y verify -f "$1" -I engineer-senior -n evidence@koor-provision '
        "-s SHA256SUMS.sig < SHA256SUMS && sha256sum --check --strict --quiet SHA256SUMS && "
        'ssh-keygen -Y verify -f "$1" -I engineer-senior -n plan@koor-provision -s plan.yml.sig < plan.yml && '
        "test \"$(ls | grep -vxFf <(cut -c 67- SHA256SUMS))\" = $'SHA256SUMS\\nSHA256SUMS.sig'"
    )
    subprocess.run(
        ["bash", "-c", script, "auditor", sample.company / "allowed_signers"],
        cwd=bundle,
        check=True,
        capture_output=True,
    )


class TestLedger:
    """A bundle is compared with the receipts of this machine, where it has any."""

    @pytest.fixture
    def digest(self, koor: Koor, bundle: Path) -> str:
        return str(json.loads(koor("verify", bundle, "--format", "json").out)["sha256"])

    def test_where_there_is_none_nothing_is_said_to_be_in_it(self, koor: Koor, bundle: Path, digest: str):
        answer = koor("verify", bundle)
        assert (answer.code, f"{digest} (of SHA256SUMS; no ledger is here to compare it with)" in answer.out) == (
            0,
            True,
        )

    def test_one_that_knows_the_run_confirms_it(self, koor: Koor, bundle: Path, digest: str):
        Ledger(ledger_path()).append({"event": "started", "plan": PLAN})
        Ledger(ledger_path()).append({"event": "passed", "plan": PLAN, "bundle_sha256": digest})
        answer = koor("verify", bundle)
        assert (answer.code, "(of SHA256SUMS; the same as in receipt 2 of the ledger here)" in answer.out) == (0, True)
        assert json.loads(koor("verify", bundle, "--format", "json").out)["receipt"] == 2

    @pytest.mark.parametrize("end", [{}, {"event": "failed", "bundle_sha256": "0" * 64}])
    def test_one_that_knows_the_run_otherwise_refuses_it(self, koor: Koor, bundle: Path, end: dict[str, str]):
        Ledger(ledger_path()).append({"event": "started", "plan": PLAN})
        if end:
            Ledger(ledger_path()).append({"plan": PLAN, **end})
        answer = koor("verify", bundle)
        assert answer.code == 3
        assert "and the ledger of this machine, where the run was, " in answer.err

    def test_one_that_does_not_know_the_run_says_so(self, koor: Koor, bundle: Path):
        Ledger(ledger_path()).append({"event": "started", "plan": "another"})
        answer = koor("verify", bundle)
        assert (answer.code, "does not know the run" in answer.out) == (0, True)

    def test_one_that_does_not_hold_confirms_nothing(self, koor: Koor, bundle: Path, digest: str):
        Ledger(ledger_path()).append({"event": "passed", "plan": PLAN, "bundle_sha256": digest})
        ledger_path().write_text("{}\n")
        answer = koor("verify", bundle)
        assert (answer.code, "cannot be relied on" in answer.out, "not compared with a ledger" in answer.out) == (
            0,
            True,
            True,
        )
