import pytest

from koor_provision.errors import RunError
from koor_provision.images.canaries import must_not_hold

SECRET = "kXw3-9s.Yb7TqLm2Zr8v"
CHUNK = 4 << 20


def disk(path, at: int, content: bytes = SECRET.encode()):
    with path.open("wb") as file:
        file.truncate(6 * CHUNK)
        file.seek(at)
        file.write(content)
    return path


@pytest.mark.parametrize("at", [0, 12_345, CHUNK - 7, 2 * CHUNK - 1, 6 * CHUNK - len(SECRET)])
def test_a_secret_is_found_wherever_it_lies(tmp_path, at):
    with pytest.raises(RunError, match="what was in /etc/secret") as caught:
        must_not_hold(disk(tmp_path / "disk", at), {SECRET: "/etc/secret"})
    assert SECRET not in f"{caught.value}{caught.value.hint}"


def test_a_disk_without_them_passes(tmp_path):
    must_not_hold(disk(tmp_path / "disk", 100, b"nothing secret"), {SECRET: "/etc/secret"})
    must_not_hold(disk(tmp_path / "disk", 100), {})
