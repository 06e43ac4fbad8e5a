import pytest

from koor_provision.images.sealing import sealed_accounts, stays


@pytest.mark.parametrize(
    "path",
    [
        "etc/ssh/ssh_host_ed25519_key",
        "etc/ssh/ssh_host_rsa_key.pub",
        "etc/machine-id",
        "etc/apt/auth.conf.d/mirror.conf",
        "etc/apt/sources.list",
        "etc/apt/sources.list.d/0001mirror.sources",
        "etc/koor-provision/secrets/mariadb-koor_select.cnf",
        "etc/redis/koor-account.conf",
        "etc/shadow-",
        "etc/.resolv.conf.systemd-resolved.bak",
        "var/lib/wtmpdb/wtmp.db",
        "etc/ssl/koor/koor.key",
        "etc/ssl/private/ssl-cert-snakeoil.key",
        "etc/dpkg/dpkg.cfg.d/koor-build",
        "home/koor/.ssh/authorized_keys",
        "root/.bash_history",
        "root/.ansible/tmp/x",
        "run/secret",
        "tmp/left",
        "var/cache/apt/archives/php.deb",
        "var/cache/apt/pkgcache.bin",
        "var/lib/apt/lists/mirror_Packages",
        "var/lib/mysql/ibdata1",
        "var/lib/postgresql/17/main/PG_VERSION",
        "var/lib/systemd/random-seed",
        "var/lib/systemd/credential.secret",
        "var/log/apt/history.log",
        "var/log/journal/0123/system.journal",
        ".dockerenv",
    ],
)
def test_secrets_and_traces_stay_behind(path):
    assert not stays(path, is_folder=False)


@pytest.mark.parametrize(
    "path",
    [
        "etc/shadow",
        "etc/ssh/sshd_config",
        "etc/apt/sources.list.d/vendor.sources",
        "etc/apt/preferences.d/koor-mariadb",
        "etc/mysql/mariadb.conf.d/90-koor.cnf",
        "home/koor/.bashrc",
        "root/.profile",
        "usr/bin/php8.4",
        "var/lib/dpkg/status",
        "var/www/koor/index.html",
        "boot/grub/i386-pc/core.img",
    ],
)
def test_software_and_its_configuration_stay_in(path):
    assert stays(path, is_folder=False)


@pytest.mark.parametrize(
    "path", ["var/lib/mysql", "var/log/apache2", "var/lib/postgresql/17", "tmp", "var/cache/apt/archives/partial"]
)
def test_folders_that_services_need_stay_empty(path):
    assert stays(path, is_folder=True)


@pytest.mark.parametrize("path", ["var/log/journal/0123", "var/lib/mysql/koor", "var/lib/postgresql/17/main"])
def test_folders_of_data_go(path):
    assert not stays(path, is_folder=True)


def test_the_day_of_the_build_leaves_the_accounts():
    text = "root:!:20780:0:99999:7:::\nmysql:!:20779::::::\nkoor:!:20780:0:99999:7:::\nsync:*::0:99999:7:::\n"
    sealed = sealed_accounts(text, 86_400 * 20_000)
    assert sealed == "root:!:20000:0:99999:7:::\nmysql:!:20000::::::\nkoor:!:20000:0:99999:7:::\nsync:*::0:99999:7:::\n"


@pytest.mark.parametrize("password", ["", "$y$j9T$abc$def", "!$y$j9T$abc$def", "secret"])
def test_an_account_with_a_password_stops_the_build(password):
    with pytest.raises(ValueError, match="'koor' has a password"):
        sealed_accounts(f"root:*:1::::::\nkoor:{password}:1::::::\n", 86_400)
