"""The list's successor: only what is approved changes, and every comment stays."""

from datetime import date

import pytest

from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content
from koor_provision.models.software import ApprovedSoftware, Entry
from koor_provision.validation.approving import approve

DAY, END = date(2026, 2, 1), date(2027, 2, 1)
LIST = f"""\
# A head.
kind: approved-software
version: 3
previous_sha256: {"9" * 64}
issued: 2026-01-01  # then
expires: 2027-01-01
entries:
  # About nginx.
  - component: nginx
    versions: "vers:deb/>=1.22|<1.26~"
    systems: [debian12, debian13]
    approved: 2026-01-01
    record: validations/nginx-update-1.yml
    record_sha256: {"3" * 64}

  # About redis.
  - component: redis
    versions: "vers:deb/>=5:7.0|<5:8.1~"
    systems:
      - debian12
      - debian13
    approved: 2026-01-01
    record: validations/redis-update-1.yml
    record_sha256: {"4" * 64}
# The end.
"""


def entry(**fields: object) -> Entry:
    given = {
        "component": "nginx", "versions": "vers:deb/>=1.22|<1.27~", "systems": ("debian12", "debian13"),
        "approved": DAY, "record": "validations/nginx-update-2.yml", "record_sha256": "5" * 64,
    }  # fmt: skip
    return Entry.model_validate({**given, **fields})


def successor(new: Entry, text: str = LIST) -> tuple[str, ApprovedSoftware]:
    change = approve(Content("list", text.encode()), new, DAY, END)
    return change.text, to_model(Content("list", change.text.encode()), ApprovedSoftware)


def test_the_head_is_the_next_versions():
    old = Content("list", LIST.encode())
    text, found = successor(entry())

    assert (found.version, found.issued, found.expires, found.previous_sha256) == (4, DAY, END, old.sha256)
    assert text.count("previous_sha256") == 1


def test_an_entry_is_widened_in_its_place():
    text, found = successor(entry())

    assert [one.component for one in found.entries] == ["nginx", "redis"]
    assert found.entries[0] == entry()
    for comment in ("# A head.\n", "  # About nginx.\n", "  # About redis.\n", "# The end.\n"):
        assert comment in text


def test_another_range_is_added_beside():
    _, found = successor(entry(versions="vers:deb/>=1.28|<1.29~"))

    assert [one.versions for one in found.find("nginx")] == ["vers:deb/>=1.22|<1.26~", "vers:deb/>=1.28|<1.29~"]


def test_on_other_systems_the_former_entry_stays():
    _, found = successor(entry(systems=("debian13",)))

    assert [(one.systems, one.record) for one in found.find("nginx")] == [
        (("debian12",), "validations/nginx-update-1.yml"),
        (("debian13",), "validations/nginx-update-2.yml"),
    ]


def test_a_narrower_range_takes_nothing_away():
    _, found = successor(entry(versions="vers:deb/>=1.25|<1.26~"))

    assert len(found.find("nginx")) == 2


def test_an_approval_without_extensions_takes_none_away():
    text = LIST.replace("systems: [debian12, debian13]\n", "systems: [debian12, debian13]\n    extensions: [image]\n")
    _, found = successor(entry(), text)

    assert [one.extensions for one in found.find("nginx")] == [("image",), ()]


def test_new_software_comes_last_and_into_an_empty_list():
    new = entry(component="tesseract", extensions=("deu",))

    assert successor(new)[1].entries[-1] == new
    empty = LIST.partition("entries:")[0] + "entries: []\n"
    assert successor(new, empty)[1].entries == (new,)


def test_a_list_that_a_program_cannot_edit_is_left_alone():
    text = LIST.partition("entries:")[0] + (
        'entries: [{component: redis, versions: "vers:deb/>=5:7.0|<5:8.1~", systems: [debian12], approved: 2026-01-01, '
        f"record: validations/redis-update-1.yml, record_sha256: {'4' * 64}}}]\n"
    )
    with pytest.raises(InputError):
        successor(entry(), text)
