"""Runs on the demo's server: lays a PHP page for a moment, asks it over HTTP, and takes it away again.

The password of the database account stays on the server and in no file but its own: the page gets it in the request.
"""

import configparser
import pathlib
import secrets
import urllib.parse
import urllib.request

PAGE = """<?php
$db = new PDO("mysql:host=127.0.0.1;dbname=" . $_POST["database"], $_POST["user"], $_POST["password"]);
[$version, $user] = $db->query("SELECT version(), current_user()")->fetch(PDO::FETCH_NUM);
echo "PHP " . PHP_VERSION . " (" . PHP_SAPI . ") read from MariaDB $version as $user\\n";
"""

account = configparser.ConfigParser(interpolation=None)
account.read("/etc/koor-provision/secrets/mariadb-koor_select.cnf")
fields = {name: account["client"][name].strip('"') for name in ("user", "password")}
fields["database"] = account["mariadb-client"]["database"]
page = pathlib.Path(f"/var/www/koor/demo-{secrets.token_hex(8)}.php")
try:
    page.write_text(PAGE)
    request = urllib.request.Request(f"http://127.0.0.1/{page.name}", urllib.parse.urlencode(fields).encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        print(answer.status, answer.read().decode().strip())
finally:
    page.unlink(missing_ok=True)
