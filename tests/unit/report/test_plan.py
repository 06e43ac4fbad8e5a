"""What the engineer is shown before signing."""

from tests.world import SCOPES, World

from koor_provision.report.plan import plan_text


def shown(world: World) -> list[str]:
    return plan_text(world.proposal().plan, SCOPES, "as a test", 110).splitlines()


def test_each_component_is_shown_in_its_version_and_kind(world: World) -> None:
    assert "  php        8.2.29-1~deb12u1  \x1b[90mlanguage\x1b[0m" in shown(world)


def test_longest_name_makes_room_for_itself(world: World) -> None:
    plan = world.trees["plan"]
    plan["components"] = [*plan["components"], {"component": "wkhtmltopdf"}]
    new = {"name": "wkhtmltopdf", "version": "0.12.6-2+b1", "component": "wkhtmltopdf"}
    plan["packages"] = [*plan["packages"], new]
    lines = shown(world)
    assert "  wkhtmltopdf 0.12.6-2+b1  \x1b[90mfurther software\x1b[0m" in lines
    assert "  server      as a test" in lines
