"""From an admitted order to a plan, and from an authorised plan to a run."""
