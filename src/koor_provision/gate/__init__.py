"""The gate: all rules over a case, all findings collected, then one decision."""
