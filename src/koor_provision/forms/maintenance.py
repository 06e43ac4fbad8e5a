"""The rows of the Maintenance Checklist (R14): what is measured, held against which recommendation (R10), or asked."""

from collections.abc import Callable, Collection

from koor_provision.forms.install import SIGN_IN
from koor_provision.forms.rows import Answer, How, Row
from koor_provision.models.measured import Measured, Server
from koor_provision.rules.r10_system_requirements import MINIMUM, RECOMMENDED

RESPONSE_MS, CACHE_PERCENT, LEAST_FREE = 50, 50, 15
"""Average response of the database; hits of a cache; free storage in percent, below which we recommend more."""
SLOW_PAGE_MS = 1000
_GRAVE = {"emergency", "alert", "critical"}


def _server(measure: Callable[[Server], Answer]) -> Callable[[Measured], Answer]:
    return lambda seen: measure(seen.server) if seen.server else Answer("was not looked at", good=False)


def _response(seen: Measured) -> Answer:
    front = seen.application.front
    text = f"the front page answers {front.status} within {front.milliseconds} ms, the middle of five"
    good = front.status == SIGN_IN and front.milliseconds < SLOW_PAGE_MS
    return Answer(
        text, good, advice="" if good else "find out what makes the application slow or keeps it from answering"
    )


def _errors(seen: Measured) -> Answer:
    logs = seen.application.logs
    if not logs:
        return Answer("there are no logs", good=False)
    total = sum(logs.get(level) or 0 for level in (*_GRAVE, "error"))
    return Answer(f"{total} messages of the level error or above in the application's logs", None if total else True)


def _system(server: Server) -> Answer:
    machine = server.machine
    waiting = machine.updates
    text = f"{machine.system}, kernel {machine.kernel}"
    if waiting is None:
        return Answer(f"{text}; whether updates wait is not known", good=True)
    advice = f"have {waiting} waiting updates of the system installed" if waiting else ""
    return Answer(f"{text}; {waiting} updates wait", not waiting, advice=advice)


def _processor(server: Server) -> Answer:
    machine = server.machine
    text = f"{machine.processor or 'unknown'}, {machine.cores} cores, {machine.memory_mb} MB of memory"
    enough = machine.cores >= RECOMMENDED.cores and machine.memory_mb >= RECOMMENDED.memory_mb
    advice = f"recommended are {RECOMMENDED.cores} cores and {RECOMMENDED.memory_mb} MB for 50 users at once"
    if machine.cores < MINIMUM.cores or machine.memory_mb < MINIMUM.memory_mb:
        return Answer(text, good=False, advice=f"less than the minimum: {advice}")
    return Answer(text, good=True, advice="" if enough else advice)


def _graphics(server: Server) -> Answer:
    return Answer(f"{', '.join(server.machine.graphics) or 'none'}; none is required")


def _database_server(server: Server) -> Answer:
    version = server.versions.get("mariadb-server")
    return Answer(f"MariaDB {version}" if version else "MariaDB is not installed", version is not None)


def _storage(server: Server) -> Answer:
    machine = server.machine
    share = 100 * machine.free_mb // machine.disk_mb if machine.disk_mb else 0
    text = f"{machine.free_mb} MB of {machine.disk_mb} MB free ({share} %)"
    if machine.disk_mb < RECOMMENDED.disk_mb or machine.free_mb < MINIMUM.disk_mb or share < LEAST_FREE:
        return Answer(text, good=False, advice=f"extend the storage: at least {LEAST_FREE} % should be free")
    # A virtual disk may say so whatever lies beneath it, so this is advice and no verdict.
    advice = "the disk says that it rotates; recommended is an SSD" if machine.spinning else ""
    return Answer(text, good=True, advice=advice)


