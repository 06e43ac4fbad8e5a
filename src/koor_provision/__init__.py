"""Installs exactly what was ordered, approved and authorised on a customer's server, and proves it."""

__version__ = "0.1.0"
