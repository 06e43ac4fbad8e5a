from pathlib import Path

import pytest

from koor_provision.images.boot.loaders import compared

COPIES = {"usr/lib/shim": "EFI/BOOT/BOOTX64.EFI"}
TEXTS = {"EFI/debian/grub.cfg": "search\n"}


@pytest.fixture
def both(tmp_path):
    for name, content in (("root/usr/lib/shim", "shim"), ("esp/EFI/BOOT/BOOTX64.EFI", "shim"),
                          ("esp/EFI/debian/grub.cfg", "search\n")):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    return tmp_path


def look(both: Path) -> list[str]:
    return list(compared(str(both / "root"), str(both / "esp"), COPIES, TEXTS))


def test_debians_own_loaders_pass(both):
    assert look(both) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("EFI/BOOT/BOOTX64.EFI", "is not the one"),
        ("EFI/debian/grub.cfg", "is not the one"),
        ("startup.nsh", "must not be there"),
    ],
)
def test_another_loader_or_one_more_is_found(both, name, said):
    (both / "esp" / name).write_text("something else")
    (told,) = look(both)
    assert told.startswith(f"{name}: {said}")


def test_a_loader_that_is_missing_is_found(both):
    (both / "esp/EFI/BOOT/BOOTX64.EFI").unlink()
    assert look(both) == ["EFI/BOOT/BOOTX64.EFI: is not there"]
