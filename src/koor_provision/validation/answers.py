"""What only people know of a validation: the rows to be asked, and answers from a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator

from koor_provision.errors import InputError
from koor_provision.load.documents import to_model
from koor_provision.load.files import Content
from koor_provision.models.base import Day, Flag, Model, Paragraph, PersonId
from koor_provision.models.software import NewValidation, UpdateValidation
from koor_provision.models.text import TO_FILL_IN

Form = Literal["new", "update"]
BLACK_BOX = "black_box_test"
"""The row that the test runs answer."""
JUDGED = ("integration_possible", "data_protection")
"""Rows that people answer with passed or failed as well."""
QUESTIONS: Mapping[str, str] = {
    "reasons_and_goals": "Why is it wanted, and what is it to achieve?",
    "advantages": "What speaks for it?",
    "disadvantages": "What speaks against it?",
    "risks": "What can go wrong, and what would that mean?",
    "alternatives": "What else could be used?",
    "supplier_comparison": "How do those who supply it, or the alternatives, compare?",
    "goals_fulfilled": "Which goals does it fulfil?",
    "goals_unfulfilled": "Which goals does it not fulfil?",
    "integration_possible": "Can it be integrated with what is there?",
    "vendor_support": "Who supports it, and for how long?",
    "data_protection": "Was data protection checked, and does it hold?",
    "one_off_cost": "What does it cost once?",
    "yearly_cost": "What does it cost a year?",
    "resources_to_introduce": "Who and what is needed to introduce it?",
    "time_until_operation": "How long does it take until it is in operation?",
    "effect_on_efficiency": "How many days a year does it save or cost?",
    "effect_on_effectiveness": "What does it do better than what was there?",
    "savings": "What does it save?",
    "return_on_investment": "After how many years does it pay?",
    "opinion_of_project_manager": "What does the project manager think of it?",
    "further_changes_needed": "Are further changes of software or hardware needed?",
    "production_problems": "Were there problems when it was brought into production?",
}


def _short(value: object) -> object:
    return {"result": value} if isinstance(value, str) else value


class Answer(Model):
    """An answer to one row; what is left out is filled in."""

    result: Paragraph
    evidence: Paragraph | None = None
    passed: Flag | None = None
    responsible: PersonId | None = None
    date: Day | None = None


class _Answers(Model):
    """A file of answers, by row."""

    rows: dict[str, Annotated[Answer, BeforeValidator(_short)]]


@dataclass(frozen=True)
class Who:
    """Who answers what nobody else is named for, and when."""

    person: PersonId
    day: date


def asked(form: Form) -> tuple[str, ...]:
    """The rows of a form that people answer, in its order."""
    model = NewValidation if form == "new" else UpdateValidation
    return tuple(name for name in model.model_fields if name != BLACK_BOX)


def read_answers(content: Content, form: Form) -> dict[str, Answer]:
    """Answers from a file.

    Raises:
        InputError: it is malformed, or answers what the form does not ask.
    """
    found = to_model(content, _Answers).rows
    for name in found:
        if name not in asked(form):
            said = "is answered by the tests" if name == BLACK_BOX else f"is no row of the form '{form}'"
            raise InputError(said, where=f"{content.name}, rows, {name}", hint=f"rows: {', '.join(asked(form))}")
    return found


def missing(answers: Mapping[str, Answer], form: Form) -> tuple[str, ...]:
    """The rows that nobody has answered in full yet."""
    return tuple(
        name for name in asked(form)
        if name not in answers or answers[name].evidence is None or (name in JUDGED and answers[name].passed is None)
    )  # fmt: skip


def must_be_complete(answers: Mapping[str, Answer], form: Form) -> None:
    """See that every row is answered.

    Raises:
        InputError: one is not.
    """
    if left := missing(answers, form):
        raise InputError(
            f"not answered in full: {', '.join(left)}",
            hint="answer them at a terminal, or in a file: koor-provision software validate COMPONENT --blank >FILE, "
            "fill it in, and give it with --answers FILE",
        )


def filled(answers: Mapping[str, Answer], form: Form, who: Who) -> dict[str, dict[str, object]]:
    """The rows of a record, as they stand there."""
    rows: dict[str, dict[str, object]] = {}
    for name in asked(form):
        answer = answers[name]
        rows[name] = {
            "result": answer.result,
            **({} if answer.passed is None else {"passed": answer.passed}),
            "evidence": str(answer.evidence),
            "responsible": answer.responsible or who.person,
            "date": answer.date or who.day,
        }
    return rows


def blank(form: Form) -> str:
    """A file to fill in, with the question above each row."""
    return "\n".join(("rows:", *_blank_lines(form))) + "\n"


def _blank_lines(form: Form) -> Iterable[str]:
    for name in asked(form):
        yield f"  # {QUESTIONS[name]}"
        yield f"  {name}:"
        yield f'    result: "{TO_FILL_IN}>"'
        if name in JUDGED:
            yield '    passed: "<true or false>"'
        yield f'    evidence: "{TO_FILL_IN}: how can one see that?>"'
