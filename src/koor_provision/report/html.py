"""The report for the customer: one page a language, without scripts, fonts or network.

Whatever the page is given is text: it is escaped, and letters that hide or reorder others are spelled out.
"""

from collections.abc import Collection
from functools import partial

from koor_provision import __version__
from koor_provision.models.audit import THERE_BEFORE
from koor_provision.models.case import Case
from koor_provision.models.evidence import KEEPING, CheckResult, Record
from koor_provision.models.finding import broken_rules
from koor_provision.report.checklist import ticked
from koor_provision.report.customer import changes, drawing, rulings, signatures, timeline, verdict
from koor_provision.report.customer.picture import described, picture, system_name, version_of
from koor_provision.report.customer.words import LANGUAGES, Words
from koor_provision.report.pages import environment

FILES = {"en": "report.html", "de": "report.de.html"}
"""The page of each language; English is the one that is opened first, since no document names a customer's language."""


def reports(record: Record, case: Case, files: Collection[str]) -> dict[str, str]:
    """The page in every language, by file name; `files` are the others that lie beside it."""
    return {FILES[language]: report(record, case, Words(language), files) for language in LANGUAGES}


def report(record: Record, case: Case, words: Words, files: Collection[str] = ()) -> str:
    """The page in one language."""
    plan = record.proposal.plan
    done = verdict.proven(record)
    whole = picture(record, case.scopes, words, done=done)
    return environment().get_template("page.html").render(
        t=words,
        record=record,
        plan=plan,
        case=case,
        audit=record.audit,
        removal=plan.removal,
        undo=plan.undo,
        done=done,
        installed=verdict.installed(record),
        verdict=verdict.verdict(record, words),
        figures=verdict.figures(record, words),
        bad_checks=verdict.not_passed(record),
        bad_steps=[event for event in record.events if event.get("status") in timeline.FAILED],
        broken=broken_rules(record.findings),
        engineer=signatures.name_of(case, plan.engineer),
        people=lambda signers: signatures.people(case, signers, words),
        picture=whole,
        description=described(whole, words),
        drawings=(drawing.wide(whole), drawing.narrow(whole)),
        system=system_name(plan.host.system),
        version_of=lambda name: version_of(name, plan, case.scopes),
        packages={package.name: package for package in plan.packages},
        brought=verdict.brought(record),
        parts=changes.parts(record),
        areas=_areas(record),
        part_name=partial(_part_name, words),
        stage_name=partial(_stage_name, words),
        test_name=lambda name: words.known("test", name),
        rows=timeline.rows(record),
        clock=timeline.clock,
        seconds=(record.finished - record.started).total_seconds(),
        rulings=rulings.rulings(record),
        by_people=rulings.BY_PEOPLE,
        signatures=signatures.signatures(case, record.proposal, words),
        items=ticked(case, record),
        application="application" in case.ordered,
        files=sorted({*files, *FILES.values()}),
        pages=[(FILES[other], other, Words(other)("page.language")) for other in LANGUAGES if other != words.language],
        program_version=__version__,
    )  # fmt: skip


def _areas(record: Record) -> dict[str, list[CheckResult]]:
    """Tests by what they are about, which their name begins with; those of the whole come last."""
    areas: dict[str, list[CheckResult]] = {}
    for check in sorted(record.checks, key=lambda check: check.name.startswith(("stack:", "versions:"))):
        areas.setdefault(check.name.partition(":")[0], []).append(check)
    return areas


def _part_name(words: Words, name: str) -> str:
    component, before, _ = name.partition(THERE_BEFORE)
    if before:
        return words("changes.before", name=words.known("component", component))
    if name == "packages":  # what the role that brings all of them did besides
        return words("time.packages")
    named = name in {changes.DEPENDENCIES, changes.SYSTEM, changes.UNDO, KEEPING}
    return words(f"changes.{name}") if named else words.known("component", name)


def _stage_name(words: Words, part: str) -> str:
    if part in {timeline.START, timeline.TESTING, "packages", "removal", "keep", "undo"}:
        return words(f"time.{part}")
    return words.known("component", part) if part else words("time.other")
