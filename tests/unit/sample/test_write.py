from datetime import date, time
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from tests.world import World

from koor_provision.gate.decision import Admitted
from koor_provision.gate.judge import judge
from koor_provision.load.resources import share
from koor_provision.load.strict_yaml import parse
from koor_provision.sample.write import write_sample


@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2024, 12, 31)])
def test_the_sample_is_valid_on_the_day_it_is_written(tmp_path, day):
    write_sample(tmp_path / "sample", day)
    world = World.of(tmp_path / "sample")
    world.today = day

    assert isinstance(judge(world.case()), Admitted)


def test_the_samples_list_is_the_shipped_one(pristine_sample):
    shipped = parse((share() / "approved_software.yml").read_bytes(), "approved_software.yml")
    written = parse((pristine_sample / "company" / "approved_software.yml").read_bytes(), "approved_software.yml")

    def entries(tree: Any) -> list[tuple[Any, ...]]:
        return [(entry["component"], entry["versions"], entry["systems"], entry["record"]) for entry in tree["entries"]]

    assert entries(written) == entries(shipped)


def test_a_sample_that_is_written_just_after_midnight_has_no_mail_of_the_future(pristine_sample):
    mails = sorted((pristine_sample / "cases" / "by-mail" / "mails").glob("*.eml"))
    sent = [parsedate_to_datetime(message_from_bytes(mail.read_bytes())["date"]) for mail in mails]
    assert [one.time() for one in sent] == [time()] * 3
