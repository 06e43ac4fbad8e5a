import json
from dataclasses import replace

import pytest

from koor_provision.errors import InputError, RunError
from koor_provision.images.base import preference_file
from koor_provision.images.inventory import Installed, Lock, read_lock

PACKAGES = (Installed("apache2", "2.4.66-1", "amd64", "apache2"), Installed("bash", "5.2-1", "amd64", "bash"))
COMPONENTS = [{"component": "apache", "server_name": None}]
LOCK = Lock("koor-default", "debian13", 1_700_000_000, {"apache2": "2.4.66-1", "bash": "5.2-1"}, COMPONENTS)


def test_a_lock_is_read_back_as_it_was_written(tmp_path):
    (tmp_path / "lock").write_text(LOCK.text())
    assert read_lock(tmp_path / "lock", LOCK) == LOCK


SOUND: dict[str, object] = json.loads(LOCK.text())
WRONG: tuple[dict[str, object], ...] = (
    {"kind": "offer"},
    {"epoch": float("inf")},
    {"epoch": -1},
    {"epoch": "1700000000"},
    {"packages": {}},
    {"packages": []},
    {"packages": {"bash": 5}},
    {"packages": {"bash": "1\nPackage: x"}},
    {"packages": {"a b": "1"}},
    {"components": None},
    {"image": 1},
)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"image": "koor-default"}', "[" * 100_000, " " * 2_000_000,
        *(json.dumps(SOUND | wrong) for wrong in WRONG),
    ],
)  # fmt: skip
def test_what_is_no_lock_is_refused(tmp_path, text):
    (tmp_path / "lock").write_text(text)
    with pytest.raises(InputError, match="is no lock"):
        read_lock(tmp_path / "lock", LOCK)


def test_another_images_lock_is_refused(tmp_path):
    (tmp_path / "lock").write_text(LOCK.text())
    with pytest.raises(InputError, match="is the lock of koor-default on debian13"):
        read_lock(tmp_path / "lock", replace(LOCK, system="debian12"))


def test_the_lock_of_other_components_is_refused_before_anything_is_built(tmp_path):
    (tmp_path / "lock").write_text(LOCK.text())
    with pytest.raises(InputError, match="is the lock of other components"):
        read_lock(tmp_path / "lock", replace(LOCK, components=[{"component": "nginx"}]))


def test_a_build_that_holds_to_its_lock_passes():
    LOCK.must_hold(PACKAGES)


@pytest.mark.parametrize(
    ("packages", "said"),
    [
        ((PACKAGES[0], Installed("bash", "5.3-1", "amd64", "bash")), "bash 5.3-1 .locked 5.2-1."),
        (PACKAGES[:1], "bash missing .locked 5.2-1."),
        ((*PACKAGES, Installed("telnetd", "1", "amd64", "x")), "telnetd 1 .locked none."),
    ],
)
def test_whatever_differs_from_the_lock_stops_the_build(packages, said):
    with pytest.raises(RunError, match=said):
        LOCK.must_hold(packages)


def test_apt_is_told_to_take_exactly_the_locked_versions():
    assert preference_file({"bash": "5.2-1"}) == "Package: bash\nPin: version 5.2-1\nPin-Priority: 1001\n\n"
