"""The signed head: every bit of the ledger counts, its end too; a crash at any moment loses no receipt."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.amount import examples, flips

from koor_provision.errors import RunError
from koor_provision.ledger import chain
from koor_provision.ledger.store import Ledger
from koor_provision.trust.keys import fingerprint
from koor_provision.trust.machine_key import MachineKey

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)
FILES = ("ledger.jsonl", "ledger.head")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def ledger(tmp_path: Path, told: list[str]) -> Ledger:
    return Ledger(tmp_path / "ledger.jsonl", told.append)


@pytest.fixture
def three(ledger: Ledger) -> Ledger:
    for event in ("started", "passed", "started"):
        ledger.append({"event": event, "time": NOW.isoformat()})
    return ledger


def write_before_heads(path: Path, count: int) -> list[str]:
    """A ledger as earlier versions wrote it."""
    lines: list[str] = []
    for number in range(count):
        lines.append(chain.extend(lines[-1] if lines else None, {"event": "passed", "plan": f"{number}"}))
    path.write_text("".join(f"{line}\n" for line in lines))
    return lines


class TestKey:
    def test_it_is_made_at_first_use_for_its_owner_and_named(self, ledger: Ledger, told: list[str]):
        receipt = ledger.append({"event": "started"})

        assert ledger.key_path.stat().st_mode & 0o777 == 0o600
        assert receipt["ledger_key"] == MachineKey.read(ledger.key_path.read_bytes()).fingerprint
        assert [receipt["ledger_key"] in text for text in told] == [True]
        ledger.append({"event": "passed"})
        assert len(told) == 1

    def test_openssh_reads_it_and_verifies_what_it_signed(self, three: Ledger, tmp_path: Path):
        public = subprocess.run(["ssh-keygen", "-y", "-f", three.key_path], capture_output=True, text=True, check=True)
        assert fingerprint(" ".join(public.stdout.split()[:2])) == three.receipts()[0]["ledger_key"]
        (tmp_path / "signers").write_text(f'ledger namespaces="ledger@koor-provision" {public.stdout}')
        # As the documentation has it.
        script = (
            "sed '1,/END SSH/d' ledger.head > message && sed '/END SSH/q' ledger.head > message.sig && "
            "ssh-keygen -Y verify -f signers -I ledger -n ledger@koor-provision -s message.sig < message && "
            'head -n 3 ledger.jsonl | sha256sum | cut -d " " -f 1 | grep -qFf - message'
        )
        subprocess.run(["bash", "-c", script], cwd=tmp_path, check=True, capture_output=True)

    def test_others_must_not_have_it(self, three: Ledger):
        three.key_path.chmod(0o640)

        with pytest.raises(RunError, match=r"can be used by others \(mode 0640\)"):
            three.append({"event": "passed"})

    @pytest.mark.parametrize("data", [None, b"", b"x", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", "other"])
    def test_without_it_nothing_is_written(self, three: Ledger, data: bytes | str | None, tmp_path: Path):
        before = [(tmp_path / name).read_bytes() for name in FILES]
        if data is None:
            three.key_path.unlink()
        else:
            three.key_path.write_bytes(MachineKey.make().written() if isinstance(data, str) else data)

        with pytest.raises(RunError, match=r"is gone|is damaged|is another one") as error:
            three.append({"event": "passed"})
        assert "ledger key --new" in error.value.hint
        assert [(tmp_path / name).read_bytes() for name in FILES] == before
        assert len(three.receipts()) == 3

    def test_a_new_one_in_place_of_one_that_is_lost_is_on_record(self, three: Ledger, told: list[str]):
        old = three.receipts()[-1]["ledger_key"]
        three.key_path.unlink()

        new = three.new_key(NOW)

        last = three.receipts()[-1]
        assert (last["event"], last["previous_key"], last["ledger_key"]) == ("key", old, new.fingerprint)
        assert new.fingerprint in told[-1]
        three.append({"event": "passed"})


class TestAnOlderLedger:
    def test_is_taken_over_at_the_next_receipt_and_that_is_said(self, ledger: Ledger, tmp_path: Path, told: list[str]):
        lines = write_before_heads(tmp_path / "ledger.jsonl", 3)
        with (tmp_path / "ledger.jsonl").open("ab") as file:
            file.write(b'{"half":')
        assert len(ledger.receipts()) == 3
        assert not told

        ledger.append({"event": "started"})

        assert (tmp_path / "ledger.jsonl").read_text().splitlines()[:3] == lines
        assert "earlier version, which did not sign its end: its 3 receipts are taken over" in told[0]
        assert len(ledger.receipts()) == 4

    def test_is_none_once_a_receipt_names_a_key(self, three: Ledger):
        three.head_path.unlink()

        for use in (three.receipts, lambda: three.append({"event": "passed"})):
            with pytest.raises(RunError, match="its signed head is gone"):
                use()


class TestWhatWasChanged:
    @pytest.mark.parametrize("left", [0, 1])
    def test_receipts_taken_off_the_end(self, three: Ledger, tmp_path: Path, left: int):
        file = tmp_path / "ledger.jsonl"
        file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:left]))

        with pytest.raises(RunError, match=f"receipt {left + 1} is missing, and all up to number 3"):
            three.receipts()

    def test_the_whole_file_taken_away(self, three: Ledger, tmp_path: Path):
        (tmp_path / "ledger.jsonl").unlink()

        with pytest.raises(RunError, match="it is gone, and its signed head is there"):
            three.receipts()

    def test_a_receipt_that_somebody_else_added(self, three: Ledger, tmp_path: Path):
        file = tmp_path / "ledger.jsonl"
        more = chain.extend(file.read_text().splitlines()[-1], {"event": "passed"})
        file.write_text(file.read_text() + more + "\n")

        with pytest.raises(RunError, match="something follows receipt 3"):
            three.receipts()

    def test_another_ledger_whose_chain_holds(self, three: Ledger, tmp_path: Path):
        lines = write_before_heads(tmp_path / "ledger.jsonl", 3)

        with pytest.raises(RunError, match="another ledger than the one whose head was signed"):
            three.receipts()
        assert chain.broken(lines) is None

    def test_an_older_head_put_back(self, three: Ledger):
        before = three.head_path.read_bytes()
        three.append({"event": "passed"})
        three.head_path.write_bytes(before)

        with pytest.raises(RunError, match="something follows receipt 3"):
            three.receipts()

    def test_a_head_by_another_key(self, three: Ledger, tmp_path: Path):
        _, _, message = three.head_path.read_bytes().partition(b"-----END SSH SIGNATURE-----\n")
        other = MachineKey.make()
        three.head_path.write_bytes(other.sign(message, "ledger@koor-provision") + message)

        with pytest.raises(RunError, match="and its last receipt names another key"):
            three.receipts()

    @pytest.mark.parametrize("name", FILES)
    def test_any_bit_of_it(self, three: Ledger, tmp_path: Path, name: str):
        file = tmp_path / name
        before, tried = file.read_bytes(), 0
        for changed in flips(before, examples(2000)):
            file.write_bytes(changed)
            with pytest.raises(RunError, match="does not hold"):
                three.receipts()
            tried += 1
        print(f"{name}: {tried} flips of {8 * len(before)} bits")
        file.write_bytes(before)
        assert len(three.receipts()) == 3


class TestCrash:
    """At every moment of a write: before the head is replaced, and at every byte of the line that follows."""

    @staticmethod
    def moments(ledger: Ledger, folder: Path) -> Iterator[tuple[bytes, bytes, int]]:
        """The files at each moment of the write of a fourth receipt, and how many receipts are complete then."""
        old_data, old_head = ((folder / name).read_bytes() for name in FILES)
        ledger.append({"event": "passed", "time": NOW.isoformat()})
        data, head = ((folder / name).read_bytes() for name in FILES)
        yield old_data, old_head, 3
        for end in range(len(old_data), len(data) + 1):
            yield data[:end], head, 4

    def test_no_receipt_that_was_complete_is_lost(self, three: Ledger, tmp_path: Path, told: list[str]):
        counted = three.length_path.read_bytes()  # comes last, so none of these moments has another
        moments = list(self.moments(three, tmp_path))
        assert len(moments) > 100
        for data, head, complete in moments:
            for name, content in zip(FILES, (data, head), strict=True):
                (tmp_path / name).write_bytes(content)
            three.length_path.write_bytes(counted)
            assert [receipt["number"] for receipt in three.receipts()] == list(range(1, complete + 1))
            last = three.last()
            assert last
            assert last[0] == complete
            assert three.append({"event": "next"})["number"] == complete + 1
            assert [receipt["number"] for receipt in three.receipts()] == list(range(1, complete + 2))
        assert told.count("receipt 4 was put back: the last write to the ledger was interrupted") == len(moments) - 2

    def test_the_first_receipt_too(self, ledger: Ledger, tmp_path: Path):
        ledger.append({"event": "started"})
        data = (tmp_path / "ledger.jsonl").read_bytes()
        for end in range(len(data)):
            (tmp_path / "ledger.jsonl").write_bytes(data[:end])
            assert [receipt["event"] for receipt in ledger.receipts()] == ["started"]

    def test_a_head_that_is_cut_off_is_said_and_nothing_written_over(self, three: Ledger, tmp_path: Path):
        """Ours is replaced as a whole; a disk may still lose its end."""
        data, head = ((tmp_path / name).read_bytes() for name in FILES)
        for end in range(len(head)):
            three.head_path.write_bytes(head[:end])
            with pytest.raises(RunError, match=r"does not hold: .*head"):
                three.append({"event": "passed"})
            assert (tmp_path / "ledger.jsonl").read_bytes() == data

    def test_killed_at_any_moment_by_the_kernel(self, tmp_path: Path):
        """A real process that writes as fast as it can, killed again and again; what it was told was written, stays."""
        path = tmp_path / "ledger.jsonl"
        writer = (
            "import sys; from pathlib import Path; from koor_provision.ledger.store import Ledger\n"
            "while True: print(Ledger(Path(sys.argv[1])).append({'event': 'x'})['number'], flush=True)"
        )
        done = 0
        for turn in range(examples(20)):
            with subprocess.Popen(
                [sys.executable, "-c", writer, path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            ) as process:
                assert process.stdout
                for _ in range(1 + turn % 5):
                    done = int(process.stdout.readline())
                process.kill()
                said = process.stdout.read().split()
            done = int(said[-1]) if said else done
            numbers = [receipt["number"] for receipt in Ledger(path).receipts()]
            assert numbers == list(range(1, len(numbers) + 1))
            assert len(numbers) >= done


def test_a_disk_that_is_full_changes_nothing(three: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before = [(tmp_path / name).read_bytes() for name in FILES]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    with pytest.raises(RunError, match="cannot be written: No space left on device"):
        three.append({"event": "passed"})
    assert [(tmp_path / name).read_bytes() for name in FILES] == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger.head", "ledger.jsonl", "ledger.key", "memory"]


def test_what_is_signed_is_what_is_there(three: Ledger, tmp_path: Path):
    message = json.loads(three.head_path.read_bytes().partition(b"-----END SSH SIGNATURE-----\n")[2])

    assert message["number"] == 3
    assert message["last"] == three.receipts()[-1]
