from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from koor_provision.errors import RunError
from koor_provision.images.boot import guest, trial
from koor_provision.images.boot.guest import Identity, Login
from koor_provision.images.boot.machines import USUAL
from koor_provision.images.boot.offered import Offer
from koor_provision.images.boot.run import check_differences
from koor_provision.images.boot.trial import Seen, Trial, _stated, starts

GOOD = {
    "failed units": "",
    "firmware": "uefi",
    "secure boot": "0",
    "root bytes": str(19 * 2**30),
    "memory mb": "1449",
    "cores": "2",
    "esp": "/boot/efi",
    "notice": "This server: https://",
    "first boot": "",
    "sizes": "pm = dynamic ; from 1449 MB of memory and 2 cores pm.max_children = 7",
    "loader": "success",
}
UEFI = next(one for one in USUAL if one.firmware == "uefi")
BIOS = next(one for one in USUAL if one.firmware == "bios")


def state(**changes: str) -> None:
    _stated(UEFI, GOOD | changes, 20 * 2**30, "bcdefghjknprstuvxbcd")


def test_a_machine_that_is_as_it_should_be_passes():
    state()


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("failed units", "apache2.service loaded failed"),
        ("firmware", "bios"),
        ("secure boot", "1"),
        ("root bytes", str(4 * 2**30)),
        ("esp", ""),
        ("notice", "    password  bcdefghjknprstuvxbcd"),
        ("first boot", "/var/lib/koor-image/password"),
        ("sizes", "; from 4096 MB of memory and 4 cores"),
        ("loader", "exit-code"),
    ],
)
def test_each_thing_that_is_otherwise_fails(what, value):
    with pytest.raises(ValueError, match=r"."):
        state(**{what: value})


def test_machines_that_share_a_secret_are_named():
    one = Seen(UEFI, identity=Identity({"/etc/machine-id": "1", "shadow": "2"}))
    two = Seen(BIOS, identity=Identity({"/etc/machine-id": "3", "shadow": "2"}))
    (check,) = check_differences([one, two])
    assert check.failure == "the same on both: shadow"


def test_machines_that_share_nothing_pass_and_one_that_never_came_up_is_not_compared():
    one = Seen(UEFI, identity=Identity({"/etc/machine-id": "1"}))
    two = Seen(BIOS, identity=Identity({"/etc/machine-id": "2"}))
    assert [check.failure for check in check_differences([one, two, Seen(BIOS)])] == [""]


OFFER = Offer("apache", "fpm", (("mariadb", "koor"),), ())
NEW, OLD = Identity({"/etc/machine-id": "1", "/x/random-seed": "1"}), Identity({"/etc/machine-id": "1"})


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Seen]]:
    """Starts a machine twice that answers as it is told, and says what was seen."""

    @contextmanager
    def copied(*_: object) -> Iterator[str]:
        yield "/disks/copy"

    @contextmanager
    def started(*_: object) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(log="said", run=lambda *_: "", type=lambda _: 0, wait_for_end=lambda _: None)

    def run(**answers: object) -> list[Seen]:
        one = next(one for one in USUAL if one.then)
        # Another firmware leaves another amount of memory; the sizes are those of the first start.
        states = iter([GOOD, GOOD | {"firmware": one.then[0].firmware, "memory mb": "1462"}])
        identities = iter([NEW, answers.get("known", OLD)])
        taken: list[str] = []
        told = {
            (trial, "copied"): copied,
            (trial, "started"): started,
            (trial, "fetch"): lambda *_: answers.get("page", "200 here"),
            (guest, "waiting"): lambda ask, _: ask(),
            (guest, "log_in"): lambda _: Login("shown", "chosen"),
            (guest, "come_back"): lambda _, password: taken.append(password),
            (trial, "answers"): lambda *_: answers.get("open", OFFER.must_be_open),
            (guest, "state"): lambda _: next(states),
            (guest, "identity"): lambda *_: next(identities),
        }
        for (place, name), value in told.items():
            monkeypatch.setattr(place, name, answers.get(name, value))
        found = list(starts(one, Trial("/disks/disk.qcow2", 20 * 2**30, "tag", Path("/nowhere"), "name", OFFER)))
        assert taken == ["chosen"] * (len(found) - 1)
        return found

    return run


def test_the_same_machine_is_started_again_with_the_password_that_was_chosen(tried) -> None:
    first, later = tried()
    assert first.passed
    assert later.passed
    assert later.machine in first.machine.then


def test_a_machine_that_became_another_one_fails(tried) -> None:
    _, later = tried(known=Identity({"/etc/machine-id": "2"}))
    (failed,) = (check for check in later.checks if check.failure)
    assert "/etc/machine-id" in failed.failure


def test_a_machine_that_does_not_serve_is_not_started_again(tried) -> None:
    (only,) = tried(page="500 broken")
    assert [check.name for check in only.checks if check.failure] == ["serves a page over HTTP"]
    assert only.log == "said"


@pytest.mark.parametrize("step", ["copied", "started"])
def test_what_cannot_even_be_started_is_a_failed_check(tried, step: str) -> None:
    def broken(*_: object) -> None:
        raise RunError("no such file", hint="look")

    (only,) = tried(**{step: broken})
    assert not only.passed
    assert "no such file" in only.checks[0].failure


@pytest.mark.parametrize(("opened", "said"), [({"tcp 22", "tcp 80", "tcp 443", "udp 5355"}, "udp 5355"),
                                              ({"tcp 22", "tcp 80"}, "tcp 443")])  # fmt: skip
def test_what_is_open_and_was_not_ordered_fails_and_so_does_what_is_closed(tried, opened: set[str], said: str) -> None:
    (only,) = tried(open=opened)
    (failed,) = (check for check in only.checks if check.failure)
    assert said in failed.failure
