"""What lies beside an image for people: how to bring it up, and how to build the same again."""

from collections.abc import Iterable, Mapping
from typing import Any

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

1. Unpack `{file}`, open an elevated PowerShell in its folder. What was downloaded may have to be unblocked:
   `Unblock-File .\\Import-Image.ps1`.
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

`vagrant box add --name {name} {file}`, then `vagrant init {name}` and `vagrant up` in a project. `vagrant up` makes
a key in `.vagrant/koor` of the project, for its machines alone; the box holds none that others know.
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
    if machine.cores < minimum[0] or machine.memory_mb < minimum[1]:
        warning += '**The file asks for less than the system requirements do: raise it to what "at least" says.**\n\n'
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

Check the files first: `sha256sum --check --strict SHA256SUMS`. Whoever changes files can make new sums: with the list
of our signers (`allowed_signers`), which we give you by another way than the image, and the name of whoever signed it,
`ssh-keygen -Y verify -f allowed_signers -I NAME -n image@koor-provision -s SHA256SUMS.sig <SHA256SUMS` says whether the
sums are ours. An image without `SHA256SUMS.sig` is signed by nobody.

{how}
## The first start

1. It takes some minutes, more on a busy host, during which the machine makes its own keys, certificates, databases and
   passwords. None of them is in the file that you have, and no two machines have the same. The console says that the
   first boot is at work; it is over when the login prompt is there. If it fails, the console says why, with a login to
   look into it; it is tried again at the next start.
2. The console then shows the machine's address and the first login. Log in there, or by SSH to that address: the
   machine asks for a password of your own at once. `sudo` gives you everything else; root has no password.
   Passwords have at least 12 letters.
3. To come in with an SSH key: `ssh-copy-id koor@ADDRESS` after the first login. Then let nobody in by a password:
   `echo PasswordAuthentication no | sudo tee /etc/ssh/sshd_config.d/01-keys-only.conf && sudo systemctl reload ssh`.
4. Open `https://ADDRESS/`. The certificate is the machine's own and has its name but no address in it, so the browser
   warns until you put yours in place.

The machine asks the network for an address (DHCP). For a fixed one put a file into `/etc/systemd/network/` that sorts
before `20-koor.network`.

Accounts of the database lie in `/etc/koor-provision/secrets/`, for root only. The root's file system grows with the
disk at the next start.

**Updates, security updates among them, come from Debian, and only when somebody fetches them**: `sudo apt-get update &&
sudo apt-get upgrade`, and a restart after a new kernel. For such that come by themselves: `sudo apt-get install
unattended-upgrades`.

root has no password, also where a rescue shell asks for it. When a machine no longer starts, boot the hypervisor's
rescue system or another Linux with its disk.
"""


def reproducing(lock: str, spec: str, raw_sha256: str, files: Mapping[Any, str]) -> str:
    """REPRODUCING.md: how to get the same bytes again, and what may differ.

    Args:
        files: for each format its file.
    """
    if "qcow2" in files:
        keep, disk = "", f"qemu-img convert -O raw AGAIN/{files['qcow2']} disk.raw && sha256sum disk.raw"
    else:
        keep, disk = " --keep-disk", "sha256sum AGAIN/disk.raw"
    formats = "".join(f" --format {form}" for form in files)
    converted = [f"`{files[form]}`" for form in ("qcow2", "hyperv") if form in files]
    may = (
        f"- The disk in {' and '.join(converted)}, as a file, if Debian's qemu changed since; what it holds does not.\n"
    )
    return f"""\
# The same image again

    koor-provision image build --company COMPANY --spec {spec} --lock {lock}{formats}{keep} --out AGAIN

COMPANY is the folder with the company's signed documents. `{spec}` is what the image was made from; `{lock}` holds the
version of every package and the time that everything inside gets. The build takes exactly these versions or stops; a
mirror that still has them is named with `--mirror`, for the build alone. With the same koor-provision, the disk is the
same, to the byte:

    {disk}
    {raw_sha256}  disk.raw

## What may differ

- `SHA256SUMS.sig`: some kinds of keys sign differently each time.
- `image.json`: names the digests of the company's documents, which may have been issued anew since. `SHA256SUMS` names
  its digest.
{may if converted else ""}
Anything else is a mistake: please report it.
"""
