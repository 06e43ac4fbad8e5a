"""Everything of the picture has a place of its own inside it, whatever was ordered."""

import re
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.amount import examples
from tests.examples import SCOPES, Example, plan_of
from tests.world import World

from koor_provision.report.customer.drawing import Drawing, narrow, wide
from koor_provision.report.customer.picture import Line, Node, Picture, described, picture, short_version, system_name
from koor_provision.report.customer.words import LANGUAGES, Words

TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=0x17F), min_size=1, max_size=70)
LINES = st.lists(st.builds(Line, TEXT, st.sampled_from(["", "open", "local"])), max_size=4).map(tuple)


def nodes(look: str) -> st.SearchStrategy[Node]:
    return st.builds(Node, TEXT, st.just(look), LINES)


REMOTE = st.builds(Node, TEXT, st.just("store"), LINES, st.none() | nodes("outside"))
PICTURES = st.builds(
    Picture,
    server=TEXT,
    visitors=nodes("outside"),
    web=st.none() | nodes("web"),
    language=st.none() | nodes("language"),
    stores=st.lists(REMOTE | nodes("gone"), max_size=5, unique=True).map(tuple),
    tools=st.lists(nodes("tool"), max_size=6, unique=True).map(tuple),
    tools_label=TEXT,
    to_language=TEXT,
).map(lambda whole: whole if whole.web else replace(whole, visitors=None))


def ends(path: str) -> tuple[float, float]:
    x = y = 0.0
    for command, numbers in re.findall(r"([MHV])([-\d. ]+)", path):
        values = [float(number) for number in numbers.split()]
        x, y = (values[0], values[1]) if command == "M" else (values[0], y) if command == "H" else (x, values[0])
    return x, y


def check(drawing: Drawing) -> None:
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.x + box.width <= drawing.width
        assert box.y >= 0
        assert box.y + box.height <= drawing.height
        x, y, width, height = drawing.frame
        inside = x <= box.x and y <= box.y and box.x + box.width <= x + width and box.y + box.height <= y + height
        assert inside is (box.look != "outside")
    for one, other in combinations(drawing.boxes, 2):
        apart = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y
    for arrow in drawing.arrows:
        x, y = ends(arrow.path)
        assert any(
            box.x - 6 <= x <= box.x + box.width and box.y - 6 <= y <= box.y + box.height for box in drawing.boxes
        )


@settings(max_examples=examples(150))
@given(PICTURES)
def test_nothing_lies_over_another_and_arrows_end_at_boxes(whole: Picture) -> None:
    check(wide(whole))
    check(narrow(whole))


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_of_real_orders_hold_together(runs: dict[str, Example], language: str) -> None:
    for one in runs.values():
        whole = picture(one.record, SCOPES, Words(language), done=True)
        check(wide(whole))
        check(narrow(whole))


def test_picture_says_what_is_reached_from_where(runs: dict[str, Example]) -> None:
    whole = picture(runs["large"].record, SCOPES, Words("en"), done=True)
    assert whole.web == Node(
        "nginx", "web", (Line("1.22.1"), Line("Ports 80, 443"), Line("reachable from outside", "open"))
    )
    stores = {node.title: node for node in whole.stores}
    assert stores["PostgreSQL"].lines == (Line("15.14"), Line("Port 5432"), Line("this server only", "local"))
    assert stores["SQLite"].lines[-1] == Line("a file on this server", "local")
    far = stores["driver for SQL Server"].beyond
    assert far == Node(
        "SQL Server", "outside", (Line("another server"), Line("warehouse-database-01.internal.example, port 1433"))
    )
    assert [node.title for node in whole.tools] == ["Tesseract", "Poppler", "ImageMagick"]
    assert "nginx (1.22.1, Ports 80, 443, reachable from outside)" in described(whole, Words("en"))


def test_a_store_that_can_be_reached_from_outside_is_not_called_local(runs: dict[str, Example]) -> None:
    open_scopes = SCOPES | {"mariadb": SCOPES["mariadb"].model_copy(update={"ports": ("*:3306/tcp",)})}
    whole = picture(runs["passed"].record, open_scopes, Words("en"), done=True)
    assert whole.stores[0].lines[-1] == Line("reachable from outside", "open")


def test_what_is_removed_is_shown_as_gone_and_nothing_talks_to_it(runs: dict[str, Example]) -> None:
    whole = picture(runs["removal"].record, SCOPES, Words("en"), done=True)
    assert whole.stores[-1] == Node("Redis", "gone", (Line("removed"),))
    assert len(wide(whole).arrows) == 3  # visitors to Apache to PHP to MariaDB


def test_an_order_without_a_web_server_has_no_visitors(world: World, runs: dict[str, Example]) -> None:
    record = runs["passed"].record
    plan = plan_of(world, {"components": [{"component": "mariadb"}]})
    whole = picture(replace(record, proposal=replace(record.proposal, plan=plan)), SCOPES, Words("en"), done=True)
    assert (whole.visitors, whole.web, whole.language) == (None, None, None)
    assert [node.title for node in whole.stores] == ["MariaDB"]


@pytest.mark.parametrize(
    ("version", "short"),
    [
        ("1:10.11.14-0+deb12u2", "10.11.14"),
        ("8:6.9.11.60+dfsg-1.6", "6.9.11.60"),
        ("2.4.65-1~deb12u1", "2.4.65"),
        ("5", "5"),
    ],
)
def test_versions_are_the_makers_own(version: str, short: str) -> None:
    assert short_version(version) == short


def test_systems_have_names() -> None:
    assert [system_name(name) for name in ("debian12", "ubuntu22.04", "?")] == ["Debian 12", "Ubuntu 22.04", "?"]
