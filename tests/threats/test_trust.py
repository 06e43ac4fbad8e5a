"""Rows of the threats page about what trust rests on: that it cannot be replaced, rolled back or replayed."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.conftest import Answer, Sample

from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.memory.anchors import anchors
from koor_provision.memory.places import anchors_file, memory_file
from koor_provision.sample.write import write_sample
from koor_provision.trust.keys import fingerprint

Koor = Callable[..., Answer]
SOFTWARE, STAFF, REVOCATIONS, SIGNERS = "approved_software.yml", "staff.yml", "revocations.yml", "allowed_signers"
FIRST = ("customer-authorised", "sales-manager", "hocs")
"""Who signs a first agreement."""
SIGNER = {SOFTWARE: "cto", STAFF: "hocs", REVOCATIONS: "hocs", SIGNERS: "cto"}


@pytest.fixture
def company(sample: Sample, koor: Koor) -> Sample:
    """The sample as somebody's real company: its anchor is bound to no folder."""
    anchors_file().unlink()
    assert koor("trust", sample.company, "--fingerprint", fingerprint(sample.public_key("cto"))).code == 0
    assert koor("check", sample.case).code == 0
    return sample


def refused(answer: Answer, *parts: str) -> None:
    """Exit code 1, the reasons, and what to do."""
    said = answer.out + answer.err
    assert answer.code == 1, said
    assert all(part in said for part in parts), said
    assert "to do: " in said.lower()


def keep(sample: Sample, name: str) -> Callable[[], None]:
    """What puts a document and its signature back as they are now."""
    before = {file: file.read_bytes() for file in (sample.file(name), sample.file(f"{name}.sig"))}

    def put_back() -> None:
        for file, data in before.items():
            file.write_bytes(data)

    return put_back


def next_version(sample: Sample, name: str, number: int = 2, more: tuple[str, str] = ("", "")) -> None:
    sample.edit(name, f"version: {number - 1}\n", f"version: {number}\n")
    sample.edit(name, *more, SIGNER[name])


