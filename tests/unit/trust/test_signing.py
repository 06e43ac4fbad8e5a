import pytest
from tests.conftest import Sample

from koor_provision.errors import InputError
from koor_provision.trust.signing import public_key, sign


def test_the_public_half(sample: Sample):
    assert public_key(sample.key("cto")) == sample.public_key("cto")
    assert public_key(sample.key("cto.pub")) == sample.public_key("cto")
    before = sample.public_key("cto")
    sample.key("cto.pub").unlink()
    assert public_key(sample.key("cto")) == before


@pytest.mark.parametrize("content", ["", "no key", "-----BEGIN OPENSSH PRIVATE KEY-----\n"])
def test_what_is_no_key(tmp_path, content):
    (tmp_path / "key").write_text(content)
    (tmp_path / "key").chmod(0o600)

    with pytest.raises(InputError, match="this key cannot sign"):
        sign(b"data", tmp_path / "key", "offer@koor-provision")
    with pytest.raises(InputError, match="not an SSH key"):
        public_key(tmp_path / "key")


def test_a_missing_key(tmp_path):
    with pytest.raises(InputError, match="no such key file"):
        sign(b"data", tmp_path / "key", "offer@koor-provision")


def test_a_public_half_whose_private_half_no_agent_holds(sample: Sample, monkeypatch, tmp_path):
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "nobody"))
    sample.key("cto").unlink()

    with pytest.raises(InputError, match="this key cannot sign"):
        sign(b"data", sample.key("cto.pub"), "offer@koor-provision")


def test_without_openssh(sample: Sample, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(InputError, match="ssh-keygen is not installed"):
        sign(b"data", sample.key("cto"), "offer@koor-provision")
