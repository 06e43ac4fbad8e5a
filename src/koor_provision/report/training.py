"""The training programmes of an order, from the CTO's manual, for the hand-over (R13)."""

from collections.abc import Iterator

from koor_provision.models.case import Case
from koor_provision.models.components import OWN
from koor_provision.models.documents import Signed
from koor_provision.models.text import shown
from koor_provision.models.training import Programme, ProgrammeName, TrainingManual


def programmes(case: Case) -> tuple[ProgrammeName, ...]:
    """What is handed over: what the offer names, or else the key user's programme where the application is ordered.

    Whoever gets the application needs somebody who administers it.
    """
    return case.offer.content.training or (("key-user",) if OWN in case.ordered else ())


def lacking(wanted: tuple[ProgrammeName, ...], manual: TrainingManual) -> tuple[ProgrammeName, ...]:
    """What is to be handed over and is not in the manual."""
    return tuple(name for name in wanted if not manual.find(name))


def training_text(wanted: tuple[ProgrammeName, ...], manual: Signed[TrainingManual]) -> str:
    """The programmes as a file for the hand-over."""
    found = [one for name in wanted if (one := manual.content.find(name))]
    head = f"From the CTO's training manual, version {manual.content.version} (SHA-256 {manual.sha256})."
    lines = ["# Training", "", head, *(line for one in found for line in _programme(one))]
    return "\n".join(shown(line) for line in lines) + "\n"


def _programme(one: Programme) -> Iterator[str]:
    yield from ("", f"## {one.title}", "", "Afterwards you can:", "")
    yield from (f"- {goal}" for goal in one.goals)
    for topic in one.topics:
        yield from ("", f"### {topic.title}", "", *topic.text.splitlines())
