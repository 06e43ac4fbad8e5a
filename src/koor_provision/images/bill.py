"""The bill of materials of an image: every Debian package in it, as CycloneDX 1.6 (ECMA-424)."""

import json
from collections.abc import Iterable, Mapping
from uuid import NAMESPACE_URL, uuid5

from koor_provision import __version__
from koor_provision.images.inventory import Installed


def bill(image: str, system: str, packages: Iterable[Installed], components: Mapping[str, str]) -> str:
    """The bill as JSON; the same packages give the same bytes.

    Args:
        components: of each ordered component: the package whose version is its own.
    """
    from packageurl import PackageURL  # noqa: PLC0415  # only here

    release = system.removeprefix("debian")
    listed = []
    for one in packages:
        name = one.name.partition(":")[0]
        qualifiers = {"arch": one.architecture, "distro": f"debian-{release}"}
        purl = PackageURL("deb", "debian", name, one.version, qualifiers).to_string()
        orders = sorted(component for component, package in components.items() if package == name)
        properties = [{"name": "koor-provision:source-package", "value": one.source}]
        properties += [{"name": "koor-provision:component", "value": component} for component in orders]
        listed.append({"type": "library", "bom-ref": purl, "name": name, "version": one.version, "purl": purl,
                       "properties": properties})  # fmt: skip
    content = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "koor-provision", "version": __version__}]},
            "component": {"type": "operating-system", "bom-ref": "image", "name": image, "version": release},
        },
        "components": listed,
        "dependencies": [{"ref": "image", "dependsOn": [one["bom-ref"] for one in listed]}],
    }
    serial = uuid5(NAMESPACE_URL, json.dumps(content, sort_keys=True))
    return json.dumps({**content, "serialNumber": f"urn:uuid:{serial}"}, indent=1) + "\n"