class TestReplacedCompany:
    def test_a_company_that_nobody_enrolled(self, sample: Sample, koor: Koor):
        anchors_file().unlink()

        refused(koor("check", sample.case), "does not know yet whose key", f"koor-provision trust {sample.company}")

    def test_a_lost_anchor_is_told_as_one(self, company: Sample, koor: Koor):
        anchors_file().unlink()

        answer = koor("check", company.case)

        refused(answer, "does not know yet whose key", f"koor-provision trust {company.company} --replace")

    def test_the_same_company_somewhere_else(self, company: Sample, koor: Koor, tmp_path: Path):
        moved = shutil.copytree(company.company, tmp_path / "checkout")

        assert koor("check", company.case, "--company", moved).code == 0

    def test_a_company_of_somebodys_own_making(self, company: Sample, koor: Koor, tmp_path: Path):
        """Complete, signed, and with persons of the same names: only the CTO's key is another."""
        write_sample(tmp_path / "forged", datetime.now(UTC).date())
        shutil.rmtree(company.company)
        shutil.copytree(tmp_path / "forged" / "company", company.company)

        answer = koor("check", tmp_path / "forged" / "cases" / "default-offer", "--company", company.company)

        refused(answer, "company/allowed_signers: not signed with the CTO's key that this machine trusts")

    def test_nor_is_it_believed_beside_a_case(self, company: Sample, koor: Koor, tmp_path: Path):
        write_sample(tmp_path / "forged", datetime.now(UTC).date())

        refused(koor("check", tmp_path / "forged" / "cases" / "default-offer"), "not signed with the CTO's key")

    def test_a_signer_whom_the_register_calls_cto(self, company: Sample, koor: Koor):
        """The HOCS signs the register and could make anybody CTO there; a list of signers takes the pinned key."""
        company.edit(STAFF, "position: team-leader", "position: cto")
        next_version(company, STAFF)
        company.edit(SIGNERS, 'team-leader namespaces="', 'team-leader namespaces="allowed-signers@koor-provision,')
        company.sign(SIGNERS, "team-leader")

        refused(koor("check", company.case), "not signed with the CTO's key that this machine trusts")

    def test_a_sample_loosens_nothing(self, company: Sample, koor: Koor, tmp_path: Path):
        """Its keys lie beside it: they count in its own folder, wherever a company's folder is."""
        koor("sample", tmp_path / "learning")
        learning = tmp_path / "learning"
        assert koor("check", learning / "cases" / "default-offer").code == 0
        assert koor("check", company.case).code == 0
        moved = shutil.copytree(learning / "company", tmp_path / "moved")
        shutil.rmtree(company.company)
        shutil.copytree(learning / "company", company.company)

        for folder in (moved, company.company):
            answer = koor("check", learning / "cases" / "default-offer", "--company", folder)
            refused(answer, "not signed with the CTO's key that this machine trusts")

    @pytest.mark.parametrize("connection", ["ssh", "local"])
    def test_a_samples_keys_open_no_server(self, company: Sample, koor: Koor, tmp_path: Path, connection: str):
        """One engineer alone is everybody there; an enrolled machine has customers' servers within reach."""
        koor("sample", tmp_path / "mine")
        mine = Sample(tmp_path / "mine")
        image = "    environment: default-image"
        mine.edit(
            "targets.yml", image, f"{image}\n    ssh_host_key: {company.public_key('cto')}", "customer-authorised"
        )
        reach = tmp_path / "ssh.yml"
        reach.write_text(f"all: {{hosts: {{web-1: {{ansible_connection: {connection}, ansible_host: 127.0.0.1}}}}}}\n")

        answer = koor("install", mine.case, "-i", reach, "--yes", "--key", mine.key("engineer-senior"))

        refused(answer, "judged by a sample company", "ansible_connection: podman")

    def test_a_sample_may_be_tried_on_a_container(self, sample: Sample, koor: Koor, tmp_path: Path):
        reach = tmp_path / "container.yml"
        reach.write_text("all: {hosts: {web-1: {ansible_connection: podman, ansible_host: koor-test-nobody}}}\n")

        answer = koor("install", sample.case, "-i", reach, "--yes", "--key", sample.key("engineer-senior"))

        assert answer.code == 3
        assert "koor-test-nobody" in answer.err

    def test_a_link_is_followed_before_it_is_trusted(self, company: Sample, koor: Koor, tmp_path: Path):
        koor("sample", tmp_path / "learning")
        shutil.rmtree(tmp_path / "learning" / "company")
        (tmp_path / "learning" / "company").symlink_to(company.company)

        assert koor("check", company.case, "--company", tmp_path / "learning" / "company").code == 0

    def test_a_revoked_anchor(self, company: Sample, koor: Koor):
        mark = fingerprint(company.public_key("cto"))
        second = company.new_key("second")
        company.edit(STAFF, f'["{mark}"]', f'["{mark}", "{fingerprint(second)}"]')
        next_version(company, STAFF)
        company.edit(SIGNERS, "\nhocs ", f'\ncto namespaces="allowed-signers@koor-provision" {second}\nhocs ')
        next_version(company, SIGNERS)
        company.sign(SIGNERS, "cto", "second")
        revoked = f"keys:\n  - {{fingerprint: '{mark}', revoked: 2026-01-01, reason: lost}}\n"
        next_version(company, REVOCATIONS, more=("keys: []\n", revoked))

        refused(koor("check", company.case), "the CTO's key that this machine trusts is revoked", "--replace")

    def test_damaged_anchors_are_not_taken_for_none(self, company: Sample, koor: Koor):
        anchors_file().write_text("{}x")

        refused(koor("check", company.case), "anchors.json: is damaged")


