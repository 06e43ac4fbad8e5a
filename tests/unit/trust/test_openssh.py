import gc
import os

import pytest

from koor_provision.errors import InputError
from koor_provision.trust.openssh import Check
from koor_provision.trust.sshsig import Claim, parse

OFFER = "offer@koor-provision"


def check_of(offer: tuple[bytes, Claim]) -> Check:
    return Check(*offer, namespace=OFFER)


@pytest.fixture(scope="session")
def offer(pristine_sample):
    folder = pristine_sample / "cases" / "default-offer"
    (claim,) = parse((folder / "offer.yml.sig").read_bytes(), "offer.yml.sig")
    return (folder / "offer.yml").read_bytes(), claim


def test_a_good_signature(offer):
    data, claim = offer

    assert Check(data, claim, OFFER).passed()


def test_other_bytes(offer):
    data, claim = offer

    assert not Check(data + b"\n", claim, OFFER).passed()
    assert not Check(b"", claim, OFFER).passed()


def test_another_namespace(offer):
    data, claim = offer

    assert not Check(data, claim, "acceptance@koor-provision").passed()


def test_an_answer_is_given_once(offer):
    check = check_of(offer)

    assert check.passed()
    assert not check.passed()


def test_no_process_is_left_behind(offer):
    check = check_of(offer)
    process = check._process
    assert process

    del check
    gc.collect()

    with pytest.raises(ChildProcessError):
        os.waitpid(process, 0)


def test_no_file_is_left_open(offer):
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # a count of descriptors

    checks = [check_of(offer) for _ in range(5)]

    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
    assert all(check.passed() for check in checks)


def test_without_openssh(offer, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(InputError, match="ssh-keygen is not installed"):
        check_of(offer)
