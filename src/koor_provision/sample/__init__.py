"""A complete, valid example to learn the format from: a company, its cases, and the keys of its people."""
