"""The fuzzer of script/fuzz: mutation alone. An input that makes a loader say something new is mutated further."""

import hashlib
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from koor_provision.errors import KoorError
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content
from koor_provision.load.resources import share
from koor_provision.load.strict_yaml import parse
from koor_provision.mail import body, fields
from koor_provision.mail.read import read_mail
from koor_provision.mail.words import understood
from koor_provision.models.inventory import Inventory
from koor_provision.models.kinds import KINDS
from koor_provision.models.scope import Scope
from koor_provision.models.software import ValidationRecord
from koor_provision.models.word import MailRecord
from koor_provision.sample.write import write_sample
from koor_provision.trust import allowed_signers, sshsig

Load = Callable[[bytes], object]
LONGEST = 1.0
"""Seconds of this process's time that one input may take."""
LARGEST = 64 * 1024
CORPUS = 400
FINDINGS = Path("fuzz-findings")
TOKENS = [
    b"\0", b"\r", b"\n", b"\r\n", b"\t", b" ", b":", b": ", b"- ", b"---\n", b"...\n", b"#", b"? ", b"| ", b">-\n",
    b"!!int ", b"&a ", b"*a", b"<<: *a\n", b"%YAML 1.2\n", b"{", b"}", b"[", b"]", b",", b'"', b"'", b"\\", b"~",
    b"null", b"{{", b"{%", b"\xc2\xa0", b"\xe2\x80\x8b", b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xc2\x85",
    b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b"9" * 40, b"-1", b"1e309", b"0x10", b"nan", b"2027-02-30",
    b"a" * 300, b"[" * 40, b"=", b"\x1b[2J", b"SHA256:", b"-----BEGIN SSH SIGNATURE-----\n",
    b"-----END SSH SIGNATURE-----\n", b"AAAA", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff",
]  # fmt: skip


@dataclass
class Loader:
    """Something that reads what others wrote, and inputs that it takes."""

    name: str
    load: Load
    corpus: list[bytes]
    said: set[str] = field(default_factory=set)
    runs: int = 0


def loaders(sample: Path) -> list[Loader]:
    """Everything that reads files of unknown origin: one line a loader."""
    case, company, roles = sample / "cases" / "default-offer", sample / "company", share() / "roles"
    mails = sample / "cases" / "by-mail" / "mails"
    documents = [*case.glob("*.yml"), *company.glob("*.yml"), *mails.parent.glob("*/*.yml")]
    signatures = [*case.glob("*.sig"), *company.glob("*.sig")]
    return [
        *(Loader(kind, model_of(KINDS[kind]), of_kind(kind, documents)) for kind in KINDS if of_kind(kind, documents)),
        Loader("validation", model_of(ValidationRecord), contents((company / "validations").glob("*.yml"))),
        Loader("scope", model_of(Scope), contents(roles.glob("*/meta/scope.yml"))),
        Loader("inventory", model_of(Inventory), contents((share() / "inventories").glob("*.yml"))),
        Loader("mail", mail(mails / "001.yml"), contents(mails.glob("*.eml"))),
        Loader("mail, whoever signed it", unverified_mail, contents(mails.glob("*.eml"))),
        Loader("yaml", partial(parse, name="fuzz"), contents(documents)),
        Loader("allowed_signers", partial(allowed_signers.parse, file="fuzz"), contents([company / "allowed_signers"])),
        Loader("signature", partial(sshsig.parse, file="fuzz"), contents(signatures)),
    ]


def model_of(model: type) -> Load:
    """Reads a document of one model."""
    return lambda data: to_model(Content("fuzz", data), model)


def mail(record: Path) -> Load:
    """Reads a mail whose key is on record, as a case is judged."""
    key = to_model(Content(record.name, record.read_bytes()), MailRecord).key.encode()
    return lambda data: read_mail(data, lambda _: key, datetime.now(UTC), "fuzz")