def _php(server: Server) -> Answer:
    found = sorted(
        f"{name.removesuffix('-common')} {version}"
        for name, version in server.versions.items()
        if name.startswith("php8")
    )
    # dpkg names its packages by the series: php8.2-common
    return Answer(", ".join(found) or "not installed", any(name.startswith("php8") for name in server.versions))


def _version(seen: Measured) -> Answer:
    deployed = seen.application.deployed
    if not deployed:
        return Answer("was not installed by us: no record of what was deployed", good=False)
    return Answer(
        f"{deployed.get('version')}, deployed {deployed.get('deployed')}, {deployed.get('sha256', '')[:12]}..."
    )


def _counted(what: str, words: str) -> Callable[[Measured], Answer]:
    def measure(seen: Measured) -> Answer:
        found = seen.application.count(what)
        return Answer(f"{found} {words}" if found is not None else f"the application has no table of {words}")

    return measure


def _used(seen: Measured) -> Answer:
    database = seen.server.database.size_mb if seen.server else 0
    return Answer(f"{seen.application.storage_mb} MB of files, {database} MB in the database")


def _log(level: str) -> Callable[[Measured], Answer]:
    def measure(seen: Measured) -> Answer:
        found = seen.application.logs.get(level)
        if found is None:
            return Answer("there are no logs", good=False, advice="find out why the application writes no logs")
        bad = found > 0 and level in _GRAVE
        return Answer(
            f"{found} messages",
            not bad,
            advice=f"look into the {level} messages of the logs with the customer" if bad else "",
        )

    return measure


def _healthy(server: Server) -> Answer:
    database = server.database
    if not database.checked:
        return Answer("could not be checked", good=False, advice="look at the database by hand: mariadb-check")
    bad = ", ".join(database.unsound)
    hits = f"{database.buffer_hits_percent} % of the pages read were in memory"
    in_memory = hits if database.buffer_hits_percent is not None else "nothing was read yet"
    text = f"{bad or 'every table is sound'}; {in_memory}"
    return Answer(text, not bad, advice="have the tables repaired from a backup" if bad else "")


def _cache(server: Server) -> Answer:
    cache = server.cache
    if not cache.kind:
        return Answer("no cache is used", good=True)
    if cache.hits_percent is None:
        return Answer(f"{cache.kind}: nothing was asked of it yet")
    good = cache.hits_percent >= CACHE_PERCENT
    advice = "" if good else "give the cache more memory, or find out what is asked for only once"
    return Answer(f"{cache.kind}: {cache.hits_percent} % of {cache.asked}", good, advice=advice)


def _quick(server: Server) -> Answer:
    database = server.database
    if database.average_ms is None:
        return Answer("could not be measured", good=False, advice="the account that only reads could not ask")
    good = database.average_ms < RESPONSE_MS
    advice = "" if good else f"find the slow queries: the slow log is {database.slow_log or 'unknown'}"
    return Answer(
        f"{database.average_ms} ms, the mean of {database.timed} counts over whole tables", good, advice=advice
    )


def _functions(seen: Measured) -> Answer:
    old = seen.application.files.old_calls
    disabled = seen.server.disabled_functions if seen.server else {}
    told = ", ".join(f"{name} ({count})" for name, count in sorted(old.items())) or "no call of an old function"
    web = sorted({name for kind, names in disabled.items() if kind != "cli" for name in names})
    text = f"{told}; disabled for the web: {', '.join(web) or 'none'}"
    advice = f"have the developers replace old functions before PHP is updated: {_some(sorted(old))}" if old else ""
    return Answer(text, not old, advice=advice)


def _some(names: Collection[str], most: int = 3) -> str:
    """A few of many names, since a line has an end, and how many more there are."""
    rest = len(names) - most
    return ", ".join(list(names)[:most]) + (f" and {rest} more" if rest > 0 else "")


# As an update does it: see `carry_over` of the application's module.
_TO_DO = {
    "not ours": "find out who put {} there, and move it away: an update keeps it",
    "changed": "find out who changed {}, and put back what was deployed: an update may keep the change",
    "missing": "find out who deleted {}: an update brings it back",
}


