import pytest

STATUS = (
    "memcached\tamd64\tii \t1.6.18-1\n"
    "left\tamd64\trc \t1.0\n"
    "half\tamd64\tiF \t1.0\n"
    "held\tamd64\thi \t1.0\n"
    "unknown\t\tun \t\n"
)
SAID = "Remv memcached [1.6.18-1]\nPurg libevent-2.1-7 [2.1.12-stable-8]\nConf x (1 y [z])\n"


@pytest.fixture
def absent(load):
    return load("packages_absent")


def test_what_is_half_there_is_removed_too(absent):
    names = ["half", "held", "left", "memcached", "never-there", "unknown"]
    assert absent.present(STATUS, names, purge=False) == ["half", "held", "memcached"]


def test_a_purge_takes_what_an_earlier_removal_left(absent):
    assert absent.present(STATUS, ["left", "memcached", "unknown"], purge=True) == ["left", "memcached"]


def test_apt_may_remove_what_is_named_and_no_more(absent):
    assert not absent.trouble(SAID, ["memcached", "libevent-2.1-7"])
    assert "would also remove libevent-2.1-7; nothing was changed" in absent.trouble(SAID, ["memcached"])
    assert "would also remove libx:i386" in absent.trouble("Remv libx:i386 [1]\n", ["libx"])


def test_apt_may_put_nothing_in_its_place(absent):
    said = "Inst nginx (1.22 Debian:12 [amd64])\nRemv apache2 [2.4]\n"
    assert "would install nginx in their place" in absent.trouble(said, ["apache2"])


@pytest.mark.parametrize("name", ["", "-y", "a b", "memcached=1.0", "memcached:i386", "Memcached", "x\n"])
def test_what_apt_could_take_for_something_else_is_no_name(absent, name):
    assert not absent.NAME.fullmatch(name)
