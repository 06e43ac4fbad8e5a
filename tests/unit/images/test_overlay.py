import configparser
from pathlib import Path

import pytest

from koor_provision.images.layout import layout
from koor_provision.images.overlay import FirstBoot, core_cfg, esp_grub_cfg, overlay
from koor_provision.images.sealing import stays
from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes

LAYOUT = layout("koor-default", 20)
SOURCES = "deb http://mirror.example/debian trixie main\n"


@pytest.fixture(scope="module")
def laid():
    return {one.path: one for one in overlay(LAYOUT, FirstBoot(b"payload", b"{}"), "koor-default", SOURCES)}


def unit(laid, name: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(laid[f"etc/systemd/system/{name}"].content.decode())
    return parser


def ordered_before(laid, name: str) -> set[str]:
    text = laid[f"etc/systemd/system/{name}"].content.decode()
    return {word for line in text.splitlines() if line.startswith("Before=") for word in line[7:].split()}


def test_every_unit_that_is_enabled_is_one_of_ours_or_debians(laid):
    for path, one in laid.items():
        if ".wants/" in path and one.target.startswith("/etc/"):
            assert one.target.removeprefix("/") in laid, path


def test_programs_of_our_units_are_there_and_can_be_run(laid):
    for path, one in laid.items():
        if path.endswith(".service") and one.content:
            program = unit(laid, Path(path).name)["Service"]["ExecStart"].split()[0]
            if program.startswith("/usr/local/"):
                assert laid[program.removeprefix("/")].mode == 0o755


def test_nobody_can_log_in_or_be_served_before_the_first_boot_is_over(laid):
    before = ordered_before(laid, "koor-first-accounts.service")
    assert {"apache2.service", "nginx.service", "systemd-user-sessions.service", "getty.target"} <= before
    assert unit(laid, "koor-first-accounts.service")["Unit"]["Requires"] == "koor-first-boot.service"


def test_host_keys_are_there_before_ssh_and_the_database_before_its_server(laid):
    before = ordered_before(laid, "koor-first-boot.service")
    assert {"ssh.service", "mariadb.service", "postgresql.service", "redis-server.service"} <= before


def test_boot_loaders_and_mounts_look_for_the_disks_own_identities(laid):
    root = str(LAYOUT.root_uuid)
    assert f"UUID={root} / ext4" in laid["etc/fstab"].content.decode()
    assert f"UUID={LAYOUT.esp_mount} /boot/efi vfat" in laid["etc/fstab"].content.decode()
    for text in (laid["boot/grub/grub.cfg"].content.decode(), esp_grub_cfg(LAYOUT), core_cfg(LAYOUT)):
        assert root in text


def test_the_menu_after_a_kernel_update_boots_as_the_first_one_does(laid):
    settings = dict(
        line.split("=", 1)
        for line in laid["etc/default/grub.d/koor.cfg"].content.decode().splitlines()
        if not line.startswith("#")
    )
    line = f"{settings['GRUB_CMDLINE_LINUX'].strip(chr(34))}"
    assert f"ro {settings['GRUB_CMDLINE_LINUX_DEFAULT']} {line}\n" in laid["boot/grub/grub.cfg"].content.decode()
    assert settings["GRUB_TERMINAL"] == "console"  # what it would take else is no module of the core


def test_no_update_of_the_loaders_is_left_to_grub_install(laid):
    """shim's package runs it where /etc/default/grub is there and a distributor is named."""
    assert "etc/default/grub" not in laid
    assert not [path for path, one in laid.items() if b"GRUB_DISTRIBUTOR=" in one.content]


def test_the_machine_id_is_empty_and_not_missing(laid):
    assert laid["etc/machine-id"].content == b""
    assert not laid["etc/machine-id"].target


def test_only_root_reads_what_the_first_boot_is_to_do(laid):
    assert {one.mode for path, one in laid.items() if path.startswith("var/lib/koor-image/")} == {0o600}


def test_what_sealing_takes_away_is_laid_anew_and_nothing_else_that_it_would_take(laid):
    anew = {path for path in laid if not stays(path, is_folder=False)}
    assert anew == {"etc/apt/sources.list", "etc/hostname", "etc/hosts", "etc/machine-id", "etc/resolv.conf"}


def test_every_service_of_every_component_waits_for_the_first_boot(laid):
    """Instances of a template are ordered by a drop-in of the template: an umbrella unit does not hold them."""
    before = ordered_before(laid, "koor-first-boot.service")
    before |= {"cron.service", "logrotate.timer"}  # use nothing that the first boot makes
    services = {
        service
        for scope in load_scopes(share() / "roles").values()
        for system in ("debian12", "debian13")
        if system in scope.systems
        for service in scope.systems[system].services
        if not service.endswith(".timer")
    }
    assert "postgresql.service" in services
    assert services <= before
    drop_in = laid["etc/systemd/system/postgresql@.service.d/koor.conf"].content.decode()
    assert "After=koor-first-boot.service" in drop_in.splitlines()
