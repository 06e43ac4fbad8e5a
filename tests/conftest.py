"""What the tests share: a sample with real keys and signatures, made once, and the command line as a function."""

import gc
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from koor_provision.cli import main
from koor_provision.cli.enrol import enrol_sample
from koor_provision.load import resources
from koor_provision.models.remembered import Remembered
from koor_provision.sample.write import write_sample
from koor_provision.trust.keys import fingerprint
from tests.amount import examples
from tests.world import DATA, SAMPLE_DAY, World

# Thousands of tests keep millions of objects for the whole session: looking for garbage as often as a small program
# would costs a seventh of the time.
gc.set_threshold(200_000, 20, 100)

# The machine may be busy: time says nothing about whether a property holds. The same examples every time, so that a
# failure can be looked at.
settings.register_profile(
    "koor",
    deadline=None,
    derandomize=True,
    max_examples=examples(100),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("koor")


@dataclass(frozen=True)
class Sample:
    """A company and cases on disk, with the keys of everybody."""

    root: Path

    @property
    def company(self) -> Path:
        return self.root / "company"

    @property
    def case(self) -> Path:
        return self.root / "cases" / "default-offer"

    def key(self, person: str) -> Path:
        return self.root / "keys" / person

    def public_key(self, person: str) -> str:
        return " ".join(self.key(person).with_suffix(".pub").read_text().split()[:2])

    @property
    def remembered(self) -> Remembered:
        """What a machine knows that trusts the sample and saw nothing yet."""
        return Remembered(frozenset({fingerprint(self.public_key("cto"))}))

    def seen_first(self) -> None:
        """As on a machine that sees the company for the first time: a test may edit it without new versions."""
        enrol_sample(self.company)

    def new_key(self, name: str, *options: str) -> str:
        """Make a key beside the others; returns its public half."""
        options = options or ("-t", "ed25519")
        subprocess.run(["ssh-keygen", "-q", "-N", "", "-C", "", *options, "-f", self.key(name)], check=True)
        return self.public_key(name)

    def file(self, name: str) -> Path:
        """A document by its file name, such as `offer.yml` or `staff.yml`."""
        return next(file for folder in (self.case, self.company) if (file := folder / name).exists())

    def edit(self, name: str, old: str, new: str, *signers: str) -> None:
        """Replace text in a document; whoever is named signs it again, and no other signature stays valid."""
        file = self.file(name)
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{name} holds no {old!r}"
        file.write_text(text.replace(old, new), encoding="utf-8")
        if signers:
            self.sign(name, *signers)

    def sign(self, name: str, *signers: str, namespace: str = "") -> None:
        """Sign with plain OpenSSH, as anybody could."""
        file = self.file(name)
        namespace = namespace or file.stem.replace("_", "-") + "@koor-provision"
        blocks = [
            subprocess.run(
                ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", self.key(person)],
                input=file.read_bytes(),
                capture_output=True,
                check=True,
            ).stdout
            for person in signers
        ]
        file.with_name(file.name + ".sig").write_bytes(b"".join(blocks))


@pytest.fixture(scope="session")
def pristine_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as it is written today. Not to be changed."""
    root = tmp_path_factory.mktemp("pristine") / "sample"
    write_sample(root, datetime.now(UTC).date())
    return root


@pytest.fixture(autouse=True)
def _own_memory(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test has this machine remember, no other test and nobody's home knows."""
    home = tmp_path_factory.mktemp("memory")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))


@pytest.fixture
def sample(pristine_sample: Path, tmp_path: Path, _own_memory: None) -> Sample:
    """A copy of the sample that a test may change, and that this machine trusts."""
    copy = Sample(Path(shutil.copytree(pristine_sample, tmp_path / "sample")))
    enrol_sample(copy.company)
    return copy


@pytest.fixture(scope="session")
def _pristine_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    root = tmp_path_factory.mktemp("world") / "sample"
    write_sample(root, SAMPLE_DAY)
    return World.of(root)


@pytest.fixture
def world(_pristine_world: World) -> World:
    """The sample's order in memory."""
    return _pristine_world.copy()


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str


@pytest.fixture
def koor(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """The command line, with the roles of the tests' data. An error of ours is not caught: it fails the test."""
    monkeypatch.setenv("KOOR_PROVISION_DEBUG", "1")
    for name in ("KOOR_PROVISION_COMPANY", "KOOR_PROVISION_AS"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["koor-provision", *map(str, arguments)])
        code = main._run()
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    import koor_provision.cli.check as check  # noqa: PLC0415, PLR0402  # its name for the function is what is replaced

    monkeypatch.setattr(check, "share", lambda: DATA)
    assert resources.share() != DATA
    return run
