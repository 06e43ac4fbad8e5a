"""The CTO's forms, filled in: what a machine measures, what a person is asked, and what stays open, with the reason."""
