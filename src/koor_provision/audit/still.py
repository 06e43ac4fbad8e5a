"""Did a look change anything? The audit of a look, which no plan belongs to: only what runs there may have written."""

from collections.abc import Mapping, Sequence

from koor_provision.audit.attribution import audit
from koor_provision.audit.expected import Contract, Expected
from koor_provision.audit.watch import Watch
from koor_provision.errors import KoorError
from koor_provision.models.audit import Audit
from koor_provision.models.scope import Scope

RUNNING = "what runs there"
_WRITTEN_BY_ITSELF = ("/var/lib/php/sessions/", "/var/www/koor/Logs/")
"""What the application writes when a page is asked for: sessions and its logs."""


def stood_still(watch: Watch, components: Sequence[str], scopes: Mapping[str, Scope]) -> Audit:
    """The second look; everything but the data and logs of what was installed is nobody's.

    Args:
        components: what the order brought. No package, no port, no account and no setting of theirs may change.
    """
    contracts = [scopes[name] for name in components if name in scopes]
    data = [path for one in contracts for path in one.written]
    try:
        answer, seconds = watch.after()
    except KoorError as error:
        return Audit((), troubles=(f"the scope audit: {error}",))
    running = Expected(contracts=(Contract(RUNNING, paths=(*data, *_WRITTEN_BY_ITSELF)),))
    return audit(answer, running, seconds, tuple(watch.before().troubles))
