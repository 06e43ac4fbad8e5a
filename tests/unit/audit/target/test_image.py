"""What a look keeps cannot be written any more, and says so if it could."""

import os

import pytest

from koor_provision.audit.target.image import Image


def test_the_kernel_lets_nobody_write_into_it() -> None:
    with Image([b"one", b"two"]) as image:
        descriptor = image._file.fileno()
        for forbidden in (lambda: os.write(descriptor, b"x"), lambda: os.ftruncate(descriptor, 0)):
            with pytest.raises(PermissionError):
                forbidden()
        assert list(image.blocks()) == [b"one", b"two"]


def test_large_images_are_read_back_in_parts_and_again() -> None:
    kept = [os.urandom(500_000) for _ in range(5)]
    with Image(kept) as image:
        assert list(image.blocks()) == kept
        assert list(image.blocks()) == kept


def test_other_content_has_another_digest() -> None:
    with Image([b"one"]) as one, Image([b"two"]) as other:
        assert one.sha256 != other.sha256
        assert one.sha256 == one.measured()
