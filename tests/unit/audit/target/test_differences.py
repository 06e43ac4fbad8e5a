"""The merge of two looks: what it finds, and that it finds nothing else."""

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from koor_provision.audit.target import tree
from koor_provision.audit.target.differences import Difference, differences, entries, entry, folder, merged
from koor_provision.audit.target.image import Image


def blocks(one: dict[tuple[str, ...], dict[str, str]]) -> list[bytes]:
    """A tree as a walk gives it."""
    found = []
    for way, files in sorted(one.items()):
        fields = ["".join(f"/{name}" for name in way)]
        for name, text in sorted(files.items()):
            fields += (name, text)
        found.append("\0".join(fields).encode())
    return found


def plain(one: dict[tuple[str, ...], dict[str, str]]) -> dict[str, str]:
    return {
        "".join(f"/{part}" for part in (*way, name)): text for way, files in one.items() for name, text in files.items()
    }


SEEN = ["33188 0 0 1 2 3 4 5", "33188 0 0 1 2 9 4 5", "16877 0 0", "41471 0 0 lx"]
# Names that sort otherwise by their letters than by the folders they are in.
WAYS = [(), ("a",), ("a", "b"), ("a-",), ("a-", "b"), ("a.b",), ("b", "a"), ("b", "a", "\n"), ("é",)]
FILES = st.dictionaries(st.sampled_from(["a", "a-", "b c", "'%\n"]), st.sampled_from(SEEN), min_size=1)
SIMPLE = st.dictionaries(st.sampled_from(WAYS), FILES)


@given(before=SIMPLE, after=SIMPLE)
def test_merge_finds_exactly_what_differs(before, after) -> None:
    found = {one.path: (one.before, one.after) for one in differences(blocks(before), blocks(after))}
    old, new = plain(before), plain(after)
    wanted = {path for path in {*old, *new} if old.get(path) != new.get(path)}
    assert found.keys() == wanted
    for path, (was, is_now) in found.items():
        assert was == (entry(old[path]) if path in old else None)
        assert is_now == (entry(new[path]) if path in new else None)


@given(before=SIMPLE, after=SIMPLE)
def test_each_folder_is_seen_once_and_beside_itself(before, after) -> None:
    pairs = list(merged(blocks(before), blocks(after)))
    assert [old for old, _ in pairs if old] == blocks(before)
    assert [new for _, new in pairs if new] == blocks(after)
    assert all(folder(old) == folder(new) for old, new in pairs if old and new)


@given(one=SIMPLE)
def test_an_image_gives_back_what_it_kept(one) -> None:
    with Image(iter(blocks(one))) as image:
        assert list(image.blocks()) == blocks(one)
        assert image.measured() == image.sha256


def test_a_file_that_was_written_is_the_same_only_if_its_content_was_read() -> None:
    unread = differences([b"/srv\0a\x0033188 0 0 1 2 3 4 5"], [b"/srv\0a\x0033188 0 0 1 2 9 4 5"])
    assert [one.path for one in unread] == ["/srv/a"]
    rewritten = differences([b"/etc\0a\x0033188 0 0 1 2 3 4 5 dAB"], [b"/etc\0a\x0033188 0 0 1 7 9 4 6 dAB"])
    assert not list(rewritten)
    other = differences([b"/etc\0a\x0033188 0 0 1 2 3 4 5 dAB"], [b"/etc\0a\x0033188 0 0 1 2 3 4 5 dAC"])
    assert [one.path for one in other] == ["/etc/a"]
    too_large_to_read = differences([b"/etc\0a\x0033188 0 0 1 2 3 4 5 d"], [b"/etc\0a\x0033188 0 0 1 2 9 4 5 d"])
    assert [one.path for one in too_large_to_read] == ["/etc/a"]


def look(root: Path) -> list[bytes]:
    return list(tree.Walk(str(root), {}).folders())


def changes(root: Path, before: list[bytes]) -> dict[str, Difference]:
    return {one.path.removeprefix(f"{root}/"): one for one in differences(before, look(root))}


def test_a_walk_sees_content_mode_link_type_and_what_is_gone(tmp_path: Path) -> None:
    for name in ("content", "mode", "gone", "type", "same", "times"):
        (tmp_path / name).write_text(name)
    (tmp_path / "link").symlink_to("here")
    (tmp_path / "folder" / "below").mkdir(parents=True)
    (tmp_path / "folder" / "below" / "file").write_text("")
    before = look(tmp_path)
    assert changes(tmp_path, before) == {}

    (tmp_path / "content").write_text("CONTENT")
    (tmp_path / "mode").chmod(0o4755)
    (tmp_path / "gone").unlink()
    (tmp_path / "type").unlink()
    (tmp_path / "type").mkdir()
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to("there")
    (tmp_path / "folder" / "below" / "file").rename(tmp_path / "folder" / "moved")
    seen = (tmp_path / "times").stat()
    (tmp_path / "times").write_text("TIMES")
    os.utime(tmp_path / "times", ns=(seen.st_atime_ns, seen.st_mtime_ns))

    found = changes(tmp_path, before)
    assert set(found) == {
        "content", "mode", "gone", "type", "link", "folder/below/file", "folder/moved", "times",
    }  # fmt: skip
    assert found["mode"].after
    assert found["mode"].after.mode & 0o7777 == 0o4755
    assert found["link"].after
    assert found["link"].after.target == "there"
    assert found["gone"].after is None


def test_a_second_name_of_a_file_is_seen_on_both(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("")
    before = look(tmp_path)
    (tmp_path / "other").hardlink_to(tmp_path / "one")
    found = changes(tmp_path, before)
    assert {name: one.after and one.after.links for name, one in found.items()} == {"one": 2, "other": 2}


def test_a_name_of_any_bytes_is_seen(tmp_path: Path) -> None:
    before = look(tmp_path)
    with open(os.fsencode(tmp_path) + b"/\xff\n\x1b", "wb"):  # noqa: PTH123  # a name that is no text
        pass
    assert list(changes(tmp_path, before)) == ["\udcff\n\x1b"]


def test_folders_that_are_left_out_are_not_entered(tmp_path: Path) -> None:
    (tmp_path / "left").mkdir()
    (tmp_path / "left" / "file").write_text("")
    walked = [folder(block) for block in tree.Walk(str(tmp_path), {f"{tmp_path}/left": "why"}).folders()]
    assert walked == [str(tmp_path)]


def test_entries_of_a_folder_are_named() -> None:
    assert entries(b"/a") == {}
    assert entries(b"/a\0x\x0016877 0 0\0y\x0041471 0 0 l z") == {"x": "16877 0 0", "y": "41471 0 0 l z"}
    assert entry("41471 0 0 l z").target == " z"
    assert entry("33261 1 2 3 4 5 6 7 c0100").capability == "0100"