def _integrity(prefixes: tuple[str, ...], besides: tuple[str, ...] = ()) -> Callable[[Measured], Answer]:
    def mine(name: str) -> bool:
        return name.startswith(prefixes) and not (besides and name.startswith(besides))

    def measure(seen: Measured) -> Answer:
        files = seen.application.files
        if not files.known:
            return Answer(
                "no list of the deployed files is there", good=False, advice="deploy a version with this program"
            )
        kinds = {"changed": files.changed, "missing": files.missing, "not ours": files.strange}
        named = {kind: [name for name in names if mine(name)] for kind, names in kinds.items()}
        found = [f"{kind}: {name}" for kind, names in named.items() for name in names]
        advice = "; ".join(_TO_DO[kind].format(_some(names)) for kind, names in named.items() if names)
        return Answer("; ".join(found[:5]) or "as deployed", not found, advice=advice)

    return measure


def _unicode(seen: Measured) -> Answer:
    odd = seen.application.files.odd
    advice = f"have the developers look for letters that cannot be seen in {_some(odd)}" if odd else ""
    return Answer(f"in {', '.join(odd[:5])}" if odd else "none", not odd, advice=advice)


_MODULES, _APPLICATIONS = ("Modules/",), ("Web/", "Cli/", "Console/")
_NO_TESTS = "a release brings no tests that may be run on a server with a customer's data"
_LEVELS = ("emergency", "critical", "error", "warning", "alert", "notice", "info", "debug")

ROWS: dict[str, Row] = {
    "impression-response": Row(How.CONFIRMED, _response, "how it felt while you worked with it"),
    "impression-errors": Row(How.CONFIRMED, _errors, "errors that you met"),
    "system": Row(How.MEASURED, _server(_system)),
    "processor": Row(How.MEASURED, _server(_processor)),
    "graphics": Row(How.MEASURED, _server(_graphics)),
    "database-server": Row(How.MEASURED, _server(_database_server)),
    "storage": Row(How.MEASURED, _server(_storage)),
    "php": Row(How.MEASURED, _server(_php)),
    "application-version": Row(How.MEASURED, _version),
    "employee-accounts": Row(How.MEASURED, _counted("employees", "employees")),
    "active-accounts": Row(How.MEASURED, _counted("accounts", "active accounts")),
    "storage-used": Row(How.MEASURED, _used),
    "update-newest": Row(How.ASKED, reason="whether this is the newest version that may be offered; if not, which is"),
    "update-stays": Row(How.ASKED, reason="whether the customer stays with the present version"),
    "update-requested": Row(
        How.ASKED, reason="whether the customer asks for the update, and was told to back up first"
    ),
    "update-done": Row(How.ASKED, reason="whether the update was done, and when"),
    **{f"log-{level}": Row(How.MEASURED, _log(level)) for level in _LEVELS},
    "logs-may-be-sent": Row(How.ASKED, reason="whether the customer approves, and who said so"),
    **{f"tests-{what}": Row(How.OPEN, reason=_NO_TESTS) for what in ("framework", "modules", "applications")},
    "database-healthy": Row(How.MEASURED, _server(_healthy)),
    "cache-hits": Row(How.MEASURED, _server(_cache)),
    "database-response": Row(How.MEASURED, _server(_quick)),
    "functions": Row(How.MEASURED, _functions),
    "integrity-framework": Row(How.MEASURED, _integrity(("",), (*_MODULES, *_APPLICATIONS))),
    "integrity-modules": Row(How.MEASURED, _integrity(_MODULES)),
    "integrity-applications": Row(How.MEASURED, _integrity(_APPLICATIONS)),
    "unicode": Row(How.MEASURED, _unicode),
    "remarks": Row(How.ASKED, reason="anything else"),
}
