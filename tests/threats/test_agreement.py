"""Who may name whom: invented customers, and lists of authorised persons that somebody else changed (R3)."""

import hashlib
import json
import shutil

from tests.conftest import Sample
from tests.threats.by_mail import ByMail, decide, refused

from koor_provision.gate.decision import Admitted, Refused


class TestInventedCustomer:
    """A sales manager who makes up a customer's key or address vouches for it alone: that is not enough."""

    def test_a_key(self, sample: Sample):
        sample.sign("agreement.yml", "customer-authorised", "sales-manager")

        assert "no HOCS or CTO vouches for the first agreement" in refused(sample, "R3")

    def test_an_address(self, by_mail: ByMail):
        by_mail.sign("agreement.yml", "sales-manager")

        assert "no HOCS or CTO vouches for the first agreement" in refused(by_mail, "R3")


class TestListOfAuthorisedPersons:
    def renew(self, sample: Sample, *signers: str) -> None:
        """A second version of the agreement, which takes the former person off and names a new one."""
        new = sample.new_key("customer-new")
        former = sample.case / "agreements"
        former.mkdir()
        for name in ("agreement.yml", "agreement.yml.sig"):
            shutil.copy(sample.case / name, former / name.replace("agreement", "001"))
        digest = hashlib.sha256((former / "001.yml").read_bytes()).hexdigest()
        old = sample.public_key("customer-authorised")
        text = sample.file("agreement.yml").read_text()
        text = text.replace("version: 1\n", f"version: 2\nprevious_sha256: {digest}\n")
        text = text.replace("- id: customer-authorised", "- id: customer-new").replace(old, new)
        sample.file("agreement.yml").write_text(text.replace("anna@", "nora@"))
        sample.sign("agreement.yml", *signers)

    def test_changed_by_the_former_list(self, sample: Sample):
        self.renew(sample, "customer-authorised", "sales-manager")
        for name in ("acceptance.yml", "targets.yml"):
            sample.sign(name, "customer-new")

        assert isinstance(decide(sample), Admitted)

    def test_changed_by_the_new_list(self, sample: Sample):
        self.renew(sample, "customer-new", "sales-manager", "hocs")
        for name in ("acceptance.yml", "targets.yml"):
            sample.sign(name, "customer-new")

        reasons = refused(sample, "R1", "R2", "R3")
        assert "nobody of the former agreement (customer-authorised) approved this one" in reasons
        assert "customer-new is named by this agreement only" in reasons
        assert "nobody known holds the key" not in reasons
        decision = decide(sample)
        assert isinstance(decision, Refused)
        remedies = {one.remedy for one in decision.reasons if one.where == "agreement.yml.sig"}
        assert remedies
        assert all(remedy.startswith("have one of customer-authorised run: ") for remedy in remedies)

    def test_the_steps_ask_the_former_list(self, koor, sample: Sample):
        self.renew(sample, "customer-new")
        sample.file("offer.yml.sig").unlink()  # so that the gate cannot read the case yet

        first = json.loads(koor("case", "status", sample.case, "--format", "json").out)[0]
        assert "of the former agreement" in first["why"]
        assert first["who"] == "customer-authorised"

        sample.sign("agreement.yml", "customer-authorised", "sales-manager")
        first = json.loads(koor("case", "status", sample.case, "--format", "json").out)[0]
        assert first["state"] == "done"

    def test_who_was_taken_off_orders_no_more(self, sample: Sample):
        self.renew(sample, "customer-authorised", "sales-manager")

        assert "acceptance.yml is not signed by an authorised person" in refused(sample, "R3")

    def test_the_former_agreement_is_edited(self, sample: Sample):
        self.renew(sample, "customer-authorised", "sales-manager")
        for name in ("acceptance.yml", "targets.yml"):
            sample.sign(name, "customer-new")
        file = sample.case / "agreements" / "001.yml"
        file.write_text(file.read_text() + "# x\n")

        assert "its previous_sha256 is" in refused(sample, "R3")

    def test_the_former_agreement_is_left_out(self, sample: Sample):
        self.renew(sample, "customer-authorised", "sales-manager")
        shutil.rmtree(sample.case / "agreements")

        assert "the first agreement is missing" in refused(sample, "R1", "R2", "R3")
