import pytest

from koor_provision.load.rule_pages import rule_pages


def test_one_rule(koor):
    answer = koor("explain", "R5")

    assert answer.code == 0
    assert answer.out.startswith("R5: The customer ordered exactly this")
    for heading in ("Where it comes from", "Documents that prove it", "An example that passes",
                    "An example that is refused", "How to satisfy it"):  # fmt: skip
        assert f"\n{heading}\n" in answer.out
    assert "    components: [php, apache, mariadb, redis]\n" in answer.out
    assert "```" not in answer.out


@pytest.mark.parametrize("name", ["r5", "5", "R05"])
def test_a_rule_goes_by_short_names_too(koor, name):
    assert koor("explain", name) == koor("explain", "R5")


def test_a_number_stands_for_both_halves(koor):
    both = koor("explain", "R4").out

    assert "R4a: " in both
    assert "R4b: " in both
    assert koor("explain", "r4A").out.startswith("R4a: ")


def test_without_a_rule_all_are_listed(koor):
    answer = koor("explain")

    assert [line.split()[0] for line in answer.out.splitlines() if line.startswith("  R")] == [
        page.rule for page in rule_pages()
    ]
    assert answer.out.index("R11") < answer.out.index("Not for a gate to judge") < answer.out.index("R16")


def test_an_unknown_rule_is_bad_input(koor):
    answer = koor("explain", "R17")

    assert answer.code == 2
    assert "the policy has no rule 'R17'" in answer.err
