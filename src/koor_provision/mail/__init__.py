"""A customer's mail: read within bounds, its signature checked, and what its words say. No clock and no file."""
