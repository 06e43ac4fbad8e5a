"""What is read from the kernel's tables."""

import os
import socket
from pathlib import Path

from koor_provision.audit.target import kernel
from koor_provision.audit.target.listeners import listeners

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ROW = "   0: {} 00000000:0000 {} 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000 100 0 0 10 0\n"


def test_listening_ports_are_named_as_a_contract_names_them(tmp_path: Path) -> None:
    tables = {
        "tcp": ROW.format("0100007F:0CEA", "0A")
        + ROW.format("00000000:0050", "0A")
        + ROW.format("0100007F:1111", "01"),
        "tcp6": ROW.format("00000000000000000000000000000000:01BB", "0A")
        + ROW.format("00000000000000000000000001000000:1538", "0A"),
        "udp": ROW.format("00000000:0035", "07") + ROW.format("0100007F:2222", "01"),
    }
    for name, rows in tables.items():
        (tmp_path / name).write_text(HEAD + rows)
    assert set(kernel.ports(str(tmp_path))) == {
        "127.0.0.1:3306/tcp", "0.0.0.0:80/tcp", "[::]:443/tcp", "[::1]:5432/tcp", "0.0.0.0:53/udp",
    }  # fmt: skip


def test_who_holds_a_port_is_named_with_his_program() -> None:
    with socket.create_server(("127.0.0.1", 0)) as line:
        name = f"127.0.0.1:{line.getsockname()[1]}/tcp"
        one = kernel.ports("/proc/self/net")[name]
        (process,) = kernel.holders()[one.inode]
    assert (process.number, process.program) == (str(os.getpid()), str(Path("/proc/self/exe").readlink()))
    assert one.uid == os.getuid()


def process(program: str, number: str = "1") -> list[str]:
    return [number, "name", program, "x.service"]


def test_a_port_that_another_program_holds_is_told() -> None:
    def port(*held: list[str], uid: int = 0) -> dict[str, dict[str, object]]:
        return {"0.0.0.0:80/tcp": {"uid": uid, "held": list(held)}}

    web = port(process("/usr/sbin/web"), process("/usr/sbin/web", "2"))
    assert listeners(web, web) == []
    assert listeners(web, port(process("/usr/sbin/web (deleted)", "3"))) == []
    assert listeners(web, port()) == []
    waiting = process("/usr/lib/systemd/systemd")
    assert listeners(port(waiting), port(waiting, process("/usr/sbin/web"))) == []
    (row,) = listeners(web, port(process("/nowhere/evil", "4")))
    assert row[:4] == ["0.0.0.0:80/tcp", True, True, "held by name (process 4)"]
    assert row[5] == [["", "x.service"]]
    assert [row[1:3] for row in listeners(web, port(process("/usr/sbin/web"), uid=33))] == [[True, True]]
    assert [row[1:3] for row in listeners(web, {})] == [[False, True]]
    assert [row[1:3] for row in listeners({}, web)] == [[True, False]]


def test_settings_are_those_that_can_be_written_and_do_not_change_by_themselves(tmp_path: Path) -> None:
    for name, mode in (
        ("vm/swappiness", 0o644),
        ("fs/dentry-state", 0o444),
        ("kernel/ns_last_pid", 0o666),
        ("vm/a", 0o200),
    ):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("6\t0\n")
        file.chmod(mode)
    (tmp_path / "net/ipv4/conf/eth0.5").mkdir(parents=True)
    (tmp_path / "net/ipv4/conf/eth0.5/forwarding").write_text("1\n")
    assert kernel.settings(str(tmp_path)) == {"vm.swappiness": "6 0", "net.ipv4.conf.eth0/5.forwarding": "1"}


def test_firewall_rules_are_counted_and_not_told() -> None:
    before, after = {"nftables": "table a\nrule 10.0.0.1"}, {"nftables": "table a\nrule 10.0.0.1\nrule 10.0.0.2"}
    assert kernel.rules_changed(before, after) == [("nftables", "1 lines more, 0 fewer")]
    assert kernel.rules_changed(after, after) == []


def test_without_a_tool_the_kernels_count_of_changes_is_what_counts() -> None:
    before, after = {"nftables generation": "2"}, {"nftables generation": "3"}
    assert kernel.rules_changed(before, after) == [("nftables", "rules were changed (generation 2 -> 3)")]
    shown = {"nftables": "table a"}
    assert kernel.rules_changed(before | shown, after | shown) == []
