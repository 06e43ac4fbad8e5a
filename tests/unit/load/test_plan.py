"""A plan is signed as text and run as what that text says: every component must come back as it was written."""

import pytest
from pydantic import TypeAdapter
from tests.world import World

from koor_provision.load.plan import parse_plan, plan_bytes
from koor_provision.models.components import ROLE_OF, Component


@pytest.mark.parametrize("name", sorted(ROLE_OF))
def test_a_plan_is_read_back_as_it_was_written(world: World, name: str) -> None:
    adapter: TypeAdapter[Component] = TypeAdapter(Component)
    required = {
        "sqlsrv": {"server_host": "db.example", "server_system": "ubuntu"},
        "application": {"version": "2026.1", "sha256": "a" * 64},
    }
    component = adapter.validate_python({"component": name, **required.get(name, {})})
    plan = world.proposal().plan.model_copy(update={"components": (component,)})

    assert parse_plan(plan_bytes(plan), "plan.yml") == plan
