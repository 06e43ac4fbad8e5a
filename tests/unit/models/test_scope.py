import pytest
from pydantic import ValidationError

from koor_provision.models.scope import Scope

TOOL = {"component": "tool", "summary": "A tool of ours", "systems": {"debian12": {}}}


def test_a_tool_of_ours_may_be_handed_names_by_a_plan():
    scope = Scope.model_validate({**TOOL, "given": {"packages": ["tool_packages"]}})

    assert scope.given.packages == ("tool_packages",)


@pytest.mark.parametrize(
    "change",
    [
        {"systems": {"debian12": {"version_package": "shop"}}, "given": {"paths": ["tool_paths"]}},
        {"given": {"packages": ["koor tool"]}},
        {"given": {"settings": ["tool_settings"]}},
    ],
)
def test_what_can_be_ordered_names_everything_itself_and_nothing_else_is_handed_over(change):
    with pytest.raises(ValidationError):
        Scope.model_validate({**TOOL, **change})
