import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator

import pytest

from koor_provision.images.boot import inside

HEAD = "  sl  local_address rem_address   st\n"
TCP = (
    "   0: 00000000:0016 00000000:0000 0A\n"  # everybody: ssh
    "   1: 0100007F:0CEA 00000000:0000 0A\n"  # 127.0.0.1: a database
    "   2: 0A00020F:9C40 01020304:01BB 01\n"  # a connection that was made
)
TCP6 = (
    "   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A\n"
    "   1: 00000000000000000000000001000000:18EB 00000000000000000000000000000000:0000 0A\n"  # ::1
    "   2: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A\n"  # ::ffff:127.0.0.1
)
UDP = (
    "   0: 00000000:14EB 00000000:0000 07\n"  # LLMNR
    "   1: 3500007F:0035 00000000:0000 07\n"  # 127.0.0.53
    "   2: 0F02000A:0044 00000000:0000 07\n"  # DHCP
    "   3: 0F02000A:D431 01020304:007B 01\n"  # a question about the time
)


def test_open_is_what_others_reach(tmp_path):
    for name, rows in {"tcp": TCP, "tcp6": TCP6, "udp": UDP}.items():
        (tmp_path / name).write_text(HEAD + rows)
    assert sorted(inside.listening(str(tmp_path))) == ["tcp 22", "tcp 80", "udp 5355", "udp 68"]


@pytest.fixture
def kept(tmp_path, monkeypatch):
    (tmp_path / "mariadb-koor_select.cnf").write_text("[client]\nuser = koor_select\npassword = geheim-1\n")
    (tmp_path / "redis.cnf").write_text("password=geheim-2\n")
    (tmp_path / "empty.cnf").write_text("")
    monkeypatch.setattr(inside, "SECRETS", str(tmp_path))


@pytest.mark.usefixtures("kept")
def test_passwords_are_filled_in_where_they_lie():
    assert inside.filled("'@mariadb-koor_select@', '@redis@'") == "'geheim-1', 'geheim-2'"
    with pytest.raises(ValueError, match="no password"):
        inside.filled("@empty@")


@pytest.fixture
def serving(monkeypatch) -> Iterator[Callable[[dict[bytes, bytes]], None]]:
    servers: list[socketserver.TCPServer] = []

    def serve(told: dict[bytes, bytes]) -> None:
        class Answers(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    self.wfile.write(told.get(line.strip(), b""))
                    self.wfile.flush()

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answers)
        server.daemon_threads = True
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        connect = socket.create_connection
        port = server.server_address[1]
        monkeypatch.setattr(socket, "create_connection", lambda _, seconds: connect(("127.0.0.1", port), seconds))

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(("closed", "good"), [(b"-NOAUTH first\r\n", True), (b"+PONG\r\n", False)])
def test_redis_must_be_closed_to_whoever_has_no_password(serving, closed, good):
    first = [closed]
    told = {b"AUTH geheim-2": b"+OK\r\n", b"SET probe 42 EX 5": b"+OK\r\n"}

    class Once(dict[bytes, bytes]):
        def get(self, key: bytes, default: bytes = b"") -> bytes:  # type: ignore[override]  # as it is called
            if key == b"PING":
                return first.pop() if first else b"+PONG\r\n"
            return super().get(key, default) or default

    serving(Once(told))
    assert (inside.redis("") == "42") is good


def test_memcached_keeps_what_it_is_given(serving):
    serving({b"42": b"STORED\r\n", b"get probe": b"VALUE probe 0 2\r\n42\r\nEND\r\n"})
    assert inside.memcached("") == "42"


def test_what_is_not_there_is_an_answer_that_says_so(monkeypatch):
    monkeypatch.setattr(inside, "listening", lambda: iter(["tcp 22", "tcp 22"]))
    monkeypatch.setenv("PATH", "/nowhere")
    said = inside.main({"page": None, "ask": [["mariadb", "koor"]]})
    assert said["open"] == ["tcp 22"]
    assert said["answers"]["mariadb"].startswith("failed: ")
    json.dumps(said)
