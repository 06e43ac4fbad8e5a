"""Which folders are walked."""

from pathlib import Path

from koor_provision.audit.target.tree import Mount, left_out, mounts

TABLE = [
    Mount("/", "ext4", "8:1", "/"),
    Mount("/proc", "proc", "0:5", "/"),
    Mount("/proc/keys", "tmpfs", "0:9", "/null"),
    Mount("/dev/shm", "tmpfs", "0:7", "/"),  # noqa: S108  # paths of the target
    Mount("/tmp", "tmpfs", "0:8", "/"),  # noqa: S108
    Mount("/srv/team", "nfs4", "0:40", "/"),
    Mount("/srv/files", "fuse.sshfs", "0:41", "/"),
    Mount("/mnt", "ext4", "8:1", "/"),
]


def test_what_is_not_a_disk_of_the_server_is_left_out() -> None:
    left = left_out(TABLE)
    assert set(left) == {"/proc", "/srv/team", "/srv/files", "/mnt"}
    assert left["/srv/team"] == "/srv/team lies on another machine (nfs4)"
    assert left["/proc"] == ""


def test_places_in_memory_are_walked() -> None:
    assert not {"/tmp", "/dev/shm"} & left_out(TABLE).keys()  # noqa: S108  # paths of the target


def test_the_last_mount_on_a_place_is_the_one_that_counts() -> None:
    assert "/srv/team" not in left_out([*TABLE, Mount("/srv/team", "tmpfs", "0:50", "/")])
    assert "/tmp" in left_out([*TABLE, Mount("/tmp", "nfs", "0:51", "/")])  # noqa: S108


def test_mounts_are_read_with_their_blanks(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_text("36 35 98:0 /a\\040b /mnt/c\\040d rw,noatime master:1 - ext3 /dev/root rw\n")
    assert mounts(str(table)) == [Mount("/mnt/c d", "ext3", "98:0", "/a b")]
