"""`koor-provision ledger`: shown, verified, and the first thing that does not hold is named."""

import json
import subprocess

import pytest

from koor_provision.ledger.store import Ledger, ledger_path
from koor_provision.trust.keys import fingerprint

RUN = {
    "time": "2027-03-10T12:00:00+00:00",
    "plan": "00112233aabbccdd",
    "components": {"php": "8.2.29-1", "apache": "2.4.65"},
    "rules": {"R5": "pass", "R6": "broken"},
}


@pytest.fixture
def ledger() -> Ledger:
    ledger = Ledger(ledger_path(), lambda _: None)
    ledger.append({"event": "started", **RUN})
    ledger.append({"event": "passed", **RUN, "bundle_sha256": "ab" * 32})
    ledger.append({"event": "mail", "time": "2027-03-10T12:05:00+00:00", "mails": [{"mail": "1", "use": "2"}]})
    return ledger


def test_a_table(koor, ledger):
    lines = koor("ledger", "show").out.splitlines()

    assert lines[0].split() == ["time", "event", "plan", "evidence", "what"]
    assert lines[2].split(maxsplit=6) == [
        *("2", "2027-03-10", "12:00:00", "passed", RUN["plan"], "abababababababab"),
        "apache 2.4.65, php 8.2.29-1, BROKEN: R6",
    ]
    assert lines[3].endswith("1 mails taken in")
    assert [line.split()[0] for line in koor("ledger", "show", "--last", "2").out.splitlines()[1:]] == ["2", "3"]


def test_a_removal_and_what_else_there_is(koor, ledger):
    ledger.append({"event": "passed", **RUN, "removed": "redis", "purged": True})
    ledger.append({"event": "trust", "keys": ["SHA256:abc"]})
    koor("ledger", "key", "--new", "--yes")

    lines = koor("ledger", "show", "--last", "3").out.splitlines()

    assert "without redis and its data, BROKEN: R6" in lines[1]
    assert lines[2].endswith("SHA256:abc")
    assert " key " in lines[3]
    assert " -> SHA256:" in lines[3]


def test_for_programs(koor, ledger):
    assert [receipt["number"] for receipt in json.loads(koor("ledger", "show", "--format", "json").out)] == [1, 2, 3]
    data = json.loads(koor("ledger", "verify", "--format", "json").out)
    assert (data["holds"], data["receipts"], data["unfinished"]) == (True, 3, [])


def test_before_there_is_any(koor):
    assert koor("ledger", "show").out == "there is no receipt yet\n"
    assert koor("ledger", "verify").code == 0
    assert koor("ledger", "key").code == 2
    assert not ledger_path().parent.exists()


def test_what_holds(koor, ledger):
    ledger.append({"event": "started", "plan": "44", "time": "2027-03-10T13:00:00+00:00"})

    answer = koor("ledger", "verify")

    assert answer.code == 0
    assert "receipts   4, the last one of 2027-03-10T13:00:00+00:00" in answer.out
    assert "the run of plan 44 has no end here" in answer.out


def test_the_key_that_was_written_down(koor, ledger):
    answer = koor("ledger", "key")
    mark = fingerprint(" ".join(answer.out.split()[2:]))

    assert answer.out.startswith('ledger namespaces="ledger@koor-provision" ssh-ed25519 ')
    assert mark in answer.err
    assert koor("ledger", "verify", "--fingerprint", mark).code == 0
    other = koor("ledger", "verify", "--fingerprint", "SHA256:other")
    assert other.code == 3
    assert f"is signed with {mark}, not with SHA256:other" in other.err


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_first_thing_that_does_not_hold(koor, ledger, form):
    path = ledger_path()
    path.write_text(path.read_text().replace("passed", "failed"))

    answer = koor("ledger", "verify", "--format", form)

    assert answer.code == 3
    assert "receipt 3 was changed, or one before it was taken out" in answer.out + answer.err
    if form == "json":
        assert json.loads(answer.out)["holds"] is False


def test_an_end_that_is_not_whole_is_no_loss_and_yet_said(koor, ledger):
    path = ledger_path()
    path.write_bytes(path.read_bytes()[:-10])

    answer = koor("ledger", "verify")

    assert answer.code == 3
    assert "receipt 3 is not whole in the file" in answer.err
    assert "nothing is lost" in answer.err


@pytest.mark.parametrize("spoil", ["gone", "another", "open"])
def test_a_key_that_does_not_fit(koor, ledger, spoil):
    if spoil == "open":
        ledger.key_path.chmod(0o644)
    else:
        ledger.key_path.unlink()
    if spoil == "another":
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ledger.key_path], check=True)

    answer = koor("ledger", "verify")

    assert answer.code == 3
    assert "ledger.key: " in answer.err


def test_an_older_ledger_holds_and_says_what_it_lacks(koor, ledger):
    from koor_provision.ledger import chain  # noqa: PLC0415

    ledger.head_path.unlink()
    ledger.length_path.unlink()  # it did not count its receipts either
    ledger_path().write_text(chain.extend(None, {"event": "passed"}) + "\n")
    assert "did not sign its end; the next receipt changes that" in koor("ledger", "verify").out

    ledger.append({"event": "started"})
    assert "the first 1 receipts are from before its end was signed" in koor("ledger", "verify").out


def test_a_new_key_is_not_made_without_a_word(koor, ledger):
    assert koor("ledger", "key", "--new").code == 2
    assert koor("ledger", "key", "--new", "--yes").code == 0
    assert koor("ledger", "verify").code == 0
    assert [receipt["event"] for receipt in ledger.receipts()][-1] == "key"


def test_a_key_that_changes_without_a_word(koor, ledger):
    """Only whoever has both keys could write this; it is not said, so it does not hold."""
    from koor_provision.ledger import head  # noqa: PLC0415
    from koor_provision.ledger.chain import extend  # noqa: PLC0415
    from koor_provision.trust.machine_key import MachineKey  # noqa: PLC0415

    other = MachineKey.make()
    lines = ledger_path().read_text().splitlines()
    lines.append(extend(lines[-1], {"event": "passed", "ledger_key": other.fingerprint}))
    ledger_path().write_text("".join(f"{line}\n" for line in lines))
    ledger.head_path.write_bytes(head.write(lines, other))
    ledger.key_path.write_bytes(other.written())

    assert "receipt 4 changes the key without saying so" in koor("ledger", "verify").err


def test_a_ledger_that_was_put_back_is_told_with_what_to_do(koor, ledger):
    before = [(path, path.read_bytes()) for path in (ledger_path(), ledger.head_path)]
    ledger.append({"event": "started", "plan": "again"})
    for path, data in before:
        path.write_bytes(data)

    answer = koor("ledger", "verify")
    assert answer.code == 3
    assert "the ledger is not the one that was here: it has " in answer.err
    assert "restore all of it from your backup" in answer.err

    assert koor("ledger", "key", "--new", "--yes").code == 0
    assert koor("ledger", "verify").code == 0
    assert "before" in json.loads(koor("ledger", "show", "--format", "json", "--last", "1").out)[0]["lost"]
