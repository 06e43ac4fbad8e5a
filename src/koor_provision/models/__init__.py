"""Frozen pydantic models: the documents, and what the rooms hand to each other."""
