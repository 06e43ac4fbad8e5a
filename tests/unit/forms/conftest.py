import pytest

from koor_provision.models.measured import Application, Front, Measured


@pytest.fixture
def healthy() -> Measured:
    """An application as it is after its installation."""
    counts = {
        "tables": 75, "modules": 13, "hidden": 0, "navigation": 13, "localisation": 1, "administrators": 1,
        "units": 2, "departments": 3, "positions": 4, "groups": 1, "accounts": 5, "employees": 3,
    }  # fmt: skip
    return Measured(
        application=Application(
            deployed={"version": "2026.1", "sha256": "a" * 64, "deployed": "2026-01-31T080000Z"},
            configured=True,
            domains=("app.example",),
            front=Front(status=403, title=True, milliseconds=40, api=404),
            counts=counts,
        )
    )
