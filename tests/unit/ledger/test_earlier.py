"""Which runs on a server have no end, by our own ledger."""

from koor_provision.ledger.earlier import earlier, server_mark

HERE, ELSEWHERE = "0" * 32, "1" * 32
TIME = "2027-03-10T08:00:00+00:00"


def receipt(event: str, plan: str, server: str = HERE, **more: object) -> dict[str, object]:
    return {"event": event, "time": TIME, "plan": plan, "server": server_mark(plan, server), **more}


def test_a_run_without_an_end_is_open_on_its_own_server_only() -> None:
    receipts = [
        receipt("started", "a"),
        receipt("failed", "a"),
        receipt("started", "b"),
        receipt("started", "c", ELSEWHERE),
    ]
    assert [*earlier(receipts, HERE).open] == ["b"]
    assert [*earlier(receipts, ELSEWHERE).open] == ["c"]
    assert earlier(receipts, HERE).open["b"].isoformat() == TIME


def test_a_run_that_finished_another_settles_it_once_its_evidence_said_so() -> None:
    killed, begun = receipt("started", "a"), receipt("started", "b", finishes=["a"])
    assert [*earlier([killed, begun, receipt("failed", "b", finishes=["a"])], HERE).open] == ["a"]
    done = earlier([killed, begun, receipt("partly audited", "b", finishes=["a"])], HERE)
    assert not done.open
    assert done.settled == {"a"}


def test_the_server_cannot_be_read_off_a_receipt_and_two_runs_on_it_are_not_alike() -> None:
    marks = [server_mark(plan, HERE) for plan in ("a", "b")]
    assert len({*marks}) == 2
    assert not any(HERE in mark for mark in marks)


def test_receipts_of_before_and_of_other_kinds_are_passed_over() -> None:
    assert earlier([{"event": "mail"}, {"event": "started", "plan": "a"}, {"event": "key"}], HERE).open == {}
