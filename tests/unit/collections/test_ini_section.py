import configparser
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

LINE = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029["))
OTHERS = st.lists(LINE, max_size=6).map(lambda lines: "".join(f"{line}\n" for line in lines))
NEW = "[shop]\nhost = b\n"


@pytest.fixture(scope="module")
def ini(load):
    return load("ini_section")


def test_section_is_put_behind_what_is_there(ini):
    assert ini.replace_section("", "shop", NEW) == NEW
    assert ini.replace_section("[global]\nx = 1\n", "shop", NEW) == f"[global]\nx = 1\n\n{NEW}"
    assert ini.replace_section("no line end", "shop", NEW) == f"no line end\n\n{NEW}"


def test_section_is_replaced_as_a_whole_whatever_its_case(ini):
    text = "[a]\nx = 1\n\n[SHOP]\nhost = a\nport = 1\n\n[b]\nhost = a\n"
    assert ini.replace_section(text, "shop", NEW) == "[a]\nx = 1\n\n[shop]\nhost = b\n\n[b]\nhost = a\n"


@given(before=OTHERS, after=OTHERS)
def test_what_others_wrote_stays_to_the_letter(ini, before, after):
    text = f"[a]\n{before}[shop]\nhost = a\n[b]\n{after}"
    changed = ini.replace_section(text, "shop", NEW)
    assert changed == f"[a]\n{before}{NEW}[b]\n{after}"
    assert ini.replace_section(changed, "shop", NEW) == changed


def test_section_that_is_there_twice_is_not_guessed_at(ini):
    with pytest.raises(ini.Odd, match="2 times"):
        ini.replace_section("[shop]\n[b]\n[Shop]\n", "shop", NEW)


def test_rendered_section_is_read_as_it_was_meant(ini):
    parser = configparser.RawConfigParser()
    parser.read_string(ini.render("shop", {"host": "db.example", "tds version": "7.4"}))
    assert dict(parser["shop"]) == {"host": "db.example", "tds version": "7.4"}


@pytest.mark.parametrize("value", ["a\nb", "", "a;b", "a\u00e9", "x" * 201])
def test_value_is_one_plain_line(ini, value):
    assert not ini.VALUE.fullmatch(value)


def test_file_keeps_its_access_and_bytes_that_are_no_text(ini, tmp_path):
    path = tmp_path / "odbc.ini"
    path.write_bytes(b"[a]\nx = \xff\n")
    path.chmod(0o640)
    text, access = ini.read(path)
    ini.write(path, ini.replace_section(text, "shop", NEW).encode("utf-8", "surrogateescape"), access)
    assert path.read_bytes() == b"[a]\nx = \xff\n\n" + NEW.encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_missing_file_is_empty_and_a_link_is_refused(ini, tmp_path):
    assert ini.read(tmp_path / "missing") == ("", ini.Access(0, 0, 0o644))
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "other")
    with pytest.raises(ini.Odd, match="no plain file"):
        ini.read(link)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ini.Odd, match="no plain file"):
        ini.read(tmp_path / "pipe")
