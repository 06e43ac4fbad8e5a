"""R11 looks at whole texts, comments too, and tells the line; and only at what may hold a secret (for speed)."""

import pytest

from koor_provision.models.secret import holds_secret
from koor_provision.rules.r11_no_customer_data import line_of_secret

SECRETS = [
    "root password is Hunter2!", "PASSWORD: x", "Passwort lautet: 'geheim'", "paßwort = x", "Kennwort: x", "pin: 1234",
    "Zugangsdaten: a/b", "credentials: a", "api-key: x", "access key = x", "pwd=x", "pw: x", "secret: x", "token: x",
    "-----BEGIN OPENSSH PRIVATE KEY-----", "https://anna:sesame@shop.example", "ｐａｓｓｗｏｒｄ: x", "pass: x",
]  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
def test_a_comment(secret):
    assert holds_secret(secret)
    assert line_of_secret(f"kind: targets\n# ours\n  ## {secret}\nhosts: []\n") == 3
    assert line_of_secret(f"kind: targets\nhosts: []  # {secret}\n") == 2


def test_a_comment_that_goes_on_in_the_next_line():
    assert line_of_secret("kind: targets\n# the root password\n# is Hunter2!\n") == 3


@pytest.mark.parametrize("text", ["", "kind: targets\n# the password is made on the server\n", "key: ssh-ed25519 AAAA"])
def test_nothing_secret(text):
    assert line_of_secret(text) is None
