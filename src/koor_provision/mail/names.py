"""What people call the software that can be ordered: our name of a component, and what a mail may say for it.

Compared without regard to case and to spaces, dots and hyphens. A name that stands for two components is none.
"""

NAMES: dict[str, tuple[str, ...]] = {
    "php": ("php",),
    "apache": ("apache", "apache2", "apache httpd", "apache web server", "apache-webserver"),
    "nginx": ("nginx", "engine x"),
    "mariadb": ("mariadb", "maria db"),
    "postgresql": ("postgresql", "postgres", "pgsql"),
    "sqlite": ("sqlite", "sqlite3"),
    "sqlsrv": ("sql server", "microsoft sql server", "ms sql server", "mssql", "sqlsrv"),
    "redis": ("redis", "redis server", "redis cache", "redis-cache"),
    "memcached": ("memcached", "memcache"),
    "tesseract": ("tesseract", "tesseract ocr"),
    "poppler-utils": ("poppler", "poppler utils", "pdftotext", "pdftoppm"),
    "imagemagick": ("imagemagick", "image magick"),
    "wkhtmltopdf": ("wkhtmltopdf",),
}


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter not in " .-_")


_OURS = {_plain(name): component for component, names in NAMES.items() for name in names}


def component_called(name: str) -> str | None:
    """Our name for what somebody calls so; None if we know nothing of that name."""
    return _OURS.get(_plain(name))
