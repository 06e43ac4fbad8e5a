"""Hyper-V, Windows Server 2019 and newer: generation 2 with Secure Boot, or generation 1; brought in by a script."""

from koor_provision.images.descriptors.machine import Machine


def import_script(machine: Machine, disk_file: str) -> str:
    """The PowerShell script that makes the machine. Lines end as Windows wants them."""
    text = _SCRIPT.format(
        name=machine.name,
        disk=disk_file,
        cores=machine.cores,
        memory=machine.memory_mb,
        summary=" ".join(machine.summary.split()).replace("#>", "# >"),  # which would end the comment
    )
    return _MARK + text.replace("\n", "\r\n")


_MARK = "\ufeff"
"""Without it Windows PowerShell 5.1 reads the file in the code page of the country."""
_SCRIPT = """\
<#
.SYNOPSIS
    Makes the virtual machine {name} from the disk beside this script.
.DESCRIPTION
    {summary}
    Run it in an elevated PowerShell on the Hyper-V host. If Windows refuses to run a script that was downloaded, look
    at it and run Unblock-File .\\Import-Image.ps1 first. The disk is copied: the script may run again for another one.
.EXAMPLE
    .\\Import-Image.ps1 -SwitchName "External"
.EXAMPLE
    .\\Import-Image.ps1 -Name web2 -Processors 4 -MemoryMB 4096 -Generation 1
#>
#Requires -Modules Hyper-V
#Requires -RunAsAdministrator
[CmdletBinding()]
param(
    [string] $Name = "{name}",
    [string] $SwitchName,
    [ValidateRange(1, 256)] [int] $Processors = {cores},
    [ValidateRange(1024, 1048576)] [int] $MemoryMB = {memory},
    [ValidateSet(1, 2)] [int] $Generation = 2,
    [string] $Folder
)
$ErrorActionPreference = "Stop"
Set-StrictMode -Version 2.0

if (Get-VM -Name $Name -ErrorAction SilentlyContinue) {{
    throw "There is a machine named $Name already: choose another with -Name."
}}
if (-not $Folder) {{ $Folder = (Get-VMHost).VirtualHardDiskPath }}
$source = Join-Path $PSScriptRoot "{disk}"
$disk = Join-Path $Folder "$Name.vhdx"
if (Test-Path $disk) {{ throw "There is a file $disk already: choose another machine name or folder." }}
New-Item -ItemType Directory -Force -Path $Folder | Out-Null
Copy-Item -Path $source -Destination $disk
# Hyper-V refuses a disk whose file is sparse or compressed by NTFS, as some programs leave it when they unpack.
fsutil sparse setflag "$disk" 0 | Out-Null
compact /u "$disk" | Out-Null

$machine = $null
try {{
    $machine = New-VM -Name $Name -Generation $Generation -MemoryStartupBytes ($MemoryMB * 1MB) -VHDPath $disk
    Set-VMProcessor -VM $machine -Count $Processors
    Set-VMMemory -VM $machine -DynamicMemoryEnabled $false
    if ($Generation -eq 2) {{
        # Debian's boot loader is signed by Microsoft's authority for others than Windows.
        Set-VMFirmware -VM $machine -EnableSecureBoot On -SecureBootTemplate MicrosoftUEFICertificateAuthority
        Set-VMFirmware -VM $machine -FirstBootDevice (Get-VMHardDiskDrive -VM $machine)
    }}
    if ($SwitchName) {{ Connect-VMNetworkAdapter -VMName $Name -SwitchName $SwitchName }}
    else {{ Write-Warning "Not connected to a network: run Connect-VMNetworkAdapter -VMName $Name -SwitchName SWITCH" }}
}} catch {{
    if ($machine) {{ Remove-VM -VM $machine -Force }}
    Remove-Item $disk
    throw
}}
Write-Host "Made $Name. Start it with: Start-VM $Name; its console shows the address and the first login."
"""
