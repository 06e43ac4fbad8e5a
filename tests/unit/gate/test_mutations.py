"""Thousands of changes to what a valid case is judged by: mutated, dropped, doubled, reordered, cut off.

Whatever is done to it, a case is admitted only if every document has its own bytes and every signature over them is
still there; and no change makes anything fail in another way than by an answer.
"""

import os
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.amount import examples
from tests.conftest import Sample
from tests.fuzzer import fuzz
from tests.unit.gate.test_flips import DOCUMENTS, decide

from koor_provision.errors import KoorError
from koor_provision.gate.decision import Admitted

ROUNDS = examples(int(os.environ.get("KOOR_MUTATIONS", "3000")))
CHUNKS = 20
RECORDS = [f"validations/{name}-update-1.yml" for name in ("php", "apache", "mariadb")]
OPTIONAL = "install_checklist.yml"
"""An order without the application does not need the form (R12): it may be missing as a whole, but not be another."""
FILES = [*DOCUMENTS, *(f"{name}.sig" for name in DOCUMENTS), *RECORDS]
BLOCK = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n[^-]*-----END SSH SIGNATURE-----")
Bytes = dict[str, bytes | None]


@pytest.fixture(scope="module")
def admitted(pristine_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample(Path(shutil.copytree(pristine_sample, tmp_path_factory.mktemp("mutations") / "sample")))


@pytest.fixture(scope="module")
def original(admitted: Sample) -> Bytes:
    assert isinstance(decide(admitted), Admitted)
    return {name: admitted.file(name).read_bytes() for name in FILES}


def dice_of(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311  # to be repeated, not to be secret


@contextmanager
def written(places: dict[str, Path], changed: Bytes, original: Bytes) -> Iterator[None]:
    try:
        for name, data in changed.items():
            if data is None:
                places[name].unlink()
            else:
                places[name].write_bytes(data)
        yield
    finally:
        for name in changed:
            places[name].write_bytes(original[name] or b"")


def change(original: Bytes, dice: random.Random) -> Bytes:
    """One way to tamper with one or two files of a case."""
    names = dice.sample(FILES, 2)
    one, other = (original[name] or b"" for name in names)
    if dice.random() < 0.6:
        return {names[0]: fuzz.mutate(one, other, dice)}
    blocks = BLOCK.findall(b"".join(original[f"{name}.sig"] or b"" for name in DOCUMENTS))
    some = b"\n".join(dice.choices(blocks, k=dice.randint(0, 4))) + b"\n"
    lines = one.splitlines(keepends=True)
    return dice.choice([
        {names[0]: None},
        {names[0]: None, names[1]: None},
        {names[0]: other},
        {names[0]: other, names[1]: one},
        {names[0]: one + other},
        {names[0]: b""},
        {names[0]: b"".join(dice.sample(lines, len(lines)))},
        {names[0]: b"".join(reversed(lines))},
        {f"{dice.choice(DOCUMENTS)}.sig": some},
        {names[0]: fuzz.mutate(one, other, dice), names[1]: fuzz.mutate(other, one, dice)},
    ])  # fmt: skip


def proves_the_same(changed: Bytes, original: Bytes) -> bool:
    """Whether documents are byte for byte what they were, and signatures, however they are arranged, are all there."""
    without = {OPTIONAL, f"{OPTIONAL}.sig"} if changed.get(OPTIONAL, b"") is None else set()
    return all(
        _same(name, data, original[name] or b"") for name, data in changed.items() if name not in without
    )  # fmt: skip


def _same(name: str, data: bytes | None, before: bytes) -> bool:
    if data is None or not name.endswith(".sig"):
        return data == before
    return set(BLOCK.findall(data.replace(b"\r\n", b"\n"))) >= set(BLOCK.findall(before))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_only_the_same_is_admitted(admitted: Sample, original: Bytes, chunk: int) -> None:
    places = {name: admitted.file(name) for name in FILES}
    for number in range(ROUNDS // CHUNKS):
        seed = f"{chunk}/{number}"
        changed = change(original, dice_of(seed))
        with written(places, changed, original):
            decision = decide(admitted)
        if isinstance(decision, KoorError):
            assert decision.where, seed
            assert decision.hint, seed
        assert not isinstance(decision, Admitted) or proves_the_same(changed, original), (seed, changed)


def test_changes_are_of_all_sorts(original: Bytes) -> None:
    """So that the test above does not try the same thing thousands of times."""
    changes = [change(original, dice_of(str(number))) for number in range(500)]

    assert {name for one in changes for name in one} == set(FILES)
    assert any(data is None for one in changes for data in one.values())
    assert {len(one) for one in changes} == {1, 2}
    assert len({repr(one) for one in changes}) > 300
    assert any(proves_the_same(one, original) for one in changes)
