"""Rows of the threats page about approvals used again: on another server, a second time, later, by one person."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import Sample
from tests.threats.test_gate import NOW, TODAY, not_loaded, refused
from tests.world import World

from koor_provision.errors import InputError, RefusedError
from koor_provision.gate.decision import Authorised, Refused
from koor_provision.gate.judge import authorise, judge
from koor_provision.ledger.store import Ledger
from koor_provision.load.case import load_case
from koor_provision.load.company import load_company
from koor_provision.models.inventory import HostEntry
from koor_provision.preflight.reach import Reach
from koor_provision.provision import runner
from koor_provision.trust.keys import fingerprint

HOST_KEY = "SHA256:" + "H" * 43


def decide(world: World, later: timedelta = timedelta()) -> Authorised | Refused:
    admitted = judge(world.case())
    assert not isinstance(admitted, Refused), admitted
    return authorise(admitted, world.proposal(), admitted.case.now + later)


def reasons(decision: Authorised | Refused) -> str:
    assert isinstance(decision, Refused)
    return "; ".join(finding.reason for finding in decision.reasons)


class TestApprovalReplayedOnAnotherServer:
    def test_the_sample_may_run(self, world: World):
        assert isinstance(decide(world), Authorised)

    def test_on_another_machine(self, world: World):
        world.trees["facts"]["machine_id"] = "f" * 32

        assert "the plan was made for another server" in reasons(decide(world))

    @pytest.mark.parametrize(("name", "key"), [("web-2", None), ("web-1", HOST_KEY)])
    def test_by_a_way_that_leads_elsewhere(self, world: World, tmp_path: Path, name: str, key: str | None):
        authorised = decide(world)
        assert isinstance(authorised, Authorised)
        way = Reach(name, HostEntry(ansible_connection="ssh"), tmp_path / "ssh_config", key)

        with pytest.raises(RefusedError, match="the plan is authorised for web-1"):
            runner.run(authorised, way, tmp_path, engine="plain", on_event=lambda _: None, stop=lambda: True)

    @pytest.mark.parametrize("field", ["customer", "order"])
    def test_of_another_order(self, world: World, field: str):
        world.trees["plan"][field] = "another"

        assert f"the plan is for {field} another" in reasons(decide(world))

    def test_a_second_time(self, tmp_path: Path):
        ledger = Ledger(tmp_path / "ledger.jsonl")
        ledger.begin({"event": "started", "plan": "a" * 16, "time": NOW.isoformat()})

        with pytest.raises(RefusedError, match=f"plan {'a' * 16}: was run before"):
            ledger.begin({"event": "started", "plan": "a" * 16, "time": NOW.isoformat()})

    @pytest.mark.parametrize("hours", [8, 24, -2])
    def test_at_another_time(self, world: World, hours: int):
        assert "the plan is good from" in reasons(decide(world, timedelta(hours=hours)))

    def test_with_a_promise_to_be_good_for_longer(self, world: World):
        """Whoever may sign a plan could write one; ours are good for hours."""
        admitted = judge(world.case())
        assert not isinstance(admitted, Refused)
        proposal = world.proposal()
        plan = proposal.plan.model_copy(update={"expires": proposal.plan.created + timedelta(days=365)})
        ours = type(proposal)(plan, proposal.facts, proposal.signers)

        decision = authorise(admitted, ours, proposal.plan.created + timedelta(days=1))

        assert "for a day at most" in reasons(decision)

    def test_with_documents_that_changed(self, world: World):
        admitted = judge(world.case())
        assert not isinstance(admitted, Refused)
        proposal = world.proposal()
        world.trees["targets"]["hosts"][0]["note"] = "another one"
        changed = judge(world.case())
        assert not isinstance(changed, Refused)

        assert isinstance(authorise(admitted, proposal, admitted.case.now), Authorised)
        decision = authorise(changed, proposal, admitted.case.now)

        assert "documents changed since the plan was made: targets.yml" in reasons(decision)


class TestOnePersonTwoKeys:
    @pytest.fixture
    def two_keys(self, sample: Sample) -> Sample:
        """The sales manager has a second key, works in support, and could estimate as well."""
        second = sample.new_key("second")
        mark = fingerprint(sample.public_key("sales-manager"))
        sample.edit("staff.yml", f'["{mark}"]', f'["{mark}", "{fingerprint(second)}"]')
        sample.edit("staff.yml", "department: sales", "department: support-and-service", "hocs")
        namespaces = "agreement@koor-provision,confirmation@koor-provision,offer@koor-provision"
        sample.edit(
            "allowed_signers",
            "\nsales-manager ",
            f'\nsales-manager namespaces="{namespaces}" {second}\nsales-manager ',
            "cto",
        )
        return sample

    def test_two_signatures_are_one_person(self, two_keys: Sample):
        two_keys.sign("confirmation.yml", "sales-manager", "second")

        company, keyring = load_company(two_keys.company, two_keys.remembered, TODAY)
        case, _ = load_case(two_keys.case, company, keyring, {}, engineer=None, now=NOW)

        assert case.confirmation.signers == {"sales-manager"}
        assert not case.confirmation.rejected

    def test_who_estimates_with_one_and_confirms_with_the_other(self, two_keys: Sample):
        two_keys.sign("offer.yml", "second")

        assert "sales-manager approved the order and also alone approved its estimate" in refused(two_keys, "R5")

    def test_a_customers_key_is_no_second_pair_of_ours(self, two_keys: Sample):
        """Nor the other way round: a key has one holder, on one side."""
        key = two_keys.public_key("customer-it")
        two_keys.edit("agreement.yml", key, two_keys.public_key("second"), "customer-authorised", "sales-manager")

        assert "the key of 'customer-it' belongs to one of our own people" in not_loaded(two_keys, InputError)
