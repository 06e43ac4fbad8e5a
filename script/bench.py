"""The measurements of script/bench."""

import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.models.components import Apache, Mariadb, Php
from koor_provision.preflight.facts import wanted_packages

ROOT = Path(__file__).resolve().parent.parent
ONE_MODEL = "from pydantic import BaseModel\nclass M(BaseModel):\n    a: int\n"
PAIRS = 7
INSTALLATIONS = 3
MANY = 1000


def seconds(command: list[str]) -> float:
    """Wall time of a command that must succeed."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command[:4])} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - start


def stages(command: list[str]) -> tuple[float, dict[str, float]]:
    """Wall time of an installation, and when each of its stages began, by what it says on its way."""
    start = time.perf_counter()
    began: dict[str, float] = {}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        said = []
        for line in process.stderr or ():
            said.append(line)
            if found := re.match(r"\[ *[\d.]+ s\] (Looking|Installing|Verifying|Auditing)", line):
                began[found[1]] = time.perf_counter() - start
        if process.wait() != 0:
            sys.exit(f"{' '.join(command[:4])} failed:\n{''.join(said)}")
    return time.perf_counter() - start, began


def server(name: str, system: str) -> None:
    """A fresh test server."""
    subprocess.run([ROOT / "script" / "testhost", "up", name, system], check=True)


def plain(system: str, packages: Sequence[str], *, download: bool = False) -> tuple[float, float]:
    """Lists and packages by apt in a shell, on a fresh server."""
    raw = "DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "
    shell = ["podman", "exec", "koor-bench-raw", "sh", "-c"]
    server("koor-bench-raw", system)
    lists = seconds([*shell, "apt-get update -qq"])
    took = seconds([*shell, raw + ("--download-only " if download else "") + " ".join(packages)])
    subprocess.run([ROOT / "script" / "testhost", "down", "koor-bench-raw"], check=True)
    return lists, took


def installation(work: Path, system: str) -> None:
    """First and second installs, each between two times raw apt: whatever else goes on weighs on both."""
    default_offer = (Php(component="php"), Apache(component="apache"), Mariadb(component="mariadb"))
    packages = wanted_packages(default_offer, load_scopes(share() / "roles"))[system]
    plain(system, packages, download=True)  # so that neither way waits for downloads
    inventory = work / "inventory.yml"
    inventory.write_text("all: {hosts: {web-1: {ansible_connection: podman, ansible_host: koor-bench}}}\n")
    install = ["koor-provision", "install", str(work / "sample/cases/default-offer"), "--inventory", str(inventory),
               "--key", str(work / "sample/keys/engineer-senior"), "--yes"]  # fmt: skip
    raws, ratios, firsts, again, proofs, cpus = [plain(system, packages)], [], [], [], [], []
    for _ in range(INSTALLATIONS):
        server("koor-bench", system)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        first, began = stages(install)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        again += [seconds(install) for _ in range(2)]
        subprocess.run([ROOT / "script" / "testhost", "down", "koor-bench"], check=True)
        raws.append(plain(system, packages))
        update, apt = (statistics.mean(values) for values in zip(*raws[-2:], strict=True))
        firsts.append(first)
        ratios.append(first / (update + apt))
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        # The lists would have to be fetched anyway.
        proofs.append(began["Installing"] - began["Looking"] - update + first - began["Verifying"])
    print(f"{system}: raw apt {listed(map(sum, raws))} s; first install {listed(firsts)} s,",
          f"ratio {listed(ratios, 2)}, median {statistics.median(ratios):.2f} (limit 1.25)")  # fmt: skip
    print(f"  second {listed(again)} s, median {statistics.median(again):.1f} s (limit 8);",
          f"controller's CPU, first {statistics.median(cpus):.1f} s")  # fmt: skip
    print(f"  proof, first: looking, verification, audit and evidence {statistics.median(proofs):.1f} s (limit 6)")


def listed(figures: Iterable[float], places: int = 1) -> str:
    """Figures as people read them."""
    return ", ".join(f"{one:.{places}f}" for one in figures)


def start_up(work: Path) -> None:
    """`check` of one case against a program that defines one pydantic model, in turn."""
    check = ["koor-provision", "check", str(work / "sample/cases/default-offer")]
    model = [sys.executable, "-c", ONE_MODEL]
    pairs = [(seconds(check), seconds(model)) for _ in range(PAIRS)][1:]
    ratio = statistics.median(ours / base for ours, base in pairs)
    seconds_of_ours = statistics.median(ours for ours, _ in pairs)
    print(f"check: {seconds_of_ours:.3f} s, ratio to one pydantic model {ratio:.2f} (limit 2)")


def many(work: Path) -> None:
    """`check` of many cases that share a company."""
    for number in range(MANY):
        shutil.copytree(work / "sample/cases/default-offer", work / f"many/case-{number:04}")
    command = ["koor-provision", "check", str(work / "many"), "--company", str(work / "sample/company")]
    model = [sys.executable, "-c", ONE_MODEL]
    seconds([*command, "--format", "json"])  # so that the files are in memory, as they are for every later run
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = seconds(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    base = statistics.median(seconds(model) for _ in range(PAIRS))
    each = took / MANY
    print(f"check of {MANY} cases: {took:.1f} s (limit 10), CPU {cpu:.1f} s;", end=" ")
    print(f"{each * 1000:.1f} ms a case, ratio to one pydantic model {each / base:.3f}")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    print(f"{os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}")
    start_up(folder)
    many(folder)
    for name in sys.argv[2:]:
        installation(folder, name)
