"""Rows of the threats page that the gate's first version answers, each tried with real documents and signatures."""

import base64
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from tests.conftest import Sample
from tests.world import SCOPES

from koor_provision.errors import InputError, KoorError, RefusedError
from koor_provision.gate.decision import Admitted, Refused
from koor_provision.gate.judge import judge
from koor_provision.load.case import load_case
from koor_provision.load.company import load_company

NOW = datetime.now(UTC)
TODAY = NOW.date()
ONE_HOST = "hosts:\n  - name: web-1\n    environment: default-image"


def decide(sample: Sample) -> Admitted | Refused | KoorError:
    try:
        company, keyring = load_company(sample.company, sample.remembered, TODAY)
        case, _ = load_case(sample.case, company, keyring, SCOPES, engineer=None, now=NOW)
    except KoorError as error:
        return error
    return judge(case)


def refused(sample: Sample, *rules: str) -> str:
    """All reasons of a refusal by these rules."""
    decision = decide(sample)
    assert isinstance(decision, Refused), decision
    assert {finding.rule for finding in decision.reasons} == set(rules), decision.reasons
    return "; ".join(finding.reason for finding in decision.reasons)


def not_loaded(sample: Sample, kind: type[KoorError]) -> str:
    decision = decide(sample)
    assert isinstance(decision, kind), decision
    assert decision.hint
    return str(decision)


def test_the_sample_is_admitted(sample: Sample):
    assert isinstance(decide(sample), Admitted)


class TestForgedOrder:
    @pytest.mark.parametrize(
        ("document", "signer", "rules"),
        [
            ("agreement.yml", "team-leader", {"R1", "R2", "R3"}),
            ("offer.yml", "sales-manager", {"R4b"}),
            ("offer.yml", "customer-authorised", {"R4b"}),
            ("acceptance.yml", "sales-manager", {"R3"}),
            ("acceptance.yml", "team-leader", {"R3"}),
            ("acceptance.yml", "customer-it", {"R3"}),
            ("confirmation.yml", "customer-authorised", {"R5"}),
            ("confirmation.yml", "engineer-senior", {"R5"}),
            ("targets.yml", "engineer-senior", {"R3"}),
            ("approved_software.yml", "hocs", {"R9"}),
        ],
    )
    def test_signed_by_somebody_else(self, sample: Sample, document, signer, rules):
        sample.sign(document, signer)

        refused(sample, *rules)

    def test_signed_by_a_stranger(self, sample: Sample):
        sample.new_key("stranger")
        sample.sign("acceptance.yml", "stranger")

        assert "nobody known holds the key SHA256:" in refused(sample, "R3")

    def test_signature_of_another_kinds_namespace(self, sample: Sample):
        """A yes to something else, replayed: the customer signed these very bytes, but as targets."""
        sample.sign("acceptance.yml", "customer-authorised", namespace="targets@koor-provision")

        reason = (
            "the signature of customer-authorised is for 'targets@koor-provision', not for 'acceptance@koor-provision'"
        )
        assert reason in refused(sample, "R3")

    @pytest.mark.parametrize("namespace", ["file", "git", "acceptance", "acceptance@koor-provision2"])
    def test_signature_of_a_foreign_namespace(self, sample: Sample, namespace):
        sample.sign("acceptance.yml", "customer-authorised", namespace=namespace)

        assert f"is for '{namespace}'" in refused(sample, "R3")

    def test_wildcard_principal(self, sample: Sample):
        sample.edit("allowed_signers", "engineer-junior namespaces", "* namespaces", "cto")

        assert "not an allowed signer in the strict form" in not_loaded(sample, InputError)

    def test_line_without_namespaces(self, sample: Sample):
        namespaces = ' namespaces="offer@koor-provision,evidence@koor-provision,plan@koor-provision"'
        sample.edit("allowed_signers", f"engineer-junior{namespaces}", "engineer-junior", "cto")

        assert "not an allowed signer in the strict form" in not_loaded(sample, InputError)

    def test_a_certificate_of_our_own_making(self, sample: Sample):
        """Whoever can sign keys could otherwise make a signer that stands in no document."""
        sample.new_key("stranger")
        subprocess.run(
            ["ssh-keygen", "-q", "-s", sample.key("team-leader"), "-I", "x", "-n", "hocs", sample.key("stranger.pub")],
            check=True, capture_output=True,
        )  # fmt: skip
        sample.key("stranger.pub").write_bytes(sample.key("stranger-cert.pub").read_bytes())
        sample.sign("offer.yml", "stranger")

        decision = decide(sample)

        assert not isinstance(decision, Admitted)

    def test_key_type_that_smuggles_in_another_signer(self, sample: Sample):
        """What a signature calls its key goes into a line for OpenSSH, and must not bring a second line."""
        file = sample.file("offer.yml.sig")
        ours = sample.public_key("team-leader")
        file.write_bytes(_armoured(f"{ours} x\nteam-leader {ours}\n# ".encode()))

        assert "holds a signature that is damaged" in not_loaded(sample, InputError)

    def test_key_in_allowed_signers_and_not_in_the_register(self, sample: Sample):
        key = sample.new_key("second")
        line = f'team-leader namespaces="offer@koor-provision" {key}\nhocs namespaces='
        sample.edit("allowed_signers", "hocs namespaces=", line, "cto")
        sample.sign("offer.yml", "second")

        assert "is not one of team-leader's in the staff register" in refused(sample, "R4b")

    def test_many_signatures_one_of_them_right(self, sample: Sample):
        sample.new_key("stranger")
        sample.sign("offer.yml", "stranger", "engineer-junior", "team-leader", "cto")

        assert isinstance(decide(sample), Admitted)

    def test_many_signatures_none_of_them_right(self, sample: Sample):
        sample.new_key("stranger")
        sample.sign("offer.yml", "stranger", "engineer-junior", "sales-manager", "customer-authorised")

        refused(sample, "R4b")


