"""The way of a case from its first document to the gate's yes: which step is next, who takes it, and how."""
