"""Running an authorised plan: receipts before and after, live progress, verification, and what it came to."""

from datetime import UTC, datetime

from koor_provision.audit.run import audited
from koor_provision.audit.watch import Watch
from koor_provision.cli.earlier import must_still_be_so
from koor_provision.cli.finish import Seen, SignedPlan, finish, mails_of
from koor_provision.cli.progress import Progress, progress
from koor_provision.cli.session import Session
from koor_provision.cli.stopping import stoppable
from koor_provision.errors import KoorError
from koor_provision.evidence.bundle import prepare
from koor_provision.gate.decision import Authorised
from koor_provision.ledger.earlier import earlier
from koor_provision.ledger.mails import refuse_reuse
from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.memory.places import memory_file
from koor_provision.models.evidence import Result
from koor_provision.provision.events import Event
from koor_provision.provision.runner import STOP, run
from koor_provision.verify.run import Verifier, verifier


def run_plan(session: Session, authorised: Authorised, signed: SignedPlan, watch: Watch) -> int:
    """Run a plan, verify what it did, and audit what else changed; returns the exit code."""
    plan = authorised.proposal.plan
    folder = session.options.evidence or session.options.case / "evidence" / plan.plan
    prepare(folder)  # a run whose evidence has no place is not begun
    runs = watch.before().runs  # nothing is changed before we know how it was
    ledger = Ledger(ledger_path())
    must_still_be_so(plan, runs, earlier(ledger.receipts(), plan.host.machine_id))
    refuse_reuse(ledger, mails_of(authorised.admitted.case))
    ledger.begin(signed.receipt("started", authorised))
    started = datetime.now(UTC)
    verification = None
    with (
        stoppable(session.private / STOP) as stopping,
        progress() as bar,
        verifier(plan, session.way, session.private) as tests,
    ):
        doing = "Removing from" if plan.removal else "Taking back on" if plan.undo else "Installing on"
        # one role removes or takes back; what is kept and packages come first, and then each component
        roles = 1 if plan.removal or plan.undo else 2 + len(plan.components)
        bar.stage(f"{doing} {session.way.name}", roles=roles)
        engine = session.options.engine
        try:
            outcome = run(
                authorised,
                session.way,
                session.private,
                engine=engine,
                on_event=_Ahead(bar, watch, tests).event,
                stop=stopping.now,
                signed=(signed.data, signed.signatures),
            )
        except KoorError:
            ledger.append(signed.receipt(Result.FAILED, authorised))
            raise
        if outcome.passed and not stopping.asked():
            bar.stage("Verifying")
            try:
                verification = tests.result(stopping.now)
            except KoorError as error:
                outcome.log.troubles.append(str(error))
        # After the tests, since they might change something as well.
        bar.stage("Auditing what changed")
        kept = (ledger_path().parent, memory_file("").parent) if session.way.is_local else ()
        audit = audited(watch, plan, authorised.admitted.case.scopes, kept)
    seen = Seen(verification, audit)
    result = finish(authorised, outcome, seen, signed, started=started, stopped=stopping.asked())
    return result.hand_over(folder, ledger)


class _Ahead:
    """Begins what need not wait until Ansible has packed up: it takes a while to end after its last word."""

    def __init__(self, bar: Progress, watch: Watch, tests: Verifier) -> None:
        self._bar, self._watch, self._tests = bar, watch, tests
        self._good = True

    def event(self, event: Event) -> None:
        """Hear one event of the run."""
        self._bar.event(event)
        self._good = self._good and event.get("status") not in {"failed", "unreachable"}
        if event["event"] == "result" and event["role"] == "packages":
            # The package manager is done: the rest leaves the target idle, and one of our processors.
            self._watch.peek()
            self._tests.make_ready()
        elif event["event"] == "end":
            self._watch.peek()
            if self._good:
                self._tests.begin()
