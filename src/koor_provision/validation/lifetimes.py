"""Reads the table of lifetimes."""

from functools import cache
from pathlib import Path

from koor_provision.load.documents import to_model
from koor_provision.load.files import read
from koor_provision.models.lifetimes import Lifetimes

_FILE = Path(__file__).with_name("lifetimes.yml")


@cache
def lifetimes() -> Lifetimes:
    """The table that travels with koor-provision."""
    return to_model(read(_FILE, _FILE.name), Lifetimes)
