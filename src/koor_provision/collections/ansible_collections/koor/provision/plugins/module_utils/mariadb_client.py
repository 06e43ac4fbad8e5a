# Copyright: koor-provision maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How root asks MariaDB on the target."""

from __future__ import annotations

OPTIONS = ["--no-defaults", "--protocol=socket", "--skip-ssl", "--user=root"]
"""By the socket, where nobody listens: since 11.4 they would encrypt that, and a busy server gives up over it."""
CLIENT = ["mariadb", *OPTIONS, "--batch", "--raw", "--skip-column-names"]
"""Takes statements on standard input, and answers a row a line."""
