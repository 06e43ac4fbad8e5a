"""What apt announces is what its simulation tells, for the packages of every component."""

import inspect
import json

import pytest

from koor_provision.load.resources import share
from koor_provision.load.scopes import load_scopes
from koor_provision.preflight import announced_probe, probe

BOTH = """
import json, types
beside = types.ModuleType("announced_probe")
exec({announced!r}, beside.__dict__)
main = __import__("__main__")
read, understood = beside.read, []
beside.read = lambda said: (understood.append(read(said)), understood[-1])[1]
config, trouble = private_lists("test")
assert not trouble, trouble
asked = [sorted(offered(packages, config)) for packages in {packages!r}]
groups = [*asked, sorted(set(sum(asked, [])))]
found = [(group, beside.planned(main, group, config), simulated(group, config)) for group in groups]
print(json.dumps([found, sum(one is not None for one in understood)]))
"""


@pytest.mark.parametrize("system", ["debian12", "debian13"])
def test_the_announcement_says_what_the_simulation_says(server_factory, system) -> None:
    scopes = load_scopes(share() / "roles")
    packages = [sorted(one.systems[system].every_package) for one in scopes.values() if one.can_be_ordered]
    server = server_factory(system)
    program = inspect.getsource(probe) + BOTH.format(announced=inspect.getsource(announced_probe), packages=packages)
    found, understood = json.loads(server.run("python3", "-", stdin=program))
    assert len(found) > 10
    for group, (changes, removals, trouble), simulated in found:
        told, removed, why = simulated
        assert (sorted(changes, key=str), removals, trouble) == (sorted(told, key=str), removed, why), group
    assert understood >= len(found) - 1  # the packages of all components at once may stand in each other's way