def unverified_mail(data: bytes) -> object:
    """Reads on as if all of it were signed: the signature of a changed mail would keep the rest from being tried."""
    halves = fields.split(data, "fuzz")
    fields.sender(halves.value("from"), "fuzz")
    fields.recipients(halves.value("to"), "fuzz")
    fields.identity(halves.value("message-id"), "fuzz")
    fields.sent(halves.value("date"), "fuzz")
    covered = frozenset(field.name for field in halves.fields)
    return understood(body.text(data, halves, covered, "fuzz").own, "fuzz")


def contents(files: Iterable[Path]) -> list[bytes]:
    """The files' bytes, in an order that does not depend on the disk."""
    return [file.read_bytes() for file in sorted(files)]


def of_kind(kind: str, files: Iterable[Path]) -> list[bytes]:
    """The documents of one kind."""
    return [data for data in contents(files) if f"kind: {kind}\n".encode() in data]


def mutate(data: bytes, other: bytes, dice: random.Random) -> bytes:
    """One to six changes in a row: of bytes, of lines, of slices, and with pieces of another input."""
    for _ in range(dice.randint(1, 6)):
        at, to = sorted(dice.randrange(len(data) + 1) for _ in range(2))
        lines = data.splitlines(keepends=True) or [b""]
        line, another = dice.randrange(len(lines)), dice.randrange(len(lines))
        piece = sorted(dice.randrange(len(other) + 1) for _ in range(2))
        swapped = lines.copy()
        swapped[line], swapped[another] = swapped[another], swapped[line]
        data = dice.choice([
            data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :],
            data[:at] + dice.choice(TOKENS) + data[at:],
            data[:at] + dice.choice(TOKENS) + data[to:],
            data[:at] + data[to:],
            data[:at] + data[at:to] * 2 + data[to:],
            data[:at],
            data[:at] + other[piece[0] : piece[1]] + data[to:],
            b"".join([*lines[:line], *lines[line + 1 :]]),
            b"".join([*lines[:line], lines[line], *lines[line:]]),
            b"".join(swapped),
            b"".join([*lines[:line], b"  ", *lines[line:]]),
        ])[:LARGEST]  # fmt: skip
    return data


def attempt(loader: Loader, data: bytes) -> tuple[str, str]:
    """What a loader says to an input, without what varies; and what is wrong with the loader, if anything."""
    start = time.process_time()
    try:
        loader.load(data)
        said = "taken"
    except KoorError as error:
        said = re.sub(r"'.*?'|[0-9]+", "", error.message)[:200]
        if not error.where or not error.hint:
            return said, f"no place or advice: {error!r}"
    except Exception as error:  # noqa: BLE001  # what this program is for
        return "", f"{type(error).__name__}: {error}"
    took = time.process_time() - start
    return said, f"took {took:.1f} s" if took > LONGEST else ""


def fuzz(table: list[Loader], seconds: float, seed: int) -> list[str]:
    """Run for some seconds; returns what was found, a line each."""
    dice = random.Random(seed)  # noqa: S311  # reproducible, and no secret
    found: dict[str, str] = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        loader = dice.choice(table)
        data = mutate(dice.choice(loader.corpus), dice.choice(dice.choice(table).corpus), dice)
        loader.runs += 1
        said, wrong = attempt(loader, data)
        if wrong and wrong not in found:
            FINDINGS.mkdir(exist_ok=True)
            file = FINDINGS / f"{loader.name}-{hashlib.sha256(data).hexdigest()[:12]}"
            file.write_bytes(data)
            found[wrong] = f"{loader.name}: {wrong}: {file}"
            print(found[wrong], flush=True)
        if said not in loader.said and len(loader.corpus) < CORPUS:
            loader.said.add(said)
            loader.corpus.append(data)
    return list(found.values())


def main(seconds: float, seed: int) -> int:
    """Fuzz everything; 1 if something was found."""
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder) / "sample", datetime.now(UTC).date())
        table = loaders(Path(folder) / "sample")
    found = fuzz(table, seconds, seed)
    for loader in table:
        print(f"{loader.name:<22} {loader.runs:>9} inputs, {len(loader.said):>4} different answers")
    print(f"{sum(loader.runs for loader in table)} inputs in {seconds:.0f} s, seed {seed}: {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
