import pytest

from koor_provision.errors import InputError
from koor_provision.trust.allowed_signers import parse

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH6gWhYVGyUSrqS8a8KfDxhTUV1WFHPvkFAOPQN3+w+u"
VERSION = "# version: 1\n"
OTHER = KEY[:-1] + "q"
GOOD = f'cto namespaces="staff@koor-provision,plan@koor-provision" {KEY}'


def test_a_line():
    version, holders = parse(f"# comment\n# version: 12\n\n{GOOD} a comment\n".encode(), "allowed_signers")
    (holder,) = holders.values()

    assert version == 12
    assert holder.person == "cto"
    assert holder.namespaces == {"staff@koor-provision", "plan@koor-provision"}


def test_one_person_may_have_two_keys():
    assert len(parse(f"{VERSION}{GOOD}\n{GOOD.replace(KEY, OTHER)}\n".encode(), "allowed_signers").holders) == 2


@pytest.mark.parametrize(
    "line",
    [
        f'* namespaces="staff@koor-provision" {KEY}',
        f'c* namespaces="staff@koor-provision" {KEY}',
        f'?to namespaces="staff@koor-provision" {KEY}',
        f'!hocs,* namespaces="staff@koor-provision" {KEY}',
        f'cto,hocs namespaces="staff@koor-provision" {KEY}',
        f"cto {KEY}",
        f'cto namespaces="*" {KEY}',
        f'cto namespaces="*@koor-provision" {KEY}',
        f'cto namespaces="" {KEY}',
        f'cto namespaces="file" {KEY}',
        f'cto namespaces="staff@koor-provision,git" {KEY}',
        f'cto namespaces="staff@koor-provision," {KEY}',
        f'cto cert-authority,namespaces="staff@koor-provision" {KEY}',
        f'cto namespaces="staff@koor-provision",valid-after="20200101" {KEY}',
        f'cto NAMESPACES="staff@koor-provision" {KEY}',
        f'cto namespaces="staff@koor-provision"  {KEY}',
        f' cto namespaces="staff@koor-provision" {KEY}',
        f'CTO namespaces="staff@koor-provision" {KEY}',
        f'"cto" namespaces="staff@koor-provision" {KEY}',
        f'cto namespaces="staff@koor-provision" {KEY[:-10]}',
        f'cto namespaces="staff@koor-provision" {KEY.replace("ssh-ed25519", "ssh-rsa")}',
        f'cto namespaces="staff@koor-provision" {KEY.replace("ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com")}',
        "cto",
    ],
)
def test_other_forms(line):
    with pytest.raises(InputError, match="line 3") as caught:
        parse(f"{VERSION}{GOOD.replace(KEY, OTHER)}\n{line}\n".encode(), "allowed_signers")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (f"{VERSION}{GOOD}\n{GOOD.replace('cto', 'hocs')}\n".encode(), "a second time"),
        (f"{VERSION}{GOOD}\n{GOOD}\n".encode(), "a second time"),
        (f"{GOOD}\r\n".encode(), "U\\+000D"),
        (f"# comment\r{GOOD}\n".encode(), "U\\+000D"),
        (f"# comment\x0c{GOOD}\n".encode(), "U\\+000C"),
        (f"{GOOD} \x1b[2K".encode(), "U\\+001B"),
        (VERSION.encode(), "names no signer"),
        (f"{VERSION}# nobody\n".encode(), "names no signer"),
        (b"", "no line with its version"),
        (f"{GOOD}\n".encode(), "no line with its version"),
        (f"{VERSION}{VERSION}{GOOD}\n".encode(), "2 lines with its version"),
        (f"# version: 0\n{GOOD}\n".encode(), "no line with its version"),
        (f"# version: 01\n{GOOD}\n".encode(), "no line with its version"),
        (f"#version: 1\n{GOOD}\n".encode(), "no line with its version"),
        (f"# größe\n{GOOD}".encode(), "must be ASCII"),
    ],
)
def test_what_is_no_list(content, problem):
    with pytest.raises(InputError, match=problem):
        parse(content, "allowed_signers")
