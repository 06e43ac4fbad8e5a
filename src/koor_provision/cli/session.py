"""What the steps of an installation or a removal hand to each other."""

from dataclasses import dataclass
from pathlib import Path

from koor_provision.gate.decision import Admitted
from koor_provision.models.order import Removal, Undo
from koor_provision.preflight.reach import Reach
from koor_provision.provision.runner import Engine
from koor_provision.trust.keyring import Keyring


@dataclass(frozen=True)
class Options:
    """What the command line gave; `removal` is what to take out, `undo` the run to take back; neither: install.

    `application_source` is the application's archive or a Git checkout of it, where the order has the application.
    """

    case: Path
    inventory: Path
    host: str | None
    company: Path | None
    engineer: str | None
    key: Path | None
    plan_file: Path | None
    dry_run: bool
    yes: bool
    evidence: Path | None
    engine: Engine
    removal: Removal | None = None
    undo: Undo | None = None
    application_source: Path | None = None


@dataclass(frozen=True)
class Session:
    """An admitted case, and the way to the server that it is for; `keyring` knows whose key is whose."""

    options: Options
    admitted: Admitted
    way: Reach
    private: Path
    plan_id: str
    keyring: Keyring