class TestOlderListPutBack:
    @pytest.mark.parametrize("name", [SOFTWARE, STAFF, REVOCATIONS, SIGNERS])
    def test_an_older_version(self, company: Sample, koor: Koor, name: str):
        put_back = keep(company, name)
        following = f"previous_sha256: {_sha256(company.file(name))}\nentries:\n"
        next_version(company, name, more=("entries:\n", following) if name == SOFTWARE else ("", ""))
        assert koor("check", company.case).code == 0

        put_back()

        refused(koor("check", company.case), f"company/{name}: version 1 is older than version 2, which was seen here")

    @pytest.mark.parametrize("name", [SOFTWARE, STAFF, REVOCATIONS, SIGNERS])
    def test_another_one_of_the_same_version(self, company: Sample, koor: Koor, name: str):
        file = company.file(name)
        file.write_text(file.read_text(encoding="utf-8") + "# also signed\n", encoding="utf-8")
        company.sign(name, SIGNER[name])

        refused(koor("check", company.case), f"company/{name}: there are two different documents of version 1")

    def test_an_approved_list_that_does_not_follow_the_one_before(self, company: Sample, koor: Koor):
        next_version(company, SOFTWARE, more=("entries:\n", f"previous_sha256: {'0' * 64}\nentries:\n"))

        refused(
            koor("check", company.case), "company/approved_software.yml: version 2 names 000000000000... as the digest"
        )

    def test_an_approved_list_after_one_that_was_never_seen_here(self, company: Sample, koor: Koor):
        """Nothing can be compared; the CTO's signature and the version have to do."""
        next_version(company, SOFTWARE, 2, more=("entries:\n", f"previous_sha256: {'0' * 64}\nentries:\n"))
        next_version(company, SOFTWARE, 3)

        assert koor("check", company.case).code == 0

    def test_an_older_agreement(self, company: Sample, koor: Koor):
        put_back = keep(company, "agreement.yml")
        _follow(company)
        assert koor("check", company.case).code == 0

        put_back()
        shutil.rmtree(company.case / "agreements")

        refused(koor("check", company.case), "R3", "version 1 is older than version 2, which was seen here before")

    def test_another_agreement_of_the_same_version(self, company: Sample, koor: Koor):
        company.edit("agreement.yml", "Example Bakery", "Another Bakery", *FIRST)

        refused(koor("check", company.case), "R3", "there are two different documents of version 1")

    def test_an_agreement_that_follows_another_one(self, company: Sample, koor: Koor):
        """A chain that holds by itself, from a first agreement that nobody saw before."""
        company.edit("agreement.yml", "Example Bakery", "Another Bakery", *FIRST)
        _follow(company)

        refused(koor("check", company.case), "R3", "version 2 does not come after version 1 as it was seen here before")

    def test_what_is_refused_is_not_remembered(self, company: Sample, koor: Koor):
        """Or whoever makes up a high version would lock everybody out."""
        put_back = keep(company, STAFF)
        company.edit(STAFF, "version: 1\n", "version: 99\n", "team-leader")
        assert koor("check", company.case).code == 1

        put_back()

        assert koor("check", company.case).code == 0

    def test_two_cases_with_agreements_of_different_age(self, company: Sample, koor: Koor):
        shutil.copytree(company.case, company.root / "cases" / "older")
        _follow(company)

        answer = koor("check", company.root / "cases" / "older", company.case)

        refused(answer, "version 1 is older than version 2")
        assert "default-offer: admitted" in answer.out

    def test_lost_memory_is_not_taken_for_empty(self, company: Sample, koor: Koor):
        memory = _memory()
        kept = memory.read_bytes()
        memory.unlink()

        refused(
            koor("check", company.case), "the memory of the versions seen since", "restore the file from your backup"
        )
        memory.write_bytes(kept)
        assert koor("check", company.case).code == 0

    @pytest.mark.parametrize("content", ["", "{}", "null", "[]", '{"memory": "0000000000000000"}'])
    def test_nor_is_damaged_memory(self, company: Sample, koor: Koor, content: str):
        _memory().write_text(content)

        refused(koor("check", company.case), ".json: is damaged", "restore the file from your backup")

    def test_nor_the_memory_of_another_anchor(self, company: Sample, koor: Koor):
        memory = _memory()
        memory.write_text(memory.read_text().replace(memory.stem, "0" * 16))

        refused(koor("check", company.case), "the memory of the versions seen since")


