# Shared by the scripts in this folder; to be sourced. POSIX-ish bash, Debian 12 and 13.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
state=${KOOR_DEV_STATE:-${XDG_CACHE_HOME:-$HOME/.cache}/koor-provision-dev}
mkdir -p "$state"

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# need COMMAND=PACKAGE ...: installs the Debian packages whose command is not there.
need() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null 2>&1 || [ -e "${pair%%=*}" ] || missing+=("${pair#*=}")
    done
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null 2>&1 || die "missing ${missing[*]}, and this is not a Debian system: install them by hand"
    [ "$(id -u)" = 0 ] || die "missing Debian packages: run 'sudo apt-get install ${missing[*]}' once, or run this as root"
    say "installing from Debian: ${missing[*]}"
    {
        apt-get update &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
    } >"$state/apt.log" 2>&1 || { tail -5 "$state/apt.log" >&2; die "apt-get failed, see $state/apt.log"; }
}

# The interpreter for the tool: 3.11 to 3.13, with venv.
python_for_venv() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    return 1
}

# venv runtime|dev: makes or refreshes .venv from a lock file (hashes are checked) and puts it first in PATH.
# An environment for developing serves for running too.
venv() {
    local kind=$1 python stamp have
    python=$(python_for_venv) || { need missing-venv=python3-venv; python=$(python_for_venv) || die "no Python 3.11 to 3.13 with venv found"; }
    export VIRTUAL_ENV=$root/.venv
    stamp="$(cat "$root"/requirements/*.lock "$root/pyproject.toml" | sha256sum | cut -c1-32) $("$python" -V) $root"
    have=$(cat "$VIRTUAL_ENV/.stamp" 2>/dev/null || true)
    if [ "$have" != "$kind $stamp" ] && [ "$have" != "dev $stamp" ]; then
        say "making .venv from requirements/$kind.lock (once, about a minute)"
        rm -rf "$VIRTUAL_ENV"
        "$python" -m venv "$VIRTUAL_ENV"
        # What builds comes first, as it is locked; one dependency is published as source only.
        "$VIRTUAL_ENV/bin/pip" install -qq --disable-pip-version-check --require-hashes --only-binary :all: -r "$root/requirements/build.lock"
        "$VIRTUAL_ENV/bin/pip" install -qq --disable-pip-version-check --require-hashes --only-binary :all: --no-binary dkimpy \
            --no-build-isolation -r "$root/requirements/$kind.lock"
        "$VIRTUAL_ENV/bin/pip" install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable "$root"
        echo "$kind $stamp" >"$VIRTUAL_ENV/.stamp"
    fi
    export PATH=$VIRTUAL_ENV/bin:$PATH
}
