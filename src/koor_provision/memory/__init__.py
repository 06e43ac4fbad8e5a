"""What this machine remembers, outside every checkout and case: whose key it trusts, and what it saw before."""
