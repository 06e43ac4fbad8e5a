"""Mitogen's linear strategy, wherever the environment keeps it, and without its pinning of processes to processors.

Mitogen keeps a processor for itself, and lets what it starts use the others. What it starts is the connection, and
with `local` and `podman` everything that runs on the target comes from that: on a server with two processors a package
manager, which unpacks with one and writes with the other, would have one.
"""

from __future__ import annotations

import ansible_mitogen.affinity
from ansible_mitogen.plugins.strategy.mitogen_linear import StrategyModule

DOCUMENTATION = """
name: mitogen_linear
short_description: Tasks in lock step over mitogen, on all processors
description:
  - Ansible's own C(linear) strategy with one Python on the target for the whole run.
author: koor-provision maintainers
"""

__all__ = ["StrategyModule"]

ansible_mitogen.affinity.policy = ansible_mitogen.affinity.Policy()  # the one that leaves all to the system
