from datetime import date
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
