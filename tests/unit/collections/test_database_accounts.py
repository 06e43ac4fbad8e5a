import re
from types import SimpleNamespace

import pytest

WORD = re.compile("[a-z]+")


class Refused(Exception):  # noqa: N818 - a refusal, not an error
    """What fail_json does, for a test."""


@pytest.fixture
def shared(load_shared):
    return load_shared("database_accounts")


class Module:
    """A module that remembers what it was asked to run."""

    def __init__(self, *, check_mode: bool = False, answer: tuple[int, str, str] = (0, "said", "")) -> None:
        self.params = {"accounts": [{"name": "one"}, {"name": "two"}]}
        self.check_mode = check_mode
        self.answer = answer
        self.asked: list[tuple[list[str], str]] = []

    def run_command(self, command: list[str], data: str, cwd: str) -> tuple[int, str, str]:
        self.asked.append((command, data))
        return self.answer

    def fail_json(self, msg: str, actions: list[str] | None = None) -> None:
        raise Refused(msg)


def test_statements_go_in_by_standard_input_and_not_by_argument(shared):
    module = Module()
    work = shared.Work(module, "Server", lambda database: ["client", database])
    work.act("do two things", "FIRST", "SECOND", database="shop")
    assert module.asked == [(["client", "shop"], "FIRST;\nSECOND;\n")]
    assert work.actions == ["do two things"]


def test_what_can_wait_is_done_at_once_and_in_its_order(shared):
    module = Module()
    work = shared.Work(module, "Server", lambda _: ["client"])
    work.later("make it", "FIRST")
    work.later("fill it", "SECOND", "THIRD")
    assert module.asked == []
    work.finish()
    work.finish()
    assert module.asked == [(["client"], "FIRST;\nSECOND;\nTHIRD;\n")]
    assert work.actions == ["make it", "fill it"]


def test_check_mode_does_not_do_it_later_either(shared):
    module = Module(check_mode=True)
    work = shared.Work(module, "Server", lambda _: ["client"])
    work.later("drop everything", "DROP")
    work.finish()
    assert (module.asked, work.actions) == ([], ["drop everything"])


def test_check_mode_asks_and_does_nothing(shared):
    module = Module(check_mode=True)
    work = shared.Work(module, "Server", lambda _: ["client"])
    work.act("drop everything", "DROP")
    assert (module.asked, work.actions) == ([], ["drop everything"])
    assert work.sql("ASK") == "said"


def test_a_refusal_of_the_server_is_told_in_its_words(shared):
    work = shared.Work(Module(answer=(1, "", "no such thing")), "Server", lambda _: ["client"])
    with pytest.raises(Refused, match="Server refused: no such thing"):
        work.sql("ASK")


def test_values_must_match_as_a_whole(shared):
    shared.refuse_odd_values(Module(), [(WORD, "shop")])
    with pytest.raises(Refused, match="not allowed"):
        shared.refuse_odd_values(Module(), [(WORD, "shop; DROP")])


def test_two_accounts_cannot_share_the_file_of_their_password(shared):
    module = SimpleNamespace(params={"accounts": [{"name": "one"}, {"name": "one"}]}, fail_json=Module().fail_json)
    with pytest.raises(Refused, match="name of its own"):
        shared.refuse_odd_values(module, [])
