import pytest


@pytest.fixture
def absent(load):
    return load("paths_absent")


@pytest.fixture
def place(tmp_path):
    """A few files, a tree and a link, below a directory that stands for the server's root."""
    (tmp_path / "etc/php/8.2/fpm").mkdir(parents=True)
    (tmp_path / "etc/php/8.2/fpm/koor.conf").touch()
    (tmp_path / "data/deep").mkdir(parents=True)
    (tmp_path / "data/deep/file").touch()
    (tmp_path / "link").symlink_to("data")
    return tmp_path


def test_an_asterisk_stands_for_one_name(absent, place):
    found = absent.expand([f"{place}/etc/php/*/fpm/koor.conf", f"{place}/etc/*/koor.conf", f"{place}/none"])
    assert found == [place / "etc/php/8.2/fpm/koor.conf"]


def test_a_tree_goes_with_all_that_is_in_it(absent, place):
    (tree,) = absent.expand([f"{place}/data/"])
    absent.delete(tree)
    assert not (place / "data").exists()


def test_a_link_goes_and_what_it_leads_to_stays(absent, place):
    (link,) = absent.expand([f"{place}/link"])
    absent.delete(link)
    assert not (place / "link").is_symlink()
    assert (place / "data/deep/file").exists()


def test_a_link_that_leads_nowhere_is_seen(absent, place):
    (place / "dangling").symlink_to("nowhere")
    assert absent.expand([f"{place}/dangling"]) == [place / "dangling"]


def test_a_link_where_a_tree_should_be_is_refused(absent, place):
    with pytest.raises(absent.Odd, match="delete it by hand"):
        absent.expand([f"{place}/etc/php/8.2/fpm/koor.conf", f"{place}/link/"])


def test_links_inside_a_tree_are_not_followed(absent, place):
    (place / "tree").mkdir()
    (place / "tree/out").symlink_to(place / "data")
    absent.delete(place / "tree")
    assert (place / "data/deep/file").exists()


def test_a_tree_where_a_file_should_be_is_refused(absent, place):
    with pytest.raises(absent.Odd, match="a file was expected"):
        absent.expand([f"{place}/data"])


@pytest.mark.parametrize("pattern", ["relative/path", "/", "/*", "/etc/", "/etc/*", "/*/passwd", "/var/../etc/x/", ""])
def test_a_path_that_is_too_wide_is_refused(absent, pattern):
    with pytest.raises(absent.Odd, match="no path that may be deleted"):
        absent.expand([pattern])


def test_a_file_system_is_emptied_and_stays_mounted(absent, place, monkeypatch):
    monkeypatch.setattr(type(place), "is_mount", lambda self: self == place / "data")
    (tree,) = absent.expand([f"{place}/data/"])
    absent.delete(tree)
    assert list((place / "data").iterdir()) == []
    assert absent.expand([f"{place}/data/"]) == []


def test_a_disabled_file_gets_its_name_back_unless_it_is_taken(absent, place):
    (place / "one.conf.disabled").touch()
    (place / "two.conf.disabled").touch()
    (place / "two.conf").touch()
    assert absent.put_aside([f"{place}/one.conf", f"{place}/two.conf", f"{place}/three.conf"]) == [place / "one.conf"]
