"""Every line of the account files is compared, and no hash leaves the server."""

from pathlib import Path

import pytest

from koor_provision.audit.target import accounts

PASSWD = "root:x:0:0:root:/root:/bin/bash\nweb:x:33:33:www:/var/www:/usr/sbin/nologin\n"
SHADOW = "root:$y$secret:19000:0:99999:7:::\nweb:*:19000:0:99999:7:::\n"
GROUP = "root:x:0:\nsudo:x:27:ann\n"


@pytest.fixture
def changed(tmp_path: Path):
    def compare(**files: str):
        both = []
        for after in (False, True):
            texts = {"passwd": PASSWD, "shadow": SHADOW, "group": GROUP, "gshadow": "root:*::\nsudo:*::ann\n"}
            for name, text in (texts | files if after else texts).items():
                (tmp_path / name).write_text(text)
            both.append((accounts.users(str(tmp_path)), accounts.groups(str(tmp_path))))
        (users, groups), (users_now, groups_now) = both
        return [row[:4] for row in accounts.compared("user", users, users_now)] + [
            row[:4] for row in accounts.compared("group", groups, groups_now)
        ]

    return compare


def test_nothing_changed_says_nothing(changed) -> None:
    assert changed() == []


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("passwd", PASSWD.replace("/usr/sbin/nologin", "/bin/sh"), ("web", "shell /usr/sbin/nologin -> /bin/sh")),
        ("passwd", PASSWD.replace("web:x:33", "web:x:0"), ("web", "uid 33 -> 0")),
        ("shadow", SHADOW.replace("$y$secret", "$y$other"), ("root", "password changed")),
        ("shadow", SHADOW.replace("web:*", "web:"), ("web", "password changed, can log in by password False -> True")),
        ("passwd", PASSWD.replace("web:x", "web:"), ("web", "password changed, can log in by password False -> True")),
        (
            "group",
            GROUP.replace("sudo:x", "sudo:hash"),
            ("sudo", "password changed, can be joined by password False -> True"),
        ),
        ("shadow", SHADOW.replace("99999", "1"), ("root", "expiry changed")),
        ("group", GROUP.replace("ann", "ann,bob"), ("sudo", "members +bob")),
        ("group", GROUP.replace("ann", ""), ("sudo", "members -ann")),
    ],
)
def test_a_changed_account_is_named_with_what_changed(changed, file, text, expected) -> None:
    found = changed(**{file: text})
    assert (found[0][1], found[0][3]) == expected
    assert {row[2] for row in found} == {"changed"}
    assert "secret" not in str(found)
    assert "other" not in str(found)


def test_the_day_of_a_password_alone_is_no_change(changed) -> None:
    assert changed(shadow=SHADOW.replace("19000", "19001")) == []


def test_a_second_root_under_a_name_that_is_there_already_is_seen(changed) -> None:
    assert [row[1:3] for row in changed(passwd=PASSWD + "web:x:0:0::/:/bin/sh\n")] == [("web (line 2 of it)", "added")]


def test_added_and_removed_accounts_are_named(changed) -> None:
    added = changed(passwd=PASSWD + "bob:x:1000:1000::/home/bob:/bin/sh\n", shadow=SHADOW + "bob:!:1::::::\n")
    assert added[0][:3] == ("user", "bob", "added")
    assert "can log in by password False" in added[0][3]
    assert changed(group="root:x:0:\n", gshadow="root:*::\n") == [("group", "sudo", "removed", "")]


def test_a_line_in_shadow_without_a_user_is_seen(changed) -> None:
    assert [row[1] for row in changed(shadow=SHADOW + "ghost:$y$x:1::::::\n")] == ["ghost (in shadow only)"]


def test_what_stands_around_a_user_is_named(tmp_path: Path) -> None:
    (tmp_path / "passwd").write_text(PASSWD + "toor:x:00:27::/run/x:/bin/bash\n")
    (tmp_path / "group").write_text(GROUP + "wheel:x:027:\n")
    users, groups = accounts.users(str(tmp_path)), accounts.groups(str(tmp_path))
    found = accounts.surroundings("toor", users["toor"], users, groups)
    assert found == {"main group": ["sudo", "wheel"], "same number as": ["root"]}
