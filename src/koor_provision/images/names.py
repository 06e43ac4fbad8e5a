"""What the files in an image's folder are called, for who builds one and for who tests it."""

RECORD, LOCK, BILL, SPEC = "image.json", "packages.lock", "sbom.cdx.json", "spec.yml"
NOTES, AGAIN, SCRIPT = "CONFIGURATION.md", "REPRODUCING.md", "Import-Image.ps1"
SUMS, DISK = "SHA256SUMS", "disk.raw"
SIGNATURE = f"{SUMS}.sig"
NAMESPACE = "image@koor-provision"
"""Of the signature over an image's sums."""
