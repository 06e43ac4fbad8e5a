"""New offers in a sample's case: made, accepted and confirmed, each signed by who must."""

import hashlib
import re
from pathlib import Path
from typing import Protocol

from tests.integration.conftest import Koor, Server

SHOP = """\
set -e
mkdir -p /tmp/shop/DEBIAN
cat > /tmp/shop/DEBIAN/control <<END
Package: customers-shop
Version: 1
Architecture: all
Maintainer: Shop <shop@shop.example>
Depends: NEEDS
Description: needs what an order brings
END
dpkg-deb --build /tmp/shop /tmp/shop.deb
dpkg -i /tmp/shop.deb
rm -r /tmp/shop /tmp/shop.deb
"""


def customers_shop(server: Server, needs: str) -> None:
    """Installs software of the customer's own, which needs a package of an order."""
    server.run("sh", stdin=SHOP.replace("NEEDS", needs))


class Order(Protocol):
    """Has an offer with these components made and signed, and perhaps others removed."""

    def __call__(self, *components: str, removals: str = "[]") -> None:
        """Make it."""


def order_of(koor: Koor, sample: Path) -> Order:
    """What makes orders for the default offer of a sample."""
    case = sample / "cases" / "default-offer"

    def write(name: str, signer: str, *changes: tuple[str, str]) -> str:
        file = case / name
        text = file.read_text(encoding="utf-8")
        for pattern, new in changes:
            text, found = re.subn(pattern, new, text, flags=re.MULTILINE)
            assert found == 1, (name, pattern)
        file.write_text(text, encoding="utf-8")
        koor("sign", file, "--key", sample / "keys" / signer, "--replace")
        return hashlib.sha256(file.read_bytes()).hexdigest()

    def make(*components: str, removals: str = "[]") -> None:
        offered = "components:\n" + "".join(f"  - component: {name}\n" for name in components)
        offer = write(
            "offer.yml", "team-leader",
            (r"^components:\n(  - .*\n)+(removals: .*\n)?", f"{offered}removals: {removals}\n"),
        )  # fmt: skip
        acceptance = write("acceptance.yml", "customer-authorised", (r"^offer_sha256: .*", f"offer_sha256: {offer}"))
        write(
            "confirmation.yml", "sales-manager",
            (r"^offer_sha256: .*", f"offer_sha256: {offer}"),
            (r"^acceptance_sha256: .*", f"acceptance_sha256: {acceptance}"),
            (r"^components: .*\n(removals: .*\n)?", f"components: [{', '.join(components)}]\nremovals: {removals}\n"),
        )  # fmt: skip

    return make