class TestOneOfOursAsTheCustomer:
    def test_by_their_own_id(self, sample: Sample):
        key = sample.public_key("customer-authorised")
        sample.edit(
            "agreement.yml", "- id: customer-authorised", "- id: sales-manager", "customer-authorised", "sales-manager"
        )

        assert key in sample.file("agreement.yml").read_text()
        assert "'sales-manager' is the id of one of our own people" in not_loaded(sample, InputError)

    def test_by_their_own_key(self, sample: Sample):
        sample.edit(
            "agreement.yml",
            sample.public_key("customer-authorised"),
            sample.public_key("engineer-senior"),
            "sales-manager",
        )

        assert "belongs to one of our own people" in not_loaded(sample, InputError)

    def test_the_customer_as_one_of_us_who_has_no_key(self, sample: Sample):
        """An agreement that names a sales manager without a key as the customer's would vouch for itself."""
        second = "{id: sales-two, name: Sam, department: sales, position: sales-manager, since: 2020-01-01}"
        sample.edit("staff.yml", "persons:\n", f"persons:\n  - {second}\n", "hocs")
        key = sample.new_key("posing")
        entry = f"responsible_for_it:\n  - {{id: sales-two, name: Sam, email: s@b.example, key: {key}}}\n"
        sample.edit("agreement.yml", "responsible_for_it:\n", entry, "customer-authorised", "posing")

        assert "'sales-two' is the id of one of our own people" in not_loaded(sample, InputError)


class TestEditedAfterApproval:
    def test_the_offer(self, sample: Sample):
        sample.edit("offer.yml", "cost_eur: 500.00", "cost_eur: 900.00", "team-leader")

        assert "the customer accepted another version of the offer" in refused(sample, "R5")

    def test_the_validation_record(self, sample: Sample):
        sample.edit("validations/php-update-1.yml", "None known.", "Some.")

        assert "is not the one that the CTO approved" in refused(sample, "R9")

    def test_hidden_lines(self, sample: Sample):
        """For the eye a comment; for YAML a line of its own. Refused even with everybody's signature."""
        sample.edit("confirmation.yml", "# Our order", "# x\u2028order: A-1\u2028# Our order", "sales-manager")

        assert "the invisible character U+2028" in not_loaded(sample, InputError)

    def test_reordered_letters(self, sample: Sample):
        sample.edit("offer.yml", "hours: 2.50", "hours: 2.50  # \u202e05.2 :sruoh", "team-leader")

        assert "the invisible character U+202E" in not_loaded(sample, InputError)


