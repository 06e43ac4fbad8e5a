"""Real documents and signatures of an admitted case, with one byte changed: never admitted, never a traceback."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.amount import examples
from tests.conftest import Sample
from tests.world import SCOPES

from koor_provision.errors import KoorError
from koor_provision.gate.decision import Admitted, Refused
from koor_provision.gate.judge import judge
from koor_provision.load.case import load_case
from koor_provision.load.company import load_company

DOCUMENTS = [
    *(f"{name}.yml" for name in ("agreement", "offer", "acceptance", "confirmation", "targets")),
    *(f"{name}.yml" for name in ("staff", "revocations", "policy", "approved_software", "install_checklist")),
    "allowed_signers",
]
FILES = [*DOCUMENTS, *(f"{name}.sig" for name in DOCUMENTS), "validations/php-update-1.yml"]
NOW = datetime.now(UTC)


def decide(sample: Sample) -> Admitted | Refused | KoorError:
    try:
        company, keyring = load_company(sample.company, sample.remembered, NOW.date())
        case, _ = load_case(sample.case, company, keyring, SCOPES, engineer=None, now=NOW)
    except KoorError as error:
        return error
    return judge(case)


@pytest.fixture(scope="module")
def admitted(pristine_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    sample = Sample(Path(shutil.copytree(pristine_sample, tmp_path_factory.mktemp("flips") / "sample")))
    assert isinstance(decide(sample), Admitted)
    return sample


def try_with(sample: Sample, name: str, change: Callable[[bytes], bytes]) -> None:
    file = sample.file(name)
    before = file.read_bytes()
    file.write_bytes(change(before))
    try:
        decision = decide(sample)
    finally:
        file.write_bytes(before)
    assert not isinstance(decision, Admitted)
    if isinstance(decision, KoorError):
        assert decision.where
        assert decision.hint


once = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=examples(60)
)


@once
@given(name=st.sampled_from(FILES), data=st.data())
def test_one_byte_flipped(admitted: Sample, name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, admitted.file(name).stat().st_size - 1))
    mask = data.draw(st.integers(1, 255))

    try_with(admitted, name, lambda text: text[:at] + bytes([text[at] ^ mask]) + text[at + 1 :])


@settings(once, max_examples=examples(30))
@given(name=st.sampled_from(DOCUMENTS), data=st.data())
def test_one_byte_added_taken_or_the_rest_cut_off(admitted: Sample, name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, admitted.file(name).stat().st_size - 1))
    how = data.draw(st.sampled_from([
        lambda text: text[:at] + b" " + text[at:],
        lambda text: text[:at] + b"\n" + text[at:],
        lambda text: text[:at] + text[at + 1 :],
        lambda text: text[:at],
    ]))  # fmt: skip

    try_with(admitted, name, how)


@settings(once, max_examples=examples(10))
@given(pair=st.permutations(DOCUMENTS[:5]).map(lambda names: names[:2]))
def test_one_document_or_signature_in_the_place_of_another(admitted: Sample, pair: list[str]) -> None:
    one, other = pair

    try_with(admitted, one, lambda _: admitted.file(other).read_bytes())
    try_with(admitted, f"{one}.sig", lambda _: admitted.file(f"{other}.sig").read_bytes())


@pytest.mark.parametrize("name", [f"{name}.sig" for name in DOCUMENTS])
def test_every_signature_is_needed(admitted: Sample, name: str) -> None:
    try_with(admitted, name, lambda _: b"")
    try_with(admitted, name, lambda text: text.split(b"-----BEGIN")[0])


@pytest.mark.parametrize("end", [b" ", b"\t", b"\r", b"\0", b"#"])
def test_nothing_may_follow_a_signature(admitted: Sample, end: bytes) -> None:
    try_with(admitted, "offer.yml.sig", lambda text: text[:-1] + end)
    try_with(admitted, "offer.yml.sig", lambda text: text + end)
