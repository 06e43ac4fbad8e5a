"""What the first boot writes is what the roles would have written on that machine."""

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from koor_provision.images.target.sizes import Machine, sized

ROOT = Path(__file__).parents[4]
BUILT = (4096, 4)
SIZES = ((1024, 1), (3917, 64), (262144, 10))
OFFERS = (["php", "apache", "mariadb"], ["php", "nginx", "postgresql", "redis"], ["php", "nginx", "memcached"],
          ["mariadb"], ["postgresql"])  # fmt: skip
TEMPLATES = {
    "/etc/php/*/fpm/pool.d/koor.conf": ("php", "pool.conf.j2"),
    "/etc/php/*/fpm/conf.d/99-koor.ini": ("php", "web.ini.j2"),
    "/etc/php/*/apache2/conf.d/99-koor.ini": ("php", "web.ini.j2"),
    "/etc/apache2/conf-available/zz-koor.conf": ("apache", "zz-koor.conf.j2"),
    "/etc/mysql/mariadb.conf.d/90-koor.cnf": ("mariadb", "90-koor.cnf.j2"),
    "/etc/postgresql/*/main/conf.d/koor.conf": ("postgresql", "koor.conf.j2"),
    "/etc/redis/koor.conf": ("redis", "koor.conf.j2"),
    "/etc/memcached.conf": ("memcached", "memcached.conf.j2"),
}


def rendered(role: str, template: str, size: tuple[int, int], components: list[str], handler: str = "fpm") -> str:
    """A role's template, filled by Ansible as the role would fill it."""
    loader = DataLoader()
    known: dict[str, Any] = {}
    for part in ("defaults", "vars"):
        file = str(ROOT / "roles" / role / part / "main.yml")
        known |= loader.load_from_file(file, trusted_as_template=True)
    known |= {
        "koor_memory_mb": size[0],
        "koor_cores": size[1],
        "koor_components": components,
        "koor_system": "debian13",
        "php_handler": handler,
        "role_path": str(ROOT / "roles" / role),
    }
    text = (ROOT / "roles" / role / "templates" / template).read_text(encoding="utf-8")
    return str(Templar(loader, variables=known).template(trust_as_template(text)))


@pytest.mark.parametrize(
    ("file", "components"),
    [(file, offer) for file, (role, _) in TEMPLATES.items() for offer in OFFERS if role in offer],
)
def test_the_first_boot_writes_what_the_role_would_have_written(file, components):
    role, template = TEMPLATES[file]
    built = rendered(role, template, BUILT, components)
    for size in SIZES:
        one = next(one for one in sized(Machine(*size, components)) if one.files == file)
        assert one.rewrite(built) == rendered(role, template, size, components), (size, components)


def test_workers_of_an_apache_that_holds_php_follow_the_memory():
    components = ["php", "apache", "mariadb"]
    built = rendered("apache", "zz-koor.conf.j2", BUILT, components, "mod_php")
    for size in SIZES:
        one = next(one for one in sized(Machine(*size, components)) if "apache2/conf-available" in one.files)
        assert one.rewrite(built) == rendered("apache", "zz-koor.conf.j2", size, components, "mod_php")


@pytest.mark.parametrize(
    ("name", "file", "text"),
    [("redis", "/etc/redis/koor.conf", "maxmemory 1024mb\n"), ("memcached", "/etc/memcached.conf", "-m 1024\n")],
)
def test_a_size_that_was_ordered_stays(name, file, text):
    def rewritten(ordered: list[str]) -> str:
        return next(one for one in sized(Machine(4096, 4, [name], ordered)) if one.files == file).rewrite(text)

    assert rewritten([name]) == text
    assert rewritten([]) == text.replace("1024", "256")


def test_every_size_of_a_file_is_found_in_it():
    """A setting that a role renames would otherwise be left as it was built."""
    for file, (role, template) in TEMPLATES.items():
        components = ["php", "apache", "mariadb"] if role not in {"postgresql", "redis", "memcached"} else [role]
        text = rendered(role, template, BUILT, components, "mod_php" if role == "apache" else "fpm")
        marked = next(one for one in sized(Machine(*BUILT, components)) if one.files == file)
        for pattern in marked.values:
            if "cores" in pattern and "cores" not in text:
                continue  # these sizes do not follow them
            one = type(marked)(file, {pattern: 987_654})
            assert "987654" in one.rewrite(text), (file, pattern)