class TestStaffWhoLeft:
    def test_a_revoked_key(self, sample: Sample):
        mark = sample.file("staff.yml").read_text().split("id: team-leader")[1].split('keys: ["')[1].split('"')[0]
        entry = f"keys:\n  - {{fingerprint: '{mark}', revoked: {TODAY}, reason: lost}}"
        sample.edit("revocations.yml", "keys: []", entry, "hocs")

        assert f"the key {mark} is revoked" in refused(sample, "R4b")

    def test_a_revoked_key_of_the_customer(self, sample: Sample):
        printed = subprocess.run(
            ["ssh-keygen", "-l", "-f", sample.key("customer-authorised.pub")],
            capture_output=True,
            text=True,
            check=True,
        )
        mark = printed.stdout.split()[1]
        entry = f"keys:\n  - {{fingerprint: '{mark}', revoked: {TODAY}, reason: lost}}"
        sample.edit("revocations.yml", "keys: []", entry, "hocs")

        assert f"the key {mark} is revoked" in refused(sample, "R1", "R2", "R3")

    def test_who_left(self, sample: Sample):
        sample.edit("staff.yml", "position: team-leader", f"position: team-leader\n    left: {TODAY}", "hocs")

        assert f"team-leader left on {TODAY}" in refused(sample, "R4b")

    def test_who_begins_tomorrow(self, sample: Sample):
        tomorrow = TODAY + timedelta(days=1)
        text = sample.file("staff.yml").read_text().split("position: team-leader\n    since: ")[1].split("\n")[0]
        sample.edit("staff.yml", f"team-leader\n    since: {text}", f"team-leader\n    since: {tomorrow}", "hocs")

        assert f"team-leader begins on {tomorrow}" in refused(sample, "R4b")

    def test_who_is_not_in_the_register_any_more(self, sample: Sample):
        sample.edit("staff.yml", "id: team-leader", "id: somebody", "hocs")

        assert "team-leader is not in the staff register" in refused(sample, "R4b")

    def test_who_lost_rank(self, sample: Sample):
        sample.edit("staff.yml", "position: sales-manager", "position: employee", "hocs")

        refused(sample, "R1", "R2", "R3", "R5")

    def test_a_revocation_list_that_is_not_signed(self, sample: Sample):
        sample.edit("revocations.yml", "version: 1", "version: 2")

        assert "revocations.yml: not signed by the CTO or HOCS" in not_loaded(sample, RefusedError)


class TestOnePersonTwoKeys:
    def test_two_keys_are_one_signer(self, sample: Sample):
        key = sample.new_key("second")
        printed = subprocess.run(
            ["ssh-keygen", "-l", "-f", sample.key("second.pub")], capture_output=True, text=True, check=True
        )
        text = sample.file("staff.yml").read_text()
        mark = text.split("id: sales-manager")[1].split('keys: ["')[1].split('"')[0]
        sample.edit("staff.yml", f'keys: ["{mark}"]', f'keys: ["{mark}", "{printed.stdout.split()[1]}"]', "hocs")
        line = f'sales-manager namespaces="agreement@koor-provision" {key}\nhocs namespaces='
        sample.edit("allowed_signers", "hocs namespaces=", line, "cto")
        sample.sign("agreement.yml", "sales-manager", "second")

        assert "no authorised person of the customer signed the record (signed by sales-manager)" in refused(
            sample, "R1", "R2", "R3"
        )

    def test_two_customers_with_one_key(self, sample: Sample):
        sample.edit(
            "agreement.yml", sample.public_key("customer-it"), sample.public_key("customer-authorised"), "sales-manager"
        )

        assert "share a key" in not_loaded(sample, InputError)


