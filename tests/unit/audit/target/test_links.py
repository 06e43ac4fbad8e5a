"""Which links to what a package ships are made for it, and which only lead there."""

import stat
from pathlib import Path

import pytest

from koor_provision.audit.target.differences import Difference, Entry
from koor_provision.audit.target.links import choices, made
from koor_provision.audit.target.scripts import Scripts

POSTINST = """\
version=8.2
for binary in php phar phar.phar; do
    update-alternatives \\
        --install /usr/bin/${binary} ${binary} /usr/bin/${binary}$version 82 \\
        --slave /usr/share/man/man1/${binary}.1.gz ${binary}.1.gz /usr/share/man/man1/${binary}8.2.1.gz
done
"""
SCRIPTS = Scripts(
    {"php": POSTINST, "gawk": "update-alternatives --quiet --install /usr/bin/awk awk /usr/bin/gawk 10\n"}
)
BEFORE = {"pager": ["/usr/bin/less", "/bin/more"]}


def is_made(path: str, end: str, was: str | None = None) -> bool:
    before, after = (name and Entry(stat.S_IFLNK | 0o777, 0, 0, target=name) for name in (was, end))
    return made(Difference(path, before or None, after or None), end, SCRIPTS, BEFORE)


@pytest.mark.parametrize(
    ("path", "end", "was"),
    [
        ("/etc/alternatives/awk", "/usr/bin/gawk", "/usr/bin/mawk"),
        ("/etc/alternatives/php", "/usr/bin/php8.2", None),
        ("/etc/alternatives/phar.phar.1.gz", "/usr/share/man/man1/phar.phar8.2.1.gz", None),
        ("/etc/alternatives/pager", "/bin/more", "/usr/bin/less"),
        ("/etc/alternatives/GRANT.7.gz", "/usr/share/postgresql/17/man/man7/GRANT.7.gz", None),
        ("/usr/bin/php", "/etc/alternatives/php", None),
        ("/usr/share/man/man7/GRANT.7.gz", "/etc/alternatives/GRANT.7.gz", None),
        ("/run/systemd/generator/x.target.wants/db@17-main.service", "/lib/systemd/system/db@.service", None),
        ("/etc/rc3.d/S01shop", "/etc/init.d/shop", "/etc/init.d/shop"),
        ("/etc/fonts/conf.d/10-a.conf", "/usr/share/fontconfig/conf.avail/10-a.conf", None),
        ("/usr/lib/libshop.so.1", "/usr/lib/libshop.so.1.2", None),
    ],
)
def test_what_scripts_and_tools_make(path: str, end: str, was: str | None) -> None:
    assert is_made(path, end, was)


@pytest.mark.parametrize(
    ("path", "end", "was"),
    [
        ("/etc/alternatives/awk", "/usr/bin/php8.2", "/usr/bin/mawk"),
        ("/etc/alternatives/php", "/usr/bin/phar8.2", None),
        ("/etc/alternatives/pager", "/usr/bin/evil/pager", "/usr/bin/less"),
        ("/usr/bin/last", "/usr/bin/php8.2", None),
        ("/usr/bin/last", "/etc/alternatives/php", None),
        ("/usr/bin/who", "/usr/sbin/who", "who.old"),
        ("/usr/local/bin/php", "/usr/bin/php", None),
        ("/etc/rc3.d/S01cron", "/etc/init.d/shop", None),
        ("/etc/systemd/system/cron.service", "/lib/systemd/system/apache2.service", None),
        ("/run/systemd/generator/x.target.wants/cron.service", "/lib/systemd/system/db@.service", None),
        ("/run/systemd/generator/x.target.wants/cron.service", "/usr/bin/php8.2", None),
        ("/usr/lib/libc.so.6", "/usr/lib/libshop.so.1.2", None),
    ],
)
def test_what_only_leads_there(path: str, end: str, was: str | None) -> None:
    assert not is_made(path, end, was)


def test_a_link_in_place_of_a_file_is_none_of_these() -> None:
    was, after = Entry(stat.S_IFREG | 0o755, 0, 0), Entry(stat.S_IFLNK | 0o777, 0, 0, target="/etc/alternatives/php")
    assert not made(Difference("/usr/bin/php", was, after), "/etc/alternatives/php", SCRIPTS, BEFORE)


def test_units_are_enabled_as_they_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "koor_provision.audit.target.links._installs",
        lambda _unit, key, name: (
            (key, name) in {("WantedBy|RequiredBy", "multi-user.target"), ("Alias", "sql.service")}
        ),
    )
    folder, unit = "/etc/systemd/system", "/usr/lib/systemd/system/shop.service"
    assert is_made(f"{folder}/multi-user.target.wants/shop.service", unit)
    assert is_made(f"{folder}/sql.service", unit)
    assert not is_made(f"{folder}/multi-user.target.wants/cron.service", unit)
    assert not is_made(f"{folder}/basic.target.wants/shop.service", unit)
    assert not is_made(f"{folder}/cron.service", unit)
    assert not is_made(f"{folder}/multi-user.target.wants/shop.service", "/usr/share/shop/shop.service")


def test_choices_are_read_from_the_records(tmp_path: Path) -> None:
    (tmp_path / "awk").write_text(
        "auto\n/usr/bin/awk\nnawk\n/usr/bin/nawk\n\n/usr/bin/gawk\n10\n/usr/bin/gawk2\n/usr/bin/mawk\n5\n\n\n"
    )
    listed = ["/usr/bin/gawk", "/usr/bin/gawk2", "/usr/bin/mawk"]
    assert choices(str(tmp_path)) == {"awk": listed, "nawk": listed}
