# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The way to the application over the web, from the very machine that it is on."""

from __future__ import annotations

import http.client
import socket
import ssl


def connected(name: str, *, https: bool, seconds: int) -> http.client.HTTPConnection:
    """Return a connection to this machine's web server, for one request to a site; to be closed.

    Args:
        name: the site's, or nothing for the one that answers for all names.
        seconds: how long to wait for each answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", timeout=seconds)
    if https:  # by hand, since the server is told the name of the site and not the address that is called
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False  # what is asked is this machine; a certificate need not be trusted yet
        context.verify_mode = ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", 443), timeout=seconds)
        connection.sock = context.wrap_socket(plain, server_hostname=name or None)
    return connection