class TestLinks:
    @pytest.mark.parametrize("document", ["offer.yml", "offer.yml.sig", "staff.yml", "allowed_signers.sig"])
    def test_a_linked_document(self, sample: Sample, document):
        file = sample.file(document)
        file.rename(file.with_name("other"))
        file.symlink_to("other")

        assert f"{document}: is a symbolic link" in not_loaded(sample, InputError)


class TestTemplates:
    @pytest.mark.parametrize("mark", ["{{ lookup('pipe', 'id') }}", "{% raw %}", "{# x #}"])
    @pytest.mark.parametrize(
        ("document", "place"),
        [
            ("offer.yml", "Run the application on the customer's own server, reachable from the office network."),
            ("agreement.yml", "Example Bakery"),
            ("agreement.yml", "anna@bakery.example"),
            ("targets.yml", "web-1"),
            ("confirmation.yml", "engineer-senior"),
        ],
    )
    def test_in_any_document(self, sample: Sample, document, place, mark):
        sample.edit(document, place, f'"{mark}"')

        not_loaded(sample, InputError)

    @pytest.mark.parametrize("option", ['database: "{{ x }}"', "database: a b", "database: $(id)", "database: a;b"])
    def test_in_an_option(self, sample: Sample, option):
        sample.edit("offer.yml", "component: mariadb", f"component: mariadb\n    {option}")

        not_loaded(sample, InputError)


class TestMissingData:
    @pytest.mark.parametrize(
        ("document", "old", "new", "signer", "rules"),
        [
            ("confirmation.yml", "components: [php, apache, mariadb]", "components: []", "sales-manager", {"R5", "R9"}),
            ("targets.yml", ONE_HOST, "hosts: []", "customer-authorised", {"R5", "R7"}),
        ],
    )
    def test_an_empty_list_denies(self, sample: Sample, document, old, new, signer, rules):
        sample.edit(document, old, new, signer)

        refused(sample, *rules)

    def test_no_signers(self, sample: Sample):
        sample.file("allowed_signers").write_text("# version: 1\n# nobody\n")
        sample.sign("allowed_signers", "cto")

        assert "names no signer" in not_loaded(sample, InputError)


def _armoured(kind: bytes) -> bytes:
    def string(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data

    blob = b"SSHSIG\0\0\0\1" + string(string(kind) + string(b"k" * 32)) + string(b"offer@koor-provision")
    text = base64.b64encode(blob + string(b"") + string(b"sha512") + string(string(b"ssh-ed25519") + string(b"s" * 64)))
    lines = [text[at : at + 70] + b"\n" for at in range(0, len(text), 70)]
    return b"-----BEGIN SSH SIGNATURE-----\n" + b"".join(lines) + b"-----END SSH SIGNATURE-----\n"


class TestSecretsThatComeAlong:
    """R11: in comments too, and nothing lies in a case that nobody looks at."""

    def test_a_password_in_a_comment_of_a_signed_document(self, sample: Sample):
        sample.edit("targets.yml", "hosts:", "# root password is Hunter2!\nhosts:", "customer-authorised")

        assert "seems to hold a password" in refused(sample, "R11")

    def test_a_password_in_the_readme_beside_the_documents(self, sample: Sample):
        (sample.case / "README.md").write_text("# Bakery\n\nroot password: sesame\n", encoding="utf-8")

        decision = decide(sample)
        assert isinstance(decision, Refused)
        assert [finding.where for finding in decision.reasons] == ["README.md, line 3"]

    @pytest.mark.parametrize("name", ["passwords.txt", "id_ed25519", "scan.pdf"])
    def test_a_file_that_is_no_document(self, sample: Sample, name):
        (sample.case / name).write_text("Hunter2!", encoding="utf-8")

        assert f"{name} lies in the case and is none of its documents" in refused(sample, "R11")

    def test_what_runs_and_people_leave_there(self, sample: Sample):
        (sample.case / "evidence" / "00112233aabbccdd").mkdir(parents=True)
        (sample.case / "README.md").write_text("Anna answers the phone after ten.\n", encoding="utf-8")
        (sample.case / "inventory.yml").write_text("all: {hosts: {web-1: {}}}\n", encoding="utf-8")

        assert isinstance(decide(sample), Admitted)
