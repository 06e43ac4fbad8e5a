"""Wiring only: arguments in, rooms called in their order, one place where errors become messages and exit codes."""
