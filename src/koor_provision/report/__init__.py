"""A decision or evidence in, a string out. Nothing here reads, decides or prints."""
