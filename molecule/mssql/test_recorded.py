"""What the stand-in for `mssql-conf` wrote down: it was told everything once, and the password in no argument."""

from __future__ import annotations

import configparser
import hashlib
import json
from typing import Any

import pytest


@pytest.fixture(scope="module")
def calls(host: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in host.file("/var/opt/mssql/calls").content_string.splitlines()]


def test_it_was_set_up_once_with_accepted_terms_and_the_ordered_edition(calls: list[dict[str, Any]]) -> None:
    setups = [call for call in calls if "setup" in call["words"]]
    assert [call["words"] for call in setups] == [["-n", "setup", "accept-eula"]]
    assert (setups[0]["told"]["ACCEPT_EULA"], setups[0]["told"]["MSSQL_PID"]) == ("Y", "developer")


def test_its_administrator_has_the_password_that_is_kept(calls: list[dict[str, Any]], host: Any) -> None:
    kept = configparser.RawConfigParser()
    kept.read_string(host.file("/etc/koor-provision/secrets/mssql-sa.cnf").content_string)
    password = kept["client"]["password"]
    told = [call["told"]["password"] for call in calls if "password" in call["told"]]
    assert told == [hashlib.sha256(password.encode()).hexdigest()]
    assert password not in json.dumps([call["words"] for call in calls])


def test_memory_was_limited_to_four_fifths(calls: list[dict[str, Any]]) -> None:
    assert [call["words"] for call in calls if call["words"][0] == "set"] == [["set", "memory.memorylimitmb", "3200"]]
