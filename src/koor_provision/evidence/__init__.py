"""What the customer gets: one folder that says what was decided, planned, done and found."""
