"""What lies beside an image for people: how to bring it up, and how to build the same again."""

from collections.abc import Iterable

from koor_provision.images.descriptors.machine import Machine

_HOW = {
    "virtualbox": """\
### VirtualBox 7

1. File, Import Appliance, choose `{file}`. Lower processors and memory there if the host has less (see above).
2. For a server that others reach: Settings, Network, attached to *Bridged Adapter*.
3. Start. It boots with BIOS; EFI may be switched on before the first start, the disk boots with both.
""",
    "vmware": """\
### VMware ESXi 6.7 or newer, vCenter, Workstation 14 or newer

1. Deploy OVF Template (ESXi: Create / Register VM, Deploy from OVF), choose `{file}` and the network.
2. Lower processors and memory under Edit Settings if the host has less (see above).
3. Power on. Firmware is EFI with Secure Boot; the guest tools (open-vm-tools) are inside.
""",
    "hyperv": """\
### Hyper-V on Windows Server 2019 or newer

1. Unpack `{file}`, open an elevated PowerShell in its folder.
2. `.\\Import-Image.ps1 -SwitchName SWITCH` (with `-Processors` and `-MemoryMB` if the host has less).
   It makes a machine of generation 2 with Secure Boot; `-Generation 1` one with BIOS.
3. `Start-VM {name}`, and open its console.
""",
    "qcow2": """\
### KVM, Proxmox and other hosts of qemu

Use `{file}` as the disk of a machine with BIOS or UEFI, for instance
`virt-install --import --name {name} --memory {memory} --vcpus {cores} --disk {file} --os-variant debian12 --boot uefi`.
""",
    "vagrant": """\
### Vagrant with VirtualBox

`vagrant box add --name {name} {file}`, then `vagrant init {name}` and `vagrant up` in a project. The box makes a key of
its own for each machine; it holds none that others know.
""",
}


def configuration(machine: Machine, files: Iterable[tuple[str, str]], minimum: tuple[int, int], *, sample: bool) -> str:
    """CONFIGURATION.md: for whoever brings the machine up.

    Args:
        files: for each format its file.
        minimum: cores and memory in MB below which it should not go.
    """
    values = {"name": machine.name, "cores": machine.cores, "memory": machine.memory_mb}
    how = "\n".join(_HOW[form].format(file=file, **values) for form, file in files)
    contents = "\n".join(f"- {line}" for line in machine.contents)
    warning = "**A sample: built with the documents of a sample company. Not for customers.**\n\n" if sample else ""
    return f"""\
# {machine.name}

{warning}{machine.summary.strip()}

{contents}

## The machine

| | set in the file | at least |
| --- | --- | --- |
| processors | {machine.cores} | {minimum[0]} |
| memory | {machine.memory_mb} MB | {minimum[1]} MB |
| disk, SSD | {machine.disk_bytes // 2**30} GB | 10 GB |

The disk may be enlarged at any time; the machine takes what is there when it starts. This is what we recommend for
about 50 users at once. PHP and the database size themselves to the machine when it starts for the first time; give it
its size before that.

Check the files first: `sha256sum --check SHA256SUMS`.

{how}
## The first start

1. It takes a minute or two, during which the machine makes its own keys, certificates, databases and passwords. None
   of them is in the file that you have, and no two machines have the same.
2. The console then shows the machine's address and the first login. Log in there, or by SSH to that address: the
   machine asks for a password of your own at once. `sudo` gives you everything else; root has no password.
3. To come in with an SSH key: `ssh-copy-id koor@ADDRESS` after the first login.
4. Open `https://ADDRESS/`. The certificate is the machine's own, so the browser warns until you put yours in place.

The machine asks the network for an address (DHCP). For a fixed one put a file into `/etc/systemd/network/` that sorts
before `20-koor.network`.

Accounts of the database lie in `/etc/koor-provision/secrets/`, for root only. Updates come from Debian:
`apt-get update && apt-get upgrade`. The root's file system grows with the disk at the next start.
"""


def reproducing(lock: str, raw_sha256: str) -> str:
    """REPRODUCING.md: how to get the same bytes again, and what may differ."""
    return f"""\
# The same image again

    koor-provision image build --spec SPEC --lock {lock} --out AGAIN

`{lock}` holds the version of every package and the time that everything inside gets. The build takes exactly these
versions or stops; a mirror that still has them is named with `--mirror`. With the same koor-provision, the disk is the
same, to the byte:

    qemu-img convert -O raw {"NAME.qcow2"} disk.raw && sha256sum disk.raw
    {raw_sha256}  disk.raw

## What may differ

- `SHA256SUMS.sig`: some kinds of keys sign differently each time.
- `image.json`: names the digests of the company's documents, which may have been issued anew since. `SHA256SUMS` names
  its digest.
- `NAME.qcow2` and the disk inside `NAME-hyperv.zip`, as files, if Debian's qemu changed since; what they hold does not.

Anything else is a mistake: please report it.
"""
