"""The fuzzer finds what is there to be found, and in a moment nothing in our loaders; for long it is run by hand."""

import random
import time
from pathlib import Path

import pytest
from tests.fuzzer import fuzz

from koor_provision.errors import InputError
from koor_provision.models.kinds import KINDS


def test_our_loaders_for_a_moment(pristine_sample: Path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    table = fuzz.loaders(pristine_sample)

    assert fuzz.fuzz(table, 2, seed=1) == []
    assert sum(loader.runs for loader in table) > 200
    assert not list(tmp_path.iterdir())


def test_every_loader_takes_its_corpus(pristine_sample: Path):
    for loader in fuzz.loaders(pristine_sample):
        assert loader.corpus
        for data in loader.corpus:
            assert fuzz.attempt(loader, data) == ("taken", ""), loader.name


def test_every_kind_of_document_that_the_sample_has_is_fuzzed(pristine_sample: Path):
    kinds = {kind for kind in KINDS if fuzz.of_kind(kind, pristine_sample.rglob("*.yml"))}

    assert kinds >= {"agreement", "offer", "acceptance", "confirmation", "targets", "staff", "revocations"}
    assert kinds <= {loader.name for loader in fuzz.loaders(pristine_sample)}


def crash(data: bytes) -> None:
    raise ZeroDivisionError


def hang(data: bytes) -> None:
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass


def no_advice(data: bytes) -> None:
    raise InputError("no")


@pytest.mark.parametrize(
    ("load", "said"), [(crash, "ZeroDivisionError"), (hang, "took 0.2 s"), (no_advice, "no place or advice")]
)
def test_what_is_wrong_with_a_loader_is_found_and_the_input_kept(tmp_path, monkeypatch, capsys, load, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fuzz, "LONGEST", 0.1)

    found = fuzz.fuzz([fuzz.Loader("broken", load, [b"a: b\n"])], 0.5, seed=1)

    assert found
    assert said in found[0]
    assert said in capsys.readouterr().out
    assert len(list((tmp_path / "fuzz-findings").iterdir())) == len(found)


def test_a_seed_repeats_a_run():
    one, other = (random.Random(7) for _ in range(2))  # noqa: S311  # to be repeated, not to be secret

    first = [fuzz.mutate(b"kind: offer\nrevision: 1\n", b"x: y\n", one) for _ in range(50)]
    assert first == [fuzz.mutate(b"kind: offer\nrevision: 1\n", b"x: y\n", other) for _ in range(50)]
    assert len(set(first)) > 40
    assert fuzz.mutate(b"", b"", one) is not None
