import pytest
from tests.conftest import Sample
from tests.threats.by_mail import ByMail


@pytest.fixture
def by_mail(sample: Sample) -> ByMail:
    """The case of a customer who has no key."""
    return ByMail(sample.root)
