import pytest

from koor_provision.images.boot.guest import Identity
from koor_provision.images.boot.machines import AGAIN, USUAL
from koor_provision.images.boot.run import check_differences
from koor_provision.images.boot.trial import Seen, _stated

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
    two = Seen(AGAIN, identity=Identity({"/etc/machine-id": "3", "shadow": "2"}))
    (check,) = check_differences([one, two])
    assert check.failure == "the same on both: shadow"


def test_machines_that_share_nothing_pass_and_one_that_never_came_up_is_not_compared():
    one = Seen(UEFI, identity=Identity({"/etc/machine-id": "1"}))
    two = Seen(AGAIN, identity=Identity({"/etc/machine-id": "2"}))
    assert [check.failure for check in check_differences([one, two, Seen(AGAIN)])] == [""]
