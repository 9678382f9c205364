#!/usr/bin/env bash
# Make the virtual environment VENV and install into it the uv that requirements.lock names, checked by hash.
# PYTHON names the interpreter; when it is empty, the first candidate that runs and is new enough is taken.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

python=""
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    if is_new_enough "$candidate"; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    say "Python 3.11 or newer is needed and ${PYTHON:-python3} is not. Install one, or name one: make PYTHON=/path/to/python3"
    exit 2
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    say "$python cannot make virtual environments: its module venv or ensurepip is missing."
    say "On Debian and Ubuntu they are a package of their own: apt install python$version-venv"
    exit 2
fi

"$python" -m venv "$VENV"
wanted="$VENV/uv.txt"
awk '/^uv==/ { found = 1 } found { print } found && !/\\$/ { exit }' requirements.lock >"$wanted"
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$wanted"
