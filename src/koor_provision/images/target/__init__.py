"""Runs on the image itself, at its first boot, with nothing but Debian's Python. See docs/images.md."""
