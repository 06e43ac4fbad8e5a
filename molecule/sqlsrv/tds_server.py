"""A stand-in for SQL Server, for tests only: as much of TDS 7.4 (see MS-TDS) as a login and one query need.

Nothing but Python's standard library, since it runs on the test servers. It lets in whoever has the password whose
digest stands in a statement CREATE LOGIN that the role wrote, which it reads as SQL Server would, and it answers the
one query that the verification asks. Without TLS nobody gets as far as a login.

    tds_server.py CERTIFICATE KEY STATEMENTS [PORT]
"""

from __future__ import annotations

import hashlib
import re
import socketserver
import ssl
import struct
import sys
from pathlib import Path

BATCH, RPC, REPLY, ATTENTION, PRELOGIN = 0x01, 0x03, 0x04, 0x06, 0x12
VERSION = bytes([16, 0, 0x10, 0x04])
PRODUCT = "16"
COLLATION = bytes([0x09, 0x04, 0xD0, 0x00, 0x34])  # Latin1_General_CI_AS
END_OF_MESSAGE, ENCRYPTION_REQUIRED = 0x01, 0x03
DONE_FINAL, DONE_ERROR, DONE_COUNT, DONE_ATTENTION = 0x00, 0x02, 0x10, 0x20
NVARCHAR, NULLABLE = 0xE7, 0x0001
QUERY = re.compile(r"SELECT .*SERVERPROPERTY\('ProductMajorVersion'\).* N'(?P<word>[0-9a-f]+)' AS word", re.DOTALL)
CREATE_LOGIN = re.compile(r"CREATE LOGIN \[(?P<name>\w+)\] WITH PASSWORD = 0x0200(?P<hash>[0-9A-F]{136}) HASHED")


def utf16(text: str) -> bytes:
    """Return text as TDS writes it."""
    return text.encode("utf-16-le")


def b_varchar(text: str) -> bytes:
    """Return text behind its length in characters, in one byte."""
    return bytes([len(text)]) + utf16(text)


def token(kind: int, body: bytes) -> bytes:
    """Return a token behind whose kind its length stands."""
    return struct.pack("<BH", kind, len(body)) + body


def done(status: int, rows: int = 0) -> bytes:
    """Return the end of an answer."""
    return struct.pack("<BHHQ", 0xFD, status, 0xC1, rows)


def error(number: int, severity: int, text: str) -> bytes:
    """Return an error as SQL Server words it."""
    body = struct.pack("<IBB", number, 1, severity) + struct.pack("<H", len(text)) + utf16(text)
    return token(0xAA, body + b_varchar("TEST") + b_varchar("") + struct.pack("<I", 1)) + done(DONE_ERROR)


def welcome(database: str) -> bytes:
    """Return what follows a good login: where one is, how text compares, how large packets are, and who answers."""
    return (
        token(0xE3, b"\x01" + b_varchar(database) + b_varchar("master"))
        + token(0xE3, b"\x07" + bytes([len(COLLATION)]) + COLLATION + b"\x00")
        + token(0xE3, b"\x04" + b_varchar("4096") + b_varchar("4096"))
        + token(0xAD, b"\x01\x74\x00\x00\x04" + b_varchar("Microsoft SQL Server") + VERSION)
        + done(DONE_FINAL)
    )


def row(values: dict[str, str]) -> bytes:
    """Return one row of text."""
    metadata = struct.pack("<BH", 0x81, len(values)) + b"".join(
        struct.pack("<IHBH", 0, NULLABLE, NVARCHAR, 256) + COLLATION + b_varchar(name) for name in values
    )
    cells = b"".join(struct.pack("<H", len(utf16(value))) + utf16(value) for value in values.values())
    return metadata + b"\xd1" + cells + done(DONE_COUNT, 1)


def may_come_in(user: str, password: str, statements: Path) -> bool:
    """Tell whether the password is the one of CREATE LOGIN: version 2, four bytes of salt, SHA-512 over both."""
    text = statements.read_text(encoding="utf-8") if statements.is_file() else ""
    logins = {match["name"]: bytes.fromhex(match["hash"]) for match in CREATE_LOGIN.finditer(text)}
    kept = logins.get(user, b"")
    return hashlib.sha512(utf16(password) + kept[:4]).digest() == kept[4:]


