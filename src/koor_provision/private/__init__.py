"""The one place where a run keeps what must not stay: a private directory in memory."""
