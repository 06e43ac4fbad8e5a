"""Each change is told once, at the part of the order that answers for it."""

from dataclasses import replace

from tests.examples import Example

from koor_provision.models.audit import Audit, Change, ChangeKind, Owner
from koor_provision.report.customer.changes import DEPENDENCIES, MOST_SHOWN, SYSTEM, parts

Runs = dict[str, Example]


def test_every_change_is_in_exactly_one_part(runs: Runs) -> None:
    record = runs["passed"].record
    found = parts(record)
    assert [part.name for part in found] == ["php", "apache", "mariadb", "keep", DEPENDENCIES, SYSTEM]
    told = sum(len(part.packages) + part.came_with + sum(several.count for several in part.kinds) for part in found)
    assert record.audit
    assert told == len(record.audit.changes)


def test_what_is_out_of_scope_is_in_no_part(runs: Runs) -> None:
    assert parts(runs["out-of-scope"].record) == parts(runs["passed"].record)


def test_without_a_look_at_the_server_the_plan_says_which_packages_come(runs: Runs) -> None:
    record = runs["not-looked-at"].record
    found = {part.name: part for part in parts(record)}
    assert len(found["apache"].packages) == 2
    assert not any(part.kinds or part.came_with for part in found.values())


def test_a_package_that_was_planned_and_did_not_come_is_not_said_to_have_changed(runs: Runs) -> None:
    found = {part.name: part for part in parts(replace(runs["passed"].record, audit=Audit(())))}
    assert all(part.untouched for part in found.values())
    assert list(found) == ["php", "apache", "mariadb"]


def test_a_package_that_only_the_look_found_is_told(runs: Runs) -> None:
    """A removal's plan has no packages to come; the look saw some go."""
    found = {part.name: part for part in parts(runs["removal"].record)}
    gone = [change.what for several in found["redis"].kinds for change in several.shown if several.kind == "package"]
    assert gone == ["redis-server", "redis-tools"]
    assert [change.what for several in found[DEPENDENCIES].kinds for change in several.shown] == ["liblzf1"]


def test_files_of_a_package_count_for_the_component_that_brought_it(runs: Runs) -> None:
    file = Change(ChangeKind.FILE, "/usr/sbin/apache2", "added", "", Owner.PACKAGE, "apache2")
    needed = replace(file, what="/usr/lib/libapr.so", by="libaprutil1")
    unknown = replace(file, what="/usr/lib/other.so", by="not-in-the-plan")
    found = {part.name: part for part in parts(replace(runs["passed"].record, audit=Audit((file, needed, unknown))))}
    assert (found["apache"].came_with, found[DEPENDENCIES].came_with) == (1, 2)


def test_too_many_of_a_kind_are_counted(runs: Runs) -> None:
    many = tuple(Change(ChangeKind.FILE, f"/etc/php/{n:04}", "added", "", Owner.COMPONENT, "php") for n in range(1000))
    (several,) = parts(replace(runs["passed"].record, audit=Audit(many)))[0].kinds
    assert (several.count, len(several.shown), several.left_out) == (1000, MOST_SHOWN, 1000 - MOST_SHOWN)
