"""What `remove` refuses before it looks at any server."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.conftest import Answer, Sample


@pytest.fixture
def remove(koor: Callable[..., Answer], sample: Sample, tmp_path: Path) -> Callable[..., Answer]:
    """No inventory is there: whoever is not refused before ends with bad input."""
    return lambda *more: koor("remove", sample.case, "-i", tmp_path / "none.yml", *more)


def order(sample: Sample, removals: str) -> None:
    """Have the removals offered, accepted and confirmed."""
    sample.edit("offer.yml", "estimate:", f"removals: {removals}\nestimate:", "team-leader")
    for name, named, signer in (
        ("acceptance.yml", ("offer",), "customer-authorised"),
        ("confirmation.yml", ("offer", "acceptance"), "sales-manager"),
    ):
        for other in named:
            text = sample.file(name).read_text(encoding="utf-8")
            (old,) = [line for line in text.splitlines() if line.startswith(f"{other}_sha256:")]
            digest = hashlib.sha256(sample.file(f"{other}.yml").read_bytes()).hexdigest()
            sample.edit(name, old, f"{other}_sha256: {digest}")
        if name == "confirmation.yml":
            sample.edit(name, "engineer:", f"removals: {removals}\nengineer:")
        sample.sign(name, signer)


def test_component_that_the_order_still_has(remove, sample: Sample):
    answer = remove("--component", "apache")

    assert answer.code == 1
    assert "'apache' is part of the order, so it stays" in answer.err


def test_component_that_nobody_ordered_out(remove, sample: Sample):
    answer = remove("--component", "redis")

    assert answer.code == 1
    assert "the customer did not order that 'redis' is removed" in answer.err
    assert "removals: [{component: redis}]" in answer.err


def test_data_that_nobody_ordered_deleted(remove, sample: Sample):
    order(sample, "[{component: redis}]")
    answer = remove("--component", "redis", "--purge")

    assert answer.code == 1
    assert "R5  " in answer.err
    assert "the customer did not order the data of 'redis' deleted, so it stays" in answer.err


@pytest.mark.parametrize(
    ("removals", "more"), [("[{component: redis}]", ()), ("[{component: redis, purge: true}]", ("--purge",))]
)
def test_what_is_ordered_goes_on_to_the_server(remove, sample: Sample, removals: str, more: tuple[str, ...]):
    order(sample, removals)
    answer = remove("--component", "redis", *more)

    assert answer.code == 2
    assert "none.yml: missing" in answer.err


def test_component_that_does_not_exist(remove):
    answer = remove("--component", "fax")

    assert answer.code == 2
    assert "there is no component 'fax'" in answer.err
    assert "choose one of apache, application, imagemagick, mariadb, memcached, nginx, php," in answer.err
