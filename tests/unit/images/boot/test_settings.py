from pathlib import Path

import pytest

from koor_provision.images.boot.settings import look

GOOD = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\nkoor:x:1000:1000::/home/koor:/bin/bash\n",
    "etc/shadow": "root:!:1::::::\nwww-data:*:1::::::\nkoor:!*:1::::::\n",
    "etc/group": "root:x:0:\nsudo:x:27:koor\n",
    "etc/gshadow": "root:*::\nsudo:*::koor\n",
    "etc/sudoers": '# NOPASSWD is not for us\nDefaults\tenv_reset\nDefaults secure_path="/bin"\n'
    "root\tALL=(ALL:ALL) ALL\n%sudo\tALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n",
    "etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\n#AuthorizedKeysFile x\nUsePAM yes\n",
    "etc/ssh/sshd_config.d/koor.conf": "PermitRootLogin prohibit-password\nPermitEmptyPasswords no\n",
    "etc/apt/sources.list": "deb http://mirror.example/debian trixie main\n"
    "deb http://mirror.example/debian-security trixie-security main\n",
    "etc/mysql/debian.cnf": "[client]\nhost = localhost\n# password = x\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, content in GOOD.items():
        put(tmp_path, name, content)
    return tmp_path


def put(root: Path, name: str, content: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(content)


def test_a_machine_as_it_is_handed_over_is_clean(root):
    assert list(look(str(root))) == []


BAD = [
    ("etc/passwd", "toor:x:0:0::/root:/bin/sh", "toor is another root"),
    ("etc/passwd", "toor:x:00:0::/root:/bin/sh", "toor is another root"),
    ("etc/passwd", "guest::1001:1001::/:/bin/sh", "guest has its password"),
    ("etc/passwd", "toor:$6$x$y:1001:0::/root:/bin/sh", "toor has its password"),
    ("etc/shadow", "guest::1::::::", "guest has a password"),
    ("etc/shadow", "guest:!$y$j9T$abc$def:1::::::", "guest has a password"),
    ("etc/gshadow", "adm:$6$x$y::", "adm has a password"),
    ("etc/group", "shadow:x:42:www-data", "www-data in the group shadow"),
    ("etc/sudoers", "www-data ALL=(ALL) NOPASSWD: ALL", "without a password"),
    ("etc/sudoers.d/x", "www-data ALL=(ALL) ALL", "or to others"),
    ("etc/sudoers.d/x", "Defaults !authenticate", "without a password"),
    ("etc/ssh/sshd_config", "PermitRootLogin yes", "who may log in"),
    ("etc/ssh/sshd_config.d/a.conf", "authorizedkeysfile /etc/keys", "who may log in"),
    ("etc/ssh/sshd_config.d/a.conf", "TrustedUserCAKeys /etc/ca", "who may log in"),
    ("etc/ssh/sshd_config.d/a.conf", "PermitEmptyPasswords yes", "who may log in"),
    ("etc/apt/sources.list", "deb http://user:pw@mirror.example/debian trixie main", "holds a login"),
    ("etc/apt/sources.list", "deb [trusted=yes] http://mirror.example/debian trixie main", "without looking"),
    ("etc/apt/sources.list.d/x.sources", "Types: deb\nTrusted: yes", "without looking"),
    ("etc/apt/apt.conf.d/x", 'Acquire::AllowInsecureRepositories "true";', "without looking"),
    ("etc/apt/apt.conf.d/x", 'Acquire::http::Proxy "http://proxy.example";', "another way"),
    ("etc/mysql/debian.cnf", "password = geheim", "holds a password"),
    ("etc/mysql/mariadb.conf.d/99.cnf", "[client]\npassword=geheim", "holds a password"),
]


@pytest.mark.parametrize(("file", "line", "said"), BAD)
def test_each_way_in_is_found(root, file, line, said):
    before = (root / file).read_text() if (root / file).exists() else ""
    put(root, file, f"{before}{line}\n")
    found = list(look(str(root)))
    assert found
    assert all(one.startswith(file) for one in found)
    assert any(said in one for one in found)
    assert "geheim" not in "".join(found)


@pytest.mark.parametrize("file", ["etc/passwd", "etc/shadow", "etc/group", "etc/gshadow"])
def test_a_tree_without_accounts_is_not_taken_for_clean(root, file):
    (root / file).unlink()
    assert list(look(str(root))) == [f"{file}: is not there"]


def test_a_machine_without_security_updates_is_found(root):
    put(root, "etc/apt/sources.list", "deb http://mirror.example/debian trixie main\n")
    assert list(look(str(root))) == ["etc/apt/sources.list: the machine would get no security updates"]
