import pytest
from tests.mails import Letter

from koor_provision.sample.mail import MailKey, mail_key


@pytest.fixture(scope="session")
def key_of_the_customer(tmp_path_factory: pytest.TempPathFactory) -> MailKey:
    return mail_key(tmp_path_factory.mktemp("dkim"))


@pytest.fixture
def letter(key_of_the_customer: MailKey) -> Letter:
    """The customer's acceptance, before it is sent."""
    return Letter(key_of_the_customer)
