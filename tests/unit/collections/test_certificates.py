import pytest

DESCRIBED = """\
X509v3 Subject Alternative Name:
    DNS:shop.example, DNS:www.shop.example, IP Address:192.0.2.7
-----BEGIN PUBLIC KEY-----
MFkw
EwYH
-----END PUBLIC KEY-----
Certificate will not expire
"""


@pytest.fixture
def certificates(load):
    return load("certificates")


@pytest.mark.parametrize(
    ("name", "written"),
    [("shop.example", "DNS:shop.example"), ("192.0.2.7", "IP:192.0.2.7"), ("2001:db8::1", "IP:2001:db8::1")],
)
def test_addresses_and_names_are_told_apart(certificates, name, written):
    assert certificates.alternative_name(name) == written


def test_names_are_read_as_they_are_written(certificates):
    assert certificates.names_in(DESCRIBED) == {"DNS:shop.example", "DNS:www.shop.example", "IP:192.0.2.7"}
    assert certificates.names_in("No extensions matched") == set()


def test_keys_are_compared_without_their_line_breaks(certificates):
    one_line = DESCRIBED.replace("MFkw\nEwYH", "MFkwEwYH")
    assert certificates.public_key_in(DESCRIBED) == certificates.public_key_in(one_line) != ""
    assert certificates.public_key_in("no key") == ""
