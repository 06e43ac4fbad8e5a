"""How to reach a host, and nothing else: an inventory cannot change what is done there."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from koor_provision.models.base import Count, Flag, HostName, Model

Address = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]([A-Za-z0-9._:-]{0,250}[A-Za-z0-9_])?\z")]
"""A host name, an IP address or a container's name; cannot be read as an option or a pattern."""
UserName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_-]{0,31}\z")]
KeyFile = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9~/._-]{1,200}\z")]


class HostEntry(Model):
    """The variables of one host that an inventory may set."""

    ansible_connection: Literal["ssh", "podman", "local"] = "ssh"
    ansible_host: Address | None = None
    ansible_port: Annotated[Count, Field(ge=1, le=65535)] = 22
    ansible_user: UserName = "root"
    ansible_ssh_private_key_file: KeyFile | None = None
    ansible_become: Flag = False


class HostGroup(Model):
    """The one group that there is."""

    hosts: dict[HostName, HostEntry | None]


class Inventory(Model):
    """An Ansible inventory file in YAML, reduced to what reaching a host needs."""

    all: HostGroup

    def find(self, name: str) -> HostEntry | None:
        """The entry of a host; a host without variables is reached by ssh under its own name."""
        if name not in self.all.hosts:
            return None
        return self.all.hosts[name] or HostEntry()