class Login:
    """What a LOGIN7 message holds that we need."""

    def __init__(self, message: bytes) -> None:
        def text(place: int, data: bytes = message) -> bytes:
            offset, characters = struct.unpack_from("<HH", data, place)
            return data[offset : offset + 2 * characters]

        self.user = text(40).decode("utf-16-le")
        # Each byte of the password was turned round by its halves, and then mixed with A5.
        clear = bytes((byte ^ 0xA5) >> 4 | (byte ^ 0xA5) << 4 & 0xF0 for byte in text(44))
        self.password = clear.decode("utf-16-le")
        self.database = text(68).decode("utf-16-le")


class Session(socketserver.BaseRequestHandler):
    """One client, from its first word."""

    server: Server

    def setup(self) -> None:
        """Prepare for TLS."""
        self.request.settimeout(30)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = self.server.context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.secret = False

    def handle(self) -> None:
        """Let somebody in, and answer until they go."""
        try:
            self.greet()
            login = self.let_in()
            while login:
                kind, message = self.receive()
                self.send(self.reply_to(kind, message, login))
        except EOFError:
            pass

    def greet(self) -> None:
        """Agree on TLS, and shake hands inside of packets."""
        self.receive()
        options = struct.pack(">BHHBHHB", 0, 11, 6, 1, 17, 1, 0xFF)
        self.send(options + VERSION + b"\x00\x00" + bytes([ENCRYPTION_REQUIRED]))
        while not self.secret:
            _, flight = self.receive()
            self.incoming.write(flight)
            try:
                self.tls.do_handshake()
                self.secret = True
            except ssl.SSLWantReadError:
                pass
            if self.outgoing.pending:
                self.request.sendall(self.packet(PRELOGIN, self.outgoing.read()))

    def let_in(self) -> Login | None:
        """Look at the password."""
        _, message = self.receive()
        login = Login(message)
        if may_come_in(login.user, login.password, self.server.statements):
            self.send(welcome(login.database or "master"))
            return login
        self.send(error(18456, 14, f"Login failed for user '{login.user}'."))
        return None

    def reply_to(self, kind: int, message: bytes, login: Login) -> bytes:
        """Answer a query; settings of the session are taken as they come."""
        if kind == ATTENTION:  # the client wants no more of the last answer
            return done(DONE_ATTENTION)
        text = message[struct.unpack_from("<I", message)[0] :] if kind in {BATCH, RPC} else b""
        # In a call of a procedure the text stands anywhere behind its numbers.
        sql = max((text[start:].decode("utf-16-le", "ignore") for start in (0, 1)), key=lambda one: one.count("SE"))
        if asked := QUERY.search(sql):
            return row({"version": PRODUCT, "database": login.database, "login": login.user, "word": asked["word"]})
        if kind == RPC or sql.lstrip().upper().startswith(("SET ", "USE ")):
            return done(DONE_FINAL)
        return error(102, 15, "Incorrect syntax: the test server knows one query.")

    @staticmethod
    def packet(kind: int, message: bytes) -> bytes:
        """Return a message as one packet."""
        return struct.pack(">BBHHBB", kind, END_OF_MESSAGE, len(message) + 8, 0, 1, 0) + message

    def send(self, message: bytes) -> None:
        """Send an answer."""
        packet = self.packet(REPLY, message)
        if self.secret:
            self.tls.write(packet)
            packet = self.outgoing.read()
        self.request.sendall(packet)

    def receive(self) -> tuple[int, bytes]:
        """Return the kind of a message, and its packets put together."""
        message = b""
        while True:
            kind, status, length = struct.unpack(">BBH4x", self.take(8))
            message += self.take(length - 8)
            if status & END_OF_MESSAGE:
                return kind, message

    def take(self, count: int) -> bytes:
        """Return so many bytes, in clear."""
        data = b""
        while len(data) < count:
            if not self.secret:
                chunk = self.request.recv(count - len(data))
            else:
                try:
                    chunk = self.tls.read(count - len(data))
                except ssl.SSLWantReadError:
                    more = self.request.recv(4096)
                    self.incoming.write(more)
                    if more:
                        continue
                    chunk = b""
            if not chunk:
                raise EOFError
            data += chunk
        return data


class Server(socketserver.ThreadingTCPServer):
    """Listens, and holds what all sessions need."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, certificate: str, key: str, statements: str, port: str = "1433") -> None:
        self.statements = Path(statements)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.maximum_version = ssl.TLSVersion.TLSv1_2  # TDS 7.4 wraps the handshake of 1.2
        self.context.load_cert_chain(certificate, key)
        super().__init__(("127.0.0.1", int(port)), Session)


if __name__ == "__main__":
    with Server(*sys.argv[1:]) as server:
        server.serve_forever()
