"""What talks to what on the server, from the plan's components and their contracts. Where it is drawn: `drawing`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from koor_provision.models.application import Application
from koor_provision.models.components import Component, Php, Role, Sqlsrv, kind_of
from koor_provision.models.evidence import Record
from koor_provision.models.plan import Plan
from koor_provision.models.scope import Scope
from koor_provision.report.customer.words import Words

Look = Literal["outside", "web", "language", "store", "tool", "gone"]
Reach = Literal["", "open", "local"]
_LOOKS: dict[Role, Look] = {
    Role.WEB: "web",
    Role.LANGUAGE: "language",
    Role.DATABASE: "store",
    Role.CACHE: "store",
    Role.FURTHER: "tool",
    Role.APPLICATION: "tool",
}


@dataclass(frozen=True)
class Line:
    """A line of text in a box, and who can reach what it names."""

    text: str
    reach: Reach = ""


@dataclass(frozen=True)
class Node:
    """One thing on the server or beside it. `beyond` is the other server that a driver leads to."""

    title: str
    look: Look
    lines: tuple[Line, ...] = ()
    beyond: "Node | None" = None


@dataclass(frozen=True)
class Picture:
    """All of it. What is missing is not part of the order."""

    server: str
    visitors: Node | None
    web: Node | None
    language: Node | None
    stores: tuple[Node, ...]
    tools: tuple[Node, ...]
    tools_label: str
    to_language: str

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Everything on the server."""
        return tuple(node for node in (self.web, self.language, *self.stores, *self.tools) if node)


def picture(record: Record, scopes: Mapping[str, Scope], words: Words, *, done: bool) -> Picture:
    """The picture of a run's server; `done` tells whether the run came to its end."""
    plan = record.proposal.plan
    found: dict[Look, list[Node]] = {look: [] for look in ("web", "language", "store", "tool", "gone")}
    gone = (Line(words("picture.removed" if done else "picture.to_remove")),)
    for component in plan.components:
        if plan.undo:
            found["tool"].append(Node(words.known("component", component.component), "gone", gone))
            continue
        if not isinstance(component, Application) or not _runs_in_a_language(plan):
            node = _node(component, plan, scopes[component.component], words)
            found[_LOOKS[kind_of(component.component)]].append(node)
    if plan.removal:
        look = _LOOKS[kind_of(plan.removal.component)]
        found["store" if look == "store" else "tool"].append(
            Node(words.known("component", plan.removal.component), "gone", gone)
        )
    web, language = next(iter(found["web"]), None), next(iter(found["language"]), None)
    if language:
        language = _with_application(language, plan, words)
    php = next((one for one in plan.components if isinstance(one, Php)), None)
    return Picture(
        server=f"{plan.host.name} · {system_name(plan.host.system)}",
        visitors=Node(words("picture.visitors"), "outside", (Line(words("picture.visitors_from")),)) if web else None,
        web=web,
        language=language,
        stores=tuple(found["store"]),
        tools=tuple(found["tool"]),
        tools_label=words("picture.tools"),
        to_language=words("picture.socket" if php is None or php.handler == "fpm" else "picture.inside"),
    )


def _runs_in_a_language(plan: Plan) -> bool:
    return any(_LOOKS[kind_of(one.component)] == "language" for one in plan.components)


def _with_application(language: Node, plan: Plan, words: Words) -> Node:
    """The application is what the language runs, and no tool beside it."""
    ours = next((one for one in plan.components if isinstance(one, Application)), None)
    if ours is None or plan.undo:
        return language
    line = Line(f"{words.known('component', ours.component)} {ours.version}")
    return replace(language, lines=(*language.lines, line))


def described(whole: Picture, words: Words) -> str:
    """The picture for who cannot see it."""
    parts = [
        f"{node.title} ({', '.join(line.text for line in node.lines)})" if node.lines else node.title
        for node in (*([whole.visitors] if whole.visitors else []), *whole.nodes)
    ]
    return words("picture.description", host=whole.server, parts="; ".join(parts))


def system_name(system: str) -> str:
    """`debian12` for people: Debian 12."""
    match = re.fullmatch(r"([a-z]+)([0-9.]+)", system)
    return f"{match[1].capitalize()} {match[2]}" if match else system


def short_version(version: str) -> str:
    """The makers' own part of a Debian version: `1:10.11.14-0+deb12u2` is 10.11.14."""
    upstream = version.partition(":")[2] or version
    return re.split(r"[-+~]", upstream, maxsplit=1)[0]


def version_of(component: str, plan: Plan, scopes: Mapping[str, Scope]) -> str:
    """The version of a component in a plan; empty where the plan does not say it."""
    ours = next((one for one in plan.components if isinstance(one, Application) and one.component == component), None)
    if ours:
        return ours.version
    here = scopes[component].systems.get(plan.host.system)
    return next(
        (package.version for package in plan.packages if here and package.name == here.version_package),
        "",
    )


def _node(component: Component, plan: Plan, scope: Scope, words: Words) -> Node:
    name = component.component
    version = version_of(name, plan, {name: scope})
    title = words.known("component", name)
    if isinstance(component, Sqlsrv):
        remote = Line(words("picture.remote", host=component.server_host, port=component.port))
        beyond = Node(title, "outside", (Line(words("picture.elsewhere")), remote))
        lines = (Line(short_version(version)), Line(words("picture.encrypted")))
        return Node(words("picture.driver", name=title), "store", lines, beyond)
    lines = (*((Line(short_version(version)),) if version else ()), *_reached(component, scope, words))
    return Node(title, _LOOKS[kind_of(name)], lines)


def _reached(component: Component, scope: Scope, words: Words) -> Iterator[Line]:
    if component.component == "sqlite":
        yield Line(words("picture.file"), "local")
    reaches: dict[Reach, list[str]] = {}
    for port in scope.ports:
        address, _, number = port.rpartition(":")
        local = address.startswith("127.") or address == "[::1]"
        numbers = reaches.setdefault("local" if local else "open", [])
        if (shown := number.partition("/")[0]) not in numbers:
            numbers.append(shown)
    for reach, numbers in reaches.items():
        yield Line(words("picture.ports", count=len(numbers), ports=", ".join(numbers)))
        yield Line(words(f"picture.{reach}"), reach)
