"""The only place that knows ansible-runner. Everything it reads lies in a fresh private directory that we filled."""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from koor_provision.errors import RefusedError, RunError
from koor_provision.gate.decision import Authorised, AuthorisedImage
from koor_provision.models.evidence import KEEPING
from koor_provision.preflight.reach import ALIAS, PASSED_ON, Reach
from koor_provision.provision.events import Event, Listener, Log
from koor_provision.provision.seal import content, digest
from koor_provision.provision.variables import unsafe, variables

INSTALL, REMOVE, UNDO = "playbooks/install.yml", "playbooks/remove.yml", "playbooks/undo.yml"
STOP = "stop"
"""A file of this name in the private directory ends the run before its next step."""
Engine = Literal["mitogen", "plain"]
_MAY_BE_HERE = {"project", "ssh_config", "known_hosts", "verification", STOP}


@dataclass(frozen=True)
class Outcome:
    """How a run went.

    Attributes:
        status: runner's own word: successful, failed, canceled, timeout.
        log: our events.
        output: what Ansible printed; for finding out why a run failed, never for proof.
        content: what ran, by digests (see `seal.content`).
    """

    status: str
    log: Log
    output: str
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Ran to its end, said so itself, and nothing failed."""
        return self.status == "successful" and self.log.complete and not self.log.results("failed", "unreachable")

    @property
    def changes(self) -> list[Event]:
        """The tasks that changed something; what the server keeps aside is no change of anything."""
        return [event for event in self.log.results("changed") if event.get("role") != KEEPING]


def run(  # noqa: PLR0913  # what each room hands over
    authorised: Authorised | AuthorisedImage,
    way: Reach,
    private: Path,
    *,
    engine: Engine,
    on_event: Callable[[Event], None],
    stop: Callable[[], bool],
    signed: tuple[bytes, bytes] | None = None,
) -> Outcome:
    """Run an authorised plan on its host.

    Args:
        private: the directory whose `project` was sealed; whatever else is in it must be ours.
        stop: asked again and again; true ends the run at once, in the middle of a step.
        signed: the plan as it was signed, and the signatures; the server keeps both, for who undoes the run.

    Raises:
        RefusedError: the way leads to another host than the plan is authorised for.
        RunError: the directory is not as we left it.
    """
    import ansible_runner  # noqa: PLC0415  # heavy, and only a run needs it

    plan, facts = authorised.proposal.plan, authorised.proposal.facts
    if (way.name, way.host_key) != (plan.host.name, plan.host.ssh_host_key):
        raise RefusedError(
            f"the plan is authorised for {plan.host.name} ({plan.host.ssh_host_key or 'not by ssh'})",
            where=f"{way.name} ({way.host_key or 'not by ssh'})",
            hint="make the plan again, for this server",
        )
    if there := foreign(private):
        raise RunError(
            f"foreign files in the run's private directory: {', '.join(there)}",
            hint="do not trust this machine; run again from another one",
        )
    if digest(private / "project") != plan.content_sha256:
        raise RunError(
            "playbooks or roles changed after the plan was judged",
            hint="do not trust this machine; make the plan again",
        )
    _write_inputs(private, way, variables(plan, facts.apt_config, signed))
    listener = Listener(private / "events", on_event)
    output: list[str] = []

    def keep_output(event: Event) -> bool:
        output.append(event.get("stdout", ""))
        return False  # runner keeps no file of its own event

    with _environment(_ansible_environment(private, engine)):
        runner_thread, runner = ansible_runner.run_async(
            private_data_dir=str(private),
            project_dir=str(private / "project"),
            playbook=REMOVE if plan.removal else UNDO if plan.undo else INSTALL,
            inventory=str(private / "inventory"),
            limit=ALIAS,
            quiet=True,
            event_handler=keep_output,
            cancel_callback=stop,
            artifact_dir=str(private / "artifacts"),
        )
    runner_thread.join()
    log = listener.close()
    ran = content(private / "project")
    if ran["content_sha256"] != plan.content_sha256:
        log.troubles.append("playbooks or roles changed while they ran")
    return Outcome(runner.status, log, "\n".join(line for line in output if line), ran)


def warm_up() -> None:
    """Load what a run needs while something else is waited for."""
    threading.Thread(target=import_module, args=("ansible_runner",), daemon=True).start()


def foreign(private: Path) -> list[str]:
    """What the private directory holds that neither we nor OpenSSH put there: ansible-runner would believe it."""
    names = (entry.name for entry in private.iterdir())
    return sorted(name for name in names if name not in _MAY_BE_HERE and not name.startswith("ssh-"))


def _write_inputs(private: Path, way: Reach, extra: dict[str, Any]) -> None:
    (private / "inventory").mkdir()
    (private / "env").mkdir()
    files = {
        "inventory/hosts.json": {"targets": {"hosts": {ALIAS: _host_variables(way)}}},
        "env/extravars": unsafe(extra),
        # Left to itself, runner would keep a file for every event; and dropped settings are not reported, hence a file.
        "env/settings": {
            "suppress_ansible_output": True,
            "idle_timeout": 0,
            "job_timeout": 3600,
            "fact_cache_type": "memory",
        },
    }
    for name, data in files.items():
        (private / name).write_text(json.dumps(data), encoding="utf-8")


def _host_variables(way: Reach) -> dict[str, Any]:
    """Ours alone: an inventory was reduced to a model, and this is made from the model."""
    entry = way.entry
    common = {"ansible_python_interpreter": "/usr/bin/python3", "ansible_become": way.become}
    if entry.ansible_connection == "ssh":
        # Address, port, user and key stand in our ssh configuration, and so in no command line.
        return {
            "ansible_connection": "ssh",
            "ansible_host": ALIAS,
            "ansible_ssh_common_args": f"-F {way.ssh_config}",
            **common,
        }
    if entry.ansible_connection == "podman":
        return {"ansible_connection": "podman", "ansible_host": way.address, **common}
    return {"ansible_connection": "local", **common}


def _ansible_environment(private: Path, engine: Engine) -> dict[str, str]:
    project = private / "project"
    home = private / "home"
    home.mkdir()
    (private / "ansible.cfg").write_text("[defaults]\n", encoding="ascii")
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": str(home),
        "TMPDIR": str(home),
        "LANG": "C.UTF-8",
        "ANSIBLE_CONFIG": str(private / "ansible.cfg"),
        "ANSIBLE_HOME": str(home / "ansible"),
        "ANSIBLE_LOCAL_TEMP": str(home / "tmp"),
        "ANSIBLE_REMOTE_TEMP": "/run/koor-provision/ansible",
        "ANSIBLE_COLLECTIONS_PATH": str(project / "collections"),
        "ANSIBLE_ROLES_PATH": str(project / "roles"),
        "ANSIBLE_CALLBACKS_ENABLED": "koor.provision.events",
        "ANSIBLE_CACHE_PLUGIN": "memory",
        "ANSIBLE_NO_TARGET_SYSLOG": "1",
        "ANSIBLE_HOST_KEY_CHECKING": "1",
        "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "ANSIBLE_INVENTORY_ENABLED": "ansible.builtin.yaml",
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_DIFF_ALWAYS": "0",
        "ANSIBLE_DEPRECATION_WARNINGS": "0",
        "KOOR_EVENTS": str(private / "events"),
        "KOOR_STOP": str(private / STOP),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment |= {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    if engine == "mitogen":
        if find_spec("ansible_mitogen") is None:
            raise RunError("mitogen is not installed", hint="reinstall koor-provision, or use --engine plain")
        environment["ANSIBLE_STRATEGY"] = "koor.provision.mitogen_linear"
    return environment


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """For a moment, nothing but what belongs there: runner copies the whole environment into a file and the run."""
    kept = dict(os.environ)
    os.environ.clear()
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)
