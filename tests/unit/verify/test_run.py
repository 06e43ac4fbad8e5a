"""Reading test results: only a test that ran and passed proves anything."""

from koor_provision.models.evidence import CheckResult
from koor_provision.verify.run import Verification, _checks

JUNIT = """<testsuites><testsuite>
<testcase classname="test_php" name="test_page_is_run[koor://target]" time="0.5"/>
<testcase classname="php.verify.test_php" name="test_limits" time="0.1"><failure message="assert 1 == 2"/></testcase>
<testcase classname="test_php" name="test_more" time="0"><skipped message="why"/></testcase>
<testcase classname="test_php" name="test_broken" time="0"><error message="boom"/></testcase>
</testsuite></testsuites>"""


def test_results_and_names_in_words() -> None:
    assert _checks(JUNIT) == [
        CheckResult("php: page is run", "passed", 0.5),
        CheckResult("php: limits", "failed", 0.1, "assert 1 == 2"),
        CheckResult("php: more", "skipped", 0.0, "why"),
        CheckResult("php: broken", "error", 0.0, "boom"),
    ]


def test_passed_needs_at_least_one_test_and_no_other_result() -> None:
    good = CheckResult("a", "passed", 0.0)
    assert Verification((good,), "", finished=True).passed
    assert not Verification((), "", finished=True).passed
    for result in ("failed", "skipped", "error"):
        assert not Verification((good, CheckResult("b", result, 0.0)), "", finished=True).passed
    assert not Verification((good,), "", finished=False).passed
