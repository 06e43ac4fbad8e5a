from datetime import date

import pytest

from koor_provision.errors import InputError
from koor_provision.load.customer_keys import with_customer_keys
from koor_provision.models.agreement import Agreement, CustomerPerson
from koor_provision.models.staff import Staff
from koor_provision.trust.keyring import Holder, Keyring
from koor_provision.trust.keys import fingerprint

ANNA = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH6gWhYVGyUSrqS8a8KfDxhTUV1WFHPvkFAOPQN3+w+u"
IVO = ANNA[:-1] + "q"


@pytest.fixture
def staff(world) -> Staff:
    staff = world.case().company.staff.content
    assert isinstance(staff, Staff)
    return staff


def person(identity: str, key: str | None, name: str = "Somebody") -> CustomerPerson:
    return CustomerPerson(id=identity, name=name, email=f"{identity}@body.example", key=key)


def agreement(authorised: list[CustomerPerson], responsible: list[CustomerPerson]) -> Agreement:
    return Agreement(
        kind="agreement",
        customer="4711",
        name="Bakery",
        version=1,
        agreed=date(2026, 1, 31),
        authorised_persons=tuple(authorised),
        responsible_for_it=tuple(responsible),
    )


def test_each_person_holds_their_key(staff):
    both = person("anna", ANNA)
    keyring = with_customer_keys(
        Keyring(), agreement([both], [both, person("ivo", IVO), person("eva", None)]), staff, "a.yml"
    )

    assert {mark: holder.person for mark, holder in keyring.holders.items()} == {
        fingerprint(ANNA): "anna",
        fingerprint(IVO): "ivo",
    }


@pytest.mark.parametrize(
    ("authorised", "responsible", "problem"),
    [
        ([person("sales-manager", None)], [], "'sales-manager' is the id of one of our own people"),
        ([], [person("cto", ANNA)], "'cto' is the id of one of our own people"),
        ([person("anna", ANNA)], [person("ivo", ANNA)], "'ivo' and 'anna' share a key"),
        ([person("anna", ANNA), person("ivo", ANNA)], [], "'ivo' and 'anna' share a key"),
        ([person("anna", ANNA), person("anna", IVO)], [], "named twice in one list"),
        ([], [person("ivo", None), person("ivo", None)], "named twice in one list"),
        ([person("anna", ANNA)], [person("anna", IVO)], "described in two different ways"),
        ([person("anna", ANNA)], [person("anna", ANNA, "Another Name")], "described in two different ways"),
        ([person("anna", ANNA.replace("ssh-ed25519", "ssh-rsa"))], [], "the key of 'anna' is damaged"),
        ([person("anna", ANNA[:-4])], [], "the key of 'anna' is damaged"),
        ([person("anna", "ssh-dss AAAAB3NzaC1kc3MAAAAA")], [], "the key of 'anna' is damaged"),
    ],
)
def test_nobody_stands_for_two(staff, authorised, responsible, problem):
    with pytest.raises(InputError, match=problem) as caught:
        with_customer_keys(Keyring(), agreement(authorised, responsible), staff, "agreement.yml")
    assert caught.value.where == "agreement.yml"
    assert caught.value.hint


def test_two_persons_do_not_share_an_address(staff):
    other = person("ivo", IVO).model_copy(update={"email": "Anna@body.example"})

    with pytest.raises(InputError, match="two persons share a mail address"):
        with_customer_keys(Keyring(), agreement([person("anna", ANNA)], [other]), staff, "agreement.yml")


def test_a_key_of_ours_is_not_the_customers(staff):
    keyring = Keyring({fingerprint(ANNA): Holder("cto", frozenset())})

    with pytest.raises(InputError, match="belongs to one of our own people"):
        with_customer_keys(keyring, agreement([person("anna", ANNA)], []), staff, "agreement.yml")


def test_nor_is_a_key_that_only_the_register_knows(staff):
    """Somebody who left, or whose key stands in the register and not yet among the allowed signers."""
    entry = staff.persons[0].model_copy(update={"keys": (fingerprint(ANNA),)})
    register = staff.model_copy(update={"persons": (entry, *staff.persons[1:])})

    with pytest.raises(InputError, match="belongs to one of our own people"):
        with_customer_keys(Keyring(), agreement([person("anna", ANNA)], []), register, "agreement.yml")
