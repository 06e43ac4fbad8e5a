"""Which of the planned packages are installed, in which version, found out on the target."""

from target_tools import ARGUMENTS, answer, run

FORMAT = "${Package}\t${db:Status-Abbrev}\t${Version}\n"

_, out, _ = run("dpkg-query", "--show", "--showformat", FORMAT, *ARGUMENTS["names"])
lines = [line.split("\t") for line in out.splitlines()]
answer({name: version for name, status, version in lines if status[1] == "i"})
