"""Every bit of a bundle counts, in each file of the folder and in the archive. KOOR_TEST_EVERY_BIT=1 tries them all."""

from pathlib import Path

import pytest
from tests.amount import examples, flips
from tests.bundles import verified

from koor_provision.errors import RunError
from koor_provision.evidence.archive import pack
from koor_provision.evidence.bundle import archive_of
from koor_provision.evidence.reading import read_bundle

FILES = [
    "SHA256SUMS", "SHA256SUMS.sig", "audit.json", "decision.json", "events.jsonl", "manifest.json", "plan.yml",
    "plan.yml.sig", "report.html", "verification.xml",
]  # fmt: skip


def every_flip_is_found(file: Path, bundle: Path, number: int) -> None:
    before = file.read_bytes()
    tried = 0
    for changed in flips(before, number):
        file.write_bytes(changed)
        with pytest.raises(RunError) as error:
            verified(bundle)
        assert error.value.where
        assert error.value.hint
        tried += 1
    print(f"{file.name}: {tried} flips of {8 * len(before)} bits")
    file.write_bytes(before)
    verified(bundle)


@pytest.mark.parametrize("name", FILES)
def test_a_bit_of_a_file(bundle: Path, name: str) -> None:
    assert sorted(path.name for path in bundle.iterdir()) == FILES
    every_flip_is_found(bundle / name, bundle, examples(400))


def test_a_bit_of_the_archive(bundle: Path) -> None:
    archive = archive_of(bundle)
    every_flip_is_found(archive, archive, examples(4000))


def test_a_bit_of_what_gzip_and_its_first_block_say_of_themselves(bundle: Path) -> None:
    """What a reader that only unpacks would never look at."""
    archive = archive_of(bundle)
    before = archive.read_bytes()
    for at in range(15):
        for bit in range(8):
            archive.write_bytes(before[:at] + bytes([before[at] ^ 1 << bit]) + before[at + 1 :])
            with pytest.raises(RunError, match="no archive of ours as it was written"):
                verified(archive)


def test_an_archive_whose_folder_is_another(bundle: Path) -> None:
    archive = archive_of(bundle)
    archive.write_bytes(pack("f" * 16, dict(read_bundle(bundle))))
    with pytest.raises(RunError, match="its folder is ffff"):
        verified(archive)


@pytest.mark.parametrize("cut", [1, 8, 100, 512, 2000])
def test_an_archive_that_is_cut_off_or_goes_on(bundle: Path, cut: int) -> None:
    archive = archive_of(bundle)
    before = archive.read_bytes()
    for changed in (before[:-cut], before[:cut], before + bytes(cut), before + before[:cut], b""):
        archive.write_bytes(changed)
        with pytest.raises(RunError, match="no archive of ours"):
            verified(archive)
