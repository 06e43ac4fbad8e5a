"""The parts of the customer's page: each works out, from a finished run, what one section says."""