class TestMemoryThatCannotBeWritten:
    @pytest.fixture
    def closed(self, company: Sample, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """As on a home that is mounted read-only; permissions alone do not hold root back."""
        folder = _memory().parent
        opened = os.open

        def open_(path: str | Path, flags: int, *rest: int, **more: int) -> int:
            if flags & (os.O_WRONLY | os.O_RDWR) and Path(path).is_relative_to(folder):
                raise OSError(30, "Read-only file system")
            return opened(path, flags, *rest, **more)

        monkeypatch.setattr(os, "open", open_)
        yield
        monkeypatch.undo()

    def test_nothing_new_needs_no_writing(self, company: Sample, koor: Koor, closed: None):
        assert koor("check", company.case).code == 0

    def test_something_new_is_refused_rather_than_forgotten(self, company: Sample, koor: Koor, closed: None):
        next_version(company, STAFF)

        refused(koor("check", company.case), "cannot be remembered: cannot be written: Read-only file system")


class TestClockGames:
    def _at(self, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
                return moment

        monkeypatch.setattr("koor_provision.cli.check.datetime", Clock)

    def test_a_clock_behind_the_ledger(self, company: Sample, koor: Koor):
        later = datetime.now(UTC) + timedelta(hours=1)
        Ledger(ledger_path()).append({"event": "passed", "time": later.isoformat(timespec="seconds")})

        refused(
            koor("check", company.case), "clock: this machine's clock says", "the ledger's last receipt was written at"
        )

    def test_a_clock_behind_what_was_seen(self, company: Sample, koor: Koor, monkeypatch: pytest.MonkeyPatch):
        self._at(monkeypatch, datetime.now(UTC) - timedelta(hours=1))

        refused(koor("check", company.case), "clock: this machine's clock says", "this machine last saw documents at")

    def test_a_day_that_was_seen_is_remembered(self, company: Sample, koor: Koor, monkeypatch: pytest.MonkeyPatch):
        self._at(monkeypatch, datetime.now(UTC) + timedelta(days=1))
        assert koor("check", company.case).code == 0
        self._at(monkeypatch, datetime.now(UTC))

        refused(koor("check", company.case), "clock: this machine's clock says", "this machine last saw documents at")

    def test_seconds_are_no_matter(self, company: Sample, koor: Koor):
        soon = datetime.now(UTC) + timedelta(seconds=60)
        Ledger(ledger_path()).append({"event": "passed", "time": soon.isoformat(timespec="seconds")})

        assert koor("check", company.case).code == 0

    def test_a_clock_that_was_wrong_before_can_be_put_right(self, company: Sample, koor: Koor):
        later = datetime.now(UTC) + timedelta(days=400)
        Ledger(ledger_path()).append({"event": "passed", "time": later.isoformat(timespec="seconds")})
        assert koor("check", company.case).code == 1

        mark = fingerprint(company.public_key("cto"))
        assert koor("trust", company.company, "--replace", "--fingerprint", mark).code == 0

        assert koor("check", company.case).code == 0

    @pytest.mark.parametrize("name", [STAFF, REVOCATIONS])
    def test_documents_from_the_future(self, sample: Sample, koor: Koor, name: str):
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        today = datetime.now(UTC).date()
        sample.edit(name, f"issued: {today}", f"issued: {tomorrow}", SIGNER[name])

        refused(koor("check", sample.case), f"company/{name}: valid from {tomorrow}")

    def test_a_ledger_that_got_shorter(self, company: Sample, koor: Koor):
        ledger_path().unlink()
        answer = koor("check", company.case)
        assert (answer.code, "it is gone, and its signed head is there" in answer.err) == (3, True)

        ledger_path().with_suffix(".head").unlink()
        answer = koor("check", company.case)
        assert (answer.code, "it has 0 receipts, and had 1 before" in answer.err) == (3, True)


class TestLedgerPutBack:
    """An earlier ledger with its own signed head in the present one's place: a plan could be run twice."""

    def test_an_earlier_one_of_its_own(self, company: Sample, koor: Koor):
        files = [ledger_path(), ledger_path().with_suffix(".head")]
        before = [file.read_bytes() for file in files]
        Ledger(ledger_path()).append({"event": "started", "plan": "a"})
        for file, data in zip(files, before, strict=True):
            file.write_bytes(data)
        answer = koor("check", company.case)
        assert (answer.code, "it has 1 receipts, and had 2 before" in answer.err) == (3, True)


def _memory() -> Path:
    anchor = anchors().company
    assert anchor
    return memory_file(anchor.memory)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _follow(sample: Sample) -> None:
    """The next agreement; the present one goes to the former ones."""
    file, former = sample.file("agreement.yml"), sample.case / "agreements"
    former.mkdir()
    for name in ("", ".sig"):
        shutil.copy(f"{file}{name}", former / f"001.yml{name}")
    following = f"version: 2\nprevious_sha256: {_sha256(file)}\n"
    sample.edit("agreement.yml", "version: 1\n", following, "customer-authorised", "sales-manager")
