"""Finished runs, made once."""

import pytest
from tests.examples import Example, examples
from tests.world import World


@pytest.fixture(scope="package")
def runs(_pristine_world: World) -> dict[str, Example]:
    """Every example by its name. They are frozen: a test replaces what it changes."""
    return examples(_pristine_world.copy())
