"""Events of our own plugin: counted, and nothing else believed."""

import json
from pathlib import Path

from koor_provision.provision.events import Event, Listener, Log


def line(number: int, event: str = "task", **more: object) -> str:
    return json.dumps({"number": number, "event": event, **more}) + "\n"


def test_whole_run_is_complete() -> None:
    log = Log()
    for text in (line(1, "start"), line(2, "result", status="changed"), line(3, "end")):
        log.add(text)
    assert log.complete
    assert [event["number"] for event in log.results("changed")] == [2]


def test_run_without_its_end_is_not_complete() -> None:
    log = Log()
    log.add(line(1, "start"))
    assert not log.complete
    assert not Log().complete


def test_gap_shows() -> None:
    log = Log()
    for text in (line(1, "start"), line(3, "end")):
        log.add(text)
    assert log.troubles == ["event 3 came after event 1"]
    assert not log.complete


def test_event_that_was_told_twice_shows() -> None:
    log = Log()
    for text in (line(1, "start"), line(1, "start"), line(2, "end")):
        log.add(text)
    assert not log.complete


def test_foreign_line_shows() -> None:
    for foreign in ("no json\n", "[]\n", '{"event": "end"}\n', '"text"\n'):
        log = Log()
        log.add(line(1, "start"))
        assert log.add(foreign) is None
        log.add(line(2, "end"))
        assert log.troubles == ["a line that is no event"]
        assert not log.complete


def test_listener_hands_events_on_and_ends_when_we_say_so(tmp_path: Path) -> None:
    seen: list[Event] = []
    listener = Listener(tmp_path / "events", seen.append)
    assert (tmp_path / "events").stat().st_mode & 0o777 == 0o600
    with (tmp_path / "events").open("w") as pipe:
        pipe.write(line(1, "start") + line(2, "end"))
    log = listener.close()
    assert log.complete
    assert [event["event"] for event in seen] == ["start", "end"]


def test_plugin_that_never_spoke_leaves_an_empty_log(tmp_path: Path) -> None:
    assert not Listener(tmp_path / "events", lambda event: None).close().complete


def test_what_a_server_said_cannot_move_a_terminals_cursor() -> None:
    event = Log().add(line(1, "result", message="\x1b[2Jinstalled and verified"))
    assert event
    assert event["message"] == "\\u001b[2Jinstalled and verified"
