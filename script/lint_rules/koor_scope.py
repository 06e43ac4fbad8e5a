"""The scope lint as a rule of ansible-lint, for editors and for whoever runs only that. koor_provision judges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ansiblelint.errors import MatchError
from ansiblelint.file_utils import Lintable
from ansiblelint.rules import AnsibleLintRule

from koor_provision.errors import KoorError
from koor_provision.models.lint import Fault
from koor_provision.rolelint.lint import lint_playbook_folder, lint_role

if TYPE_CHECKING:
    from collections.abc import Callable


class KoorScopeRule(AnsibleLintRule):
    """A role names nothing outside its meta/scope.yml."""

    id = "koor-scope"
    description = "Whatever a role touches on a server stands in its meta/scope.yml; see docs/scope-lint.md."
    severity = "VERY_HIGH"
    tags = ["security"]  # noqa: RUF012  # as the base has it
    version_changed = "26.10.0"

    def matchdir(self, lintable: Lintable) -> list[MatchError]:
        """Judge a role as a whole: a task alone does not say what its variables are."""
        folder = lintable.path.resolve()
        if not (folder / "meta").is_dir() or folder.parent.name != "roles":
            return []
        return self._told(folder.parent.parent, lambda: lint_role(folder, f"roles/{folder.name}"))

    def matchyaml(self, file: Lintable) -> list[MatchError]:
        """Judge a playbook of ours; the roles are judged by their folders."""
        path = file.path.resolve()
        if path.parent.name != "playbooks" or not (path.parent.parent / "roles").is_dir():
            return []
        place = f"playbooks/{path.name}"
        root = path.parent.parent
        return self._told(root, lambda: [fault for fault in lint_playbook_folder(root) if fault.file == place])

    def _told(self, root: Path, judge: Callable[[], list[Fault]]) -> list[MatchError]:
        try:
            faults = judge()
        except KoorError as error:
            faults = [Fault(error.where.partition(",")[0], 1, "unresolved", error.message, error.hint)]
        return [
            MatchError(
                message=fault.what,
                details=f"To do: {fault.remedy}",
                lineno=fault.line,
                lintable=Lintable(str(root / fault.file)),
                rule=self,
                tag=f"koor-scope[{fault.rule}]",
            )
            for fault in faults
            if not fault.warning
        ]
