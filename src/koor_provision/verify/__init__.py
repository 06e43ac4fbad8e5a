"""Does it work? The roles' own testinfra tests, run against the server as it is now."""
