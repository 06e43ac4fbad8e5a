"""What changed on the server while a run was at work, and who answers for each change (R8)."""
