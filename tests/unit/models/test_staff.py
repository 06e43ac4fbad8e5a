from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from koor_provision.models.staff import Department, Employee, Position, Staff

KEY = "SHA256:" + "a" * 43


def employee(since: date, left: date | None = None, person: str = "jan", keys: tuple[str, ...] = ()) -> Employee:
    return Employee(
        id=person,
        name="Jan",
        department=Department.SUPPORT,
        position=Position.EMPLOYEE,
        since=since,
        left=left,
        keys=keys,
    )


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 3000))
def test_seniority_comes_once_and_stays(since, days):
    day = date.fromordinal(since.toordinal() + days)
    entry = employee(since)
    first = next(
        date.fromordinal(since.toordinal() + count)
        for count in range(1090, 1100)
        if entry.senior(date.fromordinal(since.toordinal() + count))
    )

    assert entry.senior(day) is (day >= first)
    assert first.year - since.year == 3
    assert (first.toordinal() - since.toordinal()) in {1096, 1097}


def test_employment_counts_the_first_day_and_not_the_day_of_leaving():
    entry = employee(date(2027, 1, 1), date(2027, 2, 1))

    assert [
        entry.employed(day) for day in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 31), date(2027, 2, 1))
    ] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("persons", "problem"),
    [
        ((employee(date(2020, 1, 1)), employee(date(2021, 1, 1))), "the person jan stands there twice"),
        (
            (employee(date(2020, 1, 1), keys=(KEY,)), employee(date(2021, 1, 1), person="eva", keys=(KEY,))),
            f"the key {KEY} stands there twice",
        ),
        ((), "at least 1 item"),
    ],
)
def test_what_is_no_register(persons, problem):
    dates = {"issued": date(2027, 1, 1), "expires": date(2028, 1, 1)}
    with pytest.raises(ValidationError, match=problem):
        Staff(kind="staff", version=1, **dates, persons=persons)


@pytest.mark.parametrize("department", [one for one in Department if one is not Department.SUPPORT])
def test_years_in_another_department_do_not_count(department):
    entry = employee(date(2000, 1, 1)).model_copy(update={"department": department})

    assert not entry.senior(date(2027, 1, 1))
