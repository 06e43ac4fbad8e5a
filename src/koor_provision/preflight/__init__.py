"""The target as it is, read-only: who it is, what it has, and what apt would do for the order."""
