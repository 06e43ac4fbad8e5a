import pytest

from koor_provision.errors import InputError
from koor_provision.images.mirrors import check_mirrors

GOOD = (
    "http://mirror.example/debian",
    "deb http://mirror.example/debian trixie main",
    "deb [signed-by=/usr/share/keyrings/x.gpg trusted=no] https://mirror.example/debian trixie main",
    "file:///srv/mirror",
)


@pytest.mark.parametrize("mirror", GOOD)
def test_a_mirror_that_serves_what_debian_signed_is_taken(mirror, tmp_path):
    check_mirrors([mirror])
    (tmp_path / "lines").write_text(mirror)
    check_mirrors([str(tmp_path / "lines")])


@pytest.mark.parametrize(
    ("mirror", "said"),
    [
        ("http://user:s3cret@mirror.example/debian", "password"),
        ("deb http://s3cret@mirror.example/debian trixie main", "password"),
        ("Types: deb\nURIs: https://user:s3cret@mirror.example/\nSuites: trixie", "password"),
        ("deb [trusted=yes] http://mirror.example/debian trixie main", "nobody signed"),
        ("deb [arch=amd64 allow-insecure=1] http://mirror.example/debian trixie main", "nobody signed"),
        ("Types: deb\nURIs: https://mirror.example/\nTrusted: Yes\n", "nobody signed"),
    ],
)
def test_credentials_and_unsigned_packages_are_refused_without_telling_the_password(mirror, said, tmp_path):
    (tmp_path / "lines").write_text(f"# ours\n{mirror}\n")
    for given in (mirror,) if mirror.startswith(("deb ", "http")) else ():
        with pytest.raises(InputError, match=said):
            check_mirrors([GOOD[0], given])
    with pytest.raises(InputError, match=said) as caught:
        check_mirrors([str(tmp_path / "lines")])
    assert "s3cret" not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize("mirror", ["-", "/nowhere/lines", "debian"])
def test_what_cannot_be_read_is_refused(mirror):
    with pytest.raises(InputError, match="--mirror"):
        check_mirrors([mirror])
